/** How two templates differ, and which differences are not played: tables of literal templates. */
import { Assembly } from '../../../rehearsal/assembly/assembly';
import type { JsonObject } from '../../../rehearsal/assembly/read-json';
import type { Stack, TemplateResource } from '../../../rehearsal/assembly/stack';
import type { EcsRolloutDescription } from '../../../lib/model/rollout';
import { LISTENER, SERVICE, TARGET_GROUP, TASK_DEFINITION, type TemplateVersion } from '../../../rehearsal/cloudformation/stack-version';
import { replacedTargetGroup, targetGroupAttribute, targetOf } from '../../../rehearsal/cloudformation/target-group';
import { differences } from '../../../rehearsal/cloudformation/template-differences';
import { unplayable } from '../../../rehearsal/cloudformation/unplayable';

const resource = (type: string, properties: JsonObject = {}, more: Partial<TemplateResource> = {}): TemplateResource => ({ type, properties, metadata: {}, ...more });

function version(resources: Readonly<Record<string, TemplateResource>>, conditions: JsonObject = {}): TemplateVersion {
  const template = { parameters: { Size: { Type: 'Number', Default: 2 } }, mappings: {}, conditions, resources, outputs: {} };
  const stack: Stack = { id: 'Shop', path: 'Shop', stackName: 'shop', account: '111122223333', region: 'eu-central-1', templateFile: '/none', template, assets: [], parameters: {} };
  return { assembly: new Assembly('/none', [stack]), stack };
}

describe('differences', () => {
  test('are resources that are added, changed and removed, in the order of the template of after', () => {
    const before = version({ Gone: resource('A', { X: 1 }), Same: resource('A', { Y: { Ref: 'Size' } }), Other: resource('A', { X: 1, Y: 2, Z: 3 }) });
    const after = version({ New: resource('B', { X: 1 }), Other: resource('A', { X: '1', Y: 3, W: 4 }), Same: resource('A', { Y: '2' }) });
    expect(differences(before, after)).toEqual([
      { logicalId: 'New', type: 'B', action: 'added', properties: [], before: {}, after: { X: '1' } },
      { logicalId: 'Other', type: 'A', action: 'changed', properties: ['Y', 'Z', 'W'], before: { X: '1', Y: '2', Z: '3' }, after: { X: '1', Y: '3', W: '4' } },
      { logicalId: 'Gone', type: 'A', action: 'removed', properties: [], before: { X: '1' }, after: {} },
    ]);
  });

  test('go by what conditions come to, and tell another type', () => {
    const off = version({ Maybe: resource('A', {}, { condition: 'On' }), Turned: resource('A') }, { On: { 'Fn::Equals': ['a', 'b'] } });
    const on = version({ Maybe: resource('A', {}, { condition: 'On' }), Turned: resource('B') }, { On: { 'Fn::Equals': ['a', 'a'] } });
    expect(differences(off, on).map(({ logicalId, action, typeBefore }) => [logicalId, action, typeBefore])).toEqual([
      ['Maybe', 'added', undefined],
      ['Turned', 'changed', 'A'],
    ]);
    expect(differences(on, off).map(({ logicalId, action }) => [logicalId, action])).toEqual([
      ['Turned', 'changed'],
      ['Maybe', 'removed'],
    ]);
    expect(differences(on, on)).toEqual([]);
  });
});

