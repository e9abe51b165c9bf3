import type { StateChangeEvent } from '../../../lib/model/server/gates';
import { matchesPattern } from '../../../rehearsal/engine/event-pattern';
import { fleetBehaviour } from '../../../rehearsal/engine/fleet/fleet-behaviour';
import type { FleetChange } from '../../../rehearsal/engine/fleet/fleet-record';
import { seededRandom } from '../../../rehearsal/engine/random';
import { EventScheduler } from '../../../rehearsal/engine/scheduler';
import { serviceBehaviour, type ServiceBehaviour } from '../../../rehearsal/engine/service-behaviour';
import { expectedEvent, notifyOfStates, type StateNotifications } from '../../../rehearsal/engine/state-notifications';
import { GROUP, Stage } from './stage';

const PLACE = { group: GROUP, account: '111122223333', region: 'eu-central-1', random: seededRandom(1) };

function played(switched: Partial<ServiceBehaviour> = {}, more: Partial<StateNotifications> = {}) {
  const stage = new Stage();
  const delivered: { readonly at: number; readonly event: StateChangeEvent }[] = [];
  const cancel = notifyOfStates(
    {
      ...PLACE,
      deployments: stage.deployments,
      scheduler: stage.scheduler,
      epochMs: Date.UTC(2026, 0, 5, 9),
      wants: () => true,
      ...(Object.keys(switched).length === 0 ? {} : { behaviour: serviceBehaviour(switched) }),
      ...more,
    },
    (event) => delivered.push({ at: stage.scheduler.now(), event }),
  );
  return { stage, delivered, cancel };
}

