/** Reads the suite. Whatever could make a check pass without a measurement, or cannot be played, is a bad configuration. */
import type { CheckDocument, CheckSuite, SettleDocument } from '../../../lib/model/suite';
import type { RuntimeValueDocument } from '../../../lib/model/runtime-value';
import { VALUE_NAME } from '../../../lib/model/runtime-value';
import { SUITE_FILE } from '../../../lib/model/suite';
import { ConfigurationError, describeError } from '../failures';
import type { Environment } from '../ports';
import { substitute } from './deploy-time-values';
import { Fields, wrong } from './fields';
import type { CheckKinds, LoadedKinds } from './kind';
import { loadKinds } from './kind';
import { HEADER_NAME, parseRequest, parseTarget } from './parse-http';
import { parseCheckPolicy, parseSuitePolicy, requirePlayable } from './parse-policy';
import { requireReferences } from './references';

/** Longest interval and time to settle: what a function can wait at all. */
const MAX_MS = 900_000;
const MAX_REPEATS = 1_000;

export interface Expected {
  /** What this hook is configured for. */
  readonly event: string;
  /** Values that are known at deploy time. Absent: texts refer to them still, and may become whatever is expected there. */
  readonly values?: Readonly<Record<string, string>>;
}

/** Reads, fills in and checks the suite beside the handler. */
export async function readSuite(environment: Environment, { kinds, ...expected }: Expected & { readonly kinds: CheckKinds }): Promise<{ readonly suite: CheckSuite; readonly loaded: LoadedKinds }> {
  let text: string;
  try {
    text = environment.suite();
  } catch (error) {
    throw new ConfigurationError(`${SUITE_FILE} cannot be read beside the handler: ${describeError(error)}; deploy the rollout again`);
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new ConfigurationError(`${SUITE_FILE} is not JSON (${text.length} characters); deploy the rollout again`);
  }
  const loaded = await loadKinds(kinds, document);
  return { suite: parseSuite(document, expected, loaded), loaded };
}

export function parseSuite(document: unknown, { event, values }: Expected, kinds: LoadedKinds): CheckSuite {
  const version = new Fields(document, 'suite').raw('schemaVersion');
  if (version !== 1) {
    throw wrong('schemaVersion', '1, the version that this handler plays', version);
  }
  const fields = new Fields(values === undefined ? document : substitute(document, values), '', values === undefined);
  if (fields.raw('event') !== event) {
    throw wrong('event', `"${event}", which this hook is configured for`, fields.raw('event'));
  }
  const checks = fields.list('checks', (check) => parseCheck(check, kinds));
  requirePlayable(checks);
  const settle = fields.has('settle') ? { settle: parseSettle(fields.object('settle')) } : {};
  const suite = { schemaVersion: version, event: event as CheckSuite['event'], policy: parseSuitePolicy(fields.object('policy')), ...settle, checks } as const;
  fields.raw('schemaVersion');
  fields.requireNothingElse();
  return suite;
}

export function parseCheck(fields: Fields, kinds: LoadedKinds): CheckDocument {
  const kind = kinds.get(String(fields.raw('kind')));
  if (kind === undefined) {
    throw wrong(fields.at('kind'), `a kind of check that this handler plays`, fields.raw('kind'));
  }
  const values = fields.has('values') ? { values: fields.map('values', VALUE_NAME, parseValue) } : {};
  return kind.parse(fields, { name: fields.string('name', /\S/, 'a name'), policy: parseCheckPolicy(fields.object('policy')), ...values });
}

function parseValue(fields: Fields): RuntimeValueDocument {
  const source = fields.oneOf('source', ['secret', 'parameter']);
  if (source === 'parameter') {
    return { source, name: fields.string('name', /\S/, 'a name or an ARN') };
  }
  return { source, id: fields.string('id', /\S/, 'a name or an ARN'), ...(fields.has('jsonField') ? { jsonField: fields.string('jsonField', /[^]/, 'the name of a field') } : {}) };
}

function parseSettle(fields: Fields): SettleDocument {
  const target = parseTarget(fields.object('target'));
  const request = parseRequest(fields.object('request'), target);
  requireReferences(fields.place, { target, request }, []);
  return {
    target,
    request,
    consecutive: fields.integer('consecutive', 1, MAX_REPEATS),
    intervalMs: fields.integer('intervalMs', 0, MAX_MS),
    timeoutMs: fields.integer('timeoutMs', 1, MAX_MS),
    ...(fields.has('version') ? { version: parseVersion(fields.object('version')) } : {}),
  };
}

function parseVersion(fields: Fields): NonNullable<SettleDocument['version']> {
  const equals = fields.string('equals', /[^]/, 'a string that is not empty');
  return fields.has('jsonPath')
    ? { jsonPath: fields.string('jsonPath'), equals }
    : { header: fields.string('header', HEADER_NAME, 'a header name'), equals };
}