describe('an update', () => {
  const own = (logicalId: string) => ({ logicalId });
  const DESCRIPTION = {
    service: own('Service'),
    loadBalancer: own('Balancer'),
    deploymentGroup: own('Group'),
    production: { listener: own('Listener'), port: 443, protocol: 'HTTPS' },
    test: { listener: own('Test'), port: 8443, protocol: 'HTTPS', rules: [{ rule: own('Rule'), priority: 1 }] },
    targetGroups: [own('Blue'), { value: 'arn:of-another-stack' }],
  } as unknown as EcsRolloutDescription;
  const FORWARD = [{ Type: 'forward', TargetGroupArn: 'blue' }];
  const RESOURCES: Readonly<Record<string, TemplateResource>> = {
    Task: resource(TASK_DEFINITION, { Family: 'web', Cpu: '256', Tags: [] }),
    Sidecar: resource(TASK_DEFINITION, { Family: 'other' }),
    Deployment: resource('Custom::GreenlightDeployment', { AppSpec: { 'Fn::Join': ['', ['{"a":"', { Ref: 'Task' }, '"}']] }, Completion: 'COMPLETED' }),
    Service: resource(SERVICE, { DesiredCount: 2, LaunchType: 'FARGATE' }),
    Balancer: resource('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal', Tags: [] }),
    Group: resource('AWS::CodeDeploy::DeploymentGroup', { AlarmConfiguration: {} }),
    Listener: resource(LISTENER, { Port: 443, SslPolicy: 'old', DefaultActions: FORWARD }),
    Test: resource(LISTENER, { Port: 8443, DefaultActions: FORWARD }),
    Rule: resource('AWS::ElasticLoadBalancingV2::ListenerRule', { Priority: 1 }),
    Blue: resource(TARGET_GROUP, { Port: 80, HealthCheckPath: '/' }),
  };

  const change = (logicalId: string, properties: JsonObject): Readonly<Record<string, TemplateResource>> => ({ ...RESOURCES, [logicalId]: { ...RESOURCES[logicalId]!, properties: { ...RESOURCES[logicalId]!.properties, ...properties } } });
  const without = (logicalId: string) => Object.fromEntries(Object.entries(RESOURCES).filter(([id]) => id !== logicalId));
  const whyNot = (resources: Readonly<Record<string, TemplateResource>>, nextRelease?: string) => {
    const after = version(resources);
    return unplayable({ description: DESCRIPTION, after, differences: differences(version(RESOURCES), after), ...(nextRelease === undefined ? {} : { nextRelease }) });
  };

  test.each([
    ['certificate or policy', change('Listener', { SslPolicy: 'new' })],
    ['another target group to forward to', change('Listener', { DefaultActions: [{ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'green', Weight: 1 }, { TargetGroupArn: 'blue', Weight: 0 }] } }] })],
    ['the default action of a listener whose rules are the rollout\'s', change('Test', { DefaultActions: [{ Type: 'redirect' }] })],
    ['desired count', change('Service', { DesiredCount: 3 })],
    ['tags of a load balancer', change('Balancer', { Tags: [{}] })],
    ['tags of a task definition', change('Task', { Tags: [{}] })],
    ['a task definition that no AppSpec names', change('Sidecar', { Cpu: '512' })],
    ['a time-out of the deployment resource', change('Deployment', { Completion: 'STARTED' })],
    ['no deployment resource any more', without('Deployment')],
    ['alarms of the deployment group', change('Group', { AlarmConfiguration: { Enabled: false } })],
    ['a health check', change('Blue', { HealthCheckPath: '/health' })],
    ['a listener more', { ...RESOURCES, More: resource(LISTENER, { Port: 81 }) }],
    ['another target group', change('Blue', { Port: 81 })],
  ])('%s is played', (_what, resources) => {
    expect(whyNot(resources)).toBeUndefined();
  });

  test.each([
    [change('Task', { Cpu: '512' }), /^Cpu of task definition Task differ, which starts a deployment: that is a release, and a rehearsal plays none by a stack update; play the release by 'releases'/],
    [change('Deployment', { AppSpec: '{}' }), /^Deployment \(Custom::GreenlightDeployment\) has another AppSpec in it, which starts a deployment/],
    [{ ...RESOURCES, More: resource('Custom::GreenlightDeployment', {}) }, /^More \(Custom::GreenlightDeployment\) is new in it and may start a deployment/],
    [change('Listener', { Protocol: 'HTTP' }), /^Listener has another Protocol in it, and a rehearsal plays no change of a listener's Protocol/],
    [change('Test', { Port: 8444 }), /^Test has another Port in it/],
    [change('Listener', { DefaultActions: [{ Type: 'redirect' }] }), /^the default action of Listener is no forward to one target group in it/],
    [change('Rule', { Priority: 2 }), /^rule Rule differs in it, and a rehearsal plays no change of a listener's rules/],
    [without('Rule'), /^rule Rule differs in it/],
    [without('Listener'), /^Listener \(AWS::ElasticLoadBalancingV2::Listener\) of the rollout is not in it any more/],
    [without('Test'), /^Test \(AWS::ElasticLoadBalancingV2::Listener\) of the rollout is not in it any more/],
    [without('Service'), /^Service \(AWS::ECS::Service\) of the rollout is not in it any more/],
    [without('Group'), /^Group \(AWS::CodeDeploy::DeploymentGroup\) of the rollout is not in it any more/],
    [change('Service', { LaunchType: 'EC2', Cluster: 'other', DesiredCount: 3 }), /^another LaunchType, Cluster replaces Service \(AWS::ECS::Service\) of the rollout/],
    [change('Balancer', { Scheme: 'internet-facing' }), /^another Scheme replaces Balancer/],
    [{ ...RESOURCES, Service: resource('AWS::SNS::Topic') }, /^Service was a AWS::ECS::Service and is a AWS::SNS::Topic; CloudFormation does not permit/],
  ])('%#: refused', (resources, message) => {
    expect(whyNot(resources)).toMatch(message);
  });

  test('that takes the pair of a following release away is refused', () => {
    expect(whyNot(change('Blue', { HealthCheckPath: '/health' }), 'v3')).toBeUndefined();
    expect(whyNot(change('Blue', { Port: 81 }), 'v3')).toBe(
      'it replaces or removes Blue, a target group of the rollout, and release v3 follows, which a rehearsal cannot play on another pair; let this update be the last thing of the scenario',
    );
    expect(whyNot(without('Blue'), 'v3')).toMatch(/^it replaces or removes Blue/);
    expect(whyNot(without('Blue'))).toBeUndefined();
  });
});

