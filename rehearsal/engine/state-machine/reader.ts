/** Reads one object of a state machine's definition, and refuses what it does not know. */
import type { Json, ReferencePath } from './paths';
import { CONTEXT_PATHS, isObject, referencePath } from './paths';

/** The definition is wrong, or asks for something that is not played. */
export class StateMachineError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StateMachineError';
  }
}

export class Reader {
  private readonly fields: { readonly [name: string]: Json };

  /** @param known names of the fields that may be there; undefined: any */
  constructor(
    readonly where: string,
    value: unknown,
    known: readonly string[] | undefined,
  ) {
    const fields = value as Json;
    if (!isObject(fields)) {
      throw this.error(`must be an object, got ${JSON.stringify(value)}`);
    }
    this.fields = fields;
    const unknown = Object.keys(fields).find((name) => known?.includes(name) === false);
    if (unknown !== undefined) {
      throw this.error(`has ${unknown}, which this player does not play; it knows ${known?.join(', ')}`);
    }
  }

  error(what: string): StateMachineError {
    return new StateMachineError(`${this.where} ${what}`);
  }

  has(name: string): boolean {
    return this.fields[name] !== undefined;
  }

  /** The field, if it is there, has this value. */
  only(name: string, value: string): void {
    if (this.has(name) && this.fields[name] !== value) {
      throw this.error(`has ${name} ${JSON.stringify(this.fields[name])}, and this player plays ${JSON.stringify(value)}`);
    }
  }

  object(name: string): { readonly [name: string]: Json } {
    const value = this.fields[name];
    if (!isObject(value)) {
      throw this.wrong(name, 'an object');
    }
    return value;
  }

  list(name: string): readonly Json[] {
    const value = this.fields[name] ?? [];
    if (!Array.isArray(value)) {
      throw this.wrong(name, 'a list');
    }
    return value as readonly Json[];
  }

  string(name: string): string {
    return this.scalar(name, 'string') as string;
  }

  scalar(name: string, type: 'boolean' | 'number' | 'string'): boolean | number | string {
    const value = this.fields[name];
    if (typeof value !== type) {
      throw this.wrong(name, `a ${type}`);
    }
    return value as boolean | number | string;
  }

  number(name: string, otherwise: number, [least, most]: readonly [number, number]): number {
    const value = this.fields[name] ?? otherwise;
    if (typeof value !== 'number' || !(value >= least && value <= most)) {
      throw this.wrong(name, `a number from ${least} to ${most}`);
    }
    return value;
  }

  integer(name: string, otherwise: number, range: readonly [number, number]): number {
    const value = this.number(name, otherwise, range);
    if (!Number.isInteger(value)) {
      throw this.wrong(name, `a whole number from ${range[0]} to ${range[1]}`);
    }
    return value;
  }

  /** Names of errors; `States.ALL` stands alone. */
  strings(name: string): readonly string[] {
    const value = this.fields[name];
    const names = Array.isArray(value) ? (value as readonly Json[]).filter((item) => typeof item === 'string') : [];
    if (!Array.isArray(value) || names.length === 0 || names.length !== value.length) {
      throw this.wrong(name, 'a list of texts');
    }
    if (names.includes('States.ALL') && names.length > 1) {
      throw this.error(`has States.ALL beside other names in ${name}; it must stand alone`);
    }
    return names;
  }

  path(name: string): ReferencePath {
    return this.checkedPath(this.string(name), name);
  }

  /** `$` where there is none, and undefined for `null`: the result is thrown away. */
  resultPath(): ReferencePath | undefined {
    const value = this.fields.ResultPath;
    if (value === null) {
      return undefined;
    }
    const path = value === undefined ? this.checkedPath('$', 'ResultPath') : this.path('ResultPath');
    if (path.context || path.steps.some((step) => typeof step === 'number')) {
      throw this.error(`has ResultPath '${path.text}', and this player puts results under names below $`);
    }
    return path;
  }

  next(): string | undefined {
    if ((this.fields.End === true) === this.has('Next')) {
      throw this.error('needs either Next or "End": true');
    }
    return this.has('Next') ? this.string('Next') : undefined;
  }

  value(name: 'Result'): { readonly result?: Json } {
    return this.has(name) ? { result: this.fields[name] } : {};
  }

  /** Every `.$` in it is checked, at any depth. */
  template(name: 'Parameters'): { readonly parameters?: Json } {
    if (!this.has(name)) {
      return {};
    }
    this.checkTemplate(this.fields[name]);
    return { parameters: this.fields[name] };
  }

  private checkTemplate(value: Json): void {
    if (Array.isArray(value)) {
      (value as readonly Json[]).forEach((item) => this.checkTemplate(item));
    } else if (isObject(value)) {
      for (const [name, below] of Object.entries(value)) {
        if (name.endsWith('.$')) {
          this.checkedPath(below, name);
        } else {
          this.checkTemplate(below);
        }
      }
    }
  }

  private checkedPath(value: Json, name: string): ReferencePath {
    const path = typeof value === 'string' ? referencePath(value) : undefined;
    if (path === undefined) {
      throw this.error(`has ${name} ${JSON.stringify(value)}, and this player follows paths such as $.name, and ${CONTEXT_PATHS.join(', ')}`);
    }
    return path;
  }

  private wrong(name: string, wanted: string): StateMachineError {
    return this.error(`must have ${name} as ${wanted}, got ${JSON.stringify(this.fields[name])}`);
  }
}
