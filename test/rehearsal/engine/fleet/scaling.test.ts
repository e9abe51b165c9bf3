import { SERVER_HOOK_EVENTS } from '../../../../lib/model/lifecycle';
import { FleetStage, eventLines, instances, revision } from './fleet-stage';

const NEW = instances(1, {}, 'new')[0];

const creators = (stage: FleetStage): string[] => stage.deployments.list().map(({ creator, release, status }) => `${creator} ${release} ${status}`);

describe('an instance that Auto Scaling launches', () => {
  test('waits for the released revision', () => {
    const stage = new FleetStage(instances(1), { group: { loadBalancers: ['lb'] }, initialRevision: revision('r0') });
    stage.fleet.launch(NEW);
    expect(stage.fleet.byId('new-1')?.state).toBe('pending');
    stage.play();
    expect(creators(stage)).toEqual(['autoscaling r0 Succeeded']);
    expect(eventLines(stage.targets(stage.deployments.list()[0].deploymentId)[0]).map((line) => line.split(' ')[0])).toEqual([
      'ApplicationStop',
      'DownloadBundle',
      'BeforeInstall',
      'Install',
      'AfterInstall',
      'ApplicationStart',
      'ValidateService',
      'BeforeAllowTraffic',
      'AllowTraffic',
      'AfterAllowTraffic',
    ]);
    expect(stage.fleet.byId('new-1')?.state).toBe('inService');
    expect([...stage.fleet.registered('lb')]).toEqual([0, 1]);
  });

  test('goes into service at once where nothing was released, or the group is not this one\'s', () => {
    const unreleased = new FleetStage(instances(1));
    expect(unreleased.fleet.launch(NEW).state).toBe('inService');
    const foreign = new FleetStage(instances(1), { initialRevision: revision('r0') });
    foreign.fleet.launch({ ...NEW, autoScalingGroup: 'other' });
    expect(foreign.fleet.byId('new-1')?.state).toBe('inService');
    expect(creators(foreign)).toEqual([]);
  });

  test('is abandoned where the deployment fails, which no alarm stops and nothing rolls back', () => {
    const stage = new FleetStage(instances(1), {
      group: { alarmNames: ['errors'], rollbackEvents: ['DEPLOYMENT_FAILURE'] },
      faults: [{ kind: 'scriptFails', event: 'ValidateService', instances: { ids: ['new-1'] } }],
      initialRevision: revision('r0', ['ValidateService']),
    });
    stage.alarms.errors = 'ALARM';
    stage.fleet.launch(NEW);
    stage.play();
    expect(creators(stage)).toEqual(['autoscaling r0 Failed']);
    expect(stage.fleet.byId('new-1')?.state).toBe('terminated');
  });

  test('during a deployment gets the revision before, and the new one in a deployment of its own afterwards', () => {
    const stage = new FleetStage(instances(2), { initialRevision: revision('r0', SERVER_HOOK_EVENTS) });
    const id = stage.create();
    stage.scheduler.at(2000, 'scale out', () => stage.fleet.launch(NEW));
    stage.scheduler.at(10_000, 'look', () => expect(stage.installed()).toBe('r1 r0 r0'));
    stage.play();
    expect(creators(stage)).toEqual(['user r1 Succeeded', 'autoscaling r0 Succeeded', 'CodeDeployAutoUpdate r1 Succeeded']);
    expect(stage.statuses(id)).toEqual(['i-1 Succeeded', 'i-2 Succeeded']);
    const update = stage.deployments.list()[2];
    expect(update).toMatchObject({ createTime: 15_000, updateOutdatedInstancesOnly: true });
    expect(stage.statuses(update.deploymentId)).toEqual(['new-1 Succeeded']);
    expect(stage.installed()).toBe('r1 r1 r1');
  });

  test('and is deployed to when its launch is over, where that is later', () => {
    const stage = new FleetStage(instances(1), { initialRevision: revision('r0') });
    stage.create();
    stage.scheduler.at(6000, 'scale out', () => stage.fleet.launch(NEW));
    stage.play();
    expect(creators(stage)).toEqual(['user r1 Succeeded', 'autoscaling r0 Succeeded', 'CodeDeployAutoUpdate r1 Succeeded']);
    expect(stage.installed()).toBe('r1 r1');
  });

  test('or stays as it is, where outdated instances are ignored', () => {
    const stage = new FleetStage(instances(2), { group: { outdatedInstances: 'IGNORE' }, initialRevision: revision('r0') });
    stage.create();
    stage.scheduler.at(2000, 'scale out', () => stage.fleet.launch(NEW));
    stage.play();
    expect(stage.installed()).toBe('r1 r1 r0');
  });

  test.each([
    [false, ['user r1 Succeeded']],
    [true, ['user r1 Succeeded', 'CodeDeployAutoUpdate r1 Succeeded']],
  ])('an instance at which the deployment failed is updated too: %s', (autoUpdateCoversFailed, expected) => {
    const stage = new FleetStage(instances(3), { fleet: { autoUpdateCoversFailed }, initialRevision: revision('r0') });
    const slow = revision('r1', [], { scripts: { BeforeInstall: [{ location: 'wait.sh', timeoutSeconds: 5 }] } });
    const id = stage.create(slow);
    // Nothing tells CodeDeploy that the file is gone when it comes again.
    stage.scheduler.at(15_000, 'a file in the way', () => stage.fleet.createFiles(2, ['/srv/app']));
    stage.scheduler.at(21_500, 'and gone', () => stage.fleet.removeFile(2, '/srv/app'));
    stage.play();
    expect(stage.statuses(id)).toEqual(['i-1 Succeeded', 'i-2 Succeeded', 'i-3 Failed']);
    expect(creators(stage)).toEqual(expected);
  });
});

