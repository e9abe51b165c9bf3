/**
 * What EventBridge is sent when a deployment starts.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html
 */
import type { GroupModel } from './deployment-group';
import type { DeploymentChange } from './deployment-record';
import { requestId } from './identifiers';
import type { Cancel, RandomFor, Scheduler } from './ports';
import { serviceBehaviour, type ServiceBehaviour } from './service-behaviour';

export interface StartNotification {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'CodeDeploy Deployment State-change Notification';
  readonly source: 'aws.codedeploy';
  readonly account: string;
  /** To the second. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: {
    readonly region: string;
    readonly deploymentId: string;
    readonly instanceGroupId: string;
    readonly deploymentGroup: string;
    readonly state: 'START';
    readonly application: string;
  };
}

export interface StartNotifications {
  readonly deployments: { onChange(listener: (change: DeploymentChange) => void): Cancel };
  readonly group: GroupModel;
  readonly account: string;
  readonly region: string;
  readonly scheduler: Scheduler;
  readonly random: RandomFor;
  /** Time of day of virtual zero. */
  readonly epochMs: number;
  readonly behaviour?: ServiceBehaviour;
}

/** Delivers one notification for each deployment of the group, rollbacks included. */
export function notifyOfStarts(options: StartNotifications, deliver: (notification: StartNotification) => void): Cancel {
  const { deployments, scheduler, behaviour = serviceBehaviour() } = options;
  return deployments.onChange((change) => {
    if (change.kind === 'status' && change.status === behaviour.startNotificationStatus) {
      const notification = startNotification(options, change.deploymentId, change.at);
      scheduler.after(behaviour.notificationMs, `notification of ${change.deploymentId}`, () => deliver(notification));
    }
  });
}

function startNotification({ group, account, region, random, epochMs }: StartNotifications, deploymentId: string, at: number): StartNotification {
  const { applicationName, applicationArn, deploymentGroupName, deploymentGroupArn } = group;
  return {
    version: '0',
    id: requestId(random, `start of ${deploymentId}`),
    'detail-type': 'CodeDeploy Deployment State-change Notification',
    source: 'aws.codedeploy',
    account,
    time: new Date(epochMs + at).toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources: [applicationArn, deploymentGroupArn],
    detail: { region, deploymentId, instanceGroupId: requestId(random, `group ${deploymentGroupName}`), deploymentGroup: deploymentGroupName, state: 'START', application: applicationName },
  };
}
