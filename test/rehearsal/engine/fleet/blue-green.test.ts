import { SERVER_HOOK_EVENTS } from '../../../../lib/model/lifecycle';
import type { FleetGroupModel } from '../../../../rehearsal/engine/fleet/fleet-group';
import { FleetStage, eventLines, instances, revision, type FleetStageOptions } from './fleet-stage';

const EXISTING: Partial<FleetGroupModel> = {
  loadBalancers: ['lb'],
  minimumHealthyHosts: { type: 'HOST_COUNT', value: 0 },
  rollbackEvents: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
  deployment: { type: 'BLUE_GREEN', provisioning: 'DISCOVER_EXISTING' },
};

const GREEN = { targetInstances: { autoScalingGroups: ['green'] } };

function stageOf(more: Partial<FleetGroupModel> = {}, options: FleetStageOptions = {}, replacements = 2): FleetStage {
  return new FleetStage([...instances(2), ...instances(replacements, { autoScalingGroup: 'green' }, 'g')], {
    initialRevision: revision('r0', SERVER_HOOK_EVENTS),
    ...options,
    group: { ...EXISTING, ...more },
  });
}

const registered = ({ fleet }: FleetStage): string => [...fleet.registered('lb')].map((index) => fleet.instance(index).id).join(' ');

describe('to instances that exist', () => {
  test('installs on the replacements, gives them the traffic, and takes it from the originals', () => {
    const stage = stageOf();
    const record = stage.deploy(revision('r1', SERVER_HOOK_EVENTS), GREEN);
    expect(record).toMatchObject({
      status: 'Succeeded',
      completeTime: 13_000,
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      deploymentOverview: { Succeeded: 4 },
      instanceTerminationWaitTimeStarted: false,
      traffic: [
        { at: 0, original: 100, replacement: 0 },
        { at: 9000, original: 50, replacement: 50 },
        { at: 11_000, original: 0, replacement: 100 },
      ],
    });
    expect(stage.targets(record.deploymentId).map(({ targetId, instanceLabel, releaseBefore, releaseAfter }) => `${targetId} ${instanceLabel}: ${releaseBefore} ${releaseAfter}`)).toEqual([
      'i-1 Blue: r0 r0',
      'i-2 Blue: r0 r0',
      'g-1 Green: undefined r1',
      'g-2 Green: undefined r1',
    ]);
    expect(eventLines(stage.deployments.target(record.deploymentId, 'g-1'))).toEqual([
      'ApplicationStop Succeeded 0-1000',
      'DownloadBundle Succeeded 1000-2000',
      'BeforeInstall Succeeded 2000-3000',
      'Install Succeeded 3000-4000',
      'AfterInstall Succeeded 4000-5000',
      'ApplicationStart Succeeded 5000-6000',
      'ValidateService Succeeded 6000-7000',
      'BeforeAllowTraffic Succeeded 7000-8000',
      'AllowTraffic Succeeded 8000-9000',
      'AfterAllowTraffic Succeeded 9000-10000',
    ]);
    expect(eventLines(stage.deployments.target(record.deploymentId, 'i-2'))).toEqual(['BeforeBlockTraffic Succeeded 10000-11000', 'BlockTraffic Succeeded 11000-12000', 'AfterBlockTraffic Succeeded 12000-13000']);
    expect(registered(stage)).toBe('g-1 g-2');
    expect(stage.scripts.filter((line) => line.startsWith('i-1') || line.includes('Stop'))).toEqual(['i-1 BeforeBlockTraffic of r0', 'i-1 AfterBlockTraffic of r0']);
  });

  test.each([
    [true, ['green'], ['g-1', 'g-2']],
    [false, ['asg'], ['i-1', 'i-2']],
  ])('whether the group follows what was discovered (%s) decides whose it is, and nothing deploys to the originals', (groupFollowsDiscovered, autoScalingGroups, own) => {
    const stage = stageOf({}, { fleet: { groupFollowsDiscovered } });
    stage.deploy('r1', GREEN);
    expect(stage.deployments.group.targets.autoScalingGroups).toEqual(autoScalingGroups);
    expect(stage.deployments.instances.map((index) => stage.fleet.instance(index).id)).toEqual(own);
    expect(stage.deployments.list().map(({ creator }) => creator)).toEqual(['user']);
    expect(registered(stage)).toBe('g-1 g-2');
  });

  test.each(['service', 'update'])('the next one goes back to those, which have become the others by the %s', (by) => {
    const stage = stageOf({}, { fleet: { groupFollowsDiscovered: by === 'service' } });
    stage.deploy('r1', GREEN);
    if (by === 'update') {
      stage.deployments.configure({ ...stage.deployments.group, targets: { autoScalingGroups: ['green'], ec2TagGroups: [], onPremisesTagGroups: [] } });
    }
    expect(stage.deployments.instances.map((index) => stage.fleet.instance(index).id)).toEqual(['g-1', 'g-2']);
    const { deploymentId } = stage.deploy('r2', { targetInstances: { autoScalingGroups: ['asg'] } });
    expect(stage.targets(deploymentId).map(({ targetId, instanceLabel }) => `${targetId} ${instanceLabel}`)).toEqual(['g-1 Blue', 'g-2 Blue', 'i-1 Green', 'i-2 Green']);
    expect(registered(stage)).toBe('i-1 i-2');
    expect(stage.installed()).toBe('r2 r2 r1 r1');
  });

  test('replacements may be named by tags', () => {
    const stage = new FleetStage([...instances(1), ...instances(1, { autoScalingGroup: undefined, tags: { Colour: 'green' } }, 'g')], { group: EXISTING });
    const { status } = stage.deploy('r1', { targetInstances: { ec2TagSet: [[{ key: 'Colour', value: 'green' }]] } });
    expect([status, registered(stage)]).toEqual(['Succeeded', 'g-1']);
  });

  test('reroutes in batches, and blocks all originals at the same time', () => {
    const stage = stageOf({ minimumHealthyHosts: { type: 'MOST_CONCURRENCY', value: 1 } });
    const record = stage.deploy('r1', GREEN);
    expect(record.traffic).toEqual([
      { at: 0, original: 100, replacement: 0 },
      { at: 16_000, original: 67, replacement: 33 },
      { at: 19_000, original: 50, replacement: 50 },
      { at: 21_000, original: 0, replacement: 100 },
    ]);
    expect(eventLines(stage.deployments.target(record.deploymentId, 'g-2')).slice(-3)).toEqual(['BeforeAllowTraffic Succeeded 17000-18000', 'AllowTraffic Succeeded 18000-19000', 'AfterAllowTraffic Succeeded 19000-20000']);
  });

  test('there are none', () => {
    const record = stageOf({}, {}, 0).deploy('r1', GREEN);
    expect(record).toMatchObject({ status: 'Failed', errorInformation: { code: 'NO_INSTANCES' } });
    expect(record.errorInformation?.message).toBe('The deployment failed because no instances were found for the replacement environment. Check targetInstances, and that its Auto Scaling group has instances.');
  });

  test('another number than that of the originals is allowed, or refused', () => {
    expect(stageOf({}, {}, 3).deploy('r1', GREEN).status).toBe('Succeeded');
    const refused = stageOf({}, { fleet: { unevenFleets: 'refused' } }, 3).deploy('r1', GREEN);
    expect(refused.errorInformation).toEqual({
      code: 'NO_INSTANCES',
      message: 'The deployment failed because the original environment has 2 instances and the replacement environment 3; both must have the same size.',
    });
    expect(stageOf({}, { fleet: { unevenFleets: 'refused' } }, 2).deploy('r1', GREEN).status).toBe('Succeeded');
  });

  test('more than are allowed', () => {
    expect(stageOf({ instancesPerDeployment: 2 }, {}, 3).deploy('r1', GREEN).errorInformation?.code).toBe('OVER_MAX_INSTANCES');
  });
});

