/** Provisioned concurrency of versions, as hooks and the deployment provider ask for it. */
import { ServiceFailure } from '../core/failures';
import type { Allocation, ProvisionedConcurrencyService, Version } from '../core/provisioned-concurrency/allocation';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { LAMBDA } from './aws-endpoint';
import type { JsonObject } from './json-rpc';
import { restJsonClient } from './rest-json';

/** The version has none; or it is gone itself, or its function. */
const NONE: readonly string[] = ['ProvisionedConcurrencyConfigNotFoundException', 'ResourceNotFoundException'];

/**
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_PutProvisionedConcurrencyConfig.html
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetProvisionedConcurrencyConfig.html
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteProvisionedConcurrencyConfig.html
 */
export function provisionedConcurrency(call: AwsCall = awsCall(LAMBDA)): ProvisionedConcurrencyService {
  const client = restJsonClient(call, LAMBDA);
  const place = ({ functionName, version }: Version) => ({ path: `/2019-09-30/functions/${encodeURIComponent(functionName)}/provisioned-concurrency`, query: { Qualifier: version } });
  return {
    read: (version, signal) => unlessNone([NONE[0]!], async () => allocationOf('GetProvisionedConcurrencyConfig', await client({ operation: 'GetProvisionedConcurrencyConfig', method: 'GET', ...place(version) }, signal))),

    request: async (version, executions, signal) => {
      const operation = 'PutProvisionedConcurrencyConfig';
      return allocationOf(operation, await client({ operation, method: 'PUT', ...place(version), input: { ProvisionedConcurrentExecutions: executions } }, signal));
    },

    release: async (version, signal) => {
      await unlessNone(NONE, () => client({ operation: 'DeleteProvisionedConcurrencyConfig', method: 'DELETE', ...place(version) }, signal));
    },
  };
}

async function unlessNone<T>(codes: readonly string[], make: () => Promise<T>): Promise<T | undefined> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof ServiceFailure && codes.includes(error.code)) {
      return undefined;
    }
    throw error;
  }
}

function allocationOf(operation: string, answer: JsonObject): Allocation {
  const { Status: status, RequestedProvisionedConcurrentExecutions: requested, AvailableProvisionedConcurrentExecutions: available, StatusReason: reason } = answer;
  if (typeof status !== 'string' || typeof requested !== 'number') {
    throw new ServiceFailure(`lambda:${operation}`, 'UnexpectedAnswer', 'the answer tells no status, or not how much was requested', true);
  }
  return { status, requested, available: typeof available === 'number' ? available : 0, ...(typeof reason === 'string' ? { reason } : {}) };
}
