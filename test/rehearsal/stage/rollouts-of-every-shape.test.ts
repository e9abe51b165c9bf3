/** Rollouts that the example does not have, synthesized here and rehearsed by the built command with the handlers that ship. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, Duration, Stack } from 'aws-cdk-lib/core';

import type { EcsRolloutProps } from '../../../lib';
import { EcsEndpoint, EcsListenerRule, EcsRollout, HttpAssertion, HttpCheck, LifecycleHook, TestAccess, TrafficShift } from '../../../lib';
import type { DeploymentReport, Report } from '../../../lib/model/report';
import { fargate } from '../../lib/support/sample';
import { greenlight, rehearse } from '../../support/greenlight';

const folder = mkdtempSync(join(tmpdir(), 'greenlight-shapes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inline = (stack: Stack, id: string, code: string, timeout = Duration.seconds(10)) =>
  new lambda.Function(stack, id, { code: lambda.Code.fromInline(code), handler: 'index.handler', runtime: lambda.Runtime.NODEJS_24_X, timeout });

/** As a hook in the field does that reads the AppSpec of its deployment; what it found is in what it throws. */
const LOOKS_UP_ITS_REVISION = `exports.handler = async ({ DeploymentId }) => {
  const response = await fetch(process.env.AWS_ENDPOINT_URL, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'CodeDeploy_20141006.GetDeployment',
      authorization: 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/20260105/us-east-1/codedeploy/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify({ deploymentId: DeploymentId }),
  });
  throw new Error(JSON.stringify((await response.json()).deploymentInfo.revision));
};`;

const ordersCheck = (host?: string) =>
  HttpCheck.get('/orders', { ...(host === undefined ? {} : { host }), assertions: [HttpAssertion.status(200), HttpAssertion.jsonPath('$.status').equalsText('ok')] });

const SHAPES: Record<string, (stack: Stack) => Partial<EcsRolloutProps>> = {
  OutcomeGood: (stack) => ({
    hooks: { afterInstall: LifecycleHook.fromOutcome(inline(stack, 'Fn', 'exports.handler = async (event) => ({ seen: Object.keys(event) });')) },
  }),
  OutcomeBad: (stack) => ({
    hooks: { afterInstall: LifecycleHook.fromOutcome(inline(stack, 'Fn', "exports.handler = async () => { throw new TypeError('no schema version 7'); };")) },
  }),
  OutcomeSlow: (stack) => ({
    hooks: { afterInstall: LifecycleHook.fromOutcome(inline(stack, 'Fn', 'exports.handler = () => new Promise((r) => setTimeout(r, 600_000));', Duration.minutes(5))) },
  }),
  CrashAtInit: (stack) => ({ hooks: { afterInstall: LifecycleHook.fromFunction(inline(stack, 'Fn', "throw new Error('no such module');")) } }),
  Forgetful: (stack) => ({ hooks: { afterInstall: LifecycleHook.fromFunction(inline(stack, 'Fn', 'exports.handler = async () => "done";')) } }),
  TooMuch: (stack) => ({ hooks: { afterInstall: LifecycleHook.fromFunction(inline(stack, 'Fn', "exports.handler = async () => 'x'.repeat(2_000_000);")) } }),
  Ruby: (stack) => ({
    hooks: {
      afterInstall: LifecycleHook.fromOutcome(
        new lambda.Function(stack, 'Fn', { code: lambda.Code.fromAsset(join('examples', 'functions', 'take-order')), handler: 'index.handler', runtime: lambda.Runtime.RUBY_3_4 }),
      ),
    },
  }),
  Revision: (stack) => {
    const fn = inline(stack, 'Fn', LOOKS_UP_ITS_REVISION);
    fn.addToRolePolicy(new iam.PolicyStatement({ actions: ['codedeploy:GetDeployment'], resources: ['*'] }));
    return { hooks: { afterInstall: LifecycleHook.fromFunction(fn) } };
  },
  Tls: () => ({
    endpoint: EcsEndpoint.application({
      productionPort: 443,
      testPort: 8443,
      certificates: [elbv2.ListenerCertificate.fromArn('arn:aws:acm:us-east-1:111111111111:certificate/11111111-2222-3333-4444-555555555555')],
    }),
    hooks: { afterAllowTestTraffic: LifecycleHook.checks({ checks: [ordersCheck('shop.example.com')] }) },
  }),
  PrivateAddresses: () => ({
    endpoint: EcsEndpoint.application({ internetFacing: true, productionPort: 80, testPort: 8080 }),
    testAccess: TestAccess.privateAddresses(),
    hooks: { afterAllowTestTraffic: LifecycleHook.checks({ checks: [ordersCheck()] }) },
  }),
  NoTestListener: () => ({ endpoint: EcsEndpoint.application({ productionPort: 80 }), traffic: TrafficShift.linear({ percentage: 25, interval: Duration.minutes(2) }) }),
  Approval: () => ({ approvalWait: Duration.minutes(30) }),
};

