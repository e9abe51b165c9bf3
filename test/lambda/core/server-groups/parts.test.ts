/** Marks, which fleet serves, and whether a group is as it is wanted. */
import { markOf } from '../../../../lambda/core/deployment/mark';
import { groupArn, groupIn, idOf, isOurs, tagsOf } from '../../../../lambda/core/server-groups/marks';
import type { KeepTask } from '../../../../lambda/core/server-groups/request';
import { serverGroupTask } from '../../../../lambda/core/server-groups/request';
import { deploymentOfCopy, fullest, isCopy, servingOf } from '../../../../lambda/core/server-groups/serving';
import { isSame } from '../../../../lambda/core/server-groups/settings';
import { alternating, copied, FLEET, FLEET_ARN, groupRequest } from '../../support/server-groups';

describe('marks', () => {
  const asked = groupRequest('Create');
  test('are a digest of stack and resource, whatever the request', () => {
    expect(tagsOf(asked)).toEqual({ 'cdk-greenlight:resource': markOf(asked).resource });
    expect(isOurs(tagsOf(groupRequest('Delete', {}, {}, { RequestId: 'request-2' })), asked)).toBe(true);
  });

  test.each([[{}], [{ 'cdk-greenlight:resource': '0123456789abcdef' }], [tagsOf(groupRequest('Create', {}, {}, { LogicalResourceId: 'Other' }))]])('of another are not ours: %j', (tags) => {
    expect(isOurs(tags, asked)).toBe(false);
  });

  test('are on the ARN of the group', () => {
    expect(groupArn(asked, FLEET)).toBe(FLEET_ARN);
    expect(groupArn({ ...asked, StackId: 'arn:aws-cn:cloudformation:cn-north-1:444455556666:stack/a/b' }, FLEET)).toBe('arn:aws-cn:codedeploy:cn-north-1:444455556666:deploymentgroup:web/fleet');
  });

  test.each([
    ['web/fleet', FLEET],
    ['web', undefined],
    ['/fleet', undefined],
    ['web/', undefined],
    ['web/fleet/segment-2', undefined],
    [undefined, undefined],
  ])('%s names the group %j', (id, group) => {
    expect(groupIn(id)).toEqual(group);
  });

  test('an id is told from its group', () => {
    expect(idOf(FLEET)).toBe('web/fleet');
  });
});

describe('copies', () => {
  test.each([
    ['CodeDeploy_fleet_d-ABC123DEF', 'd-ABC123DEF', true],
    ['CodeDeploy_fleet_2_d-ABC123DEF', undefined, true],
    ['CodeDeploy_fleet_', undefined, false],
    ['CodeDeploy_fleet_d-', undefined, false],
    ['CodeDeploy_fleet_d-ABC_x', undefined, false],
    ['CodeDeploy_fleets_d-ABC', undefined, true],
    ['xCodeDeploy_fleet_d-ABC', undefined, false],
    ['CodeDeploy_fleet_d-1_d-ABC', undefined, true],
    ['blue', undefined, false],
  ])('%s', (name, id, copy) => {
    expect([deploymentOfCopy(name, 'fleet'), isCopy(name)]).toEqual([id, copy]);
  });
});