describe('a target group', () => {
  const ARN = 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/shop-Blue-ABCDEFGHIJ27/0123456789abcdef';
  const outcome = (before: JsonObject, after: JsonObject, physicalId = ARN) => replacedTargetGroup({ physicalId, properties: before }, after);

  test('stays where nothing replaces it', () => {
    expect(outcome({ Port: '80', HealthCheckPath: '/' }, { Port: '80', HealthCheckPath: '/health' })).toMatchObject({ status: 'SUCCESS', physicalId: ARN });
  });

  test.each(['IpAddressType', 'Port', 'Protocol', 'ProtocolVersion', 'TargetType', 'VpcId'])('another %s makes another one', (name) => {
    const made = outcome({ [name]: 'a' }, { [name]: 'b' });
    expect(made.status === 'SUCCESS' && made.physicalId).toMatch(/^arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup\/shop-Blue-(?!ABCDEFGHIJ27)[A-Z2-7]{12}\/(?!0123456789abcdef)[0-9a-f]{16}$/);
  });

  test('takes a new name, and not the one that is taken', () => {
    expect(outcome({ Name: 'a' }, { Name: 'b' })).toMatchObject({ status: 'SUCCESS', physicalId: expect.stringContaining(':targetgroup/b/') });
    expect(outcome({ Name: 'a', Port: '1' }, { Name: 'a', Port: '2' })).toEqual({
      status: 'FAILED',
      reason: 'CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename a and update the stack again.',
    });
  });

  test('is told by its ARN', () => {
    expect(['TargetGroupArn', 'TargetGroupFullName', 'TargetGroupName', 'LoadBalancerArns'].map((name) => targetGroupAttribute(ARN, name))).toEqual([ARN, 'targetgroup/shop-Blue-ABCDEFGHIJ27/0123456789abcdef', 'shop-Blue-ABCDEFGHIJ27', undefined]);
  });

  test.each<[unknown, string | undefined]>([
    [undefined, undefined],
    [[{ Type: 'redirect' }], undefined],
    [[{ Type: 'authenticate-oidc' }, { Type: 'forward', TargetGroupArn: 'a' }], 'a'],
    [[{ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'a', Weight: 0 }, { TargetGroupArn: 'b' }] } }], 'b'],
    [[{ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'a', Weight: 1 }, { TargetGroupArn: 'b', Weight: 1 }] } }], undefined],
  ])('%j forwards to %s', (actions, target) => {
    expect(targetOf(actions)).toBe(target);
  });
});
