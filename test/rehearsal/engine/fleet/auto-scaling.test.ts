import { AutoScaling } from '../../../../rehearsal/engine/fleet/auto-scaling';
import { Fleet } from '../../../../rehearsal/engine/fleet/fleet';
import { seededRandom } from '../../../../rehearsal/engine/random';
import { EventScheduler } from '../../../../rehearsal/engine/scheduler';
import { FleetStage, instances, revision } from './fleet-stage';

const WEB = { name: 'web', min: 1, max: 4, zones: ['us-east-1a', 'us-east-1b'], tags: { role: 'web' } };

function world(count = 2) {
  const scheduler = new EventScheduler();
  const fleet = new Fleet(instances(count, { autoScalingGroup: 'web', zone: 'us-east-1a' }));
  const scaling = new AutoScaling({ fleet, scheduler, random: seededRandom(1), launchMs: 60_000, terminateMs: 5000 });
  scaling.add(WEB);
  return { scheduler, fleet, scaling };
}

const states = (scaling: AutoScaling): string => scaling.fleet.instances.map(({ zone, state }) => `${zone.slice(-1)} ${state}`).join(', ');

const play = (scheduler: EventScheduler): void => {
  while (scheduler.runNext()) {
    // time passes
  }
};

test('a group wants what it has, and its limits make room for it', () => {
  const { scaling } = world(6);
  expect(scaling.groups).toEqual([{ ...WEB, max: 6, desired: 6, createdAt: 0, leaving: false }]);
  expect(world(0).scaling.find('web')).toMatchObject({ min: 0, max: 4, desired: 0 });
});

test('scaled up, it launches into the emptiest zones, and they are in service when they have booted', () => {
  const { scheduler, scaling } = world();
  scaling.setDesired('web', 4);
  expect(states(scaling)).toBe('a inService, a inService, b pending, b pending');
  expect(scaling.inService('web')).toBe(2);
  expect(scaling.fleet.instance(2)).toMatchObject({ autoScalingGroup: 'web', platform: 'ec2', tags: { role: 'web', 'aws:autoscaling:groupName': 'web' }, id: expect.stringMatching(/^i-[0-9a-f]{17}$/) });
  expect(scheduler.nextAt()).toBe(60_000);
  play(scheduler);
  expect(scaling.inService('web')).toBe(4);
});

test('scaled down, it ends the oldest ones; those that boot are gone at once', () => {
  const { scheduler, scaling } = world();
  scaling.setDesired('web', 4);
  scaling.setDesired('web', 1);
  expect(states(scaling)).toBe('a terminated, a terminated, b terminated, b pending');
  play(scheduler);
  expect(states(scaling)).toBe('a terminated, a terminated, b terminated, b inService');
});

test('what waits for its termination deployment is not ended twice, and is made up for', () => {
  const stage = new FleetStage(instances(2), { group: { terminationHook: true }, initialRevision: revision('r0') });
  const scaling = new AutoScaling({ fleet: stage.fleet, scheduler: stage.scheduler, random: seededRandom(1), launchMs: 0, terminateMs: 0 });
  scaling.add({ ...WEB, name: 'asg' });
  scaling.setDesired('asg', 1);
  scaling.setDesired('asg', 1);
  expect(stage.fleet.instances.map(({ state }) => state)).toEqual(['terminating', 'inService']);
  scaling.setDesired('asg', 2);
  expect(stage.fleet.instances.map(({ state }) => state)).toEqual(['terminating', 'inService', 'pending']);
  expect(scaling.instances('asg')).toHaveLength(3);
});

test('a launch is Pending, and waits for the deployments that hook it', () => {
  const stage = new FleetStage(instances(1), { initialRevision: revision('r0') });
  const scaling = new AutoScaling({ fleet: stage.fleet, scheduler: stage.scheduler, random: seededRandom(1), launchMs: 60_000, terminateMs: 0 });
  scaling.add({ ...WEB, name: 'asg' });
  scaling.setDesired('asg', 2);
  expect(stage.fleet.isWaiting(1)).toBe(false);
  stage.scheduler.runNext();
  expect([stage.fleet.isWaiting(1), stage.deployments.list()[0]?.creator]).toEqual([true, 'autoscaling']);
  stage.play();
  expect([stage.fleet.isWaiting(1), stage.fleet.instance(1).state]).toEqual([false, 'inService']);
});

test.each([
  [5, 'New SetDesiredCapacity value 5 is above max value 4 for the AutoScalingGroup.'],
  [0, 'New SetDesiredCapacity value 0 is below min value 1 for the AutoScalingGroup.'],
])('%d instances are outside the limits', (desired, message) => {
  const { scaling } = world();
  expect(() => scaling.setDesired('web', desired)).toThrow(expect.objectContaining({ code: 'ValidationError', message }));
});

test.each([1, 4])('%d instances are inside the limits', (desired) => {
  const { scaling } = world();
  scaling.setDesired('web', desired);
  expect(scaling.find('web')?.desired).toBe(desired);
});

test.each([
  [{ max: 6, desired: 6 }, { min: 1, max: 6, desired: 6 }],
  [{ min: 3 }, { min: 3, max: 4, desired: 3 }],
  [{ max: 1 }, { min: 1, max: 1, desired: 1 }],
  [{ min: 0, max: 0, desired: 0 }, { min: 0, max: 0, desired: 0 }],
  [{}, { min: 1, max: 4, desired: 2 }],
])('an update to %j moves the number into the limits', (sizes, expected) => {
  const { scaling } = world();
  scaling.update('web', sizes);
  expect(scaling.find('web')).toMatchObject(expected);
});

