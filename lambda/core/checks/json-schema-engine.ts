import type Ajv2020 from 'ajv/dist/2020';
import type { ErrorObject, Options } from 'ajv/dist/2020';
import type { RegExpEngine, UriResolver } from 'ajv/dist/types';

import type { JsonSchema } from '../../../lib/model/suite';
import { excerpt } from '../text';
import type { CompilePattern, CompileSchema } from './engines';

/** References lead into the schema itself: no more of a URI has to be understood than where its fragment begins, and what it is relative to. */
const URIS: UriResolver = {
  parse: (uri) => {
    const [, path = '', , fragment] = /^([^#]*)(#(.*))?$/s.exec(uri) ?? [];
    return { path, fragment };
  },
  serialize: ({ path = '', fragment }) => `${path}${fragment === undefined ? '' : `#${fragment}`}`,
  resolve: (base, reference) => URL.parse(reference, base)?.href ?? (reference.startsWith('#') ? `${base.replace(/#.*$/s, '')}${reference}` : reference || base),
};

/** Unknown keywords are refused; the other modes of strictness refuse schemas that the draft allows. The first problem says enough. */
const OPTIONS: Options = {
  strictSchema: true,
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
  allErrors: false,
  verbose: true,
  logger: false,
  // Two schemas may have the same id.
  addUsedSchema: false,
  // A property is what the document has, and not what every object of the language has.
  ownProperties: true,
  // It is understood, and yet not known.
  keywords: ['$anchor'],
  uriResolver: URIS,
};

export async function schemaCompiler(compilePattern: CompilePattern): Promise<CompileSchema> {
  return ajvCompiler((await import('ajv/dist/2020')).default, compilePattern);
}

/**
 * Draft 2020-12. Unknown keywords are mistakes, and so is every `format`: what it checks is no linear pattern. Patterns run on the engine
 * that is given. Nothing is ever fetched: a reference leads into the schema itself.
 */
export function ajvCompiler(Ajv: typeof Ajv2020, compilePattern: CompilePattern): CompileSchema {
  // Patterns are kept by what `toString` says.
  const regExp: RegExpEngine = Object.assign((pattern: string) => ({ test: compilePattern(pattern).found, toString: () => pattern }), { code: 'linear' });
  const ajv = new Ajv({ ...OPTIONS, code: { regExp } });
  return (schema) => {
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
