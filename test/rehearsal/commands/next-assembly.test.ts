/** Stack updates to the next version of an app: two cloud assemblies, synthesized here, and played by the built command with the functions of each. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { CfnListener, CfnLoadBalancer, CfnTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { CfnPolicy } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { CfnResource } from 'aws-cdk-lib/core';
import { App, CustomResource, Duration, NestedStack, Stack, Stage } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

import type { EcsRollout } from '../../../lib';
import { EcsDeployments, EcsEndpoint, HttpAssertion, HttpCheck, LifecycleHook, TrafficShift } from '../../../lib';
import type { Report, StackUpdateReport } from '../../../lib/model/report';
import { fargate, rolloutIn, userFunction } from '../../lib/support/sample';
import { greenlight } from '../../support/greenlight';

const folder = mkdtempSync(join(tmpdir(), 'greenlight-next-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Version {
  readonly listenerGuard?: boolean;
  readonly certificate?: string;
  readonly stackId?: string;
  readonly stackName?: string;
  readonly deployments?: EcsDeployments;
  /** A function that judges by what it returns, before traffic. */
  readonly hook?: (stack: Stack) => lambda.Function;
  /** What else is another in it. */
  readonly edit?: (rollout: EcsRollout, stack: Stack) => void;
}

/** Synthesizes a version of the app into a directory of this name. */
function synthesize(name: string, { listenerGuard, certificate = '2026', stackId = 'Shop', stackName, deployments, hook, edit }: Version = {}): void {
  const app = new App({ outdir: join(folder, name) });
  const stack = new Stack(app, stackId, { stackName });
  const rollout = rolloutIn(stack, {
    service: fargate(stack),
    endpoint: EcsEndpoint.application({
      certificates: [elbv2.ListenerCertificate.fromArn(`arn:aws:acm:us-east-1:111111111111:certificate/${certificate}`)],
      testPort: 8443,
      listenerGuard,
    }),
    traffic: TrafficShift.canary({ percentage: 10, interval: Duration.minutes(5) }),
    ...(deployments === undefined ? {} : { deployments }),
    hooks: {
      ...(hook === undefined ? {} : { afterInstall: LifecycleHook.fromOutcome(hook(stack)) }),
      afterAllowTestTraffic: LifecycleHook.checks({ checks: [HttpCheck.get('/health', { host: 'web.example.com', assertions: [HttpAssertion.status(200)] })] }),
    },
    terminationWait: Duration.minutes(5),
    expectedRequestsPerSecond: 20,
  });
  edit?.(rollout, stack);
  app.synth();
}

const listener = (rollout: EcsRollout) => rollout.productionListener.node.defaultChild as CfnListener;
const NEXT: Version = {
  certificate: '2027',
  edit: (rollout) => {
    listener(rollout).sslPolicy = 'ELBSecurityPolicy-TLS13-1-3-2021-06';
    listener(rollout).addPropertyOverride('ListenerAttributes', [{ Key: 'routing.http.response.server.enabled', Value: 'false' }]);
  },
};

const HEAD = 'rollout: Shop/Web\nservice:\n  routes:\n    - { path: /health, body: { status: up } }\n';

/** Plays an update, or several, to other assemblies, after a release or as told. */
function run(from: string, updates: string, releases = '[{ name: v2 }]') {
  const file = join(folder, 'scenario.yaml');
  writeFileSync(file, `${HEAD}releases: ${releases}\nstackUpdates:\n${updates}\n`);
  return greenlight(['rehearse', '--app', join(folder, from), '--scenario', file, '--json', '-']);
}

function play(...args: Parameters<typeof run>): { readonly status: number | null; readonly report: Report; readonly update: StackUpdateReport } {
  const { status, stdout, stderr } = run(...args);
  if (stdout === '') {
    throw new Error(stderr);
  }
  const report = JSON.parse(stdout) as Report;
  return { status, report, update: report.stackUpdates[0]! };
}

const update = (to: string, more = '') => `  - { name: next version, to: ${to}${more} }`;
const writes = ({ listeners }: StackUpdateReport) =>
  listeners.map(({ listener: name, targetGroup, version, versionBefore, rollback }) => `${name} ${targetGroup} ${String(version)}, before ${String(versionBefore)}${rollback === true ? ', rollback' : ''}`);
