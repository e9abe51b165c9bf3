/** Which texts of a request may refer to values, and where in them. */
import type { AssertionDocument, HttpRequestDocument, HttpStepDocument, RequestTarget } from '../../../lib/model/suite';
import { DEPLOY_TIME_VALUE } from '../../../lib/model/suite';
import { ConfigurationError, describeError } from '../failures';
import { contentTypeOf, jsonPieces } from './bodies';
import { piecesOf, unknownName } from './templates';

type Text = readonly [place: string, text: string];

type Referring = Pick<HttpStepDocument, 'target' | 'request'> & Partial<Pick<HttpStepDocument, 'auth' | 'assertions'>>;

/** @throws ConfigurationError that names the place, where a text refers to what is not there, or where no value may stand */
export function requireReferences(place: string, step: Referring, known: readonly string[]): void {
  for (const [at, text] of textsOf(step)) {
    const named = within(`${place}.${at}`, () => piecesOf(text)).flatMap((piece) => ('name' in piece ? [piece.name] : []));
    const unknown = named.find((name) => !known.includes(name));
    if (unknown !== undefined) {
      throw new ConfigurationError(`suite.json: '${place}.${at}' refers to a value that is not there: ${unknownName(unknown, known)}`);
    }
  }
  const { target, request } = step;
  within(`${place}.target.url`, () => requireFixedOrigin(target));
  within(`${place}.request.body`, () => requireFittingBody(request));
}

function textsOf({ target, request, auth, assertions = [] }: Referring): readonly Text[] {
  const ofAuth = Object.entries(auth ?? {}).map(([name, text]): Text => [`auth.${name}`, text]);
  return [
    ...('url' in target ? [['target.url', target.url] as const] : []),
    ['request.path', request.path],
    ...Object.entries(request.headers).map(([name, text]): Text => [`request.headers.${name}`, text]),
    ...(request.body === undefined ? [] : [['request.body', request.body] as const]),
    ...ofAuth,
    ...assertionTexts(assertions),
  ];
}

/** Texts that answers are compared with; patterns, paths and names are taken as they are. */
function assertionTexts(assertions: readonly AssertionDocument[]): readonly Text[] {
  return assertions.flatMap((assertion, index): readonly Text[] => {
    const at = `assertions[${index}]`;
    if (assertion.kind === 'bodyContains') {
      return [[`${at}.text`, assertion.text]];
    }
    return 'equals' in assertion && typeof assertion.equals === 'string' && assertion.kind !== 'bodySha256' ? [[`${at}.equals`, assertion.equals]] : [];
  });
}

/**
 * Scheme, host and port, and the character that ends them. The URL standard reads a host out of more than this (`http:host`, `http:///host`,
 * `http:\\host`), in all of which a value could become the host.
 */
const FIXED_ORIGIN = /^https?:\/\/[^\s/\\?#]+[/?#]/i;

/** Who is asked must not be for an answer to say. A URL that a deploy-time value begins is judged when the suite is played. */
function requireFixedOrigin(target: RequestTarget): void {
  const pieces = 'url' in target ? piecesOf(target.url) : [];
  const first = pieces.findIndex((piece) => 'name' in piece);
  const before = pieces.slice(0, first).map((piece) => ('text' in piece ? piece.text : '')).join('');
  if (first >= 0 && !FIXED_ORIGIN.test(before) && before.search(DEPLOY_TIME_VALUE) !== 0) {
    throw new ConfigurationError('holds a value before its path; write scheme, host and port');
  }
}

function requireFittingBody(request: HttpRequestDocument): void {
  if (request.body !== undefined && contentTypeOf(request) === 'json') {
    jsonPieces(request.body);
  }
}

function within<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ConfigurationError(`suite.json: '${place}': ${describeError(error)}`);
  }
}
