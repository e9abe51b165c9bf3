import { renderReport } from '../../../rehearsal/report/terminal';
import { style } from '../../../rehearsal/report/style';
import { RELEASED, ROLLED_BACK } from './sample-reports';

const FILES = { files: ['build/rehearsal/denied.json'] };
const PLAIN = style({ width: 80, color: false, unicode: true });

const ROLLED_BACK_TEXT = [
  '  EcsWeb/Web  denied.yaml · seed 7                                 ↩ rolled back',
  '  ──────────────────────────────────────────────────────────────────────────────',
  '',
  '  d-4F7K2M9QX  CodeDeployDefault.ECSCanary10Percent5Minutes',
  '  │   00:01  ✔ BeforeInstall                                             250 ms',
  '  │   00:01  ✔ Install                                                   30.5 s',
  '  │   00:32  ✔ AfterInstall                                              250 ms',
  '  │   00:32  ✔ AllowTestTraffic                                          250 ms',
  '  │   00:33  ✘ AfterAllowTestTraffic                                     15.5 s',
  '  │            EcsWeb-WebAfterAllowTestTrafficChecks-Q2LM8ZPO did not report',
  '  │            ✔ health  status is 200 (3 samples)',
  '  │            ✘ orders  $.status is "degraded", wanted "ok" (GET',
  '  │                      http://…:8080/api/orders) (2 not measured)',
  '  │            guardian reported Failed at 00:48: the hook returned without a',
  '  │            report that got through',
  '  │   00:48  ▲ EcsWeb-Web-verdict  OK → ALARM',
  '  │            AfterAllowTestTraffic of d-4F7K2M9QX: the hook says why, at',
  '  │            length, the hook says why, at length, the hook says why, at len…',
  '  │          · BeforeAllowTraffic, AllowTraffic, AfterAllowTraffic skipped',
  '  │   00:49  ✘ Failed HOOK_EXECUTION_FAILURE',
  '  │            The overall deployment failed because one of the lifecycle hooks',
  '  │            has reported Failed to the service.',
  '  │',
  '  ╰─ d-8ZD1PLW0R  CodeDeployDefault.ECSAllAtOnce · codeDeployRollback',
  '     │   00:51  ✔ 2 events, no hook runs                                  1.8 s',
  '     │   00:52  ✔ Succeeded',
  '',
  '  Permissions',
  '  ✘ denied  codedeploy:PutLifecycleEventHookExecutionStatus',
  '            by EcsWeb-ChecksRole-V2A',
  '            missing statement:',
  '            { "Effect": "Allow",',
  '              "Action": "codedeploy:PutLifecycleEventHookExecutionStatus",',
  '              "Resource": "arn:aws:codedeploy:us-east-1:111111111111:deploymentgroup:Web-App/Web-Group" }',
  '',
  '  Findings',
  '  warning   the hook of BeforeAllowTraffic has an asynchronous configuration of',
  '            its own, so the guardian does not watch over it (unguarded)',
  '            let the rollout configure its asynchronous invocation, or report',
  '            from within it on every path',
  '',
  '  Fidelity  4 approximated: time to install; and 3 more',
  '            1 not modelled: layers',
  '  Report    build/rehearsal/denied.json',
  '  Time      1m 53s of virtual time in 1.8 s',
].join('\n');

const RELEASED_TEXT = [
  '  EcsWeb/Web  good.yaml · seed 1                                      ✔ released',
  '  ──────────────────────────────────────────────────────────────────────────────',
  '',
  '  d-GG4LMN0PA  CodeDeployDefault.ECSCanary10Percent5Minutes',
  '  │ 1:00:01  ✔ BeforeInstall                                             250 ms',
  '  │ 1:00:01  ✔ Install                                                   30.5 s',
  '  │ 1:00:33  ✔ AfterAllowTestTraffic                                      5.6 s',
  '  │            EcsWeb-Checks reported Succeeded',
  '  │            all 2 checks passed',
  '  │ 1:00:39  ✔ AllowTraffic                                              5m 01s',
  '  │ 1:00:39    ▕██░░░░░░░░░░░░░░░░░░▏ 10 % on the replacement',
  '  │ 1:05:39    ▕████████████████████▏ 100 % on the replacement',
  '  │ 1:05:40  ✔ AfterAllowTraffic                                         200 ms',
  '  │ 1:06:40  ▲ EcsWeb-Web-http-5xx-rate-of-the-replace…  OK → INSUFFICIENT_DATA',
  '  │ 1:15:40  ✔ Succeeded',
  '',
  '  Fidelity  everything that took part is modelled',
  '  Report    build/rehearsal/denied.json',
  '  Time      1h 15m 41s of virtual time in 730 ms',
].join('\n');

