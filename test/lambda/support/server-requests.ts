/** Requests of CloudFormation for a fleet, from revision 1 to revision 2; and deployments as the provider knows them. */
import type { DeploymentFacts } from '../../../lambda/core/deployment/facts';
import type { ServerDeploymentFacts } from '../../../lambda/core/deployment/server-facts';
import type { ServerRevision } from '../../../lambda/core/deployment/server-revision';
import type { ResourceRequest, ServerDeploymentProperties } from '../../../lib/model/deployment-request';
import { SERVER_DEPLOYMENT_RESOURCE_TYPE } from '../../../lib/model/deployment-request';
import { request } from './deployment-requests';

export const revision = (key: string): ServerRevision => ({ revisionType: 'S3', s3Location: { bucket: 'releases', key, bundleType: 'zip' } });

export const ONE = revision('one.zip');
export const TWO = revision('two.zip');
export const FLEETS = ['blue', 'green'] as const;

export function serverProperties(wanted: ServerRevision | string, more: Partial<ServerDeploymentProperties> = {}): ServerDeploymentProperties {
  return {
    ServiceToken: 'arn:aws:lambda:eu-central-1:111122223333:function:intake',
    ApplicationName: 'web-application',
    DeploymentGroupName: 'web-group',
    ...(typeof wanted === 'string' ? { Redeploy: wanted } : { Revision: JSON.stringify(wanted) }),
    Completion: 'COMPLETED',
    Segments: '1',
    ...more,
  };
}

export function serverRequest(type: ResourceRequest['RequestType'], more: Partial<ResourceRequest> = {}): ResourceRequest<ServerDeploymentProperties> {
  return {
    ...request(type),
    ResourceType: SERVER_DEPLOYMENT_RESOURCE_TYPE,
    ResourceProperties: serverProperties(TWO),
    ...(type === 'Update' ? { OldResourceProperties: serverProperties(ONE) } : {}),
    ...more,
  } as ResourceRequest<ServerDeploymentProperties>;
}

export const servers = (more: Partial<ServerDeploymentFacts> = {}): ServerDeploymentFacts => ({
  application: 'web-application',
  revision: ONE,
  blueGreen: false,
  readyWait: false,
  replacements: [],
  terminationWaitStarted: false,
  ...more,
});

/** One that has ended. */
export const deployed = (id: string, status: string, more: Partial<DeploymentFacts> = {}): DeploymentFacts => ({ id, status, creator: 'user', rollsBack: true, servers: servers(), ...more });
