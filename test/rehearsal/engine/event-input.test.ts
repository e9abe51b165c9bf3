import { targetInput, type TargetInput } from '../../../rehearsal/engine/event-input';

const EVENT = { id: '1', time: '2026-01-05T09:00:01Z', resources: ['arn:a', 'arn:b'], detail: { state: 'START', text: 'say "hi"', tries: 2, none: null } };
const RULE = { name: 'starts', arn: 'arn:aws:events:eu-west-1:1:rule/starts' };

const transformed = (template: string, paths: Record<string, string> = {}): TargetInput => ({ transformer: { paths, template } });

test.each<[string, TargetInput, unknown]>([
  ['the event itself', {}, EVENT],
  ['a constant', { constant: '{"a":1}' }, { a: 1 }],
  ['a part', { path: '$.detail' }, EVENT.detail],
  ['a member of a list', { path: '$.resources[1]' }, 'arn:b'],
  ['an object of parts', transformed('{"event": {"id": <id>}, "all": <detail>, "memory": {}}', { id: '$.id', detail: '$.detail' }), { event: { id: '1' }, all: EVENT.detail, memory: {} }],
  ['a text with parts in it', transformed('"<state> of <text>, <tries> times: <all>"', { state: '$.detail.state', text: '$.detail.text', tries: '$.detail.tries', all: '$.resources' }), 'START of say "hi", 2 times: ["arn:a","arn:b"]'],
  ['what is null', transformed('{"none": <none>, "said": "<none>"}', { none: '$.detail.none' }), { none: null, said: 'null' }],
  ['a path that leads to nothing', transformed('{"a": <a>, "b": "x<a>y"}', { a: '$.detail.other' }), { a: '', b: 'xy' }],
  ['a name that nobody has given stays', transformed('"<unknown> \\"<id>\\""', { id: '$.id' }), '<unknown> "1"'],
  ['the reserved names', transformed('{"rule": <aws.events.rule-name>, "arn": "<aws.events.rule-arn>", "at": <aws.events.event.ingestion-time>, "event": <aws.events.event>, "whole": <aws.events.event.json>}'), { rule: 'starts', arn: RULE.arn, at: EVENT.time, event: { id: '1', time: EVENT.time, resources: EVENT.resources }, whole: EVENT }],
])('%s', (_, input, expected) => {
  expect(targetInput(input, EVENT, RULE)).toEqual({ input: expected });
});

test.each<[TargetInput, string]>([
  [{ constant: '{' }, 'Input makes no JSON: {'],
  [{ path: '$.detail.other' }, 'InputPath $.detail.other leads to nothing'],
  [{ path: '$.resources[*]' }, 'the path $.resources[*] is not modelled: it has more than names and numbers'],
  [{ path: '$$.Execution.Id' }, 'the path $$.Execution.Id is not modelled: it has more than names and numbers'],
  [transformed('{"a": 1', {}), 'InputTemplate makes no JSON: {"a": 1'],
  [transformed('1', { a: '$..b' }), 'the path $..b is not modelled: it has more than names and numbers'],
])('%j: %s', (input, problem) => {
  expect(targetInput(input, EVENT, RULE)).toEqual({ problem });
});
