/** A service whose deployments ECS controls, as the template has it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { resolveNativeRollout } from '../../../rehearsal/assembly/native-rollout-model';
import { readAssembly } from '../../../rehearsal/assembly/read-assembly';
import { selectRollout, type FoundNativeRollout } from '../../../rehearsal/assembly/rollouts';

const scratches: string[] = [];
afterAll(() => scratches.forEach((scratch) => rmSync(scratch, { recursive: true })));

const ELB = 'AWS::ElasticLoadBalancingV2';
const rule = (listener: unknown, conditions: unknown) => ({ Type: `${ELB}::ListenerRule`, Properties: { ListenerArn: listener, Priority: 7, Conditions: conditions } });
const PATH = [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/shop/*'] } }];

const BALANCED = {
  ContainerName: 'web',
  ContainerPort: 8080,
  TargetGroupArn: { Ref: 'Blue' },
  AdvancedConfiguration: { AlternateTargetGroupArn: { Ref: 'Green' }, ProductionListenerRule: { Ref: 'ProductionRule' }, TestListenerRule: { Ref: 'TestRule' }, RoleArn: 'role' },
};

const CONFIGURATION = {
  Strategy: 'CANARY',
  BakeTimeInMinutes: 3,
  CanaryConfiguration: { CanaryPercent: 20, CanaryBakeTimeInMinutes: 4 },
  Alarms: { AlarmNames: [{ Ref: 'Errors' }, 'made-elsewhere'], Enable: true, Rollback: true },
  LifecycleHooks: [
    { HookTargetArn: { 'Fn::GetAtt': ['Hook', 'Arn'] }, RoleArn: 'invoke', LifecycleStages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'], HookDetails: '{"a":1}', TimeoutConfiguration: { TimeoutInMinutes: 5, Action: 'CONTINUE' } },
    { TargetType: 'PAUSE', LifecycleStages: ['POST_SCALE_UP'] },
  ],
};

interface Changes {
  readonly configuration?: object;
  readonly balancers?: readonly object[];
  readonly resources?: object;
  readonly metadata?: object;
}

function model({ configuration, balancers = [BALANCED], resources, metadata }: Changes = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'native-'));
  scratches.push(directory);
  const description = { schemaVersion: 1, platform: 'ECS', controller: 'ECS', name: 'Shop/Web', findings: [], ...metadata };
  const template = {
    Resources: {
      Web: { Type: 'AWS::ECS::Service', Properties: { Cluster: 'apps', DeploymentConfiguration: { ...CONFIGURATION, ...configuration }, LoadBalancers: balancers }, Metadata: { 'cdk-greenlight:ecs-native': description } },
      Balancer: { Type: `${ELB}::LoadBalancer`, Properties: { Scheme: 'internal' } },
      Production: { Type: `${ELB}::Listener`, Properties: { Port: 443, Protocol: 'HTTPS', LoadBalancerArn: { Ref: 'Balancer' } } },
      Test: { Type: `${ELB}::Listener`, Properties: { Port: 8443, Protocol: 'HTTPS', LoadBalancerArn: { Ref: 'Balancer' } } },
      ProductionRule: rule({ Ref: 'Production' }, PATH),
      TestRule: rule({ Ref: 'Test' }, [{ Field: 'host-header', Values: ['test.example.com'] }]),
      Blue: { Type: `${ELB}::TargetGroup`, Properties: {} },
      Green: { Type: `${ELB}::TargetGroup`, Properties: {} },
      Errors: { Type: 'AWS::CloudWatch::Alarm', Properties: { Namespace: 'n', MetricName: 'm', Period: 60, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold', Statistic: 'Sum' } },
      Hook: { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables: { GREENLIGHT_TEST_URL: 'https://test.example.com:8443', GREENLIGHT_PRODUCTION_URL: 'http://shop.example.com' } } } },
      ...resources,
    },
  };
  const stack = { type: 'aws:cloudformation:stack', environment: 'aws://111122223333/eu-west-1', properties: { templateFile: 'Shop.template.json', stackName: 'Shop' }, displayName: 'Shop' };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ version: '48.0.0', artifacts: { Shop: stack } }));
  writeFileSync(join(directory, 'Shop.template.json'), JSON.stringify(template));
  const assembly = readAssembly(directory);
  return resolveNativeRollout(assembly, selectRollout(assembly, 'Shop/Web') as FoundNativeRollout);
}

describe('resolveNativeRollout', () => {
  test('reads what the service says', () => {
    const { service, listeners, hookFunctions, hosts, notModelled, alarms } = model();
    expect(service).toMatchObject({
      clusterName: 'apps',
      strategy: 'CANARY',
      stepPercent: 20,
      stepBakeMinutes: 4,
      bakeMinutes: 3,
      hasTestListener: true,
      rollbackOnAlarm: true,
      hooks: [{ roleArn: 'invoke', stages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'], hookDetails: { a: 1 }, timeoutMinutes: 5, timeoutAction: 'CONTINUE' }],
    });
    expect(service.serviceArn).toMatch(/^arn:aws:ecs:eu-west-1:111122223333:service\/apps\//);
    expect(listeners).toEqual({
      production: { port: 443, protocol: 'HTTPS', rules: [{ priority: 7, paths: ['/shop/*'] }] },
      test: { port: 8443, protocol: 'HTTPS', rules: [{ priority: 7, hosts: ['test.example.com'] }] },
    });
    expect(hookFunctions.map(({ event }) => event)).toEqual(['PRE_PRODUCTION_TRAFFIC_SHIFT']);
    expect(hosts).toEqual([{ host: 'test.example.com', port: 8443, listener: 'test' }, { host: 'shop.example.com', port: 80, listener: 'production' }]);
    expect(alarms.map(({ kind }) => kind)).toEqual(['metric', 'outside']);
    expect(notModelled).toEqual(['PAUSE hooks of the service, which wait for ContinueServiceDeployment: they are passed over']);
  });

  test('takes what the service does not say as not said', () => {
    const { service } = model({ configuration: { Strategy: 'LINEAR', LinearConfiguration: undefined, BakeTimeInMinutes: undefined, Alarms: { AlarmNames: ['x'], Enable: false, Rollback: false } } });
    expect(service).toMatchObject({ strategy: 'LINEAR', alarmNames: [], rollbackOnAlarm: false });
    expect([service.stepPercent, service.stepBakeMinutes, service.bakeMinutes]).toEqual([undefined, undefined, undefined]);
  });

  test('a service without a test listener has none', () => {
    const { service, listeners } = model({ balancers: [{ ...BALANCED, AdvancedConfiguration: { ...BALANCED.AdvancedConfiguration, TestListenerRule: undefined } }] });
    expect([service.hasTestListener, listeners.test]).toEqual([false, undefined]);
  });

  test.each<[string, Changes, string]>([
    ['a rolling strategy', { configuration: { Strategy: undefined } }, 'service Shop/Web has the deployment strategy ROLLING, and a rehearsal plays BLUE_GREEN, LINEAR, CANARY'],
    ['no load balancer', { balancers: [] }, 'service Shop/Web has no load balancer with an alternate target group and a production listener rule'],
    ['no alternate target', { balancers: [{ TargetGroupArn: { Ref: 'Blue' } }] }, "give its 'loadBalancerTarget' an ecs.AlternateTarget"],
    ['two load balancers', { balancers: [BALANCED, BALANCED] }, 'service Shop/Web stands behind 2 target groups, and a rehearsal plays one load balancer for a service'],
    ['a listener made elsewhere', { resources: { ProductionRule: rule('arn:elsewhere', PATH) } }, 'the production listener of service Shop/Web is made outside of this assembly'],
    ['test traffic told on the production listener', { resources: { TestRule: rule({ Ref: 'Production' }, PATH) } }, 'service Shop/Web has its test rule on the production listener, port 443, and a rehearsal tells test traffic by its port'],
    ['a condition on a header', { resources: { TestRule: rule({ Ref: 'Test' }, [{ Field: 'http-header' }]) } }, 'a listener rule of service Shop/Web has a condition on http-header'],
    ['a stage that is none', { configuration: { LifecycleHooks: [{ HookTargetArn: 'x', RoleArn: 'y', LifecycleStages: ['BAKE_TIME'] }] } }, 'service Shop/Web has a hook for the stage BAKE_TIME, which ECS does not have'],
    ['details that are no JSON', { configuration: { LifecycleHooks: [{ HookTargetArn: 'x', RoleArn: 'y', LifecycleStages: ['PRE_SCALE_UP'], HookDetails: '{' }] } }, "'HookDetails' of a hook of service Shop/Web must be a JSON object as a text, got {"],
    ['a description of another version', { metadata: { schemaVersion: 2 } }, 'has schemaVersion 2, and this command understands 1'],
    ['a description with more in it', { metadata: { more: 1 } }, 'is not one that this command understands: rollout.more is not known'],
  ])('fails for %s', (_, changes, message) => {
    expect(() => model(changes)).toThrow(message);
  });
});