describe('the ready wait', () => {
  const group: Partial<FleetGroupModel> = { deployment: { type: 'BLUE_GREEN', provisioning: 'DISCOVER_EXISTING', readyWaitMinutes: 30 } };

  test('holds the traffic until somebody continues', () => {
    const stage = stageOf(group);
    const id = stage.create('r1', GREEN);
    stage.scheduler.at(60_000, 'look', () => {
      expect(stage.deployments.get(id)).toMatchObject({ status: 'Ready', deploymentOverview: { Ready: 2, Pending: 2 } });
      expect(stage.statuses(id)).toEqual(['i-1 Pending', 'i-2 Pending', 'g-1 Ready', 'g-2 Ready']);
      expect(() => stage.deployments.continue(id, 'TERMINATION_WAIT')).toThrow('is not in its TERMINATION_WAIT; its status is Ready');
      stage.deployments.continue(id, 'READY_WAIT');
      expect(stage.deployments.get(id).status).toBe('InProgress');
    });
    stage.play();
    expect(stage.deployments.get(id)).toMatchObject({ status: 'Succeeded', completeTime: 66_000 });
  });

  test('that nobody ends stops it, and the originals keep the traffic', () => {
    const stage = stageOf(group);
    const record = stage.deploy('r1', GREEN);
    expect(record).toMatchObject({
      status: 'Stopped',
      completeTime: 1_807_000,
      errorInformation: { code: 'TIMEOUT', message: 'The deployment timed out while waiting for a notification to continue. This time out period is 30 minutes.' },
      deploymentOverview: { Skipped: 4 },
    });
    expect(stage.rollbackOf(record)).toMatchObject({ status: 'Succeeded', creator: 'codeDeployRollback' });
    expect(registered(stage)).toBe('i-1 i-2');
  });

  test('can be stopped, and rolled back: originals allow traffic again, replacements block it, and nothing is installed', () => {
    const stage = stageOf(group);
    const id = stage.create(revision('r1', SERVER_HOOK_EVENTS), GREEN);
    stage.scheduler.at(60_000, 'stop', () => {
      expect(stage.deployments.stop(id).status).toBe('Succeeded');
      stage.scripts.length = 0;
    });
    stage.play();
    const rollback = stage.rollbackOf(stage.deployments.get(id));
    expect(rollback).toMatchObject({ status: 'Succeeded', release: 'r0', deploymentOverview: { Succeeded: 4 } });
    expect(stage.targets(rollback.deploymentId).map(({ targetId, lifecycleEvents }) => `${targetId}: ${lifecycleEvents.map(({ lifecycleEventName }) => lifecycleEventName).join(' ')}`)).toEqual([
      'i-1: BeforeAllowTraffic AllowTraffic AfterAllowTraffic',
      'i-2: BeforeAllowTraffic AllowTraffic AfterAllowTraffic',
      'g-1: BeforeBlockTraffic BlockTraffic AfterBlockTraffic',
      'g-2: BeforeBlockTraffic BlockTraffic AfterBlockTraffic',
    ]);
    expect(stage.scripts).toEqual([
      'i-1 BeforeAllowTraffic of r0',
      'i-2 BeforeAllowTraffic of r0',
      'i-1 AfterAllowTraffic of r0',
      'i-2 AfterAllowTraffic of r0',
      'g-1 BeforeBlockTraffic of r1',
      'g-2 BeforeBlockTraffic of r1',
      'g-1 AfterBlockTraffic of r1',
      'g-2 AfterBlockTraffic of r1',
    ]);
    expect(stage.installed()).toBe('r0 r0 r1 r1');
  });

  test('is not continued by the wrong wait, nor twice, nor when it is stopped', () => {
    const stage = stageOf(group);
    const id = stage.create('r1', GREEN);
    expect(() => stage.deployments.continue(id)).toThrow('is not in its READY_WAIT; its status is Created');
    stage.scheduler.at(60_000, 'continue', () => {
      stage.deployments.continue(id);
      expect(() => stage.deployments.continue(id)).toThrow('is not in its READY_WAIT; its status is InProgress');
    });
    stage.play();
    expect(() => stage.deployments.continue(id)).toThrow('is already Succeeded and cannot be continued');
  });
});

