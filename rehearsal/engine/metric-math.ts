/**
 * The subset of CloudWatch's metric math that the rehearsal evaluates. Whatever is outside it is refused by name, never guessed.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
import { MathError, outside, parseMath, type MathNode } from './metric-math-parser';

export { MathError } from './metric-math-parser';

/** What is evaluated, for the fidelity statement. */
export const SUPPORTED_METRIC_MATH: readonly string[] = [
  'numbers, metric ids, parentheses, arrays such as [m1, m2]',
  '+ - * / ^ and unary minus; division by zero gives no data point',
  '== != < <= > >=, AND && OR ||: 1 or 0',
  'IF(condition, then, else)',
  'FILL(metric, number | REPEAT)',
  'ABS, CEIL, FLOOR of a metric or an array',
  'SUM, AVG, MIN, MAX over METRICS(), METRICS("part of an id") or an array, period by period',
];

/** One value for each period, the oldest first. */
export type Series = readonly (number | undefined)[];

export interface MathScope {
  readonly periods: number;
  /** The series of an id; undefined where there is no such id. */
  series(id: string): Series | undefined;
  /** Ids of the metrics (not the expressions), in their order. */
  readonly metricIds: readonly string[];
}

type Value = { readonly scalar: number | undefined } | { readonly series: Series } | { readonly array: readonly Series[] };

/** @throws MathError for what is outside the subset */
export function evaluateMath(expression: string, scope: MathScope): Series {
  const value = evaluate(parseMath(expression), scope);
  if (!('series' in value)) {
    throw new MathError(`the expression '${expression}' gives no single time series`);
  }
  return value.series;
}

function evaluate(node: MathNode, scope: MathScope): Value {
  switch (node.kind) {
    case 'number':
      return { scalar: node.value };
    case 'metric': {
      const series = scope.series(node.id);
      if (series === undefined) {
        throw new MathError(`there is no metric or expression '${node.id}'`);
      }
      return { series };
    }
    case 'array':
      return { array: node.items.map((item) => asSeries(evaluate(item, scope), scope)) };
    case 'negate':
      return map(evaluate(node.operand, scope), (value) => -value);
    case 'binary':
      return combine([evaluate(node.left, scope), evaluate(node.right, scope)], ([a, b]) => binary(node.operator, a, b), scope);
    case 'call':
      return call(node, scope);
    case 'string':
    case 'keyword':
      throw new MathError(`'${node.text}' cannot stand on its own`);
  }
}

function binary(operator: string, a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) {
    return undefined;
  }
  const result = OPERATORS[operator](a, b);
  return Number.isFinite(result) ? result : undefined;
}

const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  '||': (a, b) => Number(a !== 0 || b !== 0),
};

const EACH: Readonly<Record<string, (value: number) => number>> = { ABS: Math.abs, CEIL: Math.ceil, FLOOR: Math.floor };

const OVER: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((total, value) => total + value, 0),
  AVG: (values) => values.reduce((total, value) => total + value, 0) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

function call({ name, args }: Extract<MathNode, { kind: 'call' }>, scope: MathScope): Value {
  if (name === 'METRICS') {
    return metrics(args, scope);
  }
  if (name === 'FILL') {
    expectArguments(name, args, 2);
    return fill(evaluate(args[0], scope), args[1], scope);
  }
  if (name === 'IF') {
    expectArguments(name, args, 3);
    const parts = args.map((arg) => evaluate(arg, scope));
    return combine(parts, choose, scope);
  }
  if (!Object.hasOwn(EACH, name) && !Object.hasOwn(OVER, name)) {
    throw outside(`the function ${name}`);
  }
  expectArguments(name, args, 1);
  const value = evaluate(args[0], scope);
  return Object.hasOwn(EACH, name) ? map(value, EACH[name]) : over(name, value, scope);
}

function choose([condition, then, otherwise]: readonly (number | undefined)[]): number | undefined {
  return condition === undefined ? undefined : condition !== 0 ? then : otherwise;
}

function metrics(args: readonly MathNode[], scope: MathScope): Value {
  const [filter] = args;
  if (args.length > 1 || (filter !== undefined && filter.kind !== 'string')) {
    throw new MathError('METRICS takes nothing, or one text that the ids hold');
  }
  const ids = scope.metricIds.filter((id) => filter === undefined || id.includes(filter.text));
  return { array: ids.map((id) => asSeries(evaluate({ kind: 'metric', id }, scope), scope)) };
}

function fill(value: Value, filler: MathNode, scope: MathScope): Value {
  const fillSeries = fillWith(filler, scope);
  if ('series' in value) {
    return { series: fillSeries(value.series) };
  }
  if ('array' in value) {
    return { array: value.array.map(fillSeries) };
  }
  throw new MathError('FILL takes a metric or an array first, got a number');
}

function fillWith(filler: MathNode, scope: MathScope): (series: Series) => Series {
  if (filler.kind === 'keyword' && filler.text === 'REPEAT') {
    return (series) => {
      let last: number | undefined;
      return series.map((value) => (last = value ?? last));
    };
  }
  if (filler.kind === 'keyword') {
    throw outside(`FILL with ${filler.text}`);
  }
  const filling = asSeries(evaluate(filler, scope), scope);
  return (series) => series.map((value, index) => value ?? filling[index]);
}

function over(name: string, value: Value, scope: MathScope): Value {
  if (!('array' in value)) {
    throw outside(`${name} over a single metric gives one number for the whole range, which`);
  }
  const series = Array.from({ length: scope.periods }, (_, index) => {
    const present = value.array.map((one) => one[index]).filter((point) => point !== undefined);
    return present.length === 0 ? undefined : OVER[name](present);
  });
  return { series };
}

function map(value: Value, change: (value: number) => number): Value {
  const each = (point: number | undefined): number | undefined => (point === undefined ? undefined : change(point));
  if ('scalar' in value) {
    return { scalar: each(value.scalar) };
  }
  return 'series' in value ? { series: value.series.map(each) } : { array: value.array.map((series) => series.map(each)) };
}

/** Numbers stretch over series, and both over an array; two arrays do not go together. */
function combine(values: readonly Value[], join: (points: readonly (number | undefined)[]) => number | undefined, scope: MathScope): Value {
  const arrays = values.filter((value) => 'array' in value);
  if (arrays.length > 1) {
    throw outside('an operation on two arrays');
  }
  const joinSeries = (parts: readonly Series[]): Series =>
    Array.from({ length: scope.periods }, (_, index) => join(parts.map((part) => part[index])));
  const [array] = arrays;
  if (array !== undefined) {
    return { array: array.array.map((member) => joinSeries(values.map((value) => (value === array ? member : asSeries(value, scope))))) };
  }
  if (values.every((value) => 'scalar' in value)) {
    return { scalar: join(values.map((value) => ('scalar' in value ? value.scalar : undefined))) };
  }
  return { series: joinSeries(values.map((value) => asSeries(value, scope))) };
}

function asSeries(value: Value, scope: MathScope): Series {
  if ('series' in value) {
    return value.series;
  }
  if ('scalar' in value) {
    return Array.from({ length: scope.periods }, () => value.scalar);
  }
  throw new MathError('an array stands where a metric is expected');
}

function expectArguments(name: string, args: readonly MathNode[], count: number): void {
  if (args.length !== count) {
    throw new MathError(`${outside(`${name} with ${args.length} arguments`).message}; it takes ${count}`);
  }
}
