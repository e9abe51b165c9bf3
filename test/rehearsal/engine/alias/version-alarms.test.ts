/** Alarms that watch the version of an alias, from one release to the next. */
import type { AlarmDefinition } from '../../../../rehearsal/engine/alarm-definition';
import type { MetricAlarmProperties } from '../../../../rehearsal/engine/alarm-source';
import { VersionAlarms, withVersion } from '../../../../rehearsal/engine/alias/version-alarms';

const dimensions = (ExecutedVersion: string, FunctionName = 'take') =>
  Object.entries({ ExecutedVersion, FunctionName, Resource: `${FunctionName}:live` }).map(([Name, Value]) => ({ Name, Value }));

const RULE: MetricAlarmProperties = { EvaluationPeriods: 1, Threshold: 0, ComparisonOperator: 'GreaterThanThreshold' };

const plain = (version: string, functionName?: string): AlarmDefinition => ({
  type: 'metric',
  name: 'plain',
  arn: 'arn:plain',
  properties: { ...RULE, Namespace: 'AWS/Lambda', MetricName: 'Errors', Dimensions: dimensions(version, functionName), Statistic: 'Sum', Period: 60 },
});

const math = (version: string): AlarmDefinition => ({
  type: 'metric',
  name: 'math',
  arn: 'arn:math',
  properties: {
    ...RULE,
    Metrics: [
      { Id: 'rate', Expression: 'errors' },
      { Id: 'errors', ReturnData: false, MetricStat: { Metric: { Namespace: 'AWS/Lambda', MetricName: 'Errors', Dimensions: dimensions(version) }, Period: 60, Stat: 'Sum' } },
      { Id: 'all', ReturnData: false, MetricStat: { Metric: { Namespace: 'Shop', MetricName: 'All' }, Period: 60, Stat: 'Sum' } },
    ],
  },
});

const composite: AlarmDefinition = { type: 'composite', name: 'any', arn: 'arn:any', properties: { AlarmRule: 'ALARM(plain)' } };
const outside: AlarmDefinition = { type: 'outside', name: 'far', arn: 'arn:far', reason: 'made elsewhere' };

describe('with another version', () => {
  const renaming = { functionName: 'take', from: '2', to: '5' };

  test.each<[string, AlarmDefinition, AlarmDefinition]>([
    ['a metric is that of the version', plain('2'), plain('5')],
    ['metrics of an expression are those of the version', math('2'), math('5')],
    ['a metric of a version that is named by its number stays', plain('1'), plain('1')],
    ['a metric of another function stays', plain('2', 'other'), plain('2', 'other')],
    ['a composite alarm stays', composite, composite],
    ['an alarm that is made elsewhere stays', outside, outside],
  ])('%s', (_what, before, after) => {
    expect(withVersion(before, renaming)).toEqual(after);
  });
});

test('those that name the version of the template follow it, and keep their state unless they are made anew', () => {
  const changes: [AlarmDefinition, boolean][] = [];
  const definitions = [plain('2'), math('2'), plain('2', 'other'), composite, outside];
  const alarms = { describe: () => definitions.map((definition) => ({ definition }) as never), change: (definition: AlarmDefinition, anew: boolean) => void changes.push([definition, anew]) };
  const watched = new VersionAlarms({ alarms, functionName: 'take', templateVersion: '2', madeAnew: ['math'] });
  watched.watch('1');
  watched.watch('3');
  expect(changes).toEqual([
    [plain('1'), false],
    [math('1'), true],
    [plain('3'), false],
    [math('3'), true],
  ]);
});