describe('the termination wait', () => {
  const group: Partial<FleetGroupModel> = { alarmNames: ['errors'], deployment: { type: 'BLUE_GREEN', provisioning: 'DISCOVER_EXISTING', terminationWaitMinutes: 60 } };

  test('ends the originals', () => {
    const stage = stageOf(group, { fleet: { terminateMs: 5000 } });
    stage.alarms.errors = 'OK';
    const id = stage.create('r1', GREEN);
    stage.scheduler.at(100_000, 'look', () => expect(stage.deployments.get(id)).toMatchObject({ status: 'InProgress', instanceTerminationWaitTimeStarted: true }));
    stage.play();
    expect(stage.deployments.get(id)).toMatchObject({ status: 'Succeeded', completeTime: 13_000 + 3_600_000 + 5000 });
    expect(stage.fleet.instances.map(({ id: name, state }) => `${name} ${state}`)).toEqual(['i-1 terminated', 'i-2 terminated', 'g-1 inService', 'g-2 inService']);
  });

  test('can be cut', () => {
    const stage = stageOf(group, { fleet: { terminateMs: 5000 } });
    stage.alarms.errors = 'OK';
    const id = stage.create('r1', GREEN);
    stage.scheduler.at(100_000, 'continue', () => stage.deployments.continue(id, 'TERMINATION_WAIT'));
    stage.play();
    expect(stage.deployments.get(id)).toMatchObject({ status: 'Succeeded', completeTime: 105_000 });
  });

  test('an alarm in it gives the originals their traffic again', () => {
    const stage = stageOf(group);
    stage.alarms.errors = 'OK';
    stage.scheduler.at(100_000, 'red', () => (stage.alarms.errors = 'ALARM'));
    const record = stage.deploy('r1', GREEN);
    expect(record).toMatchObject({ status: 'Stopped', errorInformation: { code: 'ALARM_ACTIVE' } });
    const rollback = stage.rollbackOf(record);
    expect(rollback).toMatchObject({ status: 'Succeeded' });
    expect(rollback.traffic.map(({ original, replacement }) => `${original}/${replacement}`)).toEqual(['0/100', '50/50', '100/0']);
    expect(registered(stage)).toBe('i-1 i-2');
    expect(stage.deployments.instances.map((index) => stage.fleet.instance(index).id)).toEqual(['i-1', 'i-2']);
  });
});

