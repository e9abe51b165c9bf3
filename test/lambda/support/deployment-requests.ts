import type { EcsAppSpecDocument } from '../../../lib/model/appspec';
import type { DeploymentProperties, DeploymentWaitProperties, ResourceRequest } from '../../../lib/model/deployment-request';
import { DEPLOYMENT_RESOURCE_TYPE, DEPLOYMENT_WAIT_RESOURCE_TYPE } from '../../../lib/model/deployment-request';
import type { EcsHookEvent } from '../../../lib/model/lifecycle';

export const STACK = 'arn:aws:cloudformation:eu-central-1:111122223333:stack/App-Web/6d1a0b70-0001-11f1-8e4b-0a58a9feac02';
export const TASKS = 'arn:aws:ecs:eu-central-1:111122223333:task-definition/web';
export const BLUE = `${TASKS}:1`;
export const GREEN = `${TASKS}:2`;

type Properties = EcsAppSpecDocument['Resources'][0]['TargetService']['Properties'];

export function appSpec(taskDefinition: string, hooks: Partial<Record<EcsHookEvent, string>> = { AfterAllowTestTraffic: 'smoke' }, more: Partial<Properties> = {}): EcsAppSpecDocument {
  return {
    version: '0.0',
    Resources: [{ TargetService: { Type: 'AWS::ECS::Service', Properties: { TaskDefinition: taskDefinition, LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 }, ...more } } }],
    Hooks: Object.entries(hooks).map(([event, name]) => ({ [event]: name })),
  };
}

export function properties(taskDefinition: string, more: Partial<DeploymentProperties> = {}): DeploymentProperties {
  return {
    ServiceToken: 'arn:aws:lambda:eu-central-1:111122223333:function:intake',
    ApplicationName: 'web-application',
    DeploymentGroupName: 'web-group',
    Cluster: 'main',
    Service: 'web',
    AppSpec: JSON.stringify(appSpec(taskDefinition)),
    Completion: 'COMPLETED',
    HookLogs: { AfterAllowTestTraffic: '/aws/lambda/smoke' },
    Segments: '1',
    ...more,
  };
}

/** Properties as an event of the stack shows them. */
export const askedFor = (taskDefinition: string, more: Partial<DeploymentProperties> = {}): string => JSON.stringify(properties(taskDefinition, more));

export const PHYSICAL_ID = 'web-application/web-group';

export function request(type: ResourceRequest['RequestType'], more: Partial<ResourceRequest> = {}): ResourceRequest {
  return {
    RequestType: type,
    ResponseURL: 'https://cloudformation-custom-resource-response-eucentral1.s3.eu-central-1.amazonaws.com/answer?X-Amz-Signature=s3cret',
    StackId: STACK,
    RequestId: 'request-1',
    ResourceType: DEPLOYMENT_RESOURCE_TYPE,
    LogicalResourceId: 'WebDeployment',
    ...(type === 'Create' ? {} : { PhysicalResourceId: PHYSICAL_ID }),
    ResourceProperties: properties(GREEN),
    ...(type === 'Update' ? { OldResourceProperties: properties(BLUE) } : {}),
    ...more,
  };
}

export function waitRequest(type: ResourceRequest['RequestType'], deploymentId: string, more: Partial<DeploymentWaitProperties> = {}): ResourceRequest<DeploymentWaitProperties> {
  return {
    ...request(type),
    ResourceType: DEPLOYMENT_WAIT_RESOURCE_TYPE,
    LogicalResourceId: 'WebDeploymentSegment2',
    RequestId: 'request-2',
    ResourceProperties: {
      ServiceToken: 'arn:aws:lambda:eu-central-1:111122223333:function:intake',
      ApplicationName: 'web-application',
      DeploymentGroupName: 'web-group',
      DeploymentId: deploymentId,
      Completion: 'COMPLETED',
      HookLogs: { AfterAllowTestTraffic: '/aws/lambda/smoke' },
      Segment: '2',
      Segments: '2',
      ...more,
    },
    OldResourceProperties: undefined,
  };
}
