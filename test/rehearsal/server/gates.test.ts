/** Gates of a fleet in place, played by the built command: CodeDeploy's events reach their functions, and instances answer. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { DeploymentReport, Report } from '../../../lib/model/report';
import { greenlight } from '../../support/greenlight';
import { synthesizeGated, type GatedOptions } from './gated-app';

const made: string[] = [];
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const FLEET = 'fleet: { instances: [{ ids: [i-a1, i-a2, i-a3], zone: us-east-1a }, { ids: [i-b1, i-b2, i-b3], zone: us-east-1b }] }\n';

function assemblyOf(options: GatedOptions): string {
  const folder = synthesizeGated(options);
  made.push(folder);
  return folder;
}

function play(assembly: string, text = 'releases: [{ name: v2 }]') {
  const file = join(assembly, 'scenario.yaml');
  writeFileSync(file, `rollout: ServerInPlace/Fleet\n${FLEET}${text}\n`);
  const { status, stdout, stderr } = greenlight(['rehearse', '--app', assembly, '--scenario', file, '--json', '-']);
  return { status, stdout, stderr, report: (stdout === '' ? {} : JSON.parse(stdout)) as Report };
}

const gates = ({ gates: all = [] }: DeploymentReport) => all.map(({ gate, verdict, reason, runs = 1, instances }) => `${gate} ${verdict} ${runs} x ${[...instances].sort().join(' ')}: ${reason}`);

describe('with a gate of each instance, and one of the fleet', () => {
  const assembly = assemblyOf({});

  test('every instance is asked by both, and answers with the revision that is installed on it', () => {
    const { status, report, stdout } = play(assembly);
    expect([status, report.outcome, report.findings]).toEqual([0, 'released', []]);
    expect(gates(report.deployments[0]!)).toEqual([
      'ValidateService pass 6 x i-a1 i-a2 i-a3 i-b1 i-b2 i-b3: /health said 200 r1',
      'InstanceSuccess pass 6 x i-a1 i-a2 i-a3 i-b1 i-b2 i-b3: /health said 200 r1',
    ]);
    const [first] = report.deployments[0]!.gates!;
    expect(first).toMatchObject({ function: expect.stringContaining('instanceGate'), checks: [{ name: '/health', verdict: 'pass' }] });
    expect(report.fidelity.approximated).toContain('instances of ServerInPlace/Fleet answer its gates as the profile of the revision says that is installed on them, from Install on, whatever its scripts do');
    const bare = (text: string): string => text.replace(/"(wallMs|durationMs)": \d+/g, '');
    expect(bare(play(assembly).stdout)).toBe(bare(stdout));
  });

  test('a release that answers badly fails where its script asks, and the instance says why', () => {
    const { status, report } = play(assembly, `releases: [{ name: v2, faults: [{ path: /health, status: 503 }] }]`);
    const [failed, rollback] = report.deployments;
    expect([status, report.outcome, failed!.errorInformation!.code]).toEqual([1, 'rolledBack', 'HEALTH_CONSTRAINTS']);
    expect(failed!.instances!.failures[0]).toEqual({
      instance: 'i-a1',
      zone: 'us-east-1a',
      event: 'ValidateService',
      errorCode: 'ScriptFailed',
      scriptName: 'greenlight/validate-service.sh',
      message: 'Script at specified location: greenlight/validate-service.sh failed with exit code 1',
      logTail: '/health of i-a1 said 503',
    });
    expect(gates(failed!)).toEqual(['ValidateService fail 1 x i-a1: /health of i-a1 said 503', 'ValidateService fail 1 x i-a2: /health of i-a2 said 503']);
    expect(gates(rollback!)).toEqual([expect.stringMatching(/^ValidateService pass 6 x .*said 200 r0$/), expect.stringMatching(/^InstanceSuccess pass 6 x .*said 200 r0$/)]);
  });

  test('a host that is lost gives no answer; where scripts fail by the scenario the gate is not asked', () => {
    const { report } = play(assembly, 'releases: [{ name: v2, rollback: off, instanceFaults: [{ hostLost: AllowTraffic, ids: [i-a1] }, { scriptFails: ValidateService, ids: [i-b1] }] }]');
    const all = gates(report.deployments[0]!);
    expect(all.filter((line) => line.startsWith('ValidateService'))[0]).toMatch(/^ValidateService pass \d x i-a1/);
    expect(all.join('\n')).not.toContain('i-b1');
  });

  test('keys of a profile that no gate hears are refused', () => {
    for (const [text, said] of [
      ['releases: [{ name: v2, startup: 1m }]', 'release v2 has "startup", which is for services, and rollout ServerInPlace/Fleet is for instances, whose scripts start them'],
      [`releases: [{ name: v2, faults: [{ error: bad }] }]`, 'release v2 has a fault with "error", which is for functions'],
      [`service: { faults: [{ listener: production, status: 500 }] }\nreleases: [{ name: v2 }]`, '"service" has a fault of the production listener'],
      ['throttle: [{ hook: ValidateService, for: 1m }]\nreleases: [{ name: v2 }]', '"throttle" names ValidateService, which rollout ServerInPlace/Fleet has no function for that an event invokes; it has InstanceSuccess'],
      ['deny: [{ hook: ReadyWait, action: codedeploy:ContinueDeployment }]\nreleases: [{ name: v2 }]', '"deny" names ReadyWait, which rollout ServerInPlace/Fleet has no function of this assembly for; it has ValidateService, InstanceSuccess'],
    ] as const) {
      const { status, stderr } = play(assembly, text);
      expect([status, stderr]).toEqual([2, expect.stringContaining(said)]);
    }
  });

});

test('by HTTPS, with a certificate for their addresses', () => {
  const { report } = play(assemblyOf({ scheme: 'https', gates: ['fleet'] }), 'service: {}\nreleases: [{ name: v2 }]');
  expect(gates(report.deployments[0]!)).toEqual([expect.stringMatching(/^InstanceSuccess pass 6 x .*said 200 r1$/)]);
});

test('a gate that crashes lets no instance pass, and one that an event invokes decides nothing by it', () => {
  const instance = play(assemblyOf({ crash: 'ValidateService' })).report;
  // Its rollback asks the gate, too.
  expect(instance.outcome).toBe('failed');
  expect(gates(instance.deployments[0]!)[0]).toBe('ValidateService none 1 x i-a1: TypeError: crashed on purpose');
  expect(instance.deployments[0]!.instances!.failures[0]!.logTail).toBe('TypeError: crashed on purpose');
  const fleet = play(assemblyOf({ crash: 'InstanceSuccess', gates: ['fleet'] })).report;
  expect([fleet.outcome, gates(fleet.deployments[0]!)[0]]).toEqual(['released', 'InstanceSuccess none 1 x i-a1: TypeError: crashed on purpose']);
});

test('without the permission of the function the event is not delivered, and the report says what is missing', () => {
  const { status, report } = play(assemblyOf({ gates: ['fleet'], permitted: false, alternates: true }));
  expect([status, report.deployments[0]!.gates]).toEqual([0, undefined]);
  expect(report.findings.map(({ id, message }) => [id, message])).toEqual([
    ['event-not-delivered', expect.stringMatching(/^rule fleet-gate matched an event of ServerInPlace\/Fleet, and its target Gate did not get it: no AWS::Lambda::Permission lets events\.amazonaws\.com invoke \S+ for arn:aws:events:\S+:rule\/fleet-gate$/)],
    ['event-not-delivered', expect.stringMatching(/^rule settle matched .*its target Machine did not get it: User: arn:aws:sts::\d+:assumed-role\/\S+\/events is not authorized to perform: states:StartExecution on resource: /)],
  ]);
  expect(report.iam).toContainEqual(expect.objectContaining({ action: 'states:StartExecution', decision: 'deny' }));
});

test('a state machine of the template runs to its end after the deployment, under its role; other targets are told', () => {
  const { report } = play(assemblyOf({ gates: [], alternates: true }));
  const [deployment] = report.deployments;
  expect(report.findings).toEqual([]);
  expect(report.timing.virtualSeconds).toBeGreaterThan(deployment!.completeTime! + 240);
  expect(report.iam.map(({ action, decision }) => `${action} ${decision}`).sort()).toEqual(['cloudwatch:DescribeAlarms allow', 'lambda:InvokeFunction allow', 'states:StartExecution allow']);
  expect(report.fidelity.notModelled).toContainEqual(expect.stringMatching(/^target arn:aws:sqs:\S+:queue of rule settle: events that the rule matched went nowhere$/));
});

test('a pattern that is not understood matches nothing, and is told', () => {
  const { report } = play(assemblyOf({ gates: ['fleet'], fleetPattern: { source: ['aws.codedeploy'], detail: { address: [{ cidr: '10.0.0.0/24' }] } } }));
  expect(report.deployments[0]!.gates).toBeUndefined();
  expect(report.fidelity.notModelled).toContain('rule fleet-gate: its event pattern is not understood at "detail.address": [{"cidr":"10.0.0.0/24"}], so that it matched nothing');
});
