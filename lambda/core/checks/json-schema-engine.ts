import type Ajv2020 from 'ajv/dist/2020';
import type { ErrorObject } from 'ajv/dist/2020';
import type { RegExpEngine } from 'ajv/dist/types';

import type { JsonSchema } from '../../../lib/model/suite';
import { excerpt } from '../text';
import type { CompilePattern, CompileSchema } from './engines';

export async function schemaCompiler(compilePattern: CompilePattern): Promise<CompileSchema> {
  return ajvCompiler((await import('ajv/dist/2020')).default, compilePattern);
}

/**
 * Draft 2020-12. Unknown keywords are mistakes, and so is every `format`: what it checks is no linear pattern. Patterns run on the engine
 * that is given. Nothing is ever fetched: a reference leads into the schema itself.
 */
export function ajvCompiler(Ajv: typeof Ajv2020, compilePattern: CompilePattern): CompileSchema {
  const regExp: RegExpEngine = Object.assign((pattern: string) => ({ test: compilePattern(pattern).found }), { code: 'linear' });
  return (schema) => {
    // One for each schema, so that two of them may have the same id. The other modes of strictness refuse schemas that the draft allows.
    const ajv = new Ajv({ strictSchema: true, strictTypes: false, strictTuples: false, strictRequired: false, allErrors: false, verbose: true, logger: false, addUsedSchema: false, code: { regExp } });
    const validate = ajv.compile(schema);
    if ('$async' in validate) {
      // Its answer would be a promise, which is true whatever it comes to.
      throw new Error('"$async" is no keyword of the draft');
    }
    return (value) => (validate(value) ? undefined : problemOf(validate.errors?.[0]));
  };
}

function problemOf(error: ErrorObject | undefined): ReturnType<ReturnType<CompileSchema>> {
  const { instancePath = '', message = 'must match the schema', data, params = {}, schemaPath = '#' } = error ?? {};
  const named = ['additionalProperty', 'unevaluatedProperty', 'propertyName'].map((name) => (params as Record<string, unknown>)[name]).find((name) => typeof name === 'string');
  const allowed = (params as { readonly allowedValues?: unknown }).allowedValues ?? (params as { readonly allowedValue?: unknown }).allowedValue;
  const detail = named === undefined ? (allowed === undefined ? '' : ` (${excerpt(JSON.stringify(allowed), 80)})`) : ` (${JSON.stringify(excerpt(String(named), 60))})`;
  return { pointer: instancePath, found: data, expected: `${message}${detail}`, keyword: schemaPath };
}

/** A schema that asks for nothing holds for everything. */
export function isVacuous(schema: JsonSchema): boolean {
  const annotations = ['$schema', '$id', '$comment', '$defs', '$anchor', '$dynamicAnchor', '$vocabulary', 'title', 'description', 'default', 'examples', 'deprecated', 'readOnly', 'writeOnly'];
  return Object.keys(schema).every((keyword) => annotations.includes(keyword));
}
