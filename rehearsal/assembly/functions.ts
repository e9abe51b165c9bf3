/** Lambda functions of the assembly, ready to be run as the template deploys them. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

import type { ResourceReference } from '../../lib/model/rollout';
import type { FunctionSpec } from '../engine/ports';
import { UserError } from '../report/user-error';
import type { Assembly, PlacedResource } from './assembly';
import { isObject } from './read-json';
import type { JsonObject } from './read-json';
import { follow } from './rollouts';
import { sameEnvironment } from './stack';
import type { Stack } from './stack';

/** Defaults of Lambda where the template says nothing. */
export const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MB = 128;
const DEFAULT_RETRY_ATTEMPTS = 2;
const DEFAULT_EVENT_AGE_SECONDS = 21_600;

/** What Lambda takes, in seconds and in MB. */
const TIMEOUT_RANGE = [1, 900] as const;
const MEMORY_RANGE = [128, 10_240] as const;

const FUNCTION = 'AWS::Lambda::Function';

/** Where the code of a function is: in a directory, or in the template itself, to be written as one file before it runs. */
export type FunctionCode = { readonly directory: string } | { readonly inline: string; readonly fileName: string };

/** Everything that a `FunctionSpec` has but the directory, which the caller makes where the code is inline. */
export interface ResolvedFunction {
  readonly spec: Omit<FunctionSpec, 'directory'>;
  readonly code: FunctionCode;
  readonly asynchronous: AsynchronousInvocation;
  /** Name of the log group that it writes to. */
  readonly logGroup: string;
  readonly place: PlacedResource;
  /** What the function has that a rehearsal leaves out, such as layers. */
  readonly notModelled: readonly string[];
}

/** What Lambda does with an asynchronous invocation that fails, or succeeds. */
export interface AsynchronousInvocation {
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  /** ARN of the destination. */
  readonly onSuccess?: string;
  readonly onFailure?: string;
}

/** A function that a rollout names. Fails where it is not in the assembly, or where its code cannot be run from here. */
export function resolveFunction(assembly: Assembly, stack: Stack, reference: ResourceReference): ResolvedFunction {
  const place = functionOf(assembly, stack, reference);
  if (place === undefined) {
    const name = 'value' in reference ? reference.value : reference.logicalId;
    throw new UserError(
      `function ${name} is not made in this assembly, so its code cannot be rehearsed; add the stack that makes it to the app`,
    );
  }
  const properties = assembly.properties(place);
  const { name, arn } = functionIdentity(assembly, place);
  const variables = isObject(properties.Environment) && isObject(properties.Environment.Variables) ? properties.Environment.Variables : {};
  const network = isObject(properties.VpcConfig) ? properties.VpcConfig : {};
  const spec = {
    name,
    arn,
    handler: String(properties.Handler ?? ''),
    runtime: String(properties.Runtime ?? ''),
    timeoutMs: functionTimeoutMs(assembly, place),
    memoryMb: numberWithin(place, 'MemorySize', properties.MemorySize ?? DEFAULT_MEMORY_MB, MEMORY_RANGE),
    environment: Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, String(value)])),
    roleArn: String(properties.Role ?? ''),
    inVpc: Array.isArray(network.SubnetIds) && network.SubnetIds.length > 0,
  };
  return {
    spec,
    code: codeOf(place, properties, spec.runtime),
    asynchronous: asynchronousInvocation(assembly, place),
    logGroup: String((isObject(properties.LoggingConfig) ? properties.LoggingConfig.LogGroup : undefined) ?? `/aws/lambda/${name}`),
    place,
    notModelled: Array.isArray(properties.Layers) && properties.Layers.length > 0 ? [`layers of function ${name}`] : [],
  };
}

/** The function in the assembly that has this name or ARN, with or without a qualifier; undefined where there is none. */
export function functionNamed(assembly: Assembly, nameOrArn: string): PlacedResource | undefined {
  return assembly.resources(FUNCTION).find((place) => {
    const { name, arn } = functionIdentity(assembly, place);
    return nameOrArn === name || nameOrArn === arn || nameOrArn.startsWith(`${name}:`) || nameOrArn.startsWith(`${arn}:`);
  });
}

interface FunctionIdentity {
  readonly name: string;
  /** Unqualified. */
  readonly arn: string;
}

