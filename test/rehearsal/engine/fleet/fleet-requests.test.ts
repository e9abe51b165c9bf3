import type { FleetGroupModel } from '../../../../rehearsal/engine/fleet/fleet-group';
import type { FleetCreateRequest } from '../../../../rehearsal/engine/fleet/fleet-request';
import { FleetStage, instances, revision } from './fleet-stage';

const BLUE_GREEN: Partial<FleetGroupModel> = { loadBalancers: ['lb'], deployment: { type: 'BLUE_GREEN', provisioning: 'DISCOVER_EXISTING' } };
const COPY: Partial<FleetGroupModel> = { loadBalancers: ['lb'], deployment: { type: 'BLUE_GREEN', provisioning: 'COPY_AUTO_SCALING_GROUP' } };

const refusal = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  return 'accepted';
};

test.each<[string, Partial<FleetGroupModel>, Partial<FleetCreateRequest>, string]>([
  ['a configuration that the service brings along', {}, { deploymentConfigName: 'CodeDeployDefault.HalfAtATime' }, 'accepted'],
  [
    'one of another platform',
    {},
    { deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce' },
    "DeploymentConfigDoesNotExistException: no deployment configuration 'CodeDeployDefault.ECSAllAtOnce' for Server; there are CodeDeployDefault.OneAtATime, CodeDeployDefault.AllAtOnce, CodeDeployDefault.HalfAtATime, CodeDeployDefault.OneAtATime",
  ],
  ['one that every object has', {}, { deploymentConfigName: 'constructor' }, expect.stringContaining("no deployment configuration 'constructor'") as string],
  ['a long description', {}, { description: 'x'.repeat(257) }, 'DescriptionTooLongException: the description may have up to 256 characters, got 257; shorten it'],
  [
    'blue/green without replacements',
    BLUE_GREEN,
    {},
    'InvalidTargetInstancesException: targetInstances must name the replacements of a blue/green deployment to instances that exist, got none; give tags or Auto Scaling groups',
  ],
  [
    'replacements in place',
    {},
    { targetInstances: {} },
    'InvalidTargetInstancesException: targetInstances is for blue/green deployments to instances that exist, and this deployment group makes none; leave it out',
  ],
  [
    'replacements for a copy',
    COPY,
    { targetInstances: {} },
    'InvalidTargetInstancesException: targetInstances is for blue/green deployments to instances that exist, and this deployment group makes none; leave it out',
  ],
  [
    'rollback for nothing',
    {},
    { autoRollbackConfiguration: { enabled: true, events: [] } },
    'InvalidAutoRollbackConfigException: Deployment Groups need to have at least one event specified when auto rollback is enabled',
  ],
  [
    'alarms without any',
    {},
    { overrideAlarmConfiguration: { enabled: true } },
    'InvalidAlarmConfigException: Deployment Groups need to have at least one alarms attached if they are monitored.',
  ],
])('CreateDeployment with %s', (_, group, request, expected) => {
  const stage = new FleetStage(instances(2), { group });
  expect(refusal(() => stage.create('r1', request))).toEqual(expected);
});

test('what a request says goes before what the group says', () => {
  const stage = new FleetStage(instances(4), { group: { deploymentConfigName: 'Mine', zonal: {}, alarmNames: ['errors'] } });
  stage.alarms.errors = 'ALARM';
  const record = stage.deploy('r1', {
    deploymentConfigName: 'CodeDeployDefault.HalfAtATime',
    description: 'by hand',
    fileExistsBehavior: 'RETAIN',
    ignoreApplicationStopFailures: true,
    overrideAlarmConfiguration: { enabled: false },
    creator: 'CloudFormation',
  });
  expect(record).toMatchObject({
    status: 'Succeeded',
    deploymentConfigName: 'CodeDeployDefault.HalfAtATime',
    mostAtATime: 2,
    description: 'by hand',
    fileExistsBehavior: 'RETAIN',
    ignoreApplicationStopFailures: true,
    overrideAlarmConfiguration: { enabled: false, ignorePollAlarmFailure: false, alarmNames: ['errors'] },
    creator: 'CloudFormation',
  });
});

test('only outdated instances are deployed to where the request says so', () => {
  const stage = new FleetStage(instances(2), { initialRevision: revision('r0'), faults: [{ kind: 'scriptFails', event: 'ValidateService', release: 'r1', instances: { ids: ['i-2'] } }] });
  const next = revision('r1', ['ValidateService']);
  stage.deploy(next);
  const again = stage.deploy(next, { updateOutdatedInstancesOnly: true });
  expect(stage.deployments.targetIds(again.deploymentId)).toEqual(['i-2']);
});

test('a second deployment is refused while one runs, but not while Auto Scaling deploys', () => {
  const stage = new FleetStage(instances(2), { initialRevision: revision('r0') });
  stage.fleet.launch(instances(1, {}, 'new')[0]);
  const id = stage.create();
  expect(refusal(() => stage.create('r2'))).toBe(`DeploymentLimitExceededException: The Deployment Group 'web' already has an active Deployment '${id}'`);
});

test('nobody reports hooks of a fleet, and nobody continues what does not wait', () => {
  const stage = new FleetStage(instances(2));
  const id = stage.create();
  expect(refusal(() => stage.deployments.putHookStatus({ deploymentId: id, lifecycleEventHookExecutionId: 'x', status: 'Succeeded' }))).toBe(
    `UnsupportedActionForDeploymentTypeException: ${id} is a deployment to EC2/on-premises, which has no Lambda hooks to report for`,
  );
  expect(refusal(() => stage.deployments.continue(id))).toBe(`DeploymentIsNotInReadyStateException: the deployment ${id} is not in its READY_WAIT; its status is Created`);
  expect(refusal(() => stage.deployments.continue(id, 'TERMINATION_WAIT'))).toBe(`DeploymentIsNotInReadyStateException: the deployment ${id} is not in its TERMINATION_WAIT; its status is Created`);
});

test('targets that are none', () => {
  const stage = new FleetStage([...instances(1), ...instances(1, { autoScalingGroup: 'other' }, 'o')]);
  const { deploymentId } = stage.deploy();
  expect(refusal(() => stage.deployments.target(deploymentId, 'o-1'))).toBe(`DeploymentTargetDoesNotExistException: the deployment ${deploymentId} has no target 'o-1'`);
  expect(refusal(() => stage.deployments.target(deploymentId, 'i-9'))).toBe(`DeploymentTargetDoesNotExistException: the deployment ${deploymentId} has no target 'i-9'`);
  expect(refusal(() => stage.deployments.targetIds('d-NONE'))).toBe('DeploymentDoesNotExistException: the deployment d-NONE could not be found');
});

test('instances have the ARN of their platform, and every one has an id of its own', () => {
  const specs = [...instances(1), ...instances(1, { platform: 'onPremises', tags: { Name: 'web' }, autoScalingGroup: undefined }, 'rack')];
  const stage = new FleetStage(specs, { group: { targets: { autoScalingGroups: ['asg'], ec2TagGroups: [], onPremisesTagGroups: [[{ key: 'Name' }]] } } });
  expect(stage.targets(stage.deploy().deploymentId).map(({ targetArn }) => targetArn)).toEqual([
    'arn:aws:ec2:eu-central-1:111122223333:instance/i-1',
    'arn:aws:codedeploy:eu-central-1:111122223333:instance/rack-1',
  ]);
  expect(() => stage.fleet.add(specs[0])).toThrow("there is an instance 'i-1' already; every instance has an id of its own");
});

test('instances are picked by what the deployments before have left', () => {
  const stage = new FleetStage(instances(4), {
    group: { minimumHealthyHosts: { type: 'HOST_COUNT', value: 0 } },
    initialRevision: revision('r0'),
    faults: [{ kind: 'scriptFails', event: 'ValidateService', release: 'r1', instances: { ids: ['i-3'] } }],
  });
  const first = revision('r1', ['ValidateService']);
  stage.deploy(first);
  stage.fleet.add(instances(1, {}, 'new')[0]);
  const { deploymentId } = stage.deploy('r2', { deploymentConfigName: 'CodeDeployDefault.OneAtATime' });
  expect(stage.deployments.targetIds(deploymentId)).toEqual(['i-3', 'new-1', 'i-1', 'i-2', 'i-4']);
});

test('an instance that has a load balancer of its own is not registered with that of the group', () => {
  const stage = new FleetStage([...instances(1), ...instances(1, { loadBalancers: [] }, 'o')], { group: { loadBalancers: ['lb'] } });
  expect([...stage.fleet.registered('lb')]).toEqual([0]);
  expect([...stage.fleet.registered('none')]).toEqual([]);
});

test('a fleet of 10,000 instances, with a quota for as many and without', () => {
  const group = { minimumHealthyHosts: { type: 'FLEET_PERCENT', value: 90 }, loadBalancers: ['lb'] } as const;
  const specs = [...instances(5000), ...instances(5000, { zone: 'b' }, 'b')];
  expect(new FleetStage(specs, { group: { ...group, instancesPerDeployment: 10_000 } }).deploy()).toMatchObject({
    status: 'Succeeded',
    completeTime: 130_000,
    mostAtATime: 1000,
    deploymentOverview: { Succeeded: 10_000 },
  });
  expect(new FleetStage(specs, { group }).deploy()).toMatchObject({ status: 'Failed', errorInformation: { code: 'OVER_MAX_INSTANCES' } });
});
