/**
 * Reads a cloud assembly as `cdk synth` leaves it. Nothing of it is run, and the CDK itself is not needed.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/deploy.html
 */
import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

import { UserError } from '../report/user-error';
import { Assembly } from './assembly';
import { isObject, readJsonObject } from './read-json';
import type { JsonObject } from './read-json';
import { DEFAULT_ACCOUNT, DEFAULT_REGION } from './stack';
import type { FileAsset, Stack } from './stack';
import { readTemplate } from './template';

export const MANIFEST = 'manifest.json';

/** Below this one stand the manifests of version 1 of the CDK, whose assets are laid out otherwise. */
const OLDEST_MANIFEST = 16;

/** The newest manifest that this command was tried with. What it reads has not changed since the oldest. */
export const NEWEST_MANIFEST = 55;

/** Stages within stages deeper than this are taken for a loop. */
const MAX_DEPTH = 16;

/** Remedies that several messages share. */
const AGAIN = "synthesize the app again with 'cdk synth'";
const NAME_IT = "name the output directory of 'cdk synth' with --app";

interface Reading {
  readonly stacks: Stack[];
  readonly notes: Set<string>;
}

/** Directory of the assembly: what the user says, else the `output` of cdk.json in the working directory, else cdk.out. */
export function locateAssembly(app: string | undefined, workingDirectory: string): string {
  if (app !== undefined) {
    return resolve(workingDirectory, app);
  }
  const settings = join(workingDirectory, 'cdk.json');
  const output = existsSync(settings) ? readJsonObject(settings, 'cdk.json').output : undefined;
  return resolve(workingDirectory, typeof output === 'string' && output !== '' ? output : 'cdk.out');
}

/** Reads every stack of an assembly, those of its stages and nested stacks included. */
export function readAssembly(directory: string): Assembly {
  const reading: Reading = { stacks: [], notes: new Set() };
  readDirectory(resolve(directory), reading, 0);
  if (reading.stacks.length === 0) {
    throw new UserError(`${join(directory, MANIFEST)} names no stack; ${NAME_IT}`);
  }
  return new Assembly(resolve(directory), reading.stacks, [...reading.notes]);
}

function readDirectory(directory: string, reading: Reading, depth: number): void {
  if (depth > MAX_DEPTH) {
    throw new UserError(`${directory} nests more than ${MAX_DEPTH} stages, most likely in a circle; ${AGAIN}`);
  }
  const manifest = readManifest(directory, reading);
  const artifacts = isObject(manifest.artifacts) ? manifest.artifacts : {};
  for (const [id, artifact] of Object.entries(artifacts)) {
    if (!isObject(artifact)) {
      continue;
    }
    const properties = isObject(artifact.properties) ? artifact.properties : {};
    if (artifact.type === 'cdk:cloud-assembly' && typeof properties.directoryName === 'string') {
      readDirectory(join(directory, properties.directoryName), reading, depth + 1);
    }
    if (artifact.type === 'aws:cloudformation:stack') {
      reading.stacks.push(...readStack(directory, id, artifact, properties, artifacts));
    }
  }
}

function readManifest(directory: string, reading: Reading): JsonObject {
  if (!existsSync(directory)) {
    throw new UserError(`no such directory: ${directory}; run 'cdk synth' first, or name the output directory of your app with --app`);
  }
  const file = join(directory, MANIFEST);
  if (!statSync(directory).isDirectory() || !existsSync(file)) {
    throw new UserError(`${directory} is not a cloud assembly, since it holds no ${MANIFEST}; ${NAME_IT}`);
  }
  const manifest = readJsonObject(file, 'manifest');
  const version = typeof manifest.version === 'string' ? manifest.version : undefined;
  const major = Number(/^(\d+)\.\d+\.\d+$/.exec(version ?? '')?.[1] ?? Number.NaN);
  if (!(major >= OLDEST_MANIFEST)) {
    const shown = manifest.version === undefined ? 'no version' : `version ${JSON.stringify(manifest.version)}`;
    throw new UserError(
      `${file} has ${shown}, and this command reads cloud assemblies from version ${OLDEST_MANIFEST}.0.0 on; ` +
        'synthesize the app with aws-cdk-lib 2',
    );
  }
  if (major > NEWEST_MANIFEST) {
    reading.notes.add(`the cloud assembly has version ${version}; the newest that this command was tried with is ${NEWEST_MANIFEST}.0.0`);
  }
  return manifest;
}

