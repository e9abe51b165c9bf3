/** The kinds of checks: how each is read, and what it measures with. */
import type { AlarmCheckDocument, CheckDocument, CheckDocumentBase, HttpCheckDocument } from '../../../lib/model/suite';
import type { Probe } from '../engine/play';
import { alarmProbe } from './alarm-check';
import type { Fields } from './fields';
import { httpProbe } from './http-check';
import { parseAssertions } from './parse-assertion';
import { parseRequest, parseTarget } from './parse-http';
import { parseCheckPolicy } from './parse-policy';
import type { ProbeTools } from './tools';

type Kind = CheckDocument['kind'];

interface CheckKind<D extends CheckDocument> {
  readonly parse: (fields: Fields, base: CheckDocumentBase) => D;
  readonly probe: (document: D, tools: ProbeTools) => Probe;
}

const KINDS: { readonly [K in Kind]: CheckKind<Extract<CheckDocument, { readonly kind: K }>> } = {
  http: { parse: parseHttp, probe: httpProbe },
  alarm: { parse: parseAlarm, probe: alarmProbe },
};

export function parseCheck(fields: Fields): CheckDocument {
  const kind = fields.oneOf('kind', Object.keys(KINDS) as Kind[]);
  return KINDS[kind].parse(fields, { name: fields.string('name', /\S/, 'a name'), policy: parseCheckPolicy(fields.object('policy')) });
}

export function probeOf(document: CheckDocument, tools: ProbeTools): Probe {
  const kind = KINDS[document.kind] as CheckKind<CheckDocument>;
  return kind.probe(document, tools);
}

function parseHttp(fields: Fields, base: CheckDocumentBase): HttpCheckDocument {
  const target = parseTarget(fields.object('target'));
  return { kind: 'http', ...base, target, request: parseRequest(fields.object('request'), target), assertions: parseAssertions(fields) };
}

function parseAlarm(fields: Fields, base: CheckDocumentBase): AlarmCheckDocument {
  const alarms = fields.names('alarms');
  return { kind: 'alarm', ...base, alarms: fields.atLeastOne('alarms', alarms) };
}
