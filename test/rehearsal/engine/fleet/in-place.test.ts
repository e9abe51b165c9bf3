import { SERVER_HOOK_EVENTS } from '../../../../lib/model/lifecycle';
import { FleetStage, eventLines, instances, revision, script } from './fleet-stage';

const TOO_MANY_FAILED = {
  code: 'HEALTH_CONSTRAINTS',
  message:
    'The overall deployment failed because too many individual instances failed deployment, too few healthy instances are available for deployment, ' +
    'or some instances in your deployment group are experiencing problems.',
};

describe('a good release', () => {
  test('goes to one instance after the other, with thirteen events each behind a load balancer', () => {
    const stage = new FleetStage(instances(2), { group: { loadBalancers: ['lb'] }, initialRevision: revision('r0') });
    const id = stage.create(revision('r1', SERVER_HOOK_EVENTS));
    expect(stage.deployments.get(id)).toMatchObject({ status: 'Created', deploymentOverview: { Pending: 0 } });
    stage.play();

    const record = stage.deployments.get(id);
    expect(record).toMatchObject({
      applicationName: 'shop',
      deploymentGroupName: 'web',
      deploymentConfigName: 'CodeDeployDefault.OneAtATime',
      status: 'Succeeded',
      creator: 'user',
      computePlatform: 'Server',
      createTime: 0,
      startTime: 0,
      completeTime: 26_000,
      release: 'r1',
      revision: { revisionType: 'S3', s3Location: { key: 'r1' } },
      previousRevision: { revisionType: 'S3', s3Location: { key: 'r0' } },
      deploymentOverview: { Pending: 0, InProgress: 0, Succeeded: 2, Failed: 0, Skipped: 0, Ready: 0 },
      deploymentStyle: { deploymentType: 'IN_PLACE', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      fileExistsBehavior: 'DISALLOW',
      mostAtATime: 1,
      traffic: [],
    });
    expect(id).toMatch(/^d-[A-Z0-9]{9}$/);
    expect(stage.times(id)).toEqual(['i-1 0-13', 'i-2 13-26']);
    expect(stage.deployments.target(id, 'i-1')).toMatchObject({
      deploymentId: id,
      targetArn: 'arn:aws:ec2:eu-central-1:111122223333:instance/i-1',
      status: 'Succeeded',
      lastUpdatedAt: 13_000,
      zone: 'a',
      releaseBefore: 'r0',
      releaseAfter: 'r1',
    });
    expect(eventLines(stage.deployments.target(id, 'i-2'))).toEqual([
      'BeforeBlockTraffic Succeeded 13000-14000',
      'BlockTraffic Succeeded 14000-15000',
      'AfterBlockTraffic Succeeded 15000-16000',
      'ApplicationStop Succeeded 16000-17000',
      'DownloadBundle Succeeded 17000-18000',
      'BeforeInstall Succeeded 18000-19000',
      'Install Succeeded 19000-20000',
      'AfterInstall Succeeded 20000-21000',
      'ApplicationStart Succeeded 21000-22000',
      'ValidateService Succeeded 22000-23000',
      'BeforeAllowTraffic Succeeded 23000-24000',
      'AllowTraffic Succeeded 24000-25000',
      'AfterAllowTraffic Succeeded 25000-26000',
    ]);
    expect(stage.deployments.releasedRevision?.release).toBe('r1');
  });

  test('has seven events without a load balancer, and gaps in which the agent does not ask', () => {
    const stage = new FleetStage(instances(1), { fleet: { commandGapMs: 500 } });
    const { deploymentId, deploymentStyle } = stage.deploy();
    expect(deploymentStyle.deploymentOption).toBe('WITHOUT_TRAFFIC_CONTROL');
    expect(eventLines(stage.targets(deploymentId)[0])).toEqual([
      'ApplicationStop Succeeded 0-1000',
      'DownloadBundle Succeeded 1500-2500',
      'BeforeInstall Succeeded 3000-4000',
      'Install Succeeded 4500-5500',
      'AfterInstall Succeeded 6000-7000',
      'ApplicationStart Succeeded 7500-8500',
      'ValidateService Succeeded 9000-10000',
    ]);
  });

  test('takes an instance from the load balancer, and gives it back', () => {
    const stage = new FleetStage(instances(2), { group: { loadBalancers: ['lb', 'classic'] } });
    stage.create();
    const seen: string[] = [];
    [500, 1500, 10_500, 12_500].forEach((at) =>
      stage.scheduler.at(at, 'look', () => seen.push(`${at}: ${[...stage.fleet.registered('lb')].join(' ')} | ${[...stage.fleet.registered('classic')].join(' ')}`)),
    );
    stage.play();
    expect(seen).toEqual(['500: 0 1 | 0 1', '1500: 1 | 1', '10500: 1 | 1', '12500: 1 0 | 1 0']);
  });

  test('tells what happens as it happens', () => {
    const stage = new FleetStage(instances(1));
    stage.deploy();
    const lines = stage.changes.map((change) =>
      [change.at, change.kind, 'instanceId' in change ? change.instanceId : '', 'event' in change ? change.event : '', 'status' in change ? change.status : ''].filter((part) => part !== '').join(' '),
    );
    expect(lines.slice(0, 6)).toEqual([
      '0 status Created',
      '0 status InProgress',
      '0 instance i-1 InProgress',
      '0 instanceEvent i-1 ApplicationStop InProgress',
      '1000 instanceEvent i-1 ApplicationStop Succeeded',
      '1000 instanceEvent i-1 DownloadBundle InProgress',
    ]);
    expect(lines.slice(-3)).toEqual(['7000 instanceEvent i-1 ValidateService Succeeded', '7000 instance i-1 Succeeded', '7000 status Succeeded']);
  });
});

describe('batches', () => {
  test('10 hosts of which 3 stay healthy: 7 at a time, and then 3 when all of them are done', () => {
    const group = { minimumHealthyHosts: { type: 'HOST_COUNT', value: 3 } } as const;
    const stage = new FleetStage(instances(10), { group, faults: [{ kind: 'slow', factor: 2, instances: { ids: ['i-2'] } }] });
    const { deploymentId, mostAtATime } = stage.deploy();
    expect(stage.times(deploymentId)).toEqual(['i-1 0-7', 'i-2 0-14', 'i-3 0-7', 'i-4 0-7', 'i-5 0-7', 'i-6 0-7', 'i-7 0-7', 'i-8 14-21', 'i-9 14-21', 'i-10 14-21']);
    expect(mostAtATime).toBe(7);
  });

  test('or with the next one for each that is done', () => {
    const group = { minimumHealthyHosts: { type: 'HOST_COUNT', value: 2 } } as const;
    const stage = new FleetStage(instances(4), { group, fleet: { batches: 'rolling' }, faults: [{ kind: 'slow', factor: 2, instances: { ids: ['i-2'] } }] });
    expect(stage.times(stage.deploy().deploymentId)).toEqual(['i-1 0-7', 'i-2 0-14', 'i-3 7-14', 'i-4 14-21']);
  });

  test('of one zone after the other, with waits between them', () => {
    const stage = new FleetStage([...instances(1, { zone: 'c' }, 'c'), ...instances(2, { zone: 'b' }, 'b'), ...instances(3, {}, 'a')], {
      group: {
        deploymentConfigName: 'Zonal',
        minimumHealthyHosts: { type: 'HOST_COUNT', value: 3 },
        zonal: { monitorDurationSeconds: 60, firstZoneMonitorDurationSeconds: 600, minimumHealthyHostsPerZone: { type: 'FLEET_PERCENT', value: 34 } },
      },
    });
    const record = stage.deploy();
    expect(record).toMatchObject({ status: 'Failed', errorInformation: { code: 'HEALTH_CONSTRAINTS_INVALID' } });

    const possible = new FleetStage([...instances(2, { zone: 'b' }, 'b'), ...instances(3, {}, 'a')], {
      group: {
        deploymentConfigName: 'Zonal',
        minimumHealthyHosts: { type: 'HOST_COUNT', value: 3 },
        zonal: { monitorDurationSeconds: 60, firstZoneMonitorDurationSeconds: 600, minimumHealthyHostsPerZone: { type: 'FLEET_PERCENT', value: 34 } },
      },
    });
    expect(possible.times(possible.deploy().deploymentId)).toEqual(['b-1 621-628', 'b-2 628-635', 'a-1 0-7', 'a-2 7-14', 'a-3 14-21']);
  });

  test('zones come as they are where their names do not count', () => {
    const group = { deploymentConfigName: 'Zonal', minimumHealthyHosts: { type: 'HOST_COUNT', value: 0 }, zonal: {} } as const;
    const stage = new FleetStage([...instances(1, { zone: 'b' }, 'b'), ...instances(1, {}, 'a')], { group, fleet: { zoneOrder: 'asGiven' } });
    expect(stage.times(stage.deploy().deploymentId)).toEqual(['b-1 0-7', 'a-1 7-14']);
  });

  test('a minimum of a zone fails the deployment in all zones', () => {
    const stage = new FleetStage([...instances(3), ...instances(3, { zone: 'b' }, 'b')], {
      group: { deploymentConfigName: 'Zonal', minimumHealthyHosts: { type: 'HOST_COUNT', value: 0 }, zonal: { minimumHealthyHostsPerZone: { type: 'HOST_COUNT', value: 2 } } },
      faults: [{ kind: 'hostLost', instances: { ids: ['i-1'] } }],
    });
    const record = stage.deploy();
    expect(record).toMatchObject({ status: 'Failed', errorInformation: TOO_MANY_FAILED, deploymentOverview: { Failed: 1, Skipped: 5 } });
  });
});

describe('it does not start', () => {
  test.each([
    [0, 1000, 'NO_INSTANCES', 'The deployment failed because no instances were found for your deployment group. Check its tags and Auto Scaling groups.'],
    [
      3,
      2,
      'OVER_MAX_INSTANCES',
      'The deployment failed because more instances are targeted for deployment than are allowed for your account. To reduce the number of instances targeted for this deployment, update the tag settings for this deployment group or delete some of the targeted instances. Alternatively, you can contact AWS Support to request a limit increase.',
    ],
  ])('with %i instances where %i are allowed: %s', (count, instancesPerDeployment, code, message) => {
    const stage = new FleetStage(instances(count), { group: { instancesPerDeployment } });
    const record = stage.deploy();
    expect(record).toMatchObject({ status: 'Failed', errorInformation: { code, message }, completeTime: 0 });
    expect(stage.scripts).toEqual([]);
  });

  test('where the minimum is all of them', () => {
    const stage = new FleetStage(instances(10), { group: { minimumHealthyHosts: { type: 'FLEET_PERCENT', value: 95 } } });
    const record = stage.deploy();
    expect(record).toMatchObject({
      status: 'Failed',
      errorInformation: {
        code: 'HEALTH_CONSTRAINTS_INVALID',
        message:
          "The deployment can't start because the minimum number of healthy instances, as defined by your deployment configuration, are not available. " +
          'You can reduce the required number of healthy instances by updating your deployment configuration or increase the number of instances in this deployment group.',
      },
      deploymentOverview: { Skipped: 10 },
    });
    expect(eventLines(stage.targets(record.deploymentId)[9])[0]).toBe('ApplicationStop Skipped');
  });

  test('with as many as are allowed it does', () => {
    expect(new FleetStage(instances(2), { group: { instancesPerDeployment: 2 } }).deploy().status).toBe('Succeeded');
  });
});

describe('what goes wrong on an instance', () => {
  test('a script that fails ends the deployment to it, with what the agent says', () => {
    const stage = new FleetStage(instances(1), { faults: [{ kind: 'scriptFails', event: 'AfterInstall', exitCode: 3, log: '[stderr]no disk', instances: {} }] });
    const record = stage.deploy(revision('r1', ['AfterInstall']));
    expect(record).toMatchObject({ status: 'Failed', errorInformation: TOO_MANY_FAILED });
    const [target] = stage.targets(record.deploymentId);
    expect(eventLines(target).slice(3)).toEqual(['Install Succeeded 3000-4000', 'AfterInstall Failed 4000-5000', 'ApplicationStart Skipped', 'ValidateService Skipped']);
    expect(target.lifecycleEvents[4].diagnostics).toEqual({
      errorCode: 'ScriptFailed',
      scriptName: 'AfterInstall.sh',
      message: 'Script at specified location: AfterInstall.sh failed with exit code 3',
      logTail: '[stderr]no disk',
    });
  });

  test('a fault of a release is none of another, and one of a script that does not run is none', () => {
    const faults = [{ kind: 'scriptFails', event: 'AfterInstall', release: 'r2', instances: {} }] as const;
    expect(new FleetStage(instances(1), { faults }).deploy(revision('r1', ['AfterInstall'])).status).toBe('Succeeded');
    expect(new FleetStage(instances(1), { faults }).deploy(revision('r2', ['BeforeInstall'])).status).toBe('Succeeded');
    expect(new FleetStage(instances(1), { faults }).deploy(revision('r2', ['AfterInstall'])).status).toBe('Failed');
  });

  test('a slow host comes over the time-out of a script', () => {
    const release = revision('r1', [], { scripts: { BeforeInstall: [script('first.sh', 10), { ...script('second.sh', 10), durationMs: 6000 }] } });
    const stage = new FleetStage(instances(2), {
      group: { minimumHealthyHosts: { type: 'HOST_COUNT', value: 0 } },
      faults: [{ kind: 'slow', factor: 2, instances: { ids: ['i-2'] } }],
    });
    const { deploymentId } = stage.deploy(release);
    const [fine, slow] = stage.targets(deploymentId);
    expect(eventLines(fine)[2]).toBe('BeforeInstall Succeeded 2000-9000');
    expect(eventLines(slow).slice(0, 4)).toEqual(['ApplicationStop Succeeded 0-2000', 'DownloadBundle Succeeded 2000-4000', 'BeforeInstall Failed 4000-16000', 'Install Skipped']);
    expect(slow.lifecycleEvents[2].diagnostics).toEqual({ errorCode: 'ScriptTimedOut', scriptName: 'second.sh', message: 'Script at specified location: second.sh failed to complete in 10 seconds' });
  });

  test('a lost host does not fetch its next event within five minutes, and stays lost', () => {
    const stage = new FleetStage(instances(2), {
      group: { minimumHealthyHosts: { type: 'HOST_COUNT', value: 0 } },
      faults: [{ kind: 'hostLost', event: 'Install', release: 'r1', instances: { ids: ['i-2'] } }],
    });
    const { deploymentId, status, completeTime } = stage.deploy();
    expect([status, completeTime]).toEqual(['Succeeded', 303_000]);
    const target = stage.deployments.target(deploymentId, 'i-2');
    expect(eventLines(target).slice(2, 5)).toEqual(['BeforeInstall Succeeded 2000-3000', 'Install Failed 3000-303000', 'AfterInstall Skipped']);
    expect(target.lifecycleEvents[3].diagnostics).toEqual({
      errorCode: 'UnknownError',
      message: 'CodeDeploy agent was not able to receive the lifecycle event. Check the CodeDeploy agent logs on your host and make sure the agent is running and can connect to the CodeDeploy server.',
    });

    const next = stage.deploy('r2');
    expect(stage.statuses(next.deploymentId)).toEqual(['i-2 Failed', 'i-1 Succeeded']);
    expect(stage.installed()).toBe('r2 -');
  });

  test('of a host that is lost during an event nobody hears for an hour', () => {
    const stage = new FleetStage(instances(2), {
      group: { minimumHealthyHosts: { type: 'HOST_COUNT', value: 0 } },
      faults: [{ kind: 'hostLost', event: 'BeforeInstall', when: 'during', instances: { ids: ['i-2'] } }],
    });
    const { deploymentId } = stage.deploy();
    const target = stage.deployments.target(deploymentId, 'i-2');
    expect(eventLines(target).slice(1, 4)).toEqual(['DownloadBundle Succeeded 1000-2000', 'BeforeInstall Failed 2000-3602000', 'Install Skipped']);
    expect(target.lifecycleEvents[2].diagnostics).toEqual({ errorCode: 'UnknownError', message: 'The lifecycle event did not end within 3600 seconds.' });
  });

  test('an instance that the load balancer never finds healthy fails AllowTraffic after an hour', () => {
    const stage = new FleetStage(instances(2), {
      group: { minimumHealthyHosts: { type: 'HOST_COUNT', value: 1 }, loadBalancers: ['lb'] },
      faults: [{ kind: 'unhealthy', instances: { ids: ['i-2'] } }],
    });
    const { deploymentId, status } = stage.deploy();
    expect(status).toBe('Succeeded');
    const target = stage.deployments.target(deploymentId, 'i-2');
    expect(eventLines(target).slice(-2)).toEqual(['AllowTraffic Failed 24000-3624000', 'AfterAllowTraffic Skipped']);
    expect(target.lifecycleEvents[11].diagnostics).toEqual({ errorCode: 'UnknownError', message: 'The instance was registered, and the load balancer did not find it healthy within 3600 seconds.' });
    expect([...stage.fleet.registered('lb')]).toEqual([0]);
  });

  test('a share of the instances is the same with every run', () => {
    const failed = (): string[] => {
      const stage = new FleetStage(instances(100), {
        group: { minimumHealthyHosts: { type: 'HOST_COUNT', value: 0 } },
        faults: [{ kind: 'scriptFails', event: 'ValidateService', instances: { share: 0.1 } }],
      });
      return stage.statuses(stage.deploy(revision('r1', ['ValidateService'])).deploymentId).filter((line) => line.endsWith('Failed'));
    };
    expect(failed().length).toBeGreaterThan(3);
    expect(failed().length).toBeLessThan(20);
    expect(failed()).toEqual(failed());
  });

  test('one in a zone and in an Auto Scaling group', () => {
    const specs = [...instances(1), ...instances(1, { zone: 'b' }, 'b'), ...instances(1, { zone: 'b', autoScalingGroup: 'other' }, 'o')];
    const stage = new FleetStage(specs, {
      group: { minimumHealthyHosts: { type: 'HOST_COUNT', value: 0 }, targets: { autoScalingGroups: ['asg', 'other'], ec2TagGroups: [], onPremisesTagGroups: [] } },
      faults: [{ kind: 'hostLost', instances: { zone: 'b', autoScalingGroup: 'other' } }],
    });
    expect(stage.statuses(stage.deploy().deploymentId)).toEqual(['i-1 Succeeded', 'b-1 Succeeded', 'o-1 Failed']);
  });

  test('scripts of the revision before that fail are passed over where the deployment says so', () => {
    const faults = [{ kind: 'scriptFails', event: 'ApplicationStop', release: 'r1', instances: {} }] as const;
    const initialRevision = revision('r0', ['ApplicationStop']);
    const strict = new FleetStage(instances(1), { faults, initialRevision });
    expect(strict.deploy().status).toBe('Failed');
    const lenient = new FleetStage(instances(1), { faults, initialRevision });
    const record = lenient.deploy('r1', { ignoreApplicationStopFailures: true });
    expect(record).toMatchObject({ status: 'Succeeded', ignoreApplicationStopFailures: true });
    expect(eventLines(lenient.targets(record.deploymentId)[0]).slice(0, 2)).toEqual(['ApplicationStop Failed 0-1000', 'DownloadBundle Succeeded 1000-2000']);
    expect(lenient.scripts).toEqual(['i-1 ApplicationStop of r0']);
  });
});

test('after twelve hours the service gives up', () => {
  const release = revision('r1', [], { scripts: { ValidateService: [{ ...script('wait.sh'), durationMs: 3_500_000 }] } });
  const stage = new FleetStage(instances(20));
  expect(stage.deploy(release)).toMatchObject({
    status: 'Failed',
    completeTime: 43_200_000,
    errorInformation: { code: 'TIMEOUT', message: 'The deployment failed because it took longer than 12 hours.' },
    deploymentOverview: { Succeeded: 12, Failed: 1, Skipped: 7 },
  });
});
