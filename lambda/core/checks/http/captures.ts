/** Values that a step takes out of its answer, for the steps that follow. */
import type { CaptureDocument } from '../../../../lib/model/http-document';
import { describeError } from '../../failures';
import type { HttpAnswer } from '../../ports';
import { counted, excerpt } from '../../text';
import { encodedBody, TOO_LARGE } from '../assertions/body';
import type { Finding } from '../assertions/condition';
import { headerOf, cookieValue } from '../assertions/headers';
import type { Engines, Groups } from '../engines';

/** Longest value that is kept, in characters: what servers take in a header. */
const MAX_LENGTH = 8_192;

/** What one capture found. `undecided`: the part of the answer that was read, or the time, was not enough to tell. */
export type Captured = { readonly value: string } | Uncaptured;

export type Uncaptured = { readonly problem: string } | { readonly undecided: string };

export type Capture = (answer: HttpAnswer) => Captured;

export function compileCapture(document: CaptureDocument, engines: Engines): Capture {
  const group = document.pattern === undefined ? undefined : engines.groups(document.pattern);
  const select = selector(document, engines);
  return (answer) => {
    const selected = select(answer);
    if (!('texts' in selected)) {
      return selected;
    }
    const texts = group === undefined ? selected.texts : groupsIn(selected.texts, group);
    const distinct = [...new Set(texts)];
    const [value = ''] = distinct;
    if (distinct.length !== 1) {
      const where = group === undefined ? '' : ` by /${excerpt(document.pattern ?? '', 60)}/`;
      return { problem: distinct.length === 0 ? `selected nothing${where}` : `selected ${counted(distinct.length, 'different value')}${where}` };
    }
    if (value === '') {
      return { problem: 'selected an empty text' };
    }
    return value.length > MAX_LENGTH ? { problem: `selected a text of ${value.length} characters, of which at most ${MAX_LENGTH} are kept` } : { value };
  };
}

/** What a report says of a capture that came to nothing; its value is never shown. */
export function captureFailed(name: string, document: CaptureDocument, found: Uncaptured): Finding {
  const what = `capture ${name} (${sourceOf(document)})`;
  const common = { what, measured: null, threshold: 'one value', warning: false };
  return 'problem' in found
    ? { ...common, outcome: 'fails', statement: `${what} ${found.problem}, expected one value` }
    : { ...common, outcome: 'undecided', statement: `${what} could not be decided: ${found.undecided}; expected one value` };
}

function sourceOf(document: CaptureDocument): string {
  switch (document.from) {
    case 'jsonPath':
      return `JSON path ${excerpt(document.path)}`;
    case 'body':
      return 'body';
    default:
      return `${document.from} ${document.name}`;
  }
}

type Selected = { readonly texts: readonly string[] } | Uncaptured;

function selector(document: CaptureDocument, engines: Engines): (answer: HttpAnswer) => Selected {
  switch (document.from) {
    case 'header':
      return (answer) => present(headerOf(answer, document.name), 'was absent');
    case 'cookie':
      return (answer) => present(cookieValue(answer, document.name), 'was not set');
    case 'body':
      return (answer) => readable(answer) ?? { texts: [answer.body] };
    case 'jsonPath': {
      const select = engines.jsonPath(document.path);
      return (answer) => readable(answer) ?? jsonTexts(answer, select);
    }
  }
}

function present(text: string | undefined, problem: string): Selected {
  return text === undefined ? { problem } : { texts: [text] };
}

function readable(answer: HttpAnswer): Uncaptured | undefined {
  const undecided = encodedBody(answer) ?? (answer.bodyTruncated ? TOO_LARGE : undefined);
  return undecided === undefined ? undefined : { undecided };
}

function jsonTexts({ body }: HttpAnswer, select: (document: unknown) => readonly unknown[]): Selected {
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    return { problem: 'selected nothing, since the body is not JSON' };
  }
  try {
    const values = select(document);
    const other = values.find((value) => typeof value === 'object');
    return other === undefined ? { texts: values.map(String) } : { problem: `selected ${other === null ? 'null' : Array.isArray(other) ? 'a list' : 'an object'}` };
  } catch (error) {
    return { undecided: describeError(error) };
  }
}

function groupsIn(texts: readonly string[], group: Groups): readonly string[] {
  return texts.flatMap((text) => group(text));
}
