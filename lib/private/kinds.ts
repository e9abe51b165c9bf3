/**
 * What only programs get wrong that nobody type-checks, in plain JavaScript or by way of `any`. A value of another class has none of what is read from it, so that it would be
 * passed over in silence, or end synth with a TypeError from within.
 */

/** @throws for a value without the member by which its class is known */
export function requireKind(what: string, value: unknown, member: string, remedy: string): void {
  if (typeof value !== 'object' || value === null || !(member in value)) {
    throw new Error(`${what} ${value === undefined ? 'is missing' : `cannot be ${described(value)}`}; ${remedy}`);
  }
}

/** @throws for what is no list */
export function requireList(what: string, value: unknown, remedy: string): void {
  if (!Array.isArray(value)) {
    throw new Error(`${what} must be a list, got ${value === undefined ? 'nothing' : described(value)}; ${remedy}`);
  }
}

/** @throws for a value that an enumeration does not have; none at all is fine */
export function requireOneOf(what: string, value: string | undefined, values: object): void {
  const known: unknown[] = Object.values(values);
  if (value !== undefined && !known.includes(value)) {
    throw new Error(`${what} must be one of ${known.join(', ')}, got '${value}'; take one of them`);
  }
}

/** @throws for a member that nobody would read */
export function requireNoOthers(what: string, value: object, names: readonly string[]): void {
  const other = Object.keys(value).find((name) => !names.includes(name));
  if (other !== undefined) {
    const near = names.find((name) => name.toLowerCase() === other.toLowerCase());
    throw new Error(`${what} has no '${other}'; ${near === undefined ? `use one of ${names.join(', ')}` : `did you mean '${near}'?`}`);
  }
}

function described(value: unknown): string {
  if (Array.isArray(value)) {
    return 'a list';
  }
  if (typeof value === 'object' && value !== null) {
    // The CDK is bundled, which numbers classes that share a name.
    const name = value.constructor.name.replace(/\d+$/, '');
    return name === 'Object' ? 'a plain object' : `one of class ${name}`;
  }
  return typeof value === 'string' ? `the text '${value}'` : String(value);
}
