import { ServiceFailure } from '../core/failures';
import type { ParameterReader } from '../core/ports';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { SSM } from './aws-endpoint';
import type { JsonRpc } from './json-rpc';
import { jsonClient } from './json-rpc';

const RPC: JsonRpc = { service: SSM, version: '1.1', target: 'AmazonSSM' };

export function systemsManager(call: AwsCall = awsCall(SSM)): ParameterReader {
  const client = jsonClient(call, RPC);
  return {
    read: async (nameOrArn, signal) => {
      const { Parameter: parameter } = await client('GetParameter', { Name: nameOrArn, WithDecryption: true }, signal);
      const value = (parameter as { readonly Value?: unknown } | undefined)?.Value;
      if (typeof value !== 'string') {
        throw new ServiceFailure('ssm:GetParameter', 'NoValue', 'the answer holds no value', false);
      }
      return value;
    },
  };
}
