/** Parameters and secrets of the assembly as CloudFormation would make them. */
import { UserError } from '../report/user-error';
import type { ParameterType } from '../engine/parameter-store';
import type { Assembly, PlacedResource } from './assembly';
import type { Called } from './meant';
import { meant, pathOf } from './meant';
import { identifier } from './naming';
import { isObject } from './read-json';
import type { JsonObject } from './read-json';
import { sameEnvironment } from './stack';
import type { Stack } from './stack';

export interface ResolvedParameter extends Called {
  readonly type: ParameterType;
  readonly value: string;
}

export interface ResolvedSecret extends Called {
  readonly arn: string;
  /** Absent: the template does not say, and generates none. */
  readonly text?: string;
  /** ARN of the customer's key. */
  readonly keyArn?: string;
}

const GENERATED_LENGTH = 32;

/** Every parameter that the assembly makes in the account and region of a stack. */
export function parametersBeside(assembly: Assembly, stack: Stack): readonly ResolvedParameter[] {
  return beside(assembly, stack, 'AWS::SSM::Parameter').map((place) => {
    const properties = assembly.properties(place);
    const type = properties.Type === 'StringList' ? 'StringList' : 'String';
    return { ...called(assembly, place), name: assembly.ref(place.stack, place.logicalId), type, value: String(properties.Value ?? '') };
  });
}

/** Every secret that the assembly makes there. What the service would generate is made up. */
export function secretsBeside(assembly: Assembly, stack: Stack): readonly ResolvedSecret[] {
  return beside(assembly, stack, 'AWS::SecretsManager::Secret').map((place) => {
    const properties = assembly.properties(place);
    const arn = assembly.ref(place.stack, place.logicalId);
    const text = textOf(properties, arn);
    const keyArn = keyOf(place.stack, properties.KmsKeyId);
    return {
      ...called(assembly, place),
      name: /:secret:(.*)-[^-]{6}$/.exec(arn)?.[1] ?? arn,
      arn,
      ...(text === undefined ? {} : { text }),
      ...(keyArn === undefined ? {} : { keyArn }),
    };
  });
}

/** ARN of a key that a scenario names: as it is, or by a name that it has in the app. @throws UserError */
export function keyNamed(assembly: Assembly, stack: Stack, wanted: string): string {
  if (wanted.startsWith('arn:')) {
    return wanted;
  }
  const keys = beside(assembly, stack, 'AWS::KMS::Key').map((place) => ({ ...called(assembly, place), arn: assembly.attribute(place.stack, place.logicalId, 'Arn') }));
  const [only, ...others] = meant(keys, wanted);
  if (only === undefined || others.length > 0) {
    const names = keys.map(({ path, name }) => path ?? name).join(', ') || 'none';
    throw new UserError(`"${wanted}" stands for ${only === undefined ? 'no key' : 'several keys'} of the app, which has ${names}; name one of them, or write an ARN`);
  }
  return only.arn;
}

function beside(assembly: Assembly, stack: Stack, type: string): readonly PlacedResource[] {
  return assembly.resources(type).filter((place) => sameEnvironment(place.stack, stack));
}

function called(assembly: Assembly, place: PlacedResource): Called {
  return { name: assembly.ref(place.stack, place.logicalId), logicalId: place.logicalId, path: pathOf(place) };
}

/** A key by its id or ARN; the one behind an alias cannot be known, and decides nothing. */
function keyOf({ account, region }: Stack, id: unknown): string | undefined {
  if (typeof id !== 'string' || id === '' || id.includes('alias/')) {
    return undefined;
  }
  return id.startsWith('arn:') ? id : `arn:aws:kms:${region}:${account}:key/${id}`;
}

function textOf({ SecretString: text, GenerateSecretString: generate }: JsonObject, arn: string): string | undefined {
  if (text !== undefined) {
    return String(text);
  }
  if (!isObject(generate)) {
    return undefined;
  }
  const password = identifier.hex(`password of ${arn}`, Math.min(64, Number(generate.PasswordLength ?? GENERATED_LENGTH)));
  if (typeof generate.GenerateStringKey !== 'string') {
    return password;
  }
  const template: unknown = JSON.parse(String(generate.SecretStringTemplate ?? '{}'));
  return JSON.stringify({ ...(isObject(template) ? template : {}), [generate.GenerateStringKey]: password });
}
