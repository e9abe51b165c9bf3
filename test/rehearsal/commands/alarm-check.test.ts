/** The alarm check in a rehearsed deployment: an alarm that the deployment group does not watch, asked at one moment. */
import { join } from 'node:path';

import { rehearse } from '../../support/greenlight';

const hookOf = (report: ReturnType<typeof rehearse>['report']) => report.deployments[0]!.lifecycleEvents.find(({ name }) => name === 'BeforeAllowTraffic')!.hook!;

test('a red alarm fails the check, and production traffic never moves', () => {
  const { report, status } = rehearse('--scenario', join('examples', 'checks', 'alarm.yaml'));
  expect([status, report.outcome]).toEqual([1, 'rolledBack']);
  expect(hookOf(report).reason).toMatch(/^queue is drained: alarm AlarmChecks-Backlog\S+ was ALARM, expected OK \(held in ALARM by the scenario\)$/);
  expect(report.deployments.flatMap(({ traffic }) => traffic).every(({ original }) => original === 100)).toBe(true);
});

test('a quiet one is read until it has data, then five times in a row, and lets the release through', () => {
  const { report, status } = rehearse('AlarmChecks/Web');
  expect([status, report.outcome]).toEqual([0, 'released']);
  expect(hookOf(report).checks[0]).toMatchObject({ verdict: 'pass', samples: 6, windowMs: 150_000 });
  expect(report.iam.filter(({ decision }) => decision !== 'allow')).toEqual([]);
});