describe('what goes wrong', () => {
  test('an installation that fails leaves the traffic with the originals', () => {
    const stage = stageOf({}, { faults: [{ kind: 'scriptFails', event: 'ValidateService', instances: {} }] });
    const record = stage.deploy(revision('r1', ['ValidateService']), GREEN);
    expect(record).toMatchObject({ status: 'Failed', errorInformation: { code: 'HEALTH_CONSTRAINTS' }, deploymentOverview: { Failed: 2, Skipped: 2 } });
    expect(stage.rollbackOf(record).status).toBe('Succeeded');
    expect(registered(stage)).toBe('i-1 i-2');
  });

  test('a replacement whose installation failed gets no traffic', () => {
    const stage = stageOf({}, { faults: [{ kind: 'scriptFails', event: 'ValidateService', instances: { ids: ['g-1'] } }] });
    const record = stage.deploy(revision('r1', ['ValidateService']), GREEN);
    expect(record).toMatchObject({ status: 'Succeeded', deploymentOverview: { Succeeded: 3, Failed: 1 } });
    expect(registered(stage)).toBe('g-2');
    expect(eventLines(stage.deployments.target(record.deploymentId, 'g-1')).slice(-4)).toEqual(['ValidateService Failed 6000-7000', 'BeforeAllowTraffic Skipped', 'AllowTraffic Skipped', 'AfterAllowTraffic Skipped']);
  });

  test('with a minimum of as many as are left they are rerouted one at a time, and none may fail', () => {
    const minimumHealthyHosts = { type: 'HOST_COUNT', value: 2 } as const;
    const installation = { kind: 'scriptFails', event: 'ValidateService', instances: { ids: ['g-3'] } } as const;
    const good = stageOf({ minimumHealthyHosts }, { faults: [installation] }, 3).deploy(revision('r1', ['ValidateService']), GREEN);
    expect(good.status).toBe('Succeeded');
    const bad = stageOf({ minimumHealthyHosts }, { faults: [installation, { kind: 'unhealthy', instances: { ids: ['g-2'] } }] }, 3).deploy(revision('r1', ['ValidateService']), GREEN);
    expect(bad).toMatchObject({ status: 'Failed', errorInformation: { code: 'HEALTH_CONSTRAINTS' } });
  });

  test('an original that does not let go of its traffic fails the deployment', () => {
    const stage = stageOf({ rollbackEvents: [] }, { faults: [{ kind: 'scriptFails', event: 'AfterBlockTraffic', instances: { ids: ['i-1'] } }] });
    const record = stage.deploy('r1', GREEN);
    expect(record).toMatchObject({
      status: 'Failed',
      errorInformation: { code: 'ELB_INVALID_INSTANCE', message: 'The deployment failed because 1 instances of the original environment could not be deregistered from the load balancer.' },
      deploymentOverview: { Succeeded: 3, Failed: 1 },
    });
  });

  test.each([
    ['kept', 'inService'],
    ['terminated', 'terminated'],
  ] as const)('replacements are %s after the rollback', (replacementsAfterRollback, state) => {
    const stage = stageOf({}, { fleet: { replacementsAfterRollback }, faults: [{ kind: 'scriptFails', event: 'ValidateService', instances: {} }] });
    stage.deploy(revision('r1', ['ValidateService']), GREEN);
    expect(stage.fleet.instances.map((instance) => instance.state)).toEqual(['inService', 'inService', state, state]);
  });

  test('a rollback fails where an original does not come back', () => {
    const stage = stageOf(
      {},
      {
        faults: [
          { kind: 'scriptFails', event: 'AfterAllowTraffic', release: 'r1', instances: { ids: ['g-1', 'g-2'] } },
          { kind: 'scriptFails', event: 'BeforeAllowTraffic', release: 'r0', instances: { ids: ['i-1'] } },
        ],
      },
    );
    const rollback = stage.rollbackOf(stage.deploy(revision('r1', SERVER_HOOK_EVENTS), GREEN));
    expect(rollback).toMatchObject({ status: 'Failed', errorInformation: { code: 'HEALTH_CONSTRAINTS' }, deploymentOverview: { Failed: 1, Succeeded: 1, Skipped: 2 } });
  });
});

