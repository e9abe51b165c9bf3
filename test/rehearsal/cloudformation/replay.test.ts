/** `npm run replay`, as built: what CloudFormation does with the example's stack, and how many deployments come of it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { isAsWanted, replayTable } from '../../../rehearsal/cloudformation/replay-table';
import type { PlayedStep, Story } from '../../../rehearsal/cloudformation/scribe';
import { style } from '../../../rehearsal/report/style';
import { ROOT } from '../../support/greenlight';

function replay(...args: readonly string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const command = join(ROOT, 'build', 'rehearsal', 'replay.js');
  return spawnSync(process.execPath, [command, ...args], { cwd: ROOT, encoding: 'utf8', env: { PATH: process.env.PATH, LANG: 'C.UTF-8' }, timeout: 180_000 });
}

const APP = join('build', 'cdk.out');
const SCENARIO = join('examples', 'ecs-web', 'good-then-broken.yaml');

test('the life of a stack ends with two deployments started, a cancelled update with one; every request gets one answer', () => {
  const { status, stdout, stderr } = replay(APP, 'EcsWeb/Web', SCENARIO);
  const rows = stdout.split('\n').flatMap((line) => {
    const [, sign, step, started, stack, revision, answer] = /^(\S) (\w[\w ]*?) {2,}(\d+) +([A-Z_]+) +(\d+) +(.*)$/.exec(line) ?? [];
    return sign === undefined ? [] : [[sign, step, started, stack, revision, answer?.replace(/d-\w{9}/, 'd-ID')].join(' | ')];
  });
  expect(rows).toEqual([
    '✔ | create | 0 | CREATE_COMPLETE | 1 | SUCCESS',
    '✔ | update | 1 | UPDATE_COMPLETE | 2 | SUCCESS d-ID',
    '✔ | redelivery | 1 | UPDATE_COMPLETE | 2 | not asked',
    '✔ | description edit | 1 | UPDATE_COMPLETE | 2 | SUCCESS',
    '✔ | failing update | 2 | UPDATE_ROLLBACK_IN_PROGRESS | 2 | FAILED',
    '✔ | its rollback | 2 | UPDATE_ROLLBACK_COMPLETE | 2 | SUCCESS',
    '✔ | delete | 2 | DELETE_COMPLETE | 2 | SUCCESS',
    '✔ | create | 0 | CREATE_COMPLETE | 1 | SUCCESS',
    '✔ | cancel | 1 | UPDATE_ROLLBACK_IN_PROGRESS | 1 | none yet',
    '✔ | its rollback | 1 | UPDATE_ROLLBACK_COMPLETE | 1 | SUCCESS',
    '✔ | delete | 1 | DELETE_COMPLETE | 1 | SUCCESS',
  ]);
  const sums = stdout.split('\n').filter((line) => / started, /.test(line));
  expect(sums).toEqual(['  2 deployments started, 2 wanted; each of 12 requests got one answer', '  1 deployment started, 1 wanted; each of 8 requests got one answer']);
  expect(stdout.replace(/\s+/g, ' ')).toContain('AfterAllowTestTraffic failed; its hook says: GET /api/orders: JSON path $.status was "degraded", expected "ok"');
  expect([status, stderr]).toEqual([0, '']);
});

test('a story that comes out otherwise ends with 1', () => {
  const { status, stdout } = replay(APP, 'EcsWeb/Web', join('examples', 'ecs-web', 'good.yaml'));
  expect(stdout).toContain('✘ failing update');
  expect(stdout).toContain('UPDATE_COMPLETE, wanted UPDATE_ROLLBACK_COMPLETE');
  expect(status).toBe(1);
});

test.each([
  [[], 'replay: usage: replay ASSEMBLY ROLLOUT SCENARIO [ROLLOUT SCENARIO]...\n'],
  [[APP, 'EcsNative/Web', SCENARIO], /^replay: ECS itself controls the deployments of EcsNative\/\S+; name a rollout of CodeDeploy\n$/],
  [[APP, 'Nobody', SCENARIO], /^replay: no rollout "Nobody"/],
])('wrong arguments: %j', (args, message) => {
  const { status, stderr } = replay(...args);
  expect(stderr).toMatch(message);
  expect(status).toBe(2);
});

describe('the table', () => {
  const step = (more: Partial<PlayedStep> = {}): PlayedStep => ({ name: 'update', started: 1, wanted: 1, stackStatus: 'UPDATE_COMPLETE', wantedStatus: 'UPDATE_COMPLETE', running: 'web:2', answer: 'SUCCESS d-1', ...more });
  const story = (more: Partial<Story> = {}): Story => ({ title: 'A story', steps: [step()], requests: 2, badlyAnswered: 0, ...more });
  const table = (told: Story): readonly string[] => replayTable(told, style({ width: 80, color: false, unicode: true })).split('\n');

  test('one line for each step', () => {
    expect(table(story())).toEqual([
      'A story',
      '',
      '  step    started  stack            revision  answer',
      '✔ update  1        UPDATE_COMPLETE  2         SUCCESS d-1',
      '',
      '  1 deployment started, 1 wanted; each of 2 requests got one answer',
      '',
    ]);
  });

  test('the reason of a failure in a few lines below', () => {
    const lines = table(story({ steps: [step({ answer: 'FAILED', reason: `Deployment ${'word '.repeat(100)}` })] }));
    expect(lines.slice(4, 8).every((line) => line.startsWith('    ') && line.length <= 80)).toBe(true);
    expect(lines[7]).toMatch(/…$/);
    expect(lines[8]).toBe('');
  });

  test.each<[string, Story, boolean, string]>([
    ['as wanted', story(), true, '✔ update'],
    ['one deployment too many', story({ steps: [step({ started: 2 })] }), false, '✘ update  2, wanted 1'],
    ['one too few', story({ steps: [step({ started: 0 })] }), false, '✘ update  0, wanted 1'],
    ['another status', story({ steps: [step({ stackStatus: 'UPDATE_FAILED' })] }), false, 'UPDATE_FAILED, wanted UPDATE_COMPLETE'],
    ['two answers', story({ badlyAnswered: 1 }), false, '1 of 2 requests got no answer, or more than one'],
  ])('%s', (_what, told, good, text) => {
    expect(isAsWanted(told)).toBe(good);
    expect(table(told).join('\n')).toContain(text);
  });
});