describe('what serves', () => {
  const COPY = 'CodeDeploy_fleet_d-1';
  test.each<[Parameters<typeof servingOf>[0], string | undefined]>([
    [{ fleet: 'ALTERNATING', autoScalingGroups: ['blue', 'green'], named: ['green'] }, 'green'],
    [{ fleet: 'ALTERNATING', autoScalingGroups: ['blue', 'green'], named: ['blue'] }, 'blue'],
    [{ fleet: 'ALTERNATING', autoScalingGroups: ['green', 'red'], named: ['blue'] }, 'green'],
    [{ fleet: 'ALTERNATING', autoScalingGroups: ['blue', 'green'], named: [COPY] }, 'blue'],
    [{ fleet: 'ALTERNATING', autoScalingGroups: ['blue', 'green'], named: [] }, undefined],
    [{ fleet: 'COPIED', autoScalingGroups: ['blue'], named: [COPY] }, COPY],
    [{ fleet: 'COPIED', autoScalingGroups: ['blue'], named: ['CodeDeploy_old_d-1'] }, 'CodeDeploy_old_d-1'],
    [{ fleet: 'COPIED', autoScalingGroups: ['blue'], named: ['red'] }, 'blue'],
    [{ fleet: 'COPIED', autoScalingGroups: ['blue'], named: [] }, undefined],
  ])('%j', (serving, name) => {
    expect(servingOf(serving)).toBe(name);
  });

  const facts = (name: string, desired: number) => ({ name, desired, min: 0, max: 9, inService: 0, instances: 0 });
  test.each([
    [[facts('blue', 1), facts('green', 2)], 'green'],
    [[facts('blue', 2), facts('green', 2)], 'blue'],
    [[facts('green', 1)], 'green'],
    [[], 'blue'],
  ])('the fullest of %j', (groups, name) => {
    expect(fullest(['blue', 'green'], groups)).toBe(name);
  });
});

describe('a group', () => {
  const wanted = { ...(serverGroupTask(groupRequest('Create')) as KeepTask).settings, autoScalingGroups: ['blue'] };
  const ready = (actionOnTimeout: string, more: object) => ({ ...wanted, blueGreenDeploymentConfiguration: { ...wanted.blueGreenDeploymentConfiguration, deploymentReadyOption: { actionOnTimeout, ...more } } });

  test.each<[string, object, boolean]>([
    ['as it was said', wanted, true],
    ['in another order', { ...Object.fromEntries(Object.entries(wanted).reverse()), alarmConfiguration: { alarms: [{ name: 'errors' }, { name: 'verdict' }], enabled: true } }, true],
    ['with what is empty', { ...wanted, triggerConfigurations: undefined, loadBalancerInfo: { targetGroupInfoList: [{ name: 'web-targets' }], elbInfoList: [], targetGroupPairInfoList: null } }, true],
    ['with a wait of nought', ready('CONTINUE_DEPLOYMENT', { waitTimeInMinutes: 0 }), true],
    ['with a wait', ready('CONTINUE_DEPLOYMENT', { waitTimeInMinutes: 1 }), false],
    ['that stops', ready('STOP_DEPLOYMENT', {}), false],
    ['with another Auto Scaling group', { ...wanted, autoScalingGroups: ['green'] }, false],
    ['with one more', { ...wanted, autoScalingGroups: ['blue', 'green'] }, false],
    ['with none', { ...wanted, autoScalingGroups: [] }, false],
    ['with a hook', { ...wanted, terminationHookEnabled: true }, false],
    ['of which nothing is told', {}, false],
  ])('%s', (_, told, same) => {
    expect(isSame(told, wanted)).toBe(same);
  });

  test('without alarms and rollback is the same as one of which none are told', () => {
    const bare = (serverGroupTask(groupRequest('Create', copied({ Alarms: [], RollbackEvents: [] }))) as KeepTask).settings;
    const told = { ...bare, alarmConfiguration: undefined, autoRollbackConfiguration: undefined, triggerConfigurations: undefined };
    expect(isSame({ ...told, autoScalingGroups: ['blue'] }, { ...bare, autoScalingGroups: ['blue'] })).toBe(true);
    expect(isSame({ ...told, autoScalingGroups: ['blue'], alarmConfiguration: { enabled: true } }, { ...bare, autoScalingGroups: ['blue'] })).toBe(false);
  });
});

test('a wish is the same for whoever asks', () => {
  expect((serverGroupTask(groupRequest('Create', alternating())) as KeepTask).settings).toEqual((serverGroupTask(groupRequest('Update', alternating())) as KeepTask).settings);
});
