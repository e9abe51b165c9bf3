import { evaluateMath, type Series } from '../../../rehearsal/engine/metric-math';

const NONE = undefined;
const DATA: Readonly<Record<string, Series>> = {
  m1: [2, NONE, 8],
  m2: [4, 4, 0],
  errors1: [1, 2, 3],
  errors2: [10, NONE, 30],
  empty: [NONE, NONE, NONE],
};

function evaluate(expression: string): Series {
  return evaluateMath(expression, { periods: 3, series: (id) => DATA[id], metricIds: Object.keys(DATA) });
}

describe('evaluateMath', () => {
  test.each<[string, Series]>([
    ['m1', [2, NONE, 8]],
    ['m1 + m2 * 2', [10, NONE, 8]],
    ['(m1 + m2) * 2', [12, NONE, 16]],
    ['m1 - 1 - 1', [0, NONE, 6]],
    ['-m2', [-4, -4, -0]],
    ['m1 / m2', [0.5, NONE, NONE]],
    ['100 * (m2 / FILL(m1, 4))', [200, 100, 0]],
    ['m2 ^ 2', [16, 16, 0]],
    ['m1 > 1', [1, NONE, 1]],
    ['m2 == 4 AND m2 >= 4', [1, 1, 0]],
    ['m2 != 4 || m2 < 1', [0, 0, 1]],
    ['m2 <= 0 OR m2 > 3 && m2 < 5', [1, 1, 1]],
    ['FILL(m1, 0)', [2, 0, 8]],
    ['FILL(m1, REPEAT)', [2, 2, 8]],
    ['FILL(empty, 0)', [0, 0, 0]],
    ['FILL(empty, REPEAT)', [NONE, NONE, NONE]],
    ['FILL(m1, m2)', [2, 4, 8]],
    ['IF(m2 > 0, m2, 7)', [4, 4, 7]],
    ['IF(FILL(m1, 0) > 5, 1, m2)', [4, 4, 1]],
    ['IF(m1, 1, 0)', [1, NONE, 1]],
    ['SUM(METRICS("errors"))', [11, 2, 33]],
    ['AVG(METRICS("errors"))', [5.5, 2, 16.5]],
    ['MIN([m1, m2])', [2, 4, 0]],
    ['MAX([m1, m2, 3])', [4, 4, 8]],
    ['SUM(FILL(METRICS("errors"), 5))', [11, 7, 33]],
    ['SUM(METRICS("errors") * 2)', [22, 4, 66]],
    ['SUM([empty])', [NONE, NONE, NONE]],
    ['ABS(0 - m2)', [4, 4, 0]],
    ['CEIL(m2 / 3)', [2, 2, 0]],
    ['FLOOR(m2 / 3)', [1, 1, 0]],
    ['1.5e1 + m2', [19, 19, 15]],
  ])('%s', (expression, expected) => {
    expect(evaluate(expression)).toEqual(expected);
  });

  test.each([
    ["SEARCH('{AWS/EC2}', 'Average')", 'the function SEARCH is outside the metric math that a rehearsal evaluates'],
    ['ANOMALY_DETECTION_BAND(m1, 2)', 'the function ANOMALY_DETECTION_BAND is outside the metric math that a rehearsal evaluates'],
    ['RATE(m1)', 'the function RATE is outside the metric math that a rehearsal evaluates'],
    ['FILL(m1, LINEAR)', 'FILL with LINEAR is outside the metric math that a rehearsal evaluates'],
    [
      'SUM(m1)',
      'SUM over a single metric gives one number for the whole range, which is outside the metric math that a rehearsal evaluates',
    ],
    ['IF(m1, 1)', 'IF with 2 arguments is outside the metric math that a rehearsal evaluates; it takes 3'],
    ['m9 + 1', "there is no metric or expression 'm9'"],
    ['1 + 1', "the expression '1 + 1' gives no single time series"],
    ['METRICS()', "the expression 'METRICS()' gives no single time series"],
    ['METRICS() + METRICS()', 'an operation on two arrays is outside the metric math that a rehearsal evaluates'],
    ['m1 +', "unexpected end in the expression 'm1 +'"],
    ['m1 m2', "unexpected 'm2' in the expression 'm1 m2'"],
    ['m1 % 2', "'% 2' in the expression 'm1 % 2' is outside the metric math that a rehearsal evaluates"],
    ['REPEAT', "'REPEAT' cannot stand on its own"],
    ['FILL(1, 2)', 'FILL takes a metric or an array first, got a number'],
    ['METRICS(m1)', 'METRICS takes nothing, or one text that the ids hold'],
    ['[m1, METRICS()]', 'an array stands where a metric is expected'],
  ])('fails on %s', (expression, message) => {
    expect(() => evaluate(expression)).toThrow(message);
  });
});