describe('a copied Auto Scaling group', () => {
  const group: Partial<FleetGroupModel> = { deployment: { type: 'BLUE_GREEN', provisioning: 'COPY_AUTO_SCALING_GROUP', terminationWaitMinutes: 0 } };

  test('has as many instances as are healthy, in their zones, and is the next original', () => {
    const stage = new FleetStage([...instances(1), ...instances(2, { zone: 'b', tags: { Name: 'web' } }, 'b')], {
      group: { ...EXISTING, ...group },
      fleet: { provisionMs: 90_000 },
      initialRevision: revision('r0'),
    });
    stage.fleet.lose(0);
    const { deploymentId, status, completeTime } = stage.deploy();
    expect([status, completeTime]).toEqual(['Failed', 400_000]);
    // The original that is lost could not run its scripts, so that it did not let go of its traffic.
    expect(stage.deployments.get(deploymentId).errorInformation?.code).toBe('ELB_INVALID_INSTANCE');

    const healthy = new FleetStage(instances(2, { zone: 'b', tags: { Name: 'web' } }), { group: { ...EXISTING, ...group }, fleet: { provisionMs: 90_000, terminateMs: 0 }, initialRevision: revision('r0') });
    const first = healthy.deploy();
    expect(first).toMatchObject({ status: 'Succeeded', completeTime: 103_000 });
    const name = `CodeDeploy_web_${first.deploymentId}`;
    const copies = healthy.fleet.instances.slice(2);
    expect(copies).toMatchObject([
      { zone: 'b', autoScalingGroup: name, tags: { Name: 'web', 'aws:autoscaling:groupName': name }, state: 'inService' },
      { zone: 'b', autoScalingGroup: name },
    ]);
    expect(copies.map(({ id }) => id).every((id) => /^i-[0-9a-f]{17}$/.test(id))).toBe(true);
    expect(new Set(copies.map(({ id }) => id)).size).toBe(2);
    const second = healthy.deploy('r2');
    expect(healthy.targets(second.deploymentId).filter(({ instanceLabel }) => instanceLabel === 'Blue').map(({ targetId }) => targetId)).toEqual(copies.map(({ id }) => id));
    expect(healthy.fleet.instances.filter(({ state }) => state === 'inService')).toHaveLength(2);
  });

  test('is not made of nothing', () => {
    const stage = new FleetStage([], { group: { ...EXISTING, ...group } });
    expect(stage.deploy()).toMatchObject({ status: 'Failed', errorInformation: { code: 'NO_INSTANCES' } });
  });
});