export function functionIdentity(assembly: Assembly, { stack, logicalId }: PlacedResource): FunctionIdentity {
  return { name: assembly.ref(stack, logicalId), arn: assembly.attribute(stack, logicalId, 'Arn') };
}

export function functionTimeoutMs(assembly: Assembly, place: PlacedResource): number {
  return numberWithin(place, 'Timeout', assembly.properties(place).Timeout ?? DEFAULT_TIMEOUT_SECONDS, TIMEOUT_RANGE) * 1000;
}

/** The function itself, also where a version or an alias of it is named. */
function functionOf(assembly: Assembly, stack: Stack, reference: ResourceReference): PlacedResource | undefined {
  const target = follow(assembly, stack, reference);
  if ('value' in target) {
    return functionNamed(assembly, target.value);
  }
  const { type, properties } = target.resource;
  return type === FUNCTION ? target : functionNamed(assembly, assembly.text(target.stack, properties.FunctionName));
}

function asynchronousInvocation(assembly: Assembly, place: PlacedResource): AsynchronousInvocation {
  const { name, arn } = functionIdentity(assembly, place);
  const found = assembly
    .resources('AWS::Lambda::EventInvokeConfig')
    .filter(({ stack }) => sameEnvironment(stack, place.stack))
    .map((config) => assembly.properties(config))
    .find((properties) => properties.FunctionName === name || properties.FunctionName === arn);
  const destinations = isObject(found?.DestinationConfig) ? found.DestinationConfig : {};
  return {
    maximumRetryAttempts: Number(found?.MaximumRetryAttempts ?? DEFAULT_RETRY_ATTEMPTS),
    maximumEventAgeSeconds: Number(found?.MaximumEventAgeInSeconds ?? DEFAULT_EVENT_AGE_SECONDS),
    onSuccess: destination(destinations.OnSuccess),
    onFailure: destination(destinations.OnFailure),
  };
}

function numberWithin({ stack, logicalId }: PlacedResource, name: string, value: unknown, [least, most]: readonly [number, number]): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !(number >= least && number <= most)) {
    const shown = JSON.stringify(value);
    throw new UserError(`${name} of function ${stack.path}/${logicalId} must be a number from ${least} to ${most}, got ${shown}; correct it in the app`);
  }
  return number;
}

function destination(value: unknown): string | undefined {
  return isObject(value) && typeof value.Destination === 'string' ? value.Destination : undefined;
}

function codeOf(place: PlacedResource, properties: JsonObject, runtime: string): FunctionCode {
  const { stack, logicalId, resource } = place;
  const what = `function ${stack.path}/${logicalId}`;
  const code = isObject(properties.Code) ? properties.Code : {};
  if (code.ImageUri !== undefined || properties.PackageType === 'Image') {
    throw new UserError(`${what} is a container image, which a rehearsal cannot run; deploy its code as a directory asset to rehearse it`);
  }
  if (!runtime.startsWith('nodejs') && !runtime.startsWith('python')) {
    const shown = runtime === '' ? 'no runtime' : `the runtime ${runtime}`;
    throw new UserError(`${what} has ${shown}, and a rehearsal runs nodejs and python runtimes only; name another rollout, or rehearse with a hook in JavaScript`);
  }
  if (typeof code.ZipFile === 'string') {
    return { inline: code.ZipFile, fileName: runtime.startsWith('python') ? 'index.py' : 'index.js' };
  }
  const asset = stack.assets.find(({ objectKeys }) => objectKeys.includes(String(code.S3Key)));
  const hint = resource.metadata['aws:asset:path'];
  const path = asset?.path ?? (typeof hint === 'string' ? resolve(stack.templateFile, '..', hint) : undefined);
  if (path === undefined) {
    throw new UserError(
      `${what} takes its code from S3 key "${String(code.S3Key)}", which is no asset of the assembly; ` +
        'use lambda.Code.fromAsset with a directory',
    );
  }
  if (!existsSync(path)) {
    throw new UserError(`code of ${what} does not exist: ${path}; synthesize the app again with 'cdk synth'`);
  }
  if (!statSync(path).isDirectory()) {
    throw new UserError(
      `code of ${what} is a single file, and only directories can be rehearsed: ${path}; use lambda.Code.fromAsset with a directory`,
    );
  }
  return { directory: path };
}
