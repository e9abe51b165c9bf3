/** How values are put into the body of a request, so that they stay values there. */
import type { HttpRequestDocument } from '../../../lib/model/suite';
import { inForm, inJsonString } from '../encodings';
import { ConfigurationError, UnusableValue } from '../failures';
import { excerpt } from '../text';
import type { Piece, Values } from './templates';
import { fill, piecesOf, valueOf } from './templates';

export type BodyKind = 'json' | 'form' | 'text';

/** What may stand in JSON without quotation marks. */
const JSON_LITERAL = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/;

/** By the Content-Type; without one, by how the body begins. */
export function contentTypeOf({ headers, body = '' }: Pick<HttpRequestDocument, 'headers' | 'body'>): BodyKind {
  const named = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1].toLowerCase();
  if (named === undefined) {
    return /^\s*[[{](?!\{)/.test(body) ? 'json' : 'text';
  }
  return /[/+]json\b/.test(named) ? 'json' : named.startsWith('application/x-www-form-urlencoded') ? 'form' : 'text';
}

/** A value becomes part of a JSON string, or a number, a boolean or null of its own; a field of a form; or stands in a text as it is. */
export function fillBody(request: HttpRequestDocument, values: Values): string | undefined {
  if (request.body === undefined) {
    return undefined;
  }
  switch (contentTypeOf(request)) {
    case 'json':
      return jsonPieces(request.body)
        .map((piece) => ('text' in piece ? piece.text : piece.quoted ? inJsonString(valueOf(piece.name, values)) : literal(piece.name, valueOf(piece.name, values))))
        .join('');
    case 'form':
      return fill(request.body, values, inForm);
    case 'text':
      return fill(request.body, values);
  }
}

type JsonPiece = Exclude<Piece, { readonly name: string }> | { readonly name: string; readonly quoted: boolean };

/** Says of each reference whether it stands within quotation marks. @throws ConfigurationError where that would not keep a value in its place */
export function jsonPieces(body: string): readonly JsonPiece[] {
  let quoted = false;
  let escaped = false;
  return piecesOf(body).map((piece) => {
    if ('name' in piece) {
      if (escaped) {
        throw new ConfigurationError(`{{${piece.name}}} stands behind a backslash in the JSON body ${excerpt(body, 80)}; remove it`);
      }
      return { name: piece.name, quoted };
    }
    for (const character of piece.text) {
      quoted = character === '"' && !escaped ? !quoted : quoted;
      escaped = quoted && character === '\\' && !escaped;
    }
    return piece;
  });
}

function literal(name: string, value: string): string {
  if (!JSON_LITERAL.test(value)) {
    throw new UnusableValue(`value "${name}" is no number, boolean or null, and stands in a JSON body without quotation marks; write "{{${name}}}"`, false);
  }
  return value;
}