describe('renderReport', () => {
  test('a release that is rolled back, with a denied call', () => {
    expect(renderReport(ROLLED_BACK, PLAIN, FILES)).toBe(`${ROLLED_BACK_TEXT}\n`);
  });

  test('a release', () => {
    expect(renderReport(RELEASED, PLAIN, FILES)).toBe(`${RELEASED_TEXT}\n`);
  });

  test.each([60, 80, 120])('no line is longer than %i columns, but for ARNs that are to be copied', (width) => {
    const lines = renderReport(ROLLED_BACK, style({ width, color: false, unicode: true }), FILES).split('\n');
    expect(lines.filter((line) => line.length > width && !line.includes('"Resource"') && !line.includes('"Action"'))).toEqual([]);
  });

  test('is ASCII where the terminal shows nothing else', () => {
    const text = renderReport(ROLLED_BACK, style({ width: 80, color: false, unicode: false }), FILES);
    expect([...text].filter((char) => char > '~')).toEqual([]);
    expect(text).toContain('  `- d-8ZD1PLW0R  CodeDeployDefault.ECSAllAtOnce - codeDeployRollback\n');
    expect(renderReport(RELEASED, style({ width: 80, color: false, unicode: false }))).toContain('[##..................] 10 % on the replacement');
  });

  test('colours change nothing but colours', () => {
    const colored = renderReport(ROLLED_BACK, style({ width: 80, color: true, unicode: true }), FILES);
    expect(colored).toContain('\u001b[31m');
    expect(colored.split('\u001b').map((piece, index) => (index === 0 ? piece : piece.replace(/^\[\d+m/, ''))).join('')).toBe(`${ROLLED_BACK_TEXT}\n`);
  });

  test('what a server says cannot play with the terminal', () => {
    const [deployment] = RELEASED.deployments;
    const event = { name: 'BeforeInstall', status: 'Failed', start: 1, end: 2, hook: { function: 'f', report: 'Failed', verdict: 'fail', reason: 'body was "\u001b[2J\u0007"', durationMs: 1, checks: [] } } as const;
    const text = renderReport({ ...RELEASED, deployments: deployment === undefined ? [] : [{ ...deployment, lifecycleEvents: [event] }] }, PLAIN);
    expect(text).toContain('body was " [2J "');
  });

  test('a check in shadow says so, and a warning is told in full', () => {
    const common = { kind: 'http', samples: 1, errors: 0, windowMs: 1 };
    const measured = (ok: boolean) => [{ what: 'status', measured: 500, threshold: 200, ok }];
    const checks = [
      { ...common, name: 'new', verdict: 'fail', shadow: true, reason: 'status was 500, expected 200', measurements: measured(false) },
      { ...common, name: 'calm', verdict: 'pass', shadow: true, reason: '1 assertion held', measurements: measured(true) },
      { ...common, name: 'slow', verdict: 'pass', reason: '1 assertion held; warning: latency was 600 ms, expected below 500 ms', measurements: measured(false) },
    ] as const;
    const event = { name: 'BeforeInstall', status: 'Succeeded', start: 1, end: 2, hook: { function: 'f', report: 'Succeeded', verdict: 'pass', reason: '', durationMs: 1, checks } } as const;
    const text = renderReport({ ...RELEASED, deployments: RELEASED.deployments.map((deployment) => ({ ...deployment, lifecycleEvents: [event] })) }, PLAIN);
    expect(text).toContain(
      [
        '  │            ✘ new   in shadow, would have stopped it: status was 500,',
        '  │                    expected 200',
        '  │            ✔ calm  in shadow: 1 assertion held',
        '  │            ✔ slow  1 assertion held; warning: latency was 600 ms, expected',
        '  │                    below 500 ms',
      ].join('\n'),
    );
  });

  test('the cases of a suite that did not pass stand below it, save those that the reason names', () => {
    const listed = [
      { name: 'a', status: 'failed', message: 'no card' },
      ...Array.from({ length: 10 }, (_, index) => ({ name: `case ${index}`, status: 'failed' as const })),
      { name: 'ship', status: 'errored', message: `out of memory ${'x'.repeat(80)}` },
      { name: 'gifts', status: 'skipped' },
    ] as const;
    const checks = [{ name: 'shop', kind: 'suite', verdict: 'fail', reason: '12 of 20 cases did not pass: a: "no card"; and 11 more', measurements: [], samples: 20, errors: 0, windowMs: 1, cases: { listed, leftOut: 8 } }] as const;
    const event = { name: 'BeforeInstall', status: 'Failed', start: 1, end: 2, hook: { function: 'f', report: 'Failed', verdict: 'fail', reason: '', durationMs: 1, checks } } as const;
    const text = renderReport({ ...RELEASED, deployments: RELEASED.deployments.map((deployment) => ({ ...deployment, lifecycleEvents: [event] })) }, PLAIN);
    const shown = text.split('\n').filter((line) => line.startsWith('  │                  '));
    expect(shown[0]).toBe('  │                    (20 samples)');
    expect(shown.slice(1, 3)).toEqual(['  │                    ✘ case 0', '  │                    ✘ case 1']);
    expect(shown).toHaveLength(12);
    expect(shown.at(-1)).toBe('  │                    and 1 more case, which the JSON report lists');
  });

  test.each([
    ['rolledBack', '  EcsWeb/Web  denied.yaml · seed 7                    ↩ rolled back, as expected'],
    ['released', '  EcsWeb/Web  denied.yaml · seed 7              ↩ rolled back, expected released'],
  ] as const)('says whether %s was expected', (expected, header) => {
    expect(renderReport({ ...ROLLED_BACK, expected }, PLAIN).split('\n')[0]).toBe(header);
  });

  test('an alarm is shown where it happened, with its reason only when it went off', () => {
    const transitions = [
      { at: 3700, from: 'OK', to: 'ALARM', reason: 'too many' },
      { at: 3800, from: 'ALARM', to: 'OK', reason: 'few again' },
    ] as const;
    const text = renderReport({ ...RELEASED, alarms: [{ name: 'errors', transitions }] }, PLAIN);
    expect(text).toContain('  │ 1:01:40  ▲ errors  OK → ALARM\n  │            too many\n  │ 1:03:20  ▲ errors  ALARM → OK\n');
  });

  test('traffic that went back is shown', () => {
    const [deployment] = RELEASED.deployments;
    const traffic = [{ at: 3600, original: 50, replacement: 50 }, { at: 3700, original: 100, replacement: 0 }];
    const text = renderReport({ ...RELEASED, deployments: deployment === undefined ? [] : [{ ...deployment, traffic }] }, PLAIN);
    expect(text).toContain('▕██████████░░░░░░░░░░▏ 50 % on the replacement');
    expect(text).toContain('▕░░░░░░░░░░░░░░░░░░░░▏ 0 % on the replacement');
  });

  test('a call that the template cannot decide is listed', () => {
    const iam = [{ principal: 'arn:aws:iam::111111111111:role/hook', action: 's3:GetObject', resource: 'arn:aws:s3:::bucket/key', decision: 'unknown' }] as const;
    expect(renderReport({ ...RELEASED, iam }, PLAIN)).toContain(
      '  ? unknown s3:GetObject\n            on arn:aws:s3:::bucket/key\n            by hook; a policy outside the template may decide\n',
    );
  });
});
