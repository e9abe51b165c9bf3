/** The calendar check in a rehearsed deployment: a change calendar that is closed when traffic is to move. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Report } from '../../../lib/model/report';
import { ROOT, greenlight, inTemporaryFolder, rehearse } from '../../support/greenlight';

const SCENARIO = join('examples', 'checks', 'calendar.yaml');
const hookOf = ({ deployments }: Report) => deployments[0]!.lifecycleEvents.find(({ name }) => name === 'BeforeAllowTraffic')!.hook!;

const played = (calendars: string) =>
  inTemporaryFolder((folder) => {
    const file = join(folder, 'other.yaml');
    writeFileSync(file, `rollout: CalendarChecks/Web\nreleases:\n  - name: v2\n${calendars}`);
    return rehearse('--scenario', file);
  });

test('a closed calendar fails the release, and the reason says until when', () => {
  const { report, status } = rehearse('--scenario', SCENARIO);
  expect([report.outcome, report.expected, status]).toEqual(['rolledBack', 'rolledBack', 1]);
  expect(hookOf(report).reason).toBe('no sale: change calendar shop-sale was CLOSED until 2026-01-05T11:00:00Z, expected OPEN');
  expect(report.deployments.flatMap(({ traffic }) => traffic).every(({ original }) => original === 100)).toBe(true);
  expect(report.iam.filter(({ decision }) => decision !== 'allow')).toEqual([]);
  expect(greenlight(['rehearse', '--scenario', SCENARIO]).stdout).toContain('change calendar shop-sale was CLOSED until');
});

test('one that opens in time lets the release through', () => {
  const { report, status } = played('calendars: { Sale: { state: closed, for: 30s } }\n');
  expect([report.outcome, status]).toEqual(['released', 0]);
});

test('one that the scenario says nothing of is what it is outside of its events, which the report says', () => {
  const { report, status } = played('');
  expect([report.outcome, status]).toEqual(['released', 0]);
  expect(hookOf(report).checks[0]).toMatchObject({ verdict: 'pass', reason: '1 change calendar open: shop-sale', samples: 1 });
  expect(report.fidelity.notModelled).toContain('events of change calendar shop-sale: it is taken for what it is outside of them');
});

test('the documentation shows the check that is played', () => {
  const [, example] = /```ts\n([^]*?)\n```/.exec(readFileSync(join(ROOT, 'docs', 'checks', 'calendar.md'), 'utf8'))!;
  expect(readFileSync(join(ROOT, 'examples', 'checks', 'calendar-checks-stack.ts'), 'utf8')).toContain(example);
});