const errors = ({ findings }: Report) => findings.filter(({ level }) => level === 'error').map(({ id, message }) => `${id}: ${message}`);
const said = ({ fidelity: { modelled, approximated, notModelled } }: Report) => [...modelled, ...approximated, ...notModelled].filter((line) => line.includes('stack update'));

beforeAll(() => {
  synthesize('guarded');
  synthesize('guarded-next', NEXT);
  synthesize('unguarded', { listenerGuard: false });
  synthesize('unguarded-next', { ...NEXT, listenerGuard: false });
});

const child = <T>(stack: Stack, ...path: readonly string[]): T => path.reduce<IConstruct>((node, id) => node.node.findChild(id), stack) as unknown as T;
const intake = (stack: Stack) => child<CfnFunction>(stack, 'GreenlightDeployments', 'Intake', 'Function', 'Resource');

describe('certificate, policy and an added attribute', () => {
  const names = ['Certificates', 'ListenerAttributes', 'SslPolicy'];

  test('guarded: they are written, and production stays where it is', () => {
    const { status, report, update: played } = play('guarded', update('guarded-next'));
    expect([status, report.outcome, played.status, errors(report)]).toEqual([0, 'released', 'UPDATE_COMPLETE', []]);
    expect(writes(played)).toEqual(['production green v2, before v2', 'test green v2, before v2']);
    expect(played.changes).toEqual([
      ...names.map((property) => ({ logicalId: 'WebProductionListener8F428322', resourceType: 'AWS::ElasticLoadBalancingV2::Listener', property })),
      { logicalId: 'WebProductionListenerLiveTargetGroup77D9D00C', resourceType: 'Custom::GreenlightLiveListener', property: 'Listener' },
      { logicalId: 'WebTestListener528D4CDC', resourceType: 'AWS::ElasticLoadBalancingV2::Listener', property: 'Certificates' },
      { logicalId: 'WebTestListenerLiveTargetGroupEE929FB4', resourceType: 'Custom::GreenlightLiveListener', property: 'Listener' },
    ]);
    expect(said(report)).toHaveLength(3);
  });

  test('unguarded: production goes to the empty target group', () => {
    const { status, report, update: played } = play('unguarded', update('unguarded-next'));
    expect([status, report.outcome, played.status, writes(played)]).toEqual([1, 'failed', 'UPDATE_COMPLETE', ['production blue null, before v2', 'test green v2, before v2']]);
    expect(errors(report)).toEqual([
      'production-on-empty-target-group: stack update "next version" sent production traffic to the blue target group, in which no task runs, away from v2: 20 requests a second are answered with 503',
    ]);
  });

  test('taken back where another resource fails', () => {
    const { status, update: played } = play('guarded', update('guarded-next', ', fails: on'));
    expect([status, played.status, writes(played).filter((write) => write.startsWith('production'))]).toEqual([0, 'UPDATE_ROLLBACK_COMPLETE', ['production green v2, before v2', 'production green v2, before v2, rollback']]);
  });

  test('refused in the middle of a shift, and made once it is over', () => {
    const { status, report } = play('guarded', `${update('guarded-next', ', at: AllowTraffic+60s, expect: rolledBack')}\n${update('guarded-next')}`);
    expect([status, report.stackUpdates.map(({ status: end }) => end)]).toEqual([0, ['UPDATE_ROLLBACK_COMPLETE', 'UPDATE_COMPLETE']]);
    expect(writes(report.stackUpdates[1]!)).toEqual(['production green v2, before v2', 'test green v2, before v2']);
  });

  test('the terminal names what is played', () => {
    const file = join(folder, 'terminal.yaml');
    writeFileSync(file, `${HEAD}releases: [{ name: v2 }]\nstackUpdates:\n${update('guarded-next')}\n`);
    const { stdout } = greenlight(['rehearse', '--app', join(folder, 'guarded'), '--scenario', file, '--no-color']);
    expect(stdout).toContain('changes Certificates, ListenerAttributes, SslPolicy of');
  });
});

test('the guard is turned on by an update: new, it finds what is live, with the permission that comes with it', () => {
  const { status, report, update: played } = play('unguarded', update('guarded-next'));
  expect([status, report.outcome, played.status, errors(report)]).toEqual([0, 'released', 'UPDATE_COMPLETE', []]);
  expect(writes(played)).toEqual(['production green v2, before v2', 'test green v2, before v2']);
  expect(played.changes.filter(({ action }) => action === 'added').map(({ resourceType, atOnce }) => [resourceType, atOnce])).toEqual([
    ['Custom::GreenlightLiveListener', undefined],
    ['Custom::GreenlightLiveListener', undefined],
    ['AWS::IAM::Policy', true],
  ]);
});

