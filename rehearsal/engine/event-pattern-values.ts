/** What an event pattern may ask of one value: the value itself, or one of EventBridge's comparison operators. */

export interface ValueTest {
  /** Whether it matches where there is no value. */
  readonly absent: boolean;
  readonly present: (value: unknown) => boolean;
}

/** Numbers are compared from -5e9 to 5e9. */
const MAX_NUMBER = 5e9;

type TextTest = (text: string) => boolean;

const COMPARE: Readonly<Record<string, (actual: number, wanted: number) => boolean>> = {
  '=': (actual, wanted) => actual === wanted,
  '<': (actual, wanted) => actual < wanted,
  '<=': (actual, wanted) => actual <= wanted,
  '>': (actual, wanted) => actual > wanted,
  '>=': (actual, wanted) => actual >= wanted,
};

/** The test of one entry of a list of a pattern; undefined where it is none that is understood. */
export function valueTest(wanted: unknown): ValueTest | undefined {
  if (typeof wanted !== 'object' || wanted === null) {
    return { absent: false, present: (value) => value === wanted };
  }
  const [only, ...others] = Object.entries(wanted);
  if (only === undefined || others.length > 0) {
    return undefined;
  }
  const [operator, operand] = only as [string, unknown];
  switch (operator) {
    case 'exists':
      return typeof operand === 'boolean' ? { absent: !operand, present: () => operand } : undefined;
    case 'numeric':
      return numeric(operand);
    case 'anything-but':
      return anythingBut(operand);
    default:
      return ofText(textTest(operator, operand));
  }
}

const ofText = (test: TextTest | undefined): ValueTest | undefined => test && { absent: false, present: (value) => typeof value === 'string' && test(value) };

function textTest(operator: string, operand: unknown): TextTest | undefined {
  switch (operator) {
    case 'prefix':
      return affix(operand, (text, wanted) => text.startsWith(wanted));
    case 'suffix':
      return affix(operand, (text, wanted) => text.endsWith(wanted));
    case 'equals-ignore-case':
      return typeof operand === 'string' ? (text) => text.toLowerCase() === operand.toLowerCase() : undefined;
    case 'wildcard':
      return typeof operand === 'string' ? wildcard(operand) : undefined;
    default:
      return undefined;
  }
}

/** `"us-"`, or `{ "equals-ignore-case": "us-" }`. */
function affix(operand: unknown, has: (text: string, wanted: string) => boolean): TextTest | undefined {
  if (typeof operand === 'string') {
    return (text) => has(text, operand);
  }
  const [only, ...others] = Object.entries(operand ?? {}) as [string, unknown][];
  if (only?.[0] !== 'equals-ignore-case' || others.length > 0 || typeof only[1] !== 'string') {
    return undefined;
  }
  const wanted = only[1].toLowerCase();
  return (text) => has(text.toLowerCase(), wanted);
}

/** `*` stands for any characters, `\*` and `\\` for themselves; two stars in a row are refused by EventBridge. */
function wildcard(pattern: string): TextTest | undefined {
  const pieces = [''];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!;
    if (character === '*') {
      pieces.push('');
      continue;
    }
    const escaped = character === '\\' ? pattern[++at] : character;
    if (escaped === undefined || (character === '\\' && escaped !== '*' && escaped !== '\\')) {
      return undefined;
    }
    pieces[pieces.length - 1] += escaped;
  }
  const [first, ...rest] = pieces as [string, ...string[]];
  const last = rest.pop();
  if (last === undefined) {
    return (text) => text === first;
  }
  return rest.includes('') ? undefined : (text) => between(text, first, rest, last);
}

/** Each piece is found as early as may be, so that the later ones have the most room. */
function between(text: string, first: string, middle: readonly string[], last: string): boolean {
  if (!text.startsWith(first)) {
    return false;
  }
  let position = first.length;
  for (const piece of middle) {
    const found = text.indexOf(piece, position);
    if (found < 0) {
      return false;
    }
    position = found + piece.length;
  }
  return text.length - last.length >= position && text.endsWith(last);
}

/** `["=", 3]`, or a range such as `[">", 0, "<=", 5]`. */
function numeric(operand: unknown): ValueTest | undefined {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    return undefined;
  }
  const [operator, limit, second, upper] = operand as readonly unknown[];
  const first = comparison(operator, limit, operand.length === 4 ? ['>', '>='] : Object.keys(COMPARE));
  const other = operand.length === 4 ? comparison(second, upper, ['<', '<=']) : () => true;
  return first === undefined || other === undefined ? undefined : { absent: false, present: (value) => typeof value === 'number' && first(value) && other(value) };
}

function comparison(operator: unknown, limit: unknown, operators: readonly string[]): ((value: number) => boolean) | undefined {
  if (typeof operator !== 'string' || !operators.includes(operator) || typeof limit !== 'number' || Math.abs(limit) > MAX_NUMBER) {
    return undefined;
  }
  return (value) => COMPARE[operator]!(value, limit);
}

/** A value or values of one kind, or texts of one operator; what is absent matches none of them. */
function anythingBut(operand: unknown): ValueTest | undefined {
  if (typeof operand !== 'object' || operand === null || Array.isArray(operand)) {
    const values: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
    const [kind, ...kinds] = new Set(values.map((value) => typeof value));
    const alike = kinds.length === 0 && (kind === 'string' || kind === 'number');
    return alike ? { absent: false, present: (value) => !values.includes(value) } : undefined;
  }
  const [only, ...others] = Object.entries(operand) as [string, unknown][];
  if (only === undefined || others.length > 0) {
    return undefined;
  }
  const [operator, wanted] = only;
  const each = Array.isArray(wanted) ? (wanted as readonly unknown[]) : [wanted];
  const tests = each.map((one) => textTest(operator, one)).filter((test) => test !== undefined);
  return each.length === 0 || tests.length < each.length ? undefined : { absent: false, present: (value) => !(typeof value === 'string' && tests.some((test) => test(value))) };
}
