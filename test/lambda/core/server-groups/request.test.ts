/** What a request asks for, and what is wrong with its properties. */
import { physicalIdOf } from '../../../../lambda/core/deployment/task';
import type { KeepTask } from '../../../../lambda/core/server-groups/request';
import { isAboutServerGroup, serverGroupTask } from '../../../../lambda/core/server-groups/request';
import { request } from '../../support/deployment-requests';
import { alternating, copied, FLEET, groupRequest, ROLE } from '../../support/server-groups';

const keep = (now: object, more: Parameters<typeof groupRequest>[3] = {}): KeepTask => serverGroupTask(groupRequest('Create', now, now, more)) as KeepTask;

test('the resource is known by its type', () => {
  expect([isAboutServerGroup(groupRequest('Create')), isAboutServerGroup(request('Create'))]).toEqual([true, false]);
});

describe('the physical id', () => {
  test.each([
    ['Create', groupRequest('Create'), 'web/fleet'],
    ['Update', groupRequest('Update', alternating({ DeploymentGroupName: 'other' }), alternating()), 'web/other'],
    ['Delete', groupRequest('Delete', alternating({ DeploymentGroupName: 'other' }), alternating()), 'web/fleet'],
    ['Create without names', groupRequest('Create', {}, {}), 'Fleet'],
  ] as const)('of a %s', (_, asked, id) => {
    expect(physicalIdOf(asked)).toBe(id);
  });
});

test('two groups that alternate', () => {
  expect(keep(alternating())).toEqual({
    kind: 'keep',
    group: FLEET,
    fleet: 'ALTERNATING',
    autoScalingGroups: ['blue', 'green'],
    settings: {
      deploymentConfigName: 'CodeDeployDefault.HalfAtATime',
      serviceRoleArn: ROLE,
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: 'CONTINUE_DEPLOYMENT' },
        greenFleetProvisioningOption: { action: 'DISCOVER_EXISTING' },
        terminateBlueInstancesOnDeploymentSuccess: { action: 'KEEP_ALIVE' },
      },
      loadBalancerInfo: { targetGroupInfoList: [{ name: 'web-targets' }] },
      alarmConfiguration: { enabled: true, ignorePollAlarmFailure: false, alarms: [{ name: 'verdict' }, { name: 'errors' }] },
      autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] },
      triggerConfigurations: [],
      outdatedInstancesStrategy: 'UPDATE',
      terminationHookEnabled: false,
    },
    capacity: 3,
    beginsAnew: true,
    leftOut: [],
    adopt: false,
  });
});

test('one group that is copied, with everything that there is', () => {
  const trigger = { TriggerName: 'told', TriggerTargetArn: 'arn:aws:sns:eu-central-1:111122223333:told', TriggerEvents: ['DeploymentFailure'] };
  const more = { TargetGroups: undefined, LoadBalancers: ['classic'], ReadyWaitMinutes: '60', Originals: 'TERMINATE', TerminationWaitMinutes: '0', OutdatedInstances: 'IGNORE', TerminationHook: 'true', IgnorePollAlarmFailure: 'true', Triggers: [trigger], Adopt: 'true' };
  expect(keep(copied({ ...more, Alarms: undefined, RollbackEvents: [] }))).toEqual({
    kind: 'keep',
    group: FLEET,
    fleet: 'COPIED',
    autoScalingGroups: ['blue'],
    settings: {
      deploymentConfigName: 'CodeDeployDefault.HalfAtATime',
      serviceRoleArn: ROLE,
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: 60 },
        greenFleetProvisioningOption: { action: 'COPY_AUTO_SCALING_GROUP' },
        terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE', terminationWaitTimeInMinutes: 0 },
      },
      loadBalancerInfo: { elbInfoList: [{ name: 'classic' }] },
      alarmConfiguration: { enabled: false, ignorePollAlarmFailure: true, alarms: [] },
      autoRollbackConfiguration: { enabled: false },
      triggerConfigurations: [{ triggerName: 'told', triggerTargetArn: 'arn:aws:sns:eu-central-1:111122223333:told', triggerEvents: ['DeploymentFailure'] }],
      outdatedInstancesStrategy: 'IGNORE',
      terminationHookEnabled: true,
    },
    beginsAnew: true,
    leftOut: [],
    adopt: true,
  });
});

