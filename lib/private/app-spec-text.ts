/** AppSpecs as texts: read and printed by a bundle of the package, which is loaded where there is a text, and nowhere else. */
import * as fs from 'fs';
import { createRequire } from 'module';
import * as path from 'path';

import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

import { lintServerFileName } from '../model/appspec/file-name';
import { lintAppSpec } from '../model/appspec/lint';
import type { Part } from '../model/appspec/part';
import { valueOf } from '../model/appspec/part';
import type { AppSpecFinding, Platform } from '../model/appspec/rules';
import { MAX_APPSPEC_BYTES } from '../model/limits';
import { hasLate, partOf, warningsOf, withLateParts } from './app-spec-rules';
import { packageRoot } from './handler-code';

interface AppSpecTexts {
  addScript(text: string, script: AddedScript): string;
  formatOf(fileName: string): 'yaml' | 'json';
  printYaml(value: unknown): string;
  readAppSpecText(text: string, format: 'yaml' | 'json'): { readonly root: Part } | { readonly findings: readonly AppSpecFinding[] };
}

/** A script that an event has besides its own. */
export interface AddedScript {
  readonly event: string;
  readonly location: string;
  /** In seconds. */
  readonly timeout: number;
}

export interface ReadDocument {
  readonly platform: Platform;
  readonly document: object;
  /** The document with its lines. */
  readonly root: Part;
  readonly warnings: readonly AppSpecFinding[];
}

let loaded: AppSpecTexts | undefined;

/** @throws with each rule that is broken, and its line */
export function readAppSpec(text: string, platform: Platform | undefined): ReadDocument {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_APPSPEC_BYTES) {
    throw new Error(`an AppSpec may have ${MAX_APPSPEC_BYTES} bytes, got ${bytes}; give the AppSpec alone, and not the bundle that it is in`);
  }
  return judged(text, 'yaml', platform, () => [], ({ line, message }) => `AppSpec, line ${line}: ${message}`);
}

/** @throws with each rule that is broken, and its line; and where the file cannot be read */
export function readAppSpecFile(file: string, platform: Platform | undefined): ReadDocument {
  const { size } = fs.statSync(file);
  if (size > MAX_APPSPEC_BYTES) {
    throw new Error(`${file} has ${size} bytes, and an AppSpec may have ${MAX_APPSPEC_BYTES}; name the AppSpec alone, and not the bundle that it is in`);
  }
  const text = decoded(file, fs.readFileSync(file));
  const nameProblems = (told: Platform) => (told === 'server' ? lintServerFileName(path.basename(file)) : []);
  return judged(text, texts().formatOf(file), platform, nameProblems, ({ line, message }) => `${file}:${line}: ${message}`);
}

function decoded(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Error(`${file} is not UTF-8; save it in that encoding`);
  }
}

function judged(
  text: string,
  format: 'yaml' | 'json',
  platform: Platform | undefined,
  nameProblems: (platform: Platform) => readonly AppSpecFinding[],
  told: (finding: AppSpecFinding) => string,
): ReadDocument {
  const reading = texts().readAppSpecText(text, format);
  if (!('root' in reading)) {
    throw new Error(reading.findings.map(told).join('\n'));
  }
  const root = withLateParts(reading.root);
  const verdict = lintAppSpec(root, platform);
  const named = verdict.platform === undefined ? [] : nameProblems(verdict.platform);
  const warnings = warningsOf([...named, ...verdict.findings], told);
  // Where no platform can be told, that is an error.
  return { platform: verdict.platform as Platform, document: withVersion(valueOf(reading.root) as object, verdict.platform as Platform), root, warnings };
}

/** ECS and Lambda take the version as a number and as a text; JSON has no way to write the number with its point. */
function withVersion(document: object, platform: Platform): object {
  const isVersion = ([key, value]: [string, unknown]) => platform !== 'server' && key.toLowerCase() === 'version' && value === 0;
  return Object.fromEntries(Object.entries(document).map(([key, value]) => (isVersion([key, value]) ? [key, '0.0'] : [key, value])));
}

/** Agents compare the version with the number 0.0. */
const VERSION_NUMBER = /^\{"version":0(?=[,}])/;

export function printJson(scope: IConstruct, document: object): string {
  // The text of a document with tokens is a token itself; that of a server has none.
  return hasLate(partOf(document)) ? Stack.of(scope).toJsonString(document) : JSON.stringify(document).replace(VERSION_NUMBER, '{"version":0.0');
}

export function printYaml(scope: IConstruct, document: object): string {
  return hasLate(partOf(document)) ? printJson(scope, document) : texts().printYaml(document);
}

/** The file of a document without tokens, which is that of a server. */
export const printFile = (document: object): string => texts().printYaml(document);

/** The text of an AppSpec for servers with one script more, and everything else as it is. */
export const addScript = (text: string, script: AddedScript): string => texts().addScript(text, script);

function texts(): AppSpecTexts {
  loaded ??= load();
  return loaded;
}

function load(): AppSpecTexts {
  const file = path.join(packageRoot(), 'build', 'synth', 'appspec.js');
  if (!fs.existsSync(file)) {
    throw new Error(`what reads and prints AppSpecs is not built, expected ${file}; run 'npm run build'`);
  }
  return createRequire(__filename)(file) as AppSpecTexts;
}