describe('another target group', () => {
  const portOf = (group: 'blueTargetGroup' | 'greenTargetGroup'): Version['edit'] => (rollout) => (rollout[group].node.defaultChild as CfnTargetGroup).addPropertyOverride('Port', 8080);

  test('blue: refused by the settings of the service, before its listener is lost', () => {
    synthesize('other-blue', { edit: portOf('blueTargetGroup') });
    const { status, report, update: played } = play('guarded', update('other-blue', ', expect: rolledBack'));
    expect([status, report.outcome, played.status, errors(report)]).toEqual([0, 'released', 'UPDATE_ROLLBACK_COMPLETE', []]);
    expect(played.events.filter(({ status: end }) => end === 'UPDATE_FAILED').map(({ reason }) => reason).join()).toMatch(
      /service Service\w+ was made with target group "arn:\S+", and neither an update nor a deployment changes it, got "arn:\S+"/,
    );
  });

  test('green, on which production is: refused by the guard', () => {
    synthesize('other-green', { edit: portOf('greenTargetGroup') });
    const { status, report, update: played } = play('guarded', update('other-green', ', expect: rolledBack'));
    expect([status, report.outcome, played.status, errors(report), played.listeners]).toEqual([0, 'released', 'UPDATE_ROLLBACK_COMPLETE', [], []]);
    expect(played.reason).toMatch(/neither/);
  });

  test('blue, unguarded: production goes to the new one, and then back to the empty one of before', () => {
    synthesize('unguarded-other', { listenerGuard: false, edit: portOf('blueTargetGroup') });
    const { status, report, update: played } = play('unguarded', update('unguarded-other', ', expect: rolledBack'));
    expect([status, report.outcome, played.status]).toEqual([1, 'failed', 'UPDATE_ROLLBACK_COMPLETE']);
    expect(writes(played)).toEqual(['production other null, before v2', 'production blue null, before null, rollback']);
    expect(errors(report)[0]).toContain("sent production traffic to a target group that is neither of the rollout's two, in which no task runs, away from v2");
  });

  test('of a name of its own: CloudFormation cannot make a second one', () => {
    const named = (port: number): Version['edit'] => (rollout) => {
      const group = rollout.greenTargetGroup.node.defaultChild as CfnTargetGroup;
      group.addPropertyOverride('Name', 'shop-green');
      group.addPropertyOverride('Port', port);
    };
    synthesize('named', { edit: named(80) });
    synthesize('named-next', { edit: named(8080) });
    const { status, update: played } = play('named', update('named-next', ', expect: rolledBack'));
    expect([status, played.status, played.reason]).toEqual([0, 'UPDATE_ROLLBACK_COMPLETE', 'CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename shop-green and update the stack again.']);
  });
});