function stackOf(app: App, name: string): void {
  const stack = new Stack(app, name);
  new EcsRollout(stack, 'Web', { service: fargate(stack), endpoint: EcsEndpoint.application({ productionPort: 80, testPort: 8080 }), ...SHAPES[name]!(stack) });
}

function sharedListener(app: App): void {
  const stack = new Stack(app, 'Shared');
  const service = fargate(stack);
  const { vpc } = service.cluster;
  const loadBalancer = new elbv2.ApplicationLoadBalancer(stack, 'Balancer', { vpc });
  const group = (id: string) => new elbv2.ApplicationTargetGroup(stack, id, { vpc, port: 80, targetType: elbv2.TargetType.IP });
  const listener = (id: string, port: number) =>
    loadBalancer.addListener(id, { port, protocol: elbv2.ApplicationProtocol.HTTP, open: false, defaultAction: elbv2.ListenerAction.fixedResponse(404) });
  const [blue, green] = [group('Blue'), group('Green')];
  const paths = ['/orders', '/orders/*'];
  new EcsRollout(stack, 'Web', {
    service,
    endpoint: EcsEndpoint.existing({
      loadBalancer,
      productionListener: listener('Production', 80),
      testListener: listener('Test', 8080),
      blueTargetGroup: blue,
      greenTargetGroup: green,
      productionRules: [EcsListenerRule.forward({ priority: 10, paths })],
      testRules: [EcsListenerRule.forward({ priority: 10, paths })],
    }),
    hooks: { afterAllowTestTraffic: LifecycleHook.checks({ checks: [ordersCheck()] }) },
  });
  loadBalancer.connections.allowFrom(ec2.Peer.ipv4('10.0.0.0/8'), ec2.Port.tcp(80));
}

/** A service that CodeDeploy releases already, behind a Network Load Balancer of the user's own. */
function ownNetwork(app: App): void {
  const stack = new Stack(app, 'OwnNetwork');
  const service = fargate(stack);
  const { vpc } = service.cluster;
  const securityGroup = new ec2.SecurityGroup(stack, 'BalancerGroup', { vpc });
  const loadBalancer = new elbv2.NetworkLoadBalancer(stack, 'Balancer', { vpc, securityGroups: [securityGroup] });
  const group = (id: string) => new elbv2.NetworkTargetGroup(stack, id, { vpc, port: 8080, targetType: elbv2.TargetType.IP });
  const [blueTargetGroup, greenTargetGroup] = [group('Blue'), group('Green')];
  const productionListener = loadBalancer.addListener('Production', { port: 80, defaultTargetGroups: [blueTargetGroup] });
  const testListener = loadBalancer.addListener('Test', { port: 9000, defaultTargetGroups: [greenTargetGroup] });
  new EcsRollout(stack, 'Web', {
    service,
    endpoint: EcsEndpoint.existingNetwork({ loadBalancer, productionListener, testListener, blueTargetGroup, greenTargetGroup }),
    hooks: { afterAllowTestTraffic: LifecycleHook.checks({ checks: [ordersCheck()] }) },
  });
}

beforeAll(() => {
  const app = new App({ outdir: folder });
  Object.keys(SHAPES).forEach((name) => stackOf(app, name));
  sharedListener(app);
  ownNetwork(app);
  app.synth();
});

function play(name: string, ...args: readonly string[]): Report {
  return rehearse(`${name}/Web`, '--app', folder, ...args).report;
}

function playScenario(name: string, yaml: string): Report {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, yaml);
  return play(name, '--scenario', file);
}

const hookOf = ({ deployments }: Report, event: string) => deployments[0]!.lifecycleEvents.find(({ name }) => name === event)!.hook!;
const shares = ({ traffic }: DeploymentReport) => traffic.map(({ replacement }) => replacement);

describe('fromOutcome', () => {
  test('returning is Succeeded', () => {
    const report = play('OutcomeGood');
    expect(report.outcome).toBe('released');
    expect(hookOf(report, 'AfterInstall')).toMatchObject({ report: 'Succeeded', verdict: 'pass' });
  });

  test('throwing is Failed, with what was thrown', () => {
    const report = play('OutcomeBad');
    expect(report.outcome).toBe('rolledBack');
    const hook = hookOf(report, 'AfterInstall');
    expect(hook).toMatchObject({ report: 'Failed', verdict: 'fail' });
    expect(hook.reason).toContain('TypeError');
    expect(hook.reason).toContain('no schema version 7');
  });

  test('timing out is Failed, in virtual time', () => {
    const report = play('OutcomeSlow');
    expect(hookOf(report, 'AfterInstall')).toMatchObject({ report: 'Failed' });
    expect(hookOf(report, 'AfterInstall').reason).toContain('timed out');
    expect(report.timing.virtualSeconds).toBeGreaterThan(300);
    expect(report.timing.wallMs).toBeLessThan(60_000);
  });
});

