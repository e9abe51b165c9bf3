/**
 * Query protocols: a form body with `Action`, an XML answer. `awsQuery` (older CloudWatch clients) and `ec2Query` differ in how lists are
 * written and errors are wrapped.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
import { ServiceError } from '../engine/ports';
import { plainBody } from './aws-json';
import type { Outcome } from './aws-service';
import { Fields, isRecord } from './fields';
import type { LoopbackRequest as Request, LoopbackResponse as Answer } from './loopback-server';

const MAX_PARAMETERS = 20_000;

type Tree = Map<string, string | Tree>;

export interface QueryRequest {
  readonly action: string;
  readonly input: Fields;
}

/** @throws ServiceError where the body is no form, or asks for nothing. */
export function readQuery(request: Request): QueryRequest {
  const form = new URLSearchParams(plainBody(request).toString('utf8'));
  const action = form.get('Action');
  if (!action) {
    throw new ServiceError('MissingAction', 'the parameter Action is missing');
  }
  if (form.size > MAX_PARAMETERS) {
    throw new ServiceError('MalformedQueryString', `a request must have at most ${MAX_PARAMETERS} parameters, got ${form.size}`);
  }
  const root: Tree = new Map();
  for (const [path, value] of form) {
    place(root, path.split('.'), value);
  }
  return { action, input: Fields.of(asValue(root), true) };
}

function place(tree: Tree, [name, ...rest]: readonly string[], value: string): void {
  const below = tree.get(name);
  if (rest.length === 0) {
    tree.set(name, value);
  } else if (below instanceof Map) {
    place(below, rest, value);
  } else {
    const made: Tree = new Map();
    tree.set(name, made);
    place(made, rest, value);
  }
}

/** `member.N` and `N` below a name are the N-th entry of a list. */
function asValue(tree: Tree): unknown {
  const only = tree.size === 1 ? tree.get('member') : undefined;
  if (only instanceof Map) {
    return asValue(only);
  }
  const entries = [...tree].map(([name, value]) => [name, value instanceof Map ? asValue(value) : value] as const);
  if (entries.length > 0 && entries.every(([name]) => /^\d+$/.test(name))) {
    return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
  }
  return Object.fromEntries(entries);
}

export function queryAnswer(
  outcome: Outcome,
  wire: { readonly action: string; readonly xmlns: string; readonly requestId: string; readonly errorName: (code: string) => string },
): Answer {
  const headers = { 'content-type': 'text/xml', 'x-amzn-requestid': wire.requestId };
  if ('error' in outcome) {
    const { error } = outcome;
    const type = error.status >= 500 ? 'Receiver' : 'Sender';
    const body = { Error: { Type: type, Code: wire.errorName(error.code), Message: error.message }, RequestId: wire.requestId };
    return { status: error.status, headers, body: document('ErrorResponse', wire.xmlns, xml(body, 'member')) };
  }
  const body = { [`${wire.action}Result`]: outcome.output, ResponseMetadata: { RequestId: wire.requestId } };
  return { status: 200, headers, body: document(`${wire.action}Response`, wire.xmlns, xml(body, 'member')) };
}

export function ec2Answer(outcome: Outcome, wire: { readonly action: string; readonly xmlns: string; readonly requestId: string }): Answer {
  const headers = { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': wire.requestId };
  if ('error' in outcome) {
    const { code, message, status } = outcome.error;
    const body = `<Response>${xml({ Errors: { Error: { Code: code, Message: message } }, RequestID: wire.requestId }, 'item')}</Response>`;
    return { status, headers, body: `${XML_HEAD}${body}` };
  }
  return {
    status: 200,
    headers,
    body: document(`${wire.action}Response`, wire.xmlns, xml({ requestId: wire.requestId, ...outcome.output }, 'item')),
  };
}

const XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

const document = (name: string, xmlns: string, content: string): string => `${XML_HEAD}<${name} xmlns="${xmlns}">${content}</${name}>`;

/** Structures by the names of their members; lists as repeated `item`. */
function xml(value: unknown, item: string): string {
  if (Array.isArray(value)) {
    return value.map((entry) => `<${item}>${xml(entry, item)}</${item}>`).join('');
  }
  if (isRecord(value)) {
    return Object.entries(value)
      .filter(([, member]) => member !== undefined && member !== null)
      .map(([name, member]) => `<${name}>${xml(member, item)}</${name}>`)
      .join('');
  }
  return escaped(value instanceof Date ? value.toISOString() : String(value));
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' };

const escaped = (text: string): string => text.replace(/[&<>"\r]/g, (character) => ESCAPES[character]);
