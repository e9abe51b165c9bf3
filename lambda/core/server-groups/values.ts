/** Properties as CloudFormation hands them on: texts, and lists of them. */
import { MAX_NAME_LENGTH, NAME_PATTERN } from '../../../lib/model/limits';
import { ConfigurationError } from '../failures';
import { quoted } from '../text';

/** Whatever may stand there. */
export type Values = Readonly<Record<string, unknown>>;

const told = (value: unknown): string => (typeof value === 'string' ? quoted(value) : value === undefined ? 'nothing' : Array.isArray(value) ? 'a list' : typeof value);

const wrong = (name: string, range: string, value: unknown): ConfigurationError => new ConfigurationError(`'${name}' must be ${range}, got ${told(value)}`);

/** A name of CodeDeploy. */
export function nameIn(values: Values, name: string): string {
  const value = values[name];
  if (typeof value !== 'string' || value.length > MAX_NAME_LENGTH || !NAME_PATTERN.test(value)) {
    throw wrong(name, `1 to ${MAX_NAME_LENGTH} letters, digits and . _ - + = , @`, value);
  }
  return value;
}

export function textIn(values: Values, name: string): string {
  const value = values[name];
  if (typeof value !== 'string' || value === '') {
    throw wrong(name, 'a text that is not empty', value);
  }
  return value;
}

const ROLE_ARN = /^arn:[\w-]+:iam::\d{12}:role\/\S+$/;

export function roleIn(values: Values, name: string): string {
  const value = values[name];
  if (typeof value !== 'string' || !ROLE_ARN.test(value)) {
    throw wrong(name, 'the ARN of a role', value);
  }
  return value;
}

export function oneOf<Value extends string>(values: Values, name: string, choices: readonly Value[]): Value {
  const value = values[name];
  if (!choices.includes(value as Value)) {
    throw wrong(name, choices.join(' or '), value);
  }
  return value as Value;
}

export function wholeIn(values: Values, name: string, min: number, max: number): number {
  const value = values[name];
  const number = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : -1;
  if (number < min || number > max) {
    throw wrong(name, `a whole number from ${min} to ${max}`, value);
  }
  return number;
}

/** Longest name of an Auto Scaling group or an alarm; those of load balancers are shorter. */
const MAX_TEXT_LENGTH = 255;

/** Absent is empty. */
export function textsIn(values: Values, name: string, most: number): readonly string[] {
  const list = listIn(values, name, most);
  const bad = list.find((value) => typeof value !== 'string' || value === '' || value.length > MAX_TEXT_LENGTH);
  if (bad !== undefined) {
    throw wrong(name, `a list of texts of 1 to ${MAX_TEXT_LENGTH} characters`, bad);
  }
  const twice = list.find((value, index) => list.indexOf(value) !== index);
  if (twice !== undefined) {
    throw new ConfigurationError(`'${name}' must name each once, got ${told(twice)} twice`);
  }
  return list as readonly string[];
}

/** Absent is empty. */
export function listIn(values: Values, name: string, most: number): readonly unknown[] {
  const value = values[name] ?? [];
  if (!Array.isArray(value)) {
    throw wrong(name, 'a list', value);
  }
  if (value.length > most) {
    throw new ConfigurationError(`'${name}' may have ${most} entries at most, got ${value.length}`);
  }
  return value as readonly unknown[];
}
