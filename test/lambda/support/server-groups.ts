/** Requests for the deployment group of a fleet, and ports for those who ask for none. */
import type { DeploymentPorts } from '../../../lambda/core/deployment/facts';
import type { ResourceRequest } from '../../../lib/model/deployment-request';
import type { ServerDeploymentGroupProperties } from '../../../lib/model/server/deployment-group-request';
import { SERVER_DEPLOYMENT_GROUP_RESOURCE_TYPE } from '../../../lib/model/server/deployment-group-request';
import { request } from './deployment-requests';

const never = (): Promise<never> => Promise.reject(new Error('nobody asks for deployment groups of servers here'));

export const NO_SERVER_GROUPS: Pick<DeploymentPorts, 'serverGroups' | 'autoScalingGroups' | 'stackResources'> = {
  serverGroups: { read: never, pointTo: never, find: never, create: never, update: never, remove: never, tags: never, tag: never, untag: never, groupOf: never },
  autoScalingGroups: { describe: never, beginningWith: never, scale: never, remove: never },
  stackResources: { physicalIdOf: never },
};

export const FLEET = { application: 'web', group: 'fleet' };
export const FLEET_ID = 'web/fleet';
export const FLEET_ARN = 'arn:aws:codedeploy:eu-central-1:111122223333:deploymentgroup:web/fleet';
export const ROLE = 'arn:aws:iam::111122223333:role/deploy';

type Properties = Partial<Record<keyof ServerDeploymentGroupProperties, unknown>>;

/** Two groups that alternate. */
export const alternating = (more: Properties = {}): Properties => ({
  ServiceToken: 'arn:aws:lambda:eu-central-1:111122223333:function:intake',
  ApplicationName: 'web',
  DeploymentGroupName: 'fleet',
  DeploymentConfigName: 'CodeDeployDefault.HalfAtATime',
  ServiceRoleArn: ROLE,
  Fleet: 'ALTERNATING',
  AutoScalingGroups: ['blue', 'green'],
  Capacity: '3',
  TargetGroups: ['web-targets'],
  Originals: 'KEEP_ALIVE',
  OutdatedInstances: 'UPDATE',
  TerminationHook: 'false',
  RollbackEvents: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'],
  Alarms: ['verdict', 'errors'],
  IgnorePollAlarmFailure: 'false',
  ...more,
});

/** One that the service copies. */
export const copied = (more: Properties = {}): Properties => alternating({ Fleet: 'COPIED', AutoScalingGroups: ['blue'], Capacity: undefined, ...more });

/** `before`: the properties of an update's other side; its names are those of the physical id. */
export function groupRequest(type: ResourceRequest['RequestType'], now: Properties = alternating(), before: Properties = now, more: Partial<ResourceRequest> = {}): ResourceRequest {
  const physicalId = `${String(before.ApplicationName)}/${String(before.DeploymentGroupName)}`;
  return {
    ...request(type, type === 'Create' ? {} : { PhysicalResourceId: physicalId }),
    ResourceType: SERVER_DEPLOYMENT_GROUP_RESOURCE_TYPE,
    LogicalResourceId: 'Fleet',
    ResourceProperties: now as unknown as ResourceRequest['ResourceProperties'],
    OldResourceProperties: (type === 'Update' ? before : undefined) as unknown as ResourceRequest['OldResourceProperties'],
    ...more,
  };
}