describe('an update', () => {
  const update = (now: object, before: object, more = {}) => serverGroupTask(groupRequest('Update', now, before, more)) as KeepTask;
  test.each<[string, KeepTask, Partial<KeepTask>]>([
    ['in place', update(alternating(), alternating({ Capacity: '4' })), { beginsAnew: false }],
    ['to another group', update(alternating({ DeploymentGroupName: 'new' }), alternating()), { beginsAnew: false, before: FLEET }],
    ['to another application', update(alternating({ ApplicationName: 'new' }), alternating()), { beginsAnew: false, before: FLEET }],
    ['to another group with another kind of fleet', update(alternating({ DeploymentGroupName: 'new' }), copied()), { beginsAnew: true }],
    ['in place with another kind of fleet', update(alternating(), copied()), { beginsAnew: false }],
    ['of what could not be named', update(alternating(), {}, { PhysicalResourceId: 'Fleet' }), { beginsAnew: false }],
    ['of what has a name of three parts', update(alternating(), alternating(), { PhysicalResourceId: 'a/b/c' }), { beginsAnew: false }],
  ])('%s', (_, task, expected) => {
    const { beginsAnew, before } = task;
    expect({ beginsAnew, ...(before === undefined ? {} : { before }) }).toEqual(expected);
  });
});

describe('a Delete', () => {
  test.each([
    ['of two groups that alternate', groupRequest('Delete'), { kind: 'remove', group: FLEET, copied: false, autoScalingGroups: ['blue', 'green'] }],
    ['of one that is copied', groupRequest('Delete', copied()), { kind: 'remove', group: FLEET, copied: true, autoScalingGroups: ['blue'] }],
    ['of odd properties', groupRequest('Delete', copied({ AutoScalingGroups: ['blue', 1] })), { kind: 'remove', group: FLEET, copied: true, autoScalingGroups: ['blue'] }],
    ['of no list', groupRequest('Delete', copied({ AutoScalingGroups: 'blue' })), { kind: 'remove', group: FLEET, copied: true, autoScalingGroups: [] }],
    ['of another group', groupRequest('Delete', alternating({ DeploymentGroupName: 'x' }), alternating()), { kind: 'nothing', why: 'this physical id is not of this deployment group' }],
    ['of another application', groupRequest('Delete', alternating({ ApplicationName: 'x' }), alternating()), { kind: 'nothing', why: 'this physical id is not of this deployment group' }],
    ['of what was never answered', groupRequest('Delete', alternating(), alternating(), { PhysicalResourceId: 'Shop-Fleet-1A2B3C' }), { kind: 'remove', group: FLEET, copied: false, autoScalingGroups: ['blue', 'green'] }],
    ['without an id', groupRequest('Delete', alternating(), alternating(), { PhysicalResourceId: undefined as never }), { kind: 'remove', group: FLEET, copied: false, autoScalingGroups: ['blue', 'green'] }],
    ['of no group', groupRequest('Delete', alternating({ DeploymentGroupName: ['fleet'] as never }), {}, { PhysicalResourceId: 'Fleet' }), { kind: 'nothing', why: 'this physical id is not of this deployment group' }],
    ['of no application', groupRequest('Delete', alternating({ ApplicationName: ['web'] as never }), {}, { PhysicalResourceId: 'Fleet' }), { kind: 'nothing', why: 'this physical id is not of this deployment group' }],
    ['of what could not be named', groupRequest('Delete', alternating({ DeploymentGroupName: '' }), {}, { PhysicalResourceId: 'Fleet' }), { kind: 'nothing', why: 'this physical id is not of this deployment group' }],
  ])('%s', (_, asked, expected) => {
    expect(serverGroupTask(asked)).toEqual(expected);
  });
});

const NAME = "must be 1 to 100 letters, digits and . _ - + = , @, got";
const list = (length: number): string[] => Array.from({ length }, (_, index) => `n${index}`);
const trigger = { TriggerName: 'a', TriggerTargetArn: 'b', TriggerEvents: ['c'] };