describe('an instance that Auto Scaling ends', () => {
  test('runs the scripts of its revision first, where the group has a termination hook', () => {
    const stage = new FleetStage(instances(2), { group: { terminationHook: true, loadBalancers: ['lb'] }, initialRevision: revision('r0', SERVER_HOOK_EVENTS) });
    stage.fleet.scaleIn(0);
    stage.fleet.scaleIn(0);
    expect(stage.fleet.instance(0).state).toBe('terminating');
    stage.play();
    expect(creators(stage)).toEqual(['autoscalingTermination r0 Succeeded']);
    expect(stage.scripts).toEqual(['i-1 BeforeBlockTraffic of r0', 'i-1 AfterBlockTraffic of r0', 'i-1 ApplicationStop of r0']);
    expect(stage.fleet.instance(0).state).toBe('terminated');
    expect([...stage.fleet.registered('lb')]).toEqual([1]);
  });

  test('is ended even where those fail', () => {
    const stage = new FleetStage(instances(1), {
      group: { terminationHook: true },
      faults: [{ kind: 'scriptFails', event: 'ApplicationStop', instances: {} }],
      initialRevision: revision('r0', ['ApplicationStop']),
    });
    stage.fleet.scaleIn(0);
    stage.play();
    expect(creators(stage)).toEqual(['autoscalingTermination r0 Failed']);
    expect(stage.fleet.instance(0).state).toBe('terminated');
  });

  test('is ended at once without a hook, and without a revision', () => {
    const unhooked = new FleetStage(instances(1), { initialRevision: revision('r0') });
    unhooked.fleet.scaleIn(0);
    expect(unhooked.fleet.instance(0).state).toBe('terminated');
    const bare = new FleetStage(instances(1), { group: { terminationHook: true } });
    bare.fleet.scaleIn(0);
    expect(bare.fleet.instance(0).state).toBe('terminated');
  });

  test('in the middle of a deployment is one that does not answer any more', () => {
    const stage = new FleetStage(instances(2), { initialRevision: revision('r0') });
    const id = stage.create();
    stage.scheduler.at(8000, 'scale in', () => stage.fleet.scaleIn(1));
    stage.play();
    expect(stage.deployments.get(id).status).toBe('Succeeded');
    expect(stage.statuses(id)).toEqual(['i-1 Succeeded', 'i-2 Failed']);
  });
});

describe('two applications on one fleet', () => {
  const OTHER = { applicationName: 'blog', deploymentGroupArn: 'arn:aws:codedeploy:eu-central-1:111122223333:deploymentgroup:blog/web' };

  test('are deployed at the same time, each with its own revisions on every instance', () => {
    const shop = new FleetStage(instances(3), { initialRevision: revision('s0', ['ApplicationStop']) });
    const blog = new FleetStage([], { beside: shop, group: OTHER, initialRevision: revision('b0', ['ApplicationStop'], { files: ['/srv/blog'] }) });
    shop.create(revision('s1', ['ApplicationStop']));
    blog.create(revision('b1', ['ApplicationStop'], { files: ['/srv/blog'] }));
    shop.play();
    blog.play();
    expect([shop.installed(), blog.installed()]).toEqual(['s1 s1 s1', 'b1 b1 b1']);
    expect(shop.scripts).toEqual(['i-1 ApplicationStop of s0', 'i-2 ApplicationStop of s0', 'i-3 ApplicationStop of s0']);
    expect(blog.scripts).toEqual(['i-1 ApplicationStop of b0', 'i-2 ApplicationStop of b0', 'i-3 ApplicationStop of b0']);
    expect(shop.scheduler.now()).toBe(21_000);
  });

  test('find each other\'s files', () => {
    const shop = new FleetStage(instances(1), { initialRevision: revision('s0') });
    const blog = new FleetStage([], { beside: shop, group: OTHER });
    const record = blog.deploy(revision('b1', [], { files: ['/srv/blog', '/srv/app'] }));
    expect(record.status).toBe('Failed');
    expect(blog.targets(record.deploymentId)[0].lifecycleEvents[3].diagnostics?.message).toBe('The deployment failed because a specified file already exists at this location: /srv/app');
    expect(shop.deploy('s1').status).toBe('Succeeded');
  });

  test('both deploy to what is launched, and one that fails ends the instance for both', () => {
    const shop = new FleetStage(instances(1), { initialRevision: revision('s0') });
    const blog = new FleetStage([], {
      beside: shop,
      group: OTHER,
      initialRevision: revision('b0', ['ValidateService'], { files: [] }),
      faults: [{ kind: 'scriptFails', event: 'ValidateService', instances: { ids: ['new-1'] } }],
    });
    shop.fleet.launch(NEW);
    shop.play();
    blog.play();
    expect([...creators(shop), ...creators(blog)]).toEqual(['autoscaling s0 Succeeded', 'autoscaling b0 Failed']);
    expect(shop.fleet.byId('new-1')?.state).toBe('terminated');
  });

  test('at once, so that the other one waits for an agent that is gone', () => {
    const shop = new FleetStage(instances(1), { initialRevision: revision('s0') });
    const blog = new FleetStage([], {
      beside: shop,
      group: OTHER,
      initialRevision: revision('b0', ['BeforeInstall'], { files: [] }),
      faults: [{ kind: 'scriptFails', event: 'BeforeInstall', instances: { ids: ['new-1'] } }],
    });
    shop.fleet.launch(NEW);
    shop.play();
    expect([...creators(shop), ...creators(blog)]).toEqual(['autoscaling s0 Failed', 'autoscaling b0 Failed']);
    expect(blog.deployments.list()[0].completeTime).toBe(3000);
    expect(shop.deployments.list()[0].completeTime).toBe(303_000);
  });
});
