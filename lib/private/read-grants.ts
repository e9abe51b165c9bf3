/** What the role of a hook may read: these secrets and parameters, and the keys behind them by way of their service alone. */
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type * as ssm from 'aws-cdk-lib/aws-ssm';
import type { IResource } from 'aws-cdk-lib/core';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

export interface ReadGrant {
  readonly service: 'secretsmanager' | 'ssm';
  readonly arn: string;
  readonly keyArn?: string;
  readonly resource: IResource;
}

const ACTIONS = { secretsmanager: 'secretsmanager:GetSecretValue', ssm: 'ssm:GetParameter' } as const;
const SIDS = { secretsmanager: 'ReadSecrets', ssm: 'ReadParameters' } as const;
const KEY_SIDS = { secretsmanager: 'DecryptSecrets', ssm: 'DecryptParameters' } as const;

export function secretGrant(secret: secretsmanager.ISecret): ReadGrant {
  // The service appends six characters to the name, which are not known where a secret is imported by its name.
  return { service: 'secretsmanager', arn: secret.secretFullArn ?? `${secret.secretArn}-??????`, ...keyOf(secret.encryptionKey), resource: secret };
}

export function parameterGrant(parameter: ssm.IStringParameter): ReadGrant {
  // Every parameter of the CDK has it, but its interface does not say so.
  const { encryptionKey } = parameter as { readonly encryptionKey?: kms.IKey };
  return { service: 'ssm', arn: parameter.parameterArn, ...keyOf(encryptionKey), resource: parameter };
}

/** One statement for each service, and one for the keys behind it. @throws where something is kept in another region than the hook's */
export function readStatements(grants: readonly ReadGrant[], scope: Construct): iam.PolicyStatement[] {
  const { region } = Stack.of(scope);
  grants.forEach((grant) => requireRegion(grant, region));
  return (['secretsmanager', 'ssm'] as const).flatMap((service) => {
    const own = grants.filter((grant) => grant.service === service);
    const keys = own.flatMap(({ keyArn }) => keyArn ?? []);
    return [
      ...(own.length === 0 ? [] : [new iam.PolicyStatement({ sid: SIDS[service], actions: [ACTIONS[service]], resources: distinct(own.map(({ arn }) => arn)) })]),
      ...(keys.length === 0 ? [] : [decrypt(service, distinct(keys), region)]),
    ];
  });
}

function decrypt(service: ReadGrant['service'], resources: string[], region: string): iam.PolicyStatement {
  const conditions = { StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com` } };
  return new iam.PolicyStatement({ sid: KEY_SIDS[service], actions: ['kms:Decrypt'], resources, conditions });
}

function requireRegion({ service, resource }: ReadGrant, region: string): void {
  const own = resource.env.region;
  if (!Token.isUnresolved(own) && !Token.isUnresolved(region) && own !== region) {
    const what = service === 'ssm' ? 'parameter' : 'secret';
    throw new Error(`${what} '${resource.node.path}' is kept in ${own}, and the hook runs in ${region}, where it cannot be read; keep it or replicate it there`);
  }
}

function keyOf(key: kms.IKey | undefined): { readonly keyArn?: string } {
  return key === undefined ? {} : { keyArn: key.keyArn };
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
