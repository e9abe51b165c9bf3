/** Requests to keep the newest versions of a function, and who has none. */
import type { ProvisionedConcurrencyService } from '../../../lambda/core/provisioned-concurrency/allocation';
import type { FunctionVersionService } from '../../../lambda/core/function-versions/ports';
import type { ResourceRequest } from '../../../lib/model/deployment-request';
import type { FunctionVersionsProperties } from '../../../lib/model/function-versions-request';
import type { ProvisionedConcurrencyProperties } from '../../../lib/model/provisioned-concurrency';
import { PROVISIONED_CONCURRENCY_RESOURCE_TYPE } from '../../../lib/model/provisioned-concurrency';
import { FUNCTION_VERSIONS_RESOURCE_TYPE } from '../../../lib/model/function-versions-request';
import { request } from './deployment-requests';

const never = (): Promise<never> => Promise.reject(new Error('a deployment asks for no versions'));

/** Of those who deploy. */
export const NO_VERSIONS: FunctionVersionService = { published: never, ofAliases: never, provisioned: never, delete: never };

export const NO_CONCURRENCY: ProvisionedConcurrencyService = { read: never, request: never, release: never };

export const versionsProperties = (wanted: unknown, more: Partial<Record<keyof FunctionVersionsProperties, unknown>> = {}) => ({
  ServiceToken: 'arn:aws:lambda:eu-central-1:111122223333:function:intake',
  Function: 'take-order',
  Version: wanted,
  Keep: '2',
  ...more,
});

export function versionsRequest(type: ResourceRequest['RequestType'], now: object = versionsProperties('9'), before: object | undefined = versionsProperties('8')): ResourceRequest {
  return {
    ...request(type),
    ResourceType: FUNCTION_VERSIONS_RESOURCE_TYPE,
    LogicalResourceId: 'OrdersVersions',
    ResourceProperties: now as ResourceRequest['ResourceProperties'],
    OldResourceProperties: (type === 'Update' ? before : undefined) as ResourceRequest['OldResourceProperties'],
  };
}

export const provisionedProperties = (wanted: unknown, more: Partial<Record<keyof ProvisionedConcurrencyProperties, unknown>> = {}) => ({
  ServiceToken: 'arn:aws:lambda:eu-central-1:111122223333:function:intake',
  Function: 'take-order',
  Version: wanted,
  Executions: '5',
  Timeout: '600',
  ...more,
});

export function provisionedRequest(type: ResourceRequest['RequestType'], now: object = provisionedProperties('9'), before: object | undefined = provisionedProperties('9'), physicalId = 'take-order:9'): ResourceRequest {
  return {
    ...request(type, type === 'Create' ? {} : { PhysicalResourceId: physicalId }),
    ResourceType: PROVISIONED_CONCURRENCY_RESOURCE_TYPE,
    LogicalResourceId: 'OrdersProvisionedConcurrency',
    ResourceProperties: now as ResourceRequest['ResourceProperties'],
    OldResourceProperties: (type === 'Update' ? before : undefined) as ResourceRequest['OldResourceProperties'],
  };
}
