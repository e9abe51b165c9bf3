import type { StackUpdateReport } from '../../../lib/model/report';
import { stackUpdateLines } from '../../../rehearsal/report/stack-update-lines';
import { style } from '../../../rehearsal/report/style';

const PLAIN = style({ width: 80, color: false, unicode: true });
const UPDATE: StackUpdateReport = {
  name: 'new certificate',
  stackName: 'Shop',
  status: 'UPDATE_COMPLETE',
  expected: 'UPDATE_COMPLETE',
  start: 700,
  end: 701,
  changes: [{ logicalId: 'Listener', property: 'Certificates' }],
  listeners: [],
  events: [],
};
const write = (more: Partial<StackUpdateReport['listeners'][number]>): StackUpdateReport['listeners'][number] => ({ at: 700, listener: 'production', targetGroup: 'green', version: 'v2', versionBefore: 'v2', ...more });
const linesOf = (more: Partial<StackUpdateReport>): readonly string[] => stackUpdateLines({ ...UPDATE, ...more }, PLAIN, '  ').slice(2);

test('what it changes comes first, and how it ended last', () => {
  expect(stackUpdateLines({ ...UPDATE, listeners: [write({})] }, PLAIN, '  ')).toEqual([
    '  stack update "new certificate"  Shop',
    '  │   11:40  · changes Certificates of Listener',
    '  │   11:40  ✔ production listener → green, which runs v2',
    '  │   11:41  ✔ UPDATE_COMPLETE',
  ]);
});

test.each<[string, Partial<StackUpdateReport['listeners'][number]>, string]>([
  ['an empty target group', { targetGroup: 'blue', version: null }, '  │   11:40  ✘ production listener → blue, in which no task runs (before: v2)'],
  ['one empty target group after another', { targetGroup: 'blue', version: null, versionBefore: null }, '  │   11:40  ✘ production listener → blue, in which no task runs'],
  ['another version', { version: 'v1' }, '  │   11:40  ▲ production listener → green, which runs v1 (before: v2)'],
  ['a version after none', { versionBefore: null }, '  │   11:40  ▲ production listener → green, which runs v2 (before: no task)'],
  ['the test listener on another version', { listener: 'test', version: 'v1' }, '  │   11:40  ✔ test listener → green, which runs v1 (before: v2)'],
  ['a target group that is new', { targetGroup: 'other', version: null }, '  │   11:40  ✘ production listener → another target group, in which no task'],
  ['the test listener on nothing', { listener: 'test', version: null }, '  │   11:40  · test listener → green, in which no task runs'],
])('%s', (_what, more, line) => {
  expect(linesOf({ listeners: [write(more)] })[0]).toBe(line);
});

test('a new version of the app: what is played by name, what is not by its type', () => {
  const changes: StackUpdateReport['changes'] = [
    { logicalId: 'Listener', resourceType: 'AWS::ElasticLoadBalancingV2::Listener', property: 'Certificates' },
    { logicalId: 'Listener', resourceType: 'AWS::ElasticLoadBalancingV2::Listener', property: 'SslPolicy' },
    { logicalId: 'Guard', resourceType: 'Custom::GreenlightLiveListener', action: 'added' },
    { logicalId: 'Topic', resourceType: 'AWS::SNS::Topic', property: 'TopicName', atOnce: true },
    { logicalId: 'Topic', resourceType: 'AWS::SNS::Topic', property: 'Tags', atOnce: true },
    { logicalId: 'Other', resourceType: 'AWS::SNS::Topic', action: 'removed', atOnce: true },
    { logicalId: 'Theirs', resourceType: 'Custom::Theirs', action: 'added', atOnce: true },
  ];
  expect(stackUpdateLines({ ...UPDATE, changes }, PLAIN, '  ').slice(1, -1)).toEqual([
    '  │   11:40  · changes Certificates, SslPolicy of Listener; Guard (added)',
    '  │   11:40  · taken to be done at once: 2 AWS::SNS::Topic',
    '  │   11:40  · not run: 1 Custom::Theirs',
  ]);
  expect(stackUpdateLines({ ...UPDATE, changes: changes.slice(5, 6) }, PLAIN, '  ')[1]).toBe('  │   11:40  · changes nothing that is played');
});

test('a rollback stands where it began, with its reason, between what was written before and after', () => {
  const reason = 'Received response status [FAILED] from custom resource. Message returned: a deployment is shifting';
  const events = [{ at: 702, logicalId: 'Shop', status: 'UPDATE_ROLLBACK_IN_PROGRESS' }];
  expect(linesOf({ status: 'UPDATE_ROLLBACK_COMPLETE', expected: 'UPDATE_ROLLBACK_COMPLETE', end: 760, reason, events, listeners: [write({}), write({ at: 703, rollback: true })] })).toEqual([
    '  │   11:40  ✔ production listener → green, which runs v2',
    '  │   11:42  ✘ fails, and is rolled back',
    '  │            a deployment is shifting',
    '  │   11:43  ✔ production listener → green, which runs v2',
    '  │   12:40  ↩ UPDATE_ROLLBACK_COMPLETE, as expected',
  ]);
  expect(linesOf({ status: 'UPDATE_ROLLBACK_FAILED', events })).toEqual(['  │   11:42  ✘ fails, and is rolled back', '  │   11:41  ✘ UPDATE_ROLLBACK_FAILED, expected UPDATE_COMPLETE, no listener', '  │            was written']);
});