function readStack(directory: string, id: string, artifact: JsonObject, properties: JsonObject, artifacts: JsonObject): Stack[] {
  const templateFile = join(directory, String(properties.templateFile ?? `${id}.template.json`));
  const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(String(artifact.environment)) ?? [];
  const stack: Stack = {
    id,
    path: String(artifact.displayName ?? id),
    stackName: String(properties.stackName ?? id),
    account: account === undefined || account === 'unknown-account' ? DEFAULT_ACCOUNT : account,
    region: region === undefined || region === 'unknown-region' ? DEFAULT_REGION : region,
    templateFile,
    template: readTemplate(templateFile, `template of stack ${id}`),
    assets: readAssets(directory, artifact, artifacts),
    parameters: isObject(properties.parameters) ? properties.parameters : {},
  };
  return [stack, ...readNested(stack, 0)];
}

/** Nested stacks whose template is an asset. Others cannot be read from here and stay opaque. */
function readNested(parent: Stack, depth: number): Stack[] {
  if (depth > MAX_DEPTH) {
    throw new UserError(`stack ${parent.id} nests more than ${MAX_DEPTH} stacks, most likely in a circle; ${AGAIN}`);
  }
  return Object.entries(parent.template.resources).flatMap(([logicalId, resource]) => {
    const isStack = resource.type === 'AWS::CloudFormation::Stack';
    const asset = isStack ? nestedTemplate(parent, resource.metadata, resource.properties) : undefined;
    if (asset === undefined) {
      return [];
    }
    const nested: Stack = {
      ...parent,
      id: basename(asset).replace(/(\.nested)?\.template\.json$/, ''),
      path: `${parent.path}/${logicalId}`,
      stackName: `${parent.stackName}-${logicalId}`,
      templateFile: asset,
      template: readTemplate(asset, `template of nested stack ${logicalId} of ${parent.id}`),
      parameters: {},
      parent: { stack: parent, logicalId },
    };
    return [nested, ...readNested(nested, depth + 1)];
  });
}

function nestedTemplate(parent: Stack, metadata: JsonObject, properties: JsonObject): string | undefined {
  const path = metadata['aws:asset:path'];
  if (typeof path === 'string') {
    return resolve(parent.templateFile, '..', path);
  }
  // The URL is a function of region and account; its last piece is the key of the asset.
  const url = JSON.stringify(properties.TemplateURL ?? '');
  return parent.assets.find((asset) => asset.objectKeys.some((key) => url.includes(`/${key}"`)))?.path;
}

function readAssets(directory: string, artifact: JsonObject, artifacts: JsonObject): FileAsset[] {
  const dependencies = Array.isArray(artifact.dependencies) ? artifact.dependencies : [];
  return dependencies.flatMap((dependency) => {
    const other = artifacts[String(dependency)];
    if (!isObject(other) || other.type !== 'cdk:asset-manifest' || !isObject(other.properties)) {
      return [];
    }
    const manifest = readJsonObject(join(directory, String(other.properties.file)), `asset manifest ${String(dependency)}`);
    return Object.values(isObject(manifest.files) ? manifest.files : {}).flatMap((file) => readAsset(directory, file));
  });
}

function readAsset(directory: string, file: unknown): FileAsset[] {
  if (!isObject(file) || !isObject(file.source) || typeof file.source.path !== 'string') {
    return [];
  }
  const destinations = Object.values(isObject(file.destinations) ? file.destinations : {});
  return [
    {
      // Absolute where the app was synthesized without staging its assets.
      path: resolve(directory, file.source.path),
      packaging: String(file.source.packaging ?? 'file'),
      objectKeys: destinations.flatMap((one) => (isObject(one) && typeof one.objectKey === 'string' ? [one.objectKey] : [])),
    },
  ];
}
