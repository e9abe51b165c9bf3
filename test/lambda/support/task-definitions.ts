/** Requests to keep the newest revisions of a task definition, and who has none. */
import type { TaskDefinitionService } from '../../../lambda/core/task-definitions/ports';
import type { ResourceRequest } from '../../../lib/model/deployment-request';
import type { TaskDefinitionsProperties } from '../../../lib/model/task-definitions-request';
import { TASK_DEFINITIONS_RESOURCE_TYPE } from '../../../lib/model/task-definitions-request';
import { request, TASKS } from './deployment-requests';

const never = (): Promise<never> => Promise.reject(new Error('a deployment asks for no task definitions'));

/** Of those who deploy. */
export const NO_TASK_DEFINITIONS: TaskDefinitionService = { inUse: never, newest: never, deregister: never };

/** ARN of a revision of the family `web`. */
export const revision = (number: number): string => `${TASKS}:${number}`;

export const keepProperties = (wanted: number, more: Partial<Record<keyof TaskDefinitionsProperties, unknown>> = {}) => ({
  ServiceToken: 'arn:aws:lambda:eu-central-1:111122223333:function:intake',
  TaskDefinition: revision(wanted),
  Cluster: 'main',
  Service: 'web',
  Keep: '2',
  ...more,
});

export function keepRequest(type: ResourceRequest['RequestType'], now: object = keepProperties(9), before: object | undefined = keepProperties(8)): ResourceRequest {
  return {
    ...request(type),
    ResourceType: TASK_DEFINITIONS_RESOURCE_TYPE,
    LogicalResourceId: 'WebTaskDefinitions',
    ResourceProperties: now as ResourceRequest['ResourceProperties'],
    OldResourceProperties: (type === 'Update' ? before : undefined) as ResourceRequest['OldResourceProperties'],
  };
}
