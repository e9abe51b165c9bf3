import { ServiceFailure } from '../core/failures';
import type { SecretReader } from '../core/ports';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { SECRETS_MANAGER } from './aws-endpoint';
import type { JsonRpc } from './json-rpc';
import { jsonClient } from './json-rpc';

const RPC: JsonRpc = { service: SECRETS_MANAGER, version: '1.1', target: 'secretsmanager' };

export function secretsManager(call: AwsCall = awsCall(SECRETS_MANAGER)): SecretReader {
  const client = jsonClient(call, RPC);
  return {
    read: async (nameOrArn, signal) => {
      const { SecretString: text } = await client('GetSecretValue', { SecretId: nameOrArn }, signal);
      if (typeof text !== 'string') {
        throw new ServiceFailure('secretsmanager:GetSecretValue', 'NoText', 'the secret is kept as binary; keep it as text (SecretString)', false);
      }
      return text;
    },
  };
}
