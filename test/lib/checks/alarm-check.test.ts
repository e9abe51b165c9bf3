import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Stack } from 'aws-cdk-lib/core';

import { AlarmCheck, Passes } from '../../../lib';
import { DeployTimeValues } from '../../../lib/private/deploy-time-values';

const alarm = (name: string) => cloudwatch.Alarm.fromAlarmName(new Stack(), name, name);
const context = () => ({ values: new DeployTimeValues(), production: { protocol: 'HTTP' as const } });

describe('AlarmCheck', () => {
  test('asks its alarms once, and makes up for two readings that come to nothing', () => {
    const check = new AlarmCheck({ alarms: [alarm('errors'), alarm('latency')] });
    expect(check._render(context())).toEqual({
      kind: 'alarm',
      name: 'alarms errors, latency',
      policy: { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 10_000, intervalMs: 1000, errorBudget: 2, deadlineMs: 33_000, inconclusive: 'FAIL' },
      alarms: ['errors', 'latency'],
    });
  });

  test('takes the name of an alarm of the app as a deploy-time value', () => {
    const values = new DeployTimeValues();
    const own = new cloudwatch.Alarm(new Stack(), 'Backlog', { metric: new cloudwatch.Metric({ namespace: 'a', metricName: 'b' }), threshold: 1, evaluationPeriods: 1 });
    const check = new AlarmCheck({ alarms: [own], passes: Passes.inARow(3) });
    expect(check._render({ ...context(), values })).toMatchObject({ name: 'alarms Backlog', alarms: ['${greenlight:V1}'], policy: { passes: { consecutive: 3 } } });
    expect(Object.keys(values.all())).toEqual(['V1']);
  });

  test('lets the hook describe alarms, and nothing else', () => {
    const [statement, ...others] = new AlarmCheck({ alarms: [alarm('errors')] })._statements(new Stack());
    expect(others).toEqual([]);
    expect(statement!.toJSON()).toEqual({ Sid: 'ReadAlarms', Effect: 'Allow', Action: 'cloudwatch:DescribeAlarms', Resource: '*' });
  });

  test('sends nothing by HTTP', () => {
    expect(new AlarmCheck({ alarms: [alarm('errors')] })._requests).toEqual([]);
  });

  test.each([
    [{ name: 'none', alarms: [] }, "check 'none' must have 1 to 100 alarms, got 0; spread them over several checks"],
    [{ name: 'all', alarms: Array.from({ length: 101 }, (_, index) => alarm(`a${index}`)) }, "check 'all' must have 1 to 100 alarms, got 101; spread them over several checks"],
    [{ alarms: [alarm('errors')], readRetries: 11 }, "'readRetries' must be a whole number from 0 to 10, got 11"],
  ])('fails when the options are out of range', (options, message) => {
    expect(() => new AlarmCheck(options)).toThrow(message);
  });
});