/** To the end of everything that is scheduled: the last event comes when the last deployment is over. */
function playOut(stage: Stage): void {
  stage.play();
  while (stage.scheduler.nextAt() !== undefined) {
    stage.scheduler.runNext();
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/;

describe('notifyOfStates, of deployments', () => {
  test('tells in the words of the service, a second after it', () => {
    const { stage, delivered } = played();
    const deploymentId = stage.create();
    playOut(stage);
    expect(delivered[0]).toEqual({
      at: 2_500,
      event: {
        version: '0',
        id: expect.stringMatching(UUID),
        'detail-type': 'CodeDeploy Deployment State-change Notification',
        source: 'aws.codedeploy',
        account: '111122223333',
        time: '2026-01-05T09:00:01Z',
        region: 'eu-central-1',
        resources: ['arn:aws:codedeploy:eu-central-1:111122223333:application:web', 'arn:aws:codedeploy:eu-central-1:111122223333:deploymentgroup:web/web-group'],
        detail: { region: 'eu-central-1', deploymentId, instanceGroupId: expect.stringMatching(UUID), deploymentGroup: 'web-group', state: 'START', application: 'web' },
      },
    });
    expect(delivered.map(({ event: { detail } }) => detail.state)).toEqual(['START', 'SUCCESS']);
    expect(delivered[1]!.at).toBe(stage.deployments.get(deploymentId).completeTime! + 1_000);
  });

  test('tells of a failure and of its rollback', () => {
    const { stage, delivered } = played();
    stage.create('r1', { BeforeAllowTraffic: { afterMs: 1_000, status: 'Failed' } });
    playOut(stage);
    const [failed, rollback] = stage.deployments.list().map(({ deploymentId }) => deploymentId);
    expect(delivered.map(({ event: { detail } }) => [detail.deploymentId, detail.state])).toEqual([
      [failed, 'START'],
      [failed, 'FAILURE'],
      [rollback, 'START'],
      [rollback, 'SUCCESS'],
    ]);
    expect(new Set(delivered.map(({ event }) => event.id)).size).toBe(4);
    expect(new Set(delivered.map(({ event }) => event.detail.instanceGroupId)).size).toBe(1);
  });

  test('tells of a stop', () => {
    const { stage, delivered } = played();
    const id = stage.create();
    stage.scheduler.after(3_000, 'stop', () => stage.deployments.stop(id));
    playOut(stage);
    expect(delivered.map(({ event: { detail } }) => detail.state).slice(0, 2)).toEqual(['START', 'STOP']);
  });

  test('at the status and after the time that are switched', () => {
    const { stage, delivered } = played({ startNotificationStatus: 'Created', notificationMs: 70 });
    stage.create();
    playOut(stage);
    expect(delivered[0]).toMatchObject({ at: 70, event: { detail: { state: 'START' } } });
  });

  test('nothing that nobody wants; each that is to come is counted', () => {
    const expected = jest.fn();
    const { stage, delivered } = played({}, { wants: (what, state) => what === 'deployment' && state === 'SUCCESS', expected });
    stage.create();
    playOut(stage);
    expect(delivered.map(({ event: { detail } }) => detail.state)).toEqual(['SUCCESS']);
    expect(expected).toHaveBeenCalledTimes(1);
  });

  test('until it is cancelled', () => {
    const { stage, delivered, cancel } = played();
    cancel();
    stage.create();
    playOut(stage);
    expect(delivered).toEqual([]);
  });
});

/** A group of instances that changes as it is told. */
function told(changes: readonly (readonly [kind: 'status' | 'instance', status: string, instanceId?: string])[], more: Partial<StateNotifications> = {}) {
  const scheduler = new EventScheduler();
  let listener: (change: FleetChange) => void = () => undefined;
  const delivered: StateChangeEvent[] = [];
  const deployments = { onChange: (own: (change: FleetChange) => void) => ((listener = own), () => undefined) };
  notifyOfStates({ ...PLACE, deployments, scheduler, epochMs: 0, wants: () => true, ...more }, (event) => delivered.push(event));
  changes.forEach(([kind, status, instanceId]) => listener({ kind, status, instanceId, at: 0, deploymentId: 'd-1' } as unknown as FleetChange));
  while (scheduler.nextAt() !== undefined) {
    scheduler.runNext();
  }
  return delivered;
}

describe('notifyOfStates, of instances', () => {
  test('tells which one, with its ARN before the others', () => {
    const [ec2, onPremises] = told([['instance', 'Succeeded', 'i-0a'], ['instance', 'Failed', 'rack-7']]);
    expect(ec2).toMatchObject({
      'detail-type': 'CodeDeploy Instance State-change Notification',
      resources: ['arn:aws:ec2:eu-central-1:111122223333:instance/i-0a', GROUP.applicationArn, GROUP.deploymentGroupArn],
      detail: { deploymentId: 'd-1', state: 'SUCCESS', instanceId: 'i-0a' },
    });
    expect(onPremises).toMatchObject({ resources: ['arn:aws:codedeploy:eu-central-1:111122223333:instance/rack-7', GROUP.applicationArn, GROUP.deploymentGroupArn], detail: { state: 'FAILURE', instanceId: 'rack-7' } });
  });

  const BLUE_GREEN = [['status', 'Created'], ['status', 'InProgress'], ['instance', 'InProgress', 'i-1'], ['instance', 'Ready', 'i-1'], ['status', 'Ready'], ['status', 'InProgress'], ['instance', 'InProgress', 'i-1'], ['instance', 'Succeeded', 'i-1'], ['instance', 'Skipped', 'i-2'], ['status', 'Succeeded']] as const;
  const said = (events: readonly StateChangeEvent[]) => events.map(({ detail }) => `${detail.instanceId ?? 'deployment'} ${detail.state}`);

  test('blue/green with a ready wait: nothing starts twice, and what is passed over is not told', () => {
    expect(said(told(BLUE_GREEN))).toEqual(['deployment START', 'i-1 START', 'i-1 READY', 'deployment READY', 'i-1 SUCCESS', 'deployment SUCCESS']);
  });

  test('without READY of instances where that is switched off', () => {
    expect(said(told(BLUE_GREEN, { fleetBehaviour: fleetBehaviour({ readyInstancesNotified: false }) }))).toEqual(['deployment START', 'i-1 START', 'deployment READY', 'i-1 SUCCESS', 'deployment SUCCESS']);
  });
});

test.each<[object, boolean, boolean]>([
  [{ source: ['aws.codedeploy'] }, true, true],
  [{ 'detail-type': ['CodeDeploy Instance State-change Notification'] }, false, true],
  [{ 'detail-type': ['CodeDeploy Deployment State-change Notification'] }, true, false],
  [{ detail: { state: ['STOP'] } }, false, false],
  [{ detail: { state: ['SUCCESS'], application: ['web'], deploymentGroup: [{ prefix: 'web-' }] } }, true, true],
  [{ detail: { application: ['other'] } }, false, false],
  [{ detail: { deploymentId: ['d-1'] } }, true, true],
  [{ detail: { instanceId: ['i-1'] } }, false, true],
  [{ detail: { instanceId: [{ exists: false }] } }, true, false],
  [{ resources: [GROUP.deploymentGroupArn] }, true, true],
  [{ resources: [{ prefix: 'arn:aws:ec2' }] }, false, true],
  [{ time: [{ prefix: '2027' }], id: ['1'] }, true, true],
])('%j may match a deployment: %s, an instance: %s', (pattern, deployment, instance) => {
  const may = (what: 'deployment' | 'instance') => matchesPattern(pattern, expectedEvent(PLACE, what, 'SUCCESS'));
  expect([may('deployment'), may('instance')]).toEqual([deployment, instance]);
});
