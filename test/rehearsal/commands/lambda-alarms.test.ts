/** The alarms and the canary of the example for Lambda: each version answers for itself alone. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Report } from '../../../lib/model/report';
import { inTemporaryFolder, rehearse } from '../../support/greenlight';

const ALARMS = ['OrdersErrorRateAlarm', 'OrdersDurationP95Alarm', 'OrdersThrottlesAlarm'];

function play(scenario: string) {
  return inTemporaryFolder((folder) => {
    const file = join(folder, 'scenario.yaml');
    writeFileSync(file, `rollout: LambdaOrders/Orders\n${scenario}`);
    return rehearse('--scenario', file);
  });
}

/** States that an alarm went through, by the name of its construct. */
const states = ({ alarms }: Report, name: string) => alarms.find((alarm) => alarm.name.includes(name))!.transitions.map(({ to }) => to);
const shares = ({ deployments }: Report, index = 0) => deployments[index]!.traffic.map(({ replacement }) => replacement);
const afterHook = ({ deployments }: Report, index = 0) => deployments[index]!.lifecycleEvents.find(({ name }) => name === 'AfterAllowTraffic')!.hook!;

describe('a new version that fails', () => {
  test('sets its alarm, and the alias goes back', () => {
    const { report, status } = play('releases: [{ name: v2, faults: [{ error: out of connections, rate: 10%, after: 5s }] }]');
    expect([report.outcome, status]).toEqual(['rolledBack', 1]);
    expect(report.deployments[0]).toMatchObject({ status: 'Stopped', errorInformation: { code: 'ALARM_ACTIVE', message: expect.stringContaining('OrdersErrorRateAlarm') } });
    expect(states(report, ALARMS[0]!)).toEqual(['OK', 'ALARM']);
    // At 10 % of the traffic, or the step after it.
    expect(Math.max(...shares(report))).toBeLessThanOrEqual(20);
    expect(shares(report, 1).at(-1)).toBe(0);
  });

  test('and is throttled, sets that alarm', () => {
    const { report } = play('releases: [{ name: v2, faults: [{ throttled: on, rate: 10%, after: 5s }] }]');
    expect([report.outcome, states(report, ALARMS[2]!).at(-1)]).toEqual(['rolledBack', 'ALARM']);
    expect(states(report, ALARMS[0]!)).toEqual(['OK']);
  });

  test('and is slow, sets that alarm once it has traffic enough', () => {
    const { report } = play('releases: [{ name: v2, faults: [{ latency: 5s, rate: 20%, after: 5s }] }]');
    expect([report.outcome, states(report, ALARMS[1]!).at(-1)]).toEqual(['rolledBack', 'ALARM']);
  });

  test('less than the alarm lets through is found by the comparison with the version before', () => {
    const { report, status } = play('releases: [{ name: v2, faults: [{ error: out of connections, rate: 0.7%, after: 5s }] }]\nrequestsPerSecond: 400');
    expect([report.outcome, status]).toEqual(['rolledBack', 1]);
    const check = afterHook(report).checks.find(({ name }) => name === 'error rate')!;
    expect(check.verdict).toBe('fail');
    expect(check.reason).toMatch(/^error rate of the new version was 0\.\d+ % \([\d,]+ of [\d,]+ in 2\d min\), of the old one 0 % \(0 of [\d,]+ at the same time\): a difference this large comes by chance in .* \(limit 1 of 100\), and exceeds 0\.5 points$/);
  });
});

describe('an old version that fails', () => {
  const { report, status } = play('service: { faults: [{ error: out of connections, rate: 30% }] }\nreleases: [{ name: v2, after: 10m, faults: [] }]');

  test('stops nobody from releasing the next', () => {
    expect([report.outcome, status]).toEqual(['released', 0]);
    expect(shares(report)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  });

  test('sets the alarm, which knows nothing of it once it watches the new version', () => {
    expect(states(report, ALARMS[0]!)).toEqual(['OK', 'ALARM', 'INSUFFICIENT_DATA', 'OK']);
    expect(afterHook(report).checks.map(({ name, verdict }) => [name, verdict])).toEqual([['orders', 'pass'], ['error rate', 'pass']]);
  });
});

test('the alarm follows from one release to the next', () => {
  const { report } = play('releases: [{ name: v2 }, { name: v3, faults: [{ error: out of connections, rate: 10%, after: 5s }] }]');
  expect(report.deployments.map(({ status }) => status)).toEqual(['Succeeded', 'Stopped', 'Succeeded']);
  expect(report.deployments[1]!.errorInformation!.message).toContain('OrdersErrorRateAlarm');
});

test('a release that failed has the alarm watch the version before again', () => {
  const { report } = play('releases: [{ name: v2, faults: [{ error: out of connections, rate: 10%, after: 5s }] }, { name: v3, after: 5m }]');
  expect(report.deployments.map(({ status }) => status)).toEqual(['Stopped', 'Succeeded', 'Succeeded']);
  // Of the version before, of v2, of the version before again, and of v3.
  expect(states(report, ALARMS[0]!)).toEqual(['OK', 'ALARM', 'INSUFFICIENT_DATA', 'OK', 'INSUFFICIENT_DATA', 'OK']);
});

test('who compares may find versions and read metrics, and nothing is denied', () => {
  const { report } = rehearse('--scenario', join('examples', 'lambda-orders', 'good.yaml'));
  expect(report.iam.filter(({ decision }) => decision !== 'allow')).toEqual([]);
  expect(report.iam.map(({ action }) => action)).toEqual(expect.arrayContaining(['cloudwatch:GetMetricData', 'codedeploy:BatchGetDeploymentTargets', 'codedeploy:ListDeploymentTargets']));
  expect(ALARMS.map((name) => states(report, name))).toEqual([['OK'], ['OK'], ['OK']]);
});