test.each([
  [{ desired: 5 }, 'Desired capacity:5 must be between the specified min size:1 and max size:4'],
  [{ desired: 0 }, 'Desired capacity:0 must be between the specified min size:1 and max size:4'],
  [{ min: 5 }, 'Max bound, 4, must be greater than or equal to min bound, 5'],
])('an update to %j is refused', (sizes, message) => {
  const { scaling } = world();
  expect(() => scaling.update('web', sizes)).toThrow(expect.objectContaining({ code: 'ValidationError', message }));
  expect(scaling.find('web')).toMatchObject({ min: 1, max: 4, desired: 2 });
});

describe('deleted', () => {
  test('it must be empty', () => {
    const { scaling } = world();
    expect(() => scaling.delete('web', false)).toThrow(
      expect.objectContaining({ code: 'ResourceInUse', message: 'You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.' }),
    );
    expect(scaling.find('web')?.leaving).toBe(false);
    const empty = world(0).scaling;
    empty.delete('web', false);
    expect(empty.groups).toEqual([]);
  });

  test('or is forced, and is there until its instances have ended', () => {
    const { scheduler, scaling } = world();
    scaling.delete('web', true);
    expect(scaling.find('web')).toMatchObject({ leaving: true, desired: 0 });
    expect(() => scaling.setDesired('web', 1)).toThrow('AutoScalingGroup web is pending delete');
    scaling.delete('web', true);
    play(scheduler);
    expect(scaling.groups).toEqual([]);
    expect(states(scaling)).toBe('a terminated, a terminated');
  });

  test('a group that is not there is a ValidationError', () => {
    const { scaling } = world();
    const expected = expect.objectContaining({ code: 'ValidationError', message: 'AutoScalingGroup name not found - AutoScalingGroup other not found' });
    expect(() => scaling.delete('other', true)).toThrow(expected);
    expect(() => scaling.setDesired('other', 1)).toThrow(expected);
    expect(() => scaling.update('other', {})).toThrow(expected);
  });
});

test('what somebody launches or ends moves number and limits', () => {
  const { scaling } = world(4);
  scaling.launch('web', 'us-east-1c');
  expect(scaling.find('web')).toMatchObject({ desired: 5, max: 5 });
  expect(scaling.fleet.instance(4)).toMatchObject({ zone: 'us-east-1c', state: 'inService' });
  for (let ended = 0; ended < 5; ended++) {
    scaling.scaleIn(scaling.instances('web')[0]!);
  }
  expect(scaling.find('web')).toMatchObject({ desired: 0, min: 0 });
});

describe('the copy that a deployment makes', () => {
  const group = { loadBalancers: ['lb'], deployment: { type: 'BLUE_GREEN', provisioning: 'COPY_AUTO_SCALING_GROUP' } } as const;

  function copied(more: object) {
    const fleet = new Fleet(instances(2));
    const scheduler = new EventScheduler();
    const autoScaling = new AutoScaling({ fleet, scheduler, random: seededRandom(1), launchMs: 0, terminateMs: 0 });
    autoScaling.add({ ...WEB, name: 'asg' });
    const stage = new FleetStage([], { group: { ...group, deployment: { ...group.deployment, ...more } }, initialRevision: revision('r0'), autoScaling, scheduler });
    const { deploymentId } = stage.deploy();
    return { autoScaling, stage, name: `CodeDeploy_web_${deploymentId}` };
  }

  test('is a group of its own, beside the one that is kept', () => {
    const { autoScaling, stage, name } = copied({});
    expect(autoScaling.groups.map(({ name: each, desired, min, max }) => [each, desired, min, max])).toEqual([[name, 2, 1, 4], ['asg', 2, 1, 4]]);
    expect(stage.deployments.group.targets.autoScalingGroups).toEqual([name]);
  });

  test('takes the place of the one whose originals are ended', () => {
    const { autoScaling, name } = copied({ terminationWaitMinutes: 0 });
    expect(autoScaling.groups.map(({ name: each }) => each)).toEqual([name]);
  });
});

test('it tells since when it is to have how many: of several at a moment the last one, and nothing where the number stays', () => {
  const { scheduler, scaling } = world();
  scaling.setDesired('web', 3);
  scaling.setDesired('web', 4);
  scheduler.after(1000, 'same again', () => scaling.setDesired('web', 4));
  scheduler.after(2000, 'in', () => scaling.scaleIn(scaling.instances('web')[0]!));
  scheduler.after(3000, 'out', () => scaling.launch('web'));
  scheduler.after(4000, 'gone', () => scaling.delete('web', true));
  play(scheduler);
  expect(scaling.desiredOf('web')).toEqual([
    { at: 0, desired: 2 },
    { at: 0, desired: 4 },
    { at: 2000, desired: 3 },
    { at: 3000, desired: 4 },
    { at: 4000, desired: 0 },
  ]);
  expect(scaling.desiredOf('other')).toEqual([]);
});

test('a number that is taken back at the same moment never was', () => {
  const { scheduler, scaling } = world();
  scheduler.after(1000, 'up and down', () => [4, 2].forEach((desired) => scaling.setDesired('web', desired)));
  play(scheduler);
  expect(scaling.desiredOf('web')).toEqual([{ at: 0, desired: 2 }]);
});
