/** Reads an AppSpec into the form that the rules take: a YAML or a JSON text, and the line of every part of it. */
import type { Part } from '../../../lib/model/appspec/part';
import type { AppSpecFinding } from '../../../lib/model/appspec/rules';
import { finding } from '../../../lib/model/appspec/rules';
import { readUtf8 } from '../json-document';
import { readJson } from './json-part';
import { readYaml } from './yaml-part';

export type Format = 'yaml' | 'json';

/** A document, or why it is none. */
export type Reading = { readonly root: Part } | Unreadable;

export interface Unreadable {
  readonly platform?: undefined;
  readonly findings: readonly AppSpecFinding[];
}

export function readAppSpecFile(bytes: Uint8Array, format: Format): Reading {
  const text = readUtf8(bytes);
  return typeof text === 'string' ? readAppSpecText(text, format) : { findings: [finding('not-utf8', text.line, text.message)] };
}

/** @param format whether it is to be strictly JSON, which is YAML otherwise */
export function readAppSpecText(text: string, format: Format): Reading {
  return format === 'json' ? readJson(text) : readYaml(text);
}

export const formatOf = (fileName: string): Format => (fileName.toLowerCase().endsWith('.json') ? 'json' : 'yaml');
