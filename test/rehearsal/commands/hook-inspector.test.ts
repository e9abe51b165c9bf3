/** Deployments that leave hooks out, played by the built command on the example's assembly with the inspector that ships. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { comparable } from '../../../rehearsal/report/json-report';
import { greenlight, inTemporaryFolder, rehearse } from '../../support/greenlight';

const LEFT_OUT = join('examples', 'ecs-web', 'left-out-hooks.yaml');

const SERVICE = "service: { routes: [{ path: /health, body: { status: up } }, { path: '/api/orders*', body: { status: ok, orders: [] } }] }";

/** Plays a release with this line more. */
function releasing<T>(rollout: string, line: string, use: (file: string) => T): T {
  return inTemporaryFolder((folder) => {
    const file = join(folder, 'scenario.yaml');
    writeFileSync(file, `rollout: ${rollout}\n${SERVICE}\nreleases:\n  - { name: v2, ${line} }\n`);
    return use(file);
  });
}

const missing = (findings: readonly { readonly id: string; readonly message: string }[]) => findings.filter(({ id }) => id === 'hooks-missing').map(({ message }) => message);

describe('where hooks are required', () => {
  const { report, status, stderr } = rehearse('--scenario', LEFT_OUT);
  const [deployment, rollback] = report.deployments;

  test('the deployment is stopped in Install and rolled back', () => {
    expect(status).toBe(1);
    expect(report.outcome).toBe('rolledBack');
    expect(report.deployments.map(({ creator, status: end, errorInformation }) => [creator, end, errorInformation?.code])).toEqual([
      ['user', 'Stopped', 'MANUAL_STOP'],
      ['codeDeployRollback', 'Succeeded', undefined],
    ]);
    expect(deployment!.completeTime).toBeLessThan(5);
    expect([...deployment!.traffic, ...rollback!.traffic].map(({ replacement }) => replacement)).toEqual([0, 0]);
  });

  test('the report says which hook, and the inspector took the rollback for what it is', () => {
    expect(missing(report.findings)).toEqual([expect.stringMatching(new RegExp(`^${deployment!.deploymentId} leaves out BeforeAllowTraffic \\(EcsWebGated-Approval[^ ]+\\); it is stopped and rolled back$`))]);
    expect(stderr).toContain('(hooks-missing)');
  });

  test('its calls were decided by the template, and allowed', () => {
    const calls = report.iam.filter(({ principal }) => principal.includes('HookInspector'));
    expect(calls.map(({ action, decision }) => [action, decision])).toEqual([
      ['codedeploy:GetApplicationRevision', 'allow'],
      ['codedeploy:GetDeployment', 'allow'],
      ['codedeploy:StopDeployment', 'allow'],
      ['events:PutEvents', 'allow'],
    ]);
  });

  test('equal seeds give equal reports', () => {
    expect(comparable(rehearse('--scenario', LEFT_OUT).report)).toEqual(comparable(report));
  });
});

test('where they are not required the deployment is reported, and goes on', () => {
  const { report, status } = releasing('EcsWeb/Web', 'leaveOut: [AfterAllowTestTraffic]', (file) => rehearse('--scenario', file));
  expect([report.outcome, status]).toEqual(['released', 0]);
  expect(missing(report.findings)).toEqual([expect.stringContaining("leaves out AfterAllowTestTraffic (EcsWeb-WebAfterAllowTest")]);
  expect(missing(report.findings)[0]).toMatch(/; it goes on, since 'requireHooks' is off$/);
  expect(report.deployments[0]!.lifecycleEvents.filter(({ hook }) => hook !== undefined)).toEqual([]);
});

test('a deployment that names every hook is no finding', () => {
  const { report } = rehearse('--scenario', join('examples', 'ecs-web', 'good.yaml'));
  expect(report.findings.filter(({ id }) => id === 'hooks-missing' || id === 'hook-inspector-failed')).toEqual([]);
  expect(report.iam.some(({ principal, action }) => principal.includes('HookInspector') && action === 'codedeploy:GetApplicationRevision')).toBe(true);
});

test('a release cannot leave out what the rollout does not have', () => {
  const { status, stderr } = releasing('EcsWeb/Web', 'leaveOut: [BeforeInstall]', (file) => greenlight(['rehearse', '--scenario', file]));
  expect(status).toBe(2);
  expect(stderr).toContain('release v2 leaves out BeforeInstall, which rollout EcsWeb/Web has no hook for; it has AfterAllowTestTraffic');
});
