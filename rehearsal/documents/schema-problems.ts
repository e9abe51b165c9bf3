/** Judges a document by a JSON Schema, and says in words what does not conform: the place, what belongs there, what is there, and what to do. */
import Ajv from 'ajv';
import type { AnySchemaObject, ErrorObject, ValidateFunction } from 'ajv';

import { didYouMean, suggestion } from '../../lib/model/did-you-mean';
import { placeOf, shown, wanted } from './schema-words';
import type { Path } from './json-document';

/** Something that does not conform, and where. */
export interface Misfit {
  readonly path: Path;
  readonly message: string;
}

export class SchemaJudge {
  private readonly ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true });
  private readonly compiled = new Map<unknown, ValidateFunction>();

  constructor(private readonly schema: AnySchemaObject) {}

  /** Everything that does not conform, in the order of the schema; the same thing is said once. */
  misfits(document: unknown): readonly Misfit[] {
    const all = this.judge(this.schema, document, []);
    const told = new Set<string>();
    return all.filter(({ path, message }) => told.size < told.add(JSON.stringify([path, message])).size);
  }

  private judge(schema: AnySchemaObject, value: unknown, base: Path): readonly Misfit[] {
    const validate = this.compile(schema);
    if (validate(value)) {
      return [];
    }
    const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if');
    const closed = errors.filter(endsTheMatter).map(({ instancePath }) => instancePath);
    const unions = outermost(errors.filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath));
    const told = errors.filter((error) => !below(error.instancePath, closed, endsTheMatter(error)) && !below(error.instancePath, unions, false));
    const plain = told.flatMap((error) => misfitOf(error, told, base));
    const chosen = unions.filter((path) => !below(path, closed, false)).flatMap((path) => this.nearestBranch(errors.find((error) => error.keyword === 'anyOf' && error.instancePath === path) as ErrorObject, base));
    return [...plain, ...chosen];
  }

  /** Of the forms that a value may have, the one that it comes nearest to is what was meant. */
  private nearestBranch({ schema, data, instancePath }: ErrorObject, base: Path): readonly Misfit[] {
    const path = [...base, ...segments(instancePath)];
    const judged = (schema as readonly AnySchemaObject[]).map((branch) => this.judge(branch, data, path));
    const fewest = Math.min(...judged.map(({ length }) => length));
    const [nearest = [], ...others] = judged.filter(({ length }) => length === fewest);
    if (others.length === 0) {
      return nearest;
    }
    const messages = new Set([nearest, ...others].map((misfits) => misfits.map(({ message }) => message).join('; ')));
    return [{ path, message: [...messages].join('; or ') }];
  }

  private compile(schema: AnySchemaObject): ValidateFunction {
    // A branch refers to definitions of the whole.
    const known = this.compiled.get(schema) ?? this.ajv.compile(schema === this.schema ? schema : { definitions: this.schema.definitions, ...schema });
    this.compiled.set(schema, known);
    return known;
  }
}

/** Without a kind, or with an unknown one, nothing else can be said of a part. */
function endsTheMatter({ keyword, params, schema }: ErrorObject): boolean {
  return keyword === 'required' && params.missingProperty === 'kind' && Array.isArray(schema) && schema.length === 1;
}

function misfitOf(error: ErrorObject, all: readonly ErrorObject[], base: Path): readonly Misfit[] {
  const { keyword, params, parentSchema = {}, data, instancePath } = error;
  const path = [...base, ...segments(instancePath)];
  const known = Object.keys((parentSchema.properties ?? {}) as object);
  switch (keyword) {
    case 'additionalProperties': {
      const key = String(params.additionalProperty);
      const nearest = didYouMean(key, known);
      const remedy = nearest === undefined ? `remove it; what may stand here is ${known.join(', ')}` : `did you mean "${nearest}"?`;
      return [{ path: [...path, key], message: `${placeOf([...path, key])} has no meaning here; ${remedy}` }];
    }
    case 'required': {
      const key = String(params.missingProperty);
      const misspelt = all.some((other) => other.keyword === 'additionalProperties' && other.instancePath === instancePath && didYouMean(String(other.params.additionalProperty), known) === key);
      return misspelt ? [] : [{ path, message: `${placeOf(path)} lacks "${key}"; add it` }];
    }
    case 'propertyNames':
      return [{ path: [...path, String(params.propertyName)], message: `${placeOf(path)} has the key ${JSON.stringify(params.propertyName)}, which must match ${String(schemaOfNames(parentSchema).pattern)}` }];
    default:
      return error.propertyName === undefined ? [{ path, message: `${placeOf(path)} must be ${wanted(parentSchema)}, got ${shown(data, path)}${meant(data, parentSchema)}` }] : [];
  }
}

const meant = (data: unknown, { enum: known }: AnySchemaObject): string => (typeof data === 'string' && Array.isArray(known) ? suggestion(data, known.map(String)) : '');

const schemaOfNames = (schema: AnySchemaObject): AnySchemaObject => (schema.propertyNames ?? {}) as AnySchemaObject;

const segments = (pointer: string): readonly string[] => pointer.split('/').slice(1).map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));

const within = (path: string, outer: string): boolean => path === outer || path.startsWith(`${outer}/`);
const below = (path: string, outers: readonly string[], butNotItself: boolean): boolean => outers.some((outer) => within(path, outer) && !(butNotItself && path === outer));
const outermost = (paths: readonly string[]): readonly string[] => [...new Set(paths)].filter((path) => !paths.some((other) => other !== path && within(path, other)));