describe('functions', () => {
  test('are those of the next version before the guard is asked, and those of before in its rollback', () => {
    synthesize('other-intake', {
      ...NEXT,
      edit: (rollout, stack) => {
        NEXT.edit?.(rollout, stack);
        const refuse = `exports.handler = async ({ ResponseURL, StackId, RequestId, LogicalResourceId, PhysicalResourceId }) => {
  await fetch(ResponseURL, { method: 'PUT', headers: { 'content-type': '' }, body: JSON.stringify({ Status: 'FAILED', Reason: 'the next version was asked', StackId, RequestId, LogicalResourceId, PhysicalResourceId }) });
};`;
        intake(stack).addPropertyOverride('Code', { ZipFile: refuse });
      },
    });
    const { status, report, update: played } = play('guarded', update('other-intake', ', expect: rolledBack'));
    expect(played.reason).toContain('the next version was asked');
    expect([status, played.status, errors(report)]).toEqual([0, 'UPDATE_ROLLBACK_COMPLETE', []]);
    expect(played.changes.filter(({ atOnce }) => atOnce === true).map(({ property }) => property)).toEqual(['Code']);
  });

  test('have the permissions of the next version', () => {
    synthesize('other-policy', {
      ...NEXT,
      edit: (rollout, stack) => {
        NEXT.edit?.(rollout, stack);
        child<CfnPolicy>(stack, 'GreenlightDeployments', 'ListenerPolicy', 'Resource').addPropertyOverride('PolicyDocument.Statement.0.Action', 'elasticloadbalancing:DescribeTags');
      },
    });
    const { status, update: played } = play('guarded', update('other-policy', ', expect: rolledBack'));
    expect([status, played.status]).toEqual([0, 'UPDATE_ROLLBACK_COMPLETE']);
    expect(played.reason).toMatch(/is not authorized to perform: elasticloadbalancing:DescribeListeners/);
  });

  test('of hooks are those of the next version in the releases that follow', () => {
    const hooked = (name: string, code: string, more: Version = {}) =>
      synthesize(name, { ...more, hook: (stack) => userFunction(stack, 'Migration', { code: lambda.Code.fromInline(code) }) });
    hooked('hooked', 'exports.handler = async () => ({});');
    hooked('hooked-next', "exports.handler = async () => { throw new Error('no table'); };");
    const { report } = play('hooked', update('hooked-next', ', release: v2'), '[{ name: v2 }, { name: v3 }]');
    expect(report.deployments.map(({ status, creator }) => `${creator} ${status}`)).toEqual(['user Succeeded', 'user Failed', 'codeDeployRollback Succeeded']);
    expect(said(report)).toContain(
      'releases after stack update "next version" run the functions of its cloud assembly, and have application, deployment group, configuration, AppSpec, listeners and alarms of the first one',
    );
  });
});

test.each(['stage', 'nested'] as const)('a rollout in a %s is found in the next version', (where) => {
  const made = (name: string, certificate: string): void => {
    const app = new App({ outdir: join(folder, name) });
    const outer = where === 'stage' ? new Stage(app, 'Prod') : new Stack(app, 'Outer');
    const stack = where === 'stage' ? new Stack(outer, 'Shop') : new NestedStack(outer, 'Shop');
    rolloutIn(stack, {
      service: fargate(stack),
      endpoint: EcsEndpoint.application({ certificates: [elbv2.ListenerCertificate.fromArn(`arn:aws:acm:us-east-1:111111111111:certificate/${certificate}`)], testPort: 8443 }),
      hooks: {},
      traffic: TrafficShift.allAtOnce(),
    });
    app.synth();
  };
  made(where, '2026');
  made(`${where}-next`, '2027');
  const file = join(folder, 'placed.yaml');
  writeFileSync(file, `releases: [{ name: v2 }]\nstackUpdates:\n${update(`${where}-next`)}\n`);
  const { stdout, stderr } = greenlight(['rehearse', '--app', join(folder, where), '--scenario', file, '--json', '-']);
  expect(stderr).not.toContain('greenlight:');
  const [played] = (JSON.parse(stdout) as Report).stackUpdates;
  expect([played!.status, writes(played!)]).toEqual(['UPDATE_COMPLETE', ['production green v2, before v2', 'test green v2, before v2']]);
});

test('a deployment resource with an equal AppSpec is asked, and starts nothing', () => {
  synthesize('other-timeout', { edit: (_rollout, stack) => child<CfnResource>(stack, 'Web', 'Deployment', 'Resource', 'Default').addPropertyOverride('ServiceTimeout', '3599') });
  const { status, report, update: played } = play('guarded', update('other-timeout'));
  expect([status, played.status, report.deployments.length, played.listeners]).toEqual([0, 'UPDATE_COMPLETE', 1, []]);
  expect(played.events.filter(({ logicalId }) => /^WebDeployment\d/.test(logicalId)).map((event) => event.status)).toEqual(['UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE']);
});

test('what is not played is told by name, and so are custom resources that are not run', () => {
  synthesize('besides', {
    ...NEXT,
    edit: (rollout, stack) => {
      NEXT.edit?.(rollout, stack);
      new s3.Bucket(stack, 'Bucket');
      new CustomResource(stack, 'Theirs', { serviceToken: 'arn:aws:lambda:us-east-1:111111111111:function:theirs', resourceType: 'Custom::Theirs' });
    },
  });
  const { status, report } = play('guarded', update('besides'));
  expect(status).toBe(0);
  expect(said(report)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^stack update "next version": taken to be done at once, under the names of before where CloudFormation would replace them: Bucket\w+ \(AWS::S3::Bucket\)$/),
      'stack update "next version": custom resources whose functions were not run: Theirs (Custom::Theirs)',
    ]),
  );
});