describe('the guardian', () => {
  test('reports for a hook that crashed when it was loaded', () => {
    const hook = hookOf(play('CrashAtInit'), 'AfterInstall');
    expect(hook).toMatchObject({ report: 'none', guardian: { report: 'Failed' } });
    expect(hook.guardian!.reason).toContain('no such module');
  });

  test('reports for a hook that returned without a report', () => {
    const hook = hookOf(play('Forgetful'), 'AfterInstall');
    expect(hook).toMatchObject({ report: 'none', reason: 'returned without a report', guardian: { report: 'Failed' } });
    expect(hook.guardian!.reason).toContain('returned without reporting');
  });
});

test('a hook can look up the revision of its deployment by its hash', () => {
  expect(hookOf(play('Revision'), 'AfterInstall').reason).toMatch(/\{"revisionType":"AppSpecContent","appSpecContent":\{.*"sha256":"[0-9a-f]{64}"\}\}/);
});

test('a record that is too long reaches no guardian, and the report says so', () => {
  const report = play('TooMuch');
  const hook = hookOf(report, 'AfterInstall');
  expect(hook.reason).toMatch(/^returned without a report; the record of .* bytes, and an asynchronous payload may have 1048576$/);
  expect(hook.guardian).toBeUndefined();
  expect(report.deployments[0]!.errorInformation!.message).toContain('timed out while waiting for a status callback');
});

test('what can only be made up is told', () => {
  expect(play('Tls').fidelity.approximated.filter((line) => line.startsWith('made up, '))).toEqual([]);
});

test('an action that comes after the end of its deployment is told, and does not reach the next release', () => {
  const report = playScenario('NoTestListener', 'releases:\n  - name: v2\n    actions:\n      - { at: AllowTraffic+20h, do: stop }\n  - name: v3\n    after: 30h\n');
  expect(report.outcome).toBe('released');
  expect(report.findings.filter(({ id }) => id === 'action-not-played')).toEqual([
    expect.objectContaining({ level: 'warning', message: expect.stringContaining('action "stop" of release v2, 72000 s after the start of AllowTraffic, was not played') }),
  ]);
});

test('a function that is neither JavaScript nor Python is refused before anything is played', () => {
  const { status, stderr } = greenlight(['rehearse', 'Ruby/Web', '--app', folder]);
  expect(stderr).toContain('has the runtime ruby3.4, and a rehearsal runs nodejs and python runtimes only');
  expect(status).toBe(2);
});

test('a TLS listener is asked under its own name, and its certificate verified', () => {
  const report = play('Tls');
  expect(hookOf(report, 'AfterAllowTestTraffic')).toMatchObject({ report: 'Succeeded', verdict: 'pass' });
  expect(report.outcome).toBe('released');
});

test("an internet-facing load balancer is reached by its private addresses, under the hook's own permission", () => {
  const report = play('PrivateAddresses');
  expect(hookOf(report, 'AfterAllowTestTraffic')).toMatchObject({ report: 'Succeeded', verdict: 'pass' });
  expect(report.iam.map(({ action }) => action)).toContain('ec2:DescribeNetworkInterfaces');
});

test('rules of a shared listener are matched as the load balancer would', () => {
  expect(hookOf(play('Shared'), 'AfterAllowTestTraffic')).toMatchObject({ verdict: 'pass' });
});

test("a Network Load Balancer of the user's own is found, asked at its test listener, and moved all at once", () => {
  const report = play('OwnNetwork');
  expect(report.outcome).toBe('released');
  expect(hookOf(report, 'AfterAllowTestTraffic')).toMatchObject({ report: 'Succeeded', verdict: 'pass' });
  expect(shares(report.deployments[0]!)).toEqual([0, 100]);
});

test('without a test listener there are six events, and a linear shift has its steps', () => {
  const report = play('NoTestListener');
  expect(report.deployments[0]!.lifecycleEvents).toHaveLength(6);
  expect(shares(report.deployments[0]!)).toEqual([0, 25, 50, 75, 100]);
});

describe('an approval wait', () => {
  test('runs out, and the deployment stops', () => {
    const report = play('Approval');
    expect(report.deployments[0]).toMatchObject({ status: 'Stopped' });
    expect(report.deployments[0]!.errorInformation!.message).toContain('30 minutes');
  });

  test('ends when somebody continues', () => {
    const report = playScenario('Approval', 'releases:\n  - name: v2\n    actions:\n      - { at: 10m, do: continue }\n');
    expect(report.outcome).toBe('released');
  });

  test('an action at a wrong time is a mistake of the scenario', () => {
    const file = join(folder, 'too-early.yaml');
    writeFileSync(file, 'releases:\n  - name: v2\n    actions:\n      - { at: 1s, do: continue }\n');
    const { status, stderr } = greenlight(['rehearse', 'Approval/Web', '--app', folder, '--scenario', file]);
    expect(status).toBe(2);
    expect(stderr).toContain('the scenario\'s action "continue" comes at the wrong time');
  });
});
