import { seededRandom } from '../../../rehearsal/engine/random';
import { serviceBehaviour, type ServiceBehaviour } from '../../../rehearsal/engine/service-behaviour';
import { notifyOfStarts, type StartNotification } from '../../../rehearsal/engine/start-notification';
import { Stage } from './stage';

function played(switched: Partial<ServiceBehaviour> = {}) {
  const stage = new Stage();
  const delivered: { readonly at: number; readonly notification: StartNotification }[] = [];
  const cancel = notifyOfStarts(
    {
      deployments: stage.deployments,
      group: stage.group,
      account: '111122223333',
      region: 'eu-central-1',
      scheduler: stage.scheduler,
      random: seededRandom(1),
      epochMs: Date.UTC(2026, 0, 5, 9),
      ...(Object.keys(switched).length === 0 ? {} : { behaviour: serviceBehaviour(switched) }),
    },
    (notification) => delivered.push({ at: stage.scheduler.now(), notification }),
  );
  return { stage, delivered, cancel };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/;

describe('notifyOfStarts', () => {
  test('tells of a start in the words of the service, a second after it', () => {
    const { stage, delivered } = played();
    const deploymentId = stage.create();
    stage.play();
    expect(delivered).toEqual([
      {
        at: 2_500,
        notification: {
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
      },
    ]);
  });

  test('tells of a rollback, too', () => {
    const { stage, delivered } = played();
    stage.create('r1', { BeforeAllowTraffic: { afterMs: 1_000, status: 'Failed' } });
    stage.play();
    expect(delivered.map(({ notification }) => notification.detail.deploymentId)).toEqual(stage.deployments.list().map(({ deploymentId }) => deploymentId));
    expect(delivered).toHaveLength(2);
    expect(delivered[0]?.notification.id).not.toBe(delivered[1]?.notification.id);
    expect(delivered[0]?.notification.detail.instanceGroupId).toBe(delivered[1]?.notification.detail.instanceGroupId);
  });

  test('at the status and after the time that are switched', () => {
    const { stage, delivered } = played({ startNotificationStatus: 'Created', notificationMs: 70 });
    stage.create();
    stage.play();
    expect(delivered.map(({ at }) => at)).toEqual([70]);
  });

  test('until it is cancelled', () => {
    const { stage, delivered, cancel } = played();
    cancel();
    stage.create();
    stage.play();
    expect(delivered).toEqual([]);
  });
});