describe('refused before anything is played', () => {
  const refused = (name: string, version: Version): string => {
    synthesize(name, version);
    return messageOf('guarded', name);
  };
  const messageOf = (from: string, to: string, more = '', releases?: string): string => {
    const { status, stdout, stderr } = run(from, update(to, more), releases);
    expect([status, stdout]).toEqual([2, '']);
    return stderr;
  };
  const containerOf = (stack: Stack) => child<CfnTaskDefinition>(stack, 'Task', 'Resource');

  test.each<[string, Version, RegExp]>([
    ['another image', { edit: (_rollout, stack) => containerOf(stack).addPropertyOverride('ContainerDefinitions.0.Image', 'example:2') }, /ContainerDefinitions of task definition Task\w+ differ, which starts a deployment: that is a release.*play the release by 'releases' of the scenario/s],
    ['another port', { edit: (rollout) => listener(rollout).addPropertyOverride('Port', 444) }, /WebProductionListener8F428322 has another Port in it, and a rehearsal plays no change of a listener's Port, since its clients would have to follow/],
    ['another load balancer', { edit: (rollout) => (rollout.loadBalancer.node.defaultChild as CfnLoadBalancer).addPropertyOverride('Name', 'web') }, /another Name replaces WebLoadBalancer\w+ \(AWS::ElasticLoadBalancingV2::LoadBalancer\)/],
    ['nothing', {}, /no resource of stack Shop differs in \S+, so that CloudFormation has nothing to do/],
    ['another stack', { stackId: 'Other' }, /has no stack Shop, which is the rollout's; it has Other; synthesize the same app/],
    ['another stack name', { stackName: 'shop-2' }, /stack Shop is deployed as Shop in account 111111111111 and region us-east-1, and in \S+ it is shop-2 in account/],
  ])('%s', (name, version, message) => {
    expect(refused(name.replaceAll(' ', '-'), version)).toMatch(message);
  });

  test('a directory that is not there, and one that is no assembly', () => {
    expect(messageOf('guarded', 'nowhere')).toMatch(/scenario.yaml: stack update "next version": "to" names nowhere, and there is no such directory: \/\S+\/nowhere; it is relative to the scenario file; synthesize the next version/);
    expect(messageOf('guarded', '.')).toMatch(/"to" names \., which is not a cloud assembly, since it holds no manifest\.json/);
  });

  test('an assembly that cannot be read', () => {
    synthesize('broken', NEXT);
    writeFileSync(join(folder, 'broken', 'Shop.template.json'), '{');
    expect(messageOf('guarded', 'broken')).toMatch(/"to" names broken, which cannot be read: template of stack Shop is not valid JSON/);
  });

  test('a function of ours without its asset', () => {
    synthesize('no-asset', NEXT);
    const { Resources } = JSON.parse(readFileSync(join(folder, 'no-asset', 'Shop.template.json'), 'utf8')) as { readonly Resources: Readonly<Record<string, { readonly Properties: { readonly Code: { readonly S3Key: string } } }>> };
    const step = Object.keys(Resources).find((id) => id.startsWith('GreenlightDeploymentsStepFunction'))!;
    rmSync(join(folder, 'no-asset', `asset.${Resources[step]!.Properties.Code.S3Key.replace('.zip', '')}`), { recursive: true });
    expect(messageOf('guarded', 'no-asset')).toMatch(/stack update "next version": no-asset: code of function Shop\/GreenlightDeployments\w+ does not exist: \S+/);
  });

  test('a release on a pair of target groups that the update replaces', () => {
    synthesize('other-pair', { edit: (rollout) => (rollout.greenTargetGroup.node.defaultChild as CfnTargetGroup).addPropertyOverride('Port', 8080) });
    expect(messageOf('guarded', 'other-pair', ', release: v2', '[{ name: v2 }, { name: v3 }]')).toMatch(/replaces or removes WebGreenTargetGroup\w+, a target group of the rollout, and release v3 follows/);
  });

  test('a deployment resource that is new', () => {
    synthesize('external', { deployments: EcsDeployments.external() });
    expect(messageOf('external', 'guarded')).toMatch(/\(Custom::GreenlightDeployment\) is new in it and may start a deployment: that is a release/);
  });
});
