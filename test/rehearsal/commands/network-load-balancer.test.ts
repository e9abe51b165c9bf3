/** Rehearsed releases behind a Network Load Balancer. */
import { join } from 'node:path';

import { rehearse } from '../../support/greenlight';

const play = (name: string) => rehearse('--scenario', join('examples', 'ecs-web', `${name}.yaml`));

test('a sound release is validated on the test listener, and gets all traffic at once', () => {
  const { report, status } = play('network-good');
  expect([status, report.outcome]).toEqual([0, 'released']);
  const [deployment] = report.deployments;
  expect(deployment).toMatchObject({ deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce', status: 'Succeeded' });
  expect(deployment!.lifecycleEvents.find(({ name }) => name === 'AfterAllowTestTraffic')!.hook).toMatchObject({ report: 'Succeeded', verdict: 'pass' });
  expect(deployment!.traffic.map(({ replacement }) => replacement)).toEqual([0, 100]);
  expect(report.fidelity.notModelled).toContain('metrics of Network Load Balancers');
  expect(report.fidelity.approximated).toContain(
    'the Network Load Balancer: played request by request, and one without a target answers 503, where it would close the connection',
  );
});

test('a broken one never gets any', () => {
  const { report, status } = play('network-broken');
  expect([status, report.outcome]).toEqual([1, 'rolledBack']);
  expect(report.deployments.flatMap(({ traffic }) => traffic).every(({ replacement }) => replacement === 0)).toBe(true);
});