describe('properties that are wrong', () => {
  test.each<[object, string]>([
    [alternating({ ApplicationName: undefined }), `'ApplicationName' ${NAME} nothing`],
    [alternating({ ApplicationName: 'a/b' }), `'ApplicationName' ${NAME} "a/b"`],
    [alternating({ DeploymentGroupName: '' }), `'DeploymentGroupName' ${NAME} ""`],
    [alternating({ DeploymentGroupName: 'x'.repeat(101) }), `'DeploymentGroupName' ${NAME} "${'x'.repeat(101)}"`],
    [alternating({ DeploymentConfigName: ['x'] }), `'DeploymentConfigName' ${NAME} a list`],
    [alternating({ ServiceRoleArn: 'deploy' }), "'ServiceRoleArn' must be the ARN of a role, got \"deploy\""],
    [alternating({ ServiceRoleArn: `x${ROLE}` }), `'ServiceRoleArn' must be the ARN of a role, got "x${ROLE}"`],
    [alternating({ ServiceRoleArn: `${ROLE} x` }), `'ServiceRoleArn' must be the ARN of a role, got "${ROLE} x"`],
    [alternating({ ServiceRoleArn: 1 }), "'ServiceRoleArn' must be the ARN of a role, got number"],
    [alternating({ Fleet: 'BOTH' }), "'Fleet' must be ALTERNATING or COPIED, got \"BOTH\""],
    [alternating({ AutoScalingGroups: undefined }), "'AutoScalingGroups' must have two names where 'Fleet' is ALTERNATING, got 0"],
    [alternating({ AutoScalingGroups: ['a'] }), "'AutoScalingGroups' must have two names where 'Fleet' is ALTERNATING, got 1"],
    [alternating({ AutoScalingGroups: ['a', 'b', 'c'] }), "'AutoScalingGroups' may have 2 entries at most, got 3"],
    [alternating({ AutoScalingGroups: ['a', 'a'] }), "'AutoScalingGroups' must name each once, got \"a\" twice"],
    [alternating({ AutoScalingGroups: ['a', ''] }), "'AutoScalingGroups' must be a list of texts of 1 to 255 characters, got \"\""],
    [alternating({ AutoScalingGroups: ['a', 'x'.repeat(256)] }), `'AutoScalingGroups' must be a list of texts of 1 to 255 characters, got "${'x'.repeat(119)}…"`],
    [alternating({ AutoScalingGroups: ['a', {}] }), "'AutoScalingGroups' must be a list of texts of 1 to 255 characters, got object"],
    [alternating({ AutoScalingGroups: 'a' }), "'AutoScalingGroups' must be a list, got \"a\""],
    [copied({ AutoScalingGroups: ['a', 'b'] }), "'AutoScalingGroups' must have one name where 'Fleet' is COPIED, got 2"],
    [alternating({ Capacity: undefined }), "'Capacity' must be a whole number from 1 to 10000, got nothing"],
    [alternating({ Capacity: '0' }), "'Capacity' must be a whole number from 1 to 10000, got \"0\""],
    [alternating({ Capacity: '10001' }), "'Capacity' must be a whole number from 1 to 10000, got \"10001\""],
    [alternating({ Capacity: '1.5' }), "'Capacity' must be a whole number from 1 to 10000, got \"1.5\""],
    [alternating({ Capacity: '-1' }), "'Capacity' must be a whole number from 1 to 10000, got \"-1\""],
    [alternating({ Capacity: 3 }), "'Capacity' must be a whole number from 1 to 10000, got number"],
    [alternating({ TargetGroups: [] }), "'TargetGroups' or 'LoadBalancers' must have an entry, got none: blue/green moves traffic from one fleet to another"],
    [alternating({ TargetGroups: list(11) }), "'TargetGroups' may have 10 entries at most, got 11"],
    [alternating({ LoadBalancers: list(11) }), "'LoadBalancers' may have 10 entries at most, got 11"],
    [alternating({ ReadyWaitMinutes: '0' }), "'ReadyWaitMinutes' must be a whole number from 1 to 2880, got \"0\""],
    [alternating({ ReadyWaitMinutes: '2881' }), "'ReadyWaitMinutes' must be a whole number from 1 to 2880, got \"2881\""],
    [alternating({ Originals: 'TERMINATE', TerminationWaitMinutes: '5' }), "'Originals' must be KEEP_ALIVE where 'Fleet' is ALTERNATING, got \"TERMINATE\": CodeDeploy would delete an Auto Scaling group of the stack"],
    [alternating({ Originals: undefined }), "'Originals' must be KEEP_ALIVE or TERMINATE, got nothing"],
    [copied({ Originals: 'TERMINATE' }), "'TerminationWaitMinutes' must be a whole number from 0 to 2880, got nothing"],
    [copied({ Originals: 'TERMINATE', TerminationWaitMinutes: '2881' }), "'TerminationWaitMinutes' must be a whole number from 0 to 2880, got \"2881\""],
    [alternating({ OutdatedInstances: 'x' }), "'OutdatedInstances' must be UPDATE or IGNORE, got \"x\""],
    [alternating({ TerminationHook: true }), "'TerminationHook' must be true or false, got boolean"],
    [alternating({ IgnorePollAlarmFailure: 'yes' }), "'IgnorePollAlarmFailure' must be true or false, got \"yes\""],
    [alternating({ RollbackEvents: ['NEVER'] }), "'RollbackEvents' must be DEPLOYMENT_FAILURE or DEPLOYMENT_STOP_ON_ALARM or DEPLOYMENT_STOP_ON_REQUEST, got \"NEVER\""],
    [alternating({ RollbackEvents: list(4) }), "'RollbackEvents' may have 3 entries at most, got 4"],
    [alternating({ Alarms: list(51) }), "'Alarms' may have 50 entries at most, got 51"],
    [alternating({ Triggers: list(11) }), "'Triggers' may have 10 entries at most, got 11"],
    [alternating({ Triggers: [null] }), "'TriggerName' must be a text that is not empty, got nothing"],
    [alternating({ Triggers: [{ ...trigger, TriggerName: '' }] }), "'TriggerName' must be a text that is not empty, got \"\""],
    [alternating({ Triggers: [{ ...trigger, TriggerTargetArn: 1 }] }), "'TriggerTargetArn' must be a text that is not empty, got number"],
    [alternating({ Triggers: [{ ...trigger, TriggerEvents: list(21) }] }), "'TriggerEvents' may have 20 entries at most, got 21"],
    [alternating({ Adopt: 'false' }), "'Adopt' must be true, got \"false\""],
  ])('%#', (now, message) => {
    expect(() => keep(now)).toThrow(expect.objectContaining({ name: 'ConfigurationError', message }));
  });

  test.each([
    alternating({ ApplicationName: 'A.b_c-d+e=f,g@h', DeploymentGroupName: 'x'.repeat(100), Capacity: '1', ReadyWaitMinutes: '1' }),
    alternating({ AutoScalingGroups: ['x'.repeat(255), 'y'], Capacity: '10000', ReadyWaitMinutes: '2880', TargetGroups: list(10), LoadBalancers: list(10), Alarms: list(50) }),
    alternating({ RollbackEvents: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'], Triggers: list(10).map((TriggerName) => ({ ...trigger, TriggerName, TriggerEvents: list(20) })) }),
    copied({ Originals: 'TERMINATE', TerminationWaitMinutes: '2880', ServiceRoleArn: 'arn:aws-us-gov:iam::111122223333:role/path/deploy' }),
  ])('those at the edges are right: %#', (now) => {
    expect(keep(now).kind).toBe('keep');
  });
});

test.each<[unknown, readonly string[]]>([
  [['blue', 'green'], []],
  [['green', 'red', 7], ['red']],
  ['red', []],
  [undefined, []],
])('of the Auto Scaling groups of before, %j, it leaves out %j', (before, leftOut) => {
  expect(serverGroupTask(groupRequest('Update', alternating(), alternating({ AutoScalingGroups: before })))).toMatchObject({ leftOut });
});
