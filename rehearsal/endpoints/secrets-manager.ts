/**
 * Secrets Manager's GetSecretValue.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
import type { GetSecretValueResponse } from '@aws-sdk/client-secrets-manager';
import { ServiceError } from '../engine/ports';
import type { AwsPlace, AwsService, Caller } from './aws-service';
import { uuidOf } from './aws-service';
import type { Fields } from './fields';

/** Prefix of `x-amz-target`. */
export const SECRETS_MANAGER_TARGET = 'secretsmanager';

const CURRENT = 'AWSCURRENT';

/** A secret with its only version, the current one. */
export interface StoredSecret {
  readonly name: string;
  /** With the six characters that the service appends to the name. */
  readonly arn: string;
  readonly text: string;
  /** ARN of the customer's key; absent: the one of AWS. */
  readonly keyArn?: string;
}

export function secretsManagerService(place: AwsPlace, secrets: readonly StoredSecret[]): AwsService {
  return {
    name: 'secretsmanager',
    operations: {
      GetSecretValue: (input, caller) => getSecretValue(place, secrets, input, caller),
    },
  };
}

function getSecretValue(place: AwsPlace, secrets: readonly StoredSecret[], input: Fields, caller: Caller): GetSecretValueResponse {
  const id = input.string('SecretId');
  if (id === undefined || id === '') {
    throw new ServiceError('ValidationException', "1 validation error detected: Value at 'secretId' failed to satisfy constraint: Member must not be null");
  }
  const secret = secrets.find(({ name, arn }) => id === name || id === arn || `${id}-` === arn.slice(0, -6));
  caller.authorize('secretsmanager:GetSecretValue', secret?.arn ?? arnOf(place, id));
  const versionId = secret === undefined ? undefined : uuidOf(`version of ${secret.arn}`);
  const stage = input.string('VersionStage');
  if (secret === undefined || versionId === undefined) {
    throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }
  if ((stage ?? CURRENT) !== CURRENT || (input.string('VersionId') ?? versionId) !== versionId) {
    throw new ServiceError('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for ${stage === undefined ? 'VersionId' : `staging label: ${stage}`}`);
  }
  requireKey(place, secret, caller);
  return { ARN: secret.arn, Name: secret.name, VersionId: versionId, SecretString: secret.text, VersionStages: [CURRENT], CreatedDate: new Date(place.epochMs) };
}

/** The service decrypts in the caller's name: with a key of the customer's, who reads needs the permission for the key too. */
function requireKey({ region }: AwsPlace, { arn, keyArn }: StoredSecret, caller: Caller): void {
  if (keyArn === undefined) {
    return;
  }
  try {
    caller.authorize('kms:Decrypt', keyArn, { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com`, 'kms:EncryptionContext:SecretARN': arn });
  } catch (error) {
    throw error instanceof ServiceError ? new ServiceError('AccessDeniedException', 'Access to KMS is not allowed') : error;
  }
}

function arnOf({ partition, region, accountId }: AwsPlace, id: string): string {
  return id.startsWith('arn:') ? id : `arn:${partition}:secretsmanager:${region}:${accountId}:secret:${id}`;
}
