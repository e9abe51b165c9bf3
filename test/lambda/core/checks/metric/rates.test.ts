import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { MetricSeries } from '../../../../../lambda/core/checks/metric/ports';
import type { VersionCount } from '../../../../../lambda/core/checks/metric/rates';
import { countOf, judgeRates } from '../../../../../lambda/core/checks/metric/rates';
import type { MetricBaselineDocument } from '../../../../../lib/model/metric-document';
import { RATES } from './fixtures';

const of = (hits: number, total: number, gap?: string): VersionCount => ({ hits, total, ...(gap === undefined ? {} : { gap }) });

interface Asked {
  readonly first: VersionCount;
  readonly second: VersionCount;
  readonly significance?: number;
  readonly looks?: number;
  readonly number?: number;
  readonly maxIncrease?: number;
  readonly minSamples?: number;
  readonly closed?: boolean;
  readonly baseline?: MetricBaselineDocument;
}

function judge({ first, second, significance = 0.05, looks = 1, number = 1, maxIncrease = 0.005, minSamples = 100, closed = false, baseline = 'CONCURRENT' }: Asked) {
  const document = { ...RATES, significance, maxIncrease, baseline };
  return judgeRates({ document, minSamples, replacement: first, original: second, number, planned: looks, closed, originally: 'at the same time', span: 'in 5 min' });
}

describe('two rates', () => {
  interface GoldenRate extends Asked {
    readonly verdict: string;
  }
  const golden = JSON.parse(readFileSync(join(__dirname, '../../../../golden/statistics.json'), 'utf8')) as { readonly rates: readonly GoldenRate[] };

  test.each(golden.rates)('$first against $second, $looks looks, is $verdict as computed by SciPy', ({ verdict, ...asked }) => {
    expect(judge(asked).outcome).toBe(verdict);
  });

  test.each([
    [
      'fail',
      { first: of(58, 1204), second: of(3, 1188), significance: 0.01 },
      '5xx rate of the new version was 4.82 % (58 of 1,204 in 5 min), of the old one 0.253 % (3 of 1,188 at the same time): ' +
        'a difference this large comes by chance in 1 of 10^13 cases (limit 1 of 100), and exceeds 0.5 points',
    ],
    [
      'pass',
      { first: of(5, 1204), second: of(3, 1188) },
      '5xx rate of the new version was 0.415 % (5 of 1,204 in 5 min), of the old one 0.253 % (3 of 1,188 at the same time): ' +
        'a difference this large comes by chance in 37 of 100 cases (limit 5 of 100)',
    ],
    ['pass', { first: of(3, 1204), second: of(3, 1188) }, '5xx rate of the new version was 0.249 % (3 of 1,204 in 5 min), of the old one 0.253 % (3 of 1,188 at the same time): it is not higher'],
    ['pass', { first: of(0, 100), second: of(0, 100) }, '5xx rate of the new version was 0 % (0 of 100 in 5 min), of the old one 0 % (0 of 100 at the same time): it is not higher'],
    [
      'pass',
      { first: of(1200, 1_000_000), second: of(1000, 1_000_000) },
      '5xx rate of the new version was 0.12 % (1,200 of 1,000,000 in 5 min), of the old one 0.1 % (1,000 of 1,000,000 at the same time): ' +
        'a difference this large comes by chance in 1 of 92,000 cases (limit 5 of 100), and 0.02 points do not exceed 0.5 points',
    ],
    [
      'pass',
      { first: of(2, 100), second: of(1, 100) },
      '5xx rate of the new version was 2 % (2 of 100 in 5 min), of the old one 1 % (1 of 100 at the same time): ' +
        'a difference this large comes by chance in 50 of 100 cases (limit 5 of 100), and exceeds 0.5 points',
    ],
    [
      'fail',
      { first: of(20, 1000), second: of(2, 1000), looks: 10, number: 3 },
      '5xx rate of the new version was 2 % (20 of 1,000 in 5 min), of the old one 0.2 % (2 of 1,000 at the same time): ' +
        'a difference this large comes by chance in 1 of 17,000 cases (limit 1 of 200, look 3 of 10), and exceeds 0.5 points',
    ],
  ])('%s, and say why', (outcome, asked, reason) => {
    expect(judge(asked)).toMatchObject({ outcome, reason, spent: true, samples: asked.first.total + asked.second.total });
  });

  test('tell everything that was measured', () => {
    expect(judge({ first: of(5, 100), second: of(0, 100) })).toEqual({
      outcome: 'fail',
      reason: expect.any(String),
      samples: 200,
      spent: true,
      measurements: [
        { what: 'requests of the new version', measured: 100, threshold: 100, ok: true },
        { what: 'requests of the old version', measured: 100, threshold: 100, ok: true },
        { what: 'chance of such a difference', measured: expect.closeTo(0.0297, 4), threshold: 0.05, ok: false },
        { what: 'increase of the 5xx rate', measured: '5 points', threshold: '0.5 points', ok: false },
      ],
    });
  });

  test('at the floor are let through, and just above it are not', () => {
    const much = { first: of(6000, 1_000_000), second: of(1000, 1_000_000) };
    expect(judge(much)).toMatchObject({ outcome: 'pass', measurements: expect.arrayContaining([{ what: 'increase of the 5xx rate', measured: '0.5 points', threshold: '0.5 points', ok: true }]) });
    expect(judge({ ...much, first: of(6001, 1_000_000) }).outcome).toBe('fail');
    expect(judge({ ...much, first: of(1200, 1_000_000), maxIncrease: 0 }).outcome).toBe('fail');
  });

  test('fail up to the significance, of which each look has its share', () => {
    // All four errors in the first of two groups: 1 of 70 cases.
    const hand = { first: of(4, 4), second: of(0, 4), minSamples: 4 };
    expect(judge({ ...hand, significance: 0.0143 }).outcome).toBe('fail');
    expect(judge({ ...hand, significance: 0.0142 }).outcome).toBe('pass');
    expect(judge({ ...hand, significance: 0.0286, looks: 2 }).outcome).toBe('fail');
    expect(judge({ ...hand, significance: 0.0284, looks: 2 }).outcome).toBe('pass');
  });
});

describe('too few requests', () => {
  const inFive = 'in 5 min';
  test.each([
    [of(99, 99), of(0, 100), `the new version has 99 of the 100 samples that a verdict needs (${inFive})`],
    [of(0, 100), of(99, 99), 'the old version has 99 of the 100 samples that a verdict needs (at the same time)'],
    [of(0, 1234), of(0, 0), 'the old version has 0 of the 100 samples that a verdict needs (at the same time)'],
  ])('%j against %j decide nothing', (first, second, reason) => {
    expect(judge({ first, second })).toMatchObject({ outcome: 'inconclusive', reason: `5xx rate: ${reason}`, retryable: true, spent: false, samples: first.total + second.total });
    expect(judge({ first, second, closed: true })).toMatchObject({ outcome: 'inconclusive', reason: `5xx rate: ${reason}; no more will come`, retryable: false });
  });

  test('of both are told of that version which can get no more', () => {
    const neither = { first: of(0, 10), second: of(0, 20) };
    expect(judge(neither)).toMatchObject({ reason: expect.stringContaining('the new version has 10'), retryable: true });
    expect(judge({ ...neither, baseline: { beforeMs: 60_000 } })).toMatchObject({ reason: expect.stringMatching(/the old version has 20 .*; no more will come$/), retryable: false });
    expect(judge({ first: of(0, 10), second: of(0, 100), baseline: { beforeMs: 60_000 } })).toMatchObject({ reason: expect.stringContaining('the new version has 10'), retryable: true });
  });

  test('show what there is', () => {
    expect(judge({ first: of(1, 7), second: of(0, 100) }).measurements).toEqual([
      { what: 'requests of the new version', measured: 7, threshold: 100, ok: false },
      { what: 'requests of the old version', measured: 100, threshold: 100, ok: true },
    ]);
  });

  test('exactly enough are judged', () => {
    expect(judge({ first: of(0, 100), second: of(0, 100) }).outcome).toBe('pass');
  });
});

test.each([
  [of(0, 100, 'a gap of the new one'), of(0, 100), 'a gap of the new one'],
  [of(0, 100), of(0, 100, 'a gap of the old one'), 'a gap of the old one'],
])('a gap in the data decides nothing: %j, %j', (first, second, gap) => {
  expect(judge({ first, second })).toMatchObject({ outcome: 'inconclusive', reason: `5xx rate: ${gap}`, retryable: true, spent: false });
});

describe('counts of a version', () => {
  const points = (...values: readonly [number, number][]): MetricSeries => ({ points: values.map(([at, value]) => ({ at, value })), messages: [] });
  const none = points();

  test.each([
    ['the sum of their periods', points([0, 2], [60, 3]), points([0, 10], [60, 20]), 'INCONCLUSIVE', of(5, 30)],
    ['none where errors are published only where there are any', none, points([0, 10], [60, 20]), 'AS_ZERO', of(0, 30)],
    ['zero of nothing', none, none, 'AS_ZERO', of(0, 0)],
    ['zero of nothing, where zeros are published too', none, none, 'INCONCLUSIVE', of(0, 0)],
    ['whole, where the sum has the rounding of floating point', points([0, 0.1 + 0.2 + 0.7]), points([0, 1e9 + 1e-4]), 'INCONCLUSIVE', of(1, 1e9)],
    ['undecided where a period with requests has no errors', points([0, 2]), points([0, 10], [60, 20]), 'INCONCLUSIVE', of(2, 30, 'errors of the new version have no data in 1 of the 2 periods with requests')],
    ['decided where that period had no requests', points([0, 2]), points([0, 10], [60, 0]), 'INCONCLUSIVE', of(2, 10)],
  ] as const)('are %s', (_, bad, total, missing, expected) => {
    expect(countOf(bad, total, missing, 'the new version')).toEqual(expected);
  });

  test.each([
    ['not a number', points([0, Number.NaN]), points([0, 10]), 'CloudWatch answered NaN for errors of the new version, which is no number', true],
    ['infinite', points([0, 1]), points([0, Number.POSITIVE_INFINITY]), 'CloudWatch answered Infinity for requests of the new version, which is no number', true],
    ['negative', points([0, -1]), points([0, 10]), 'CloudWatch answered -1 for errors of the new version, which is no count; name a metric whose sum counts', false],
    ['no whole numbers', points([0, 1]), points([0, 10.5]), 'CloudWatch answered 10.5 for requests of the new version, which is no count; name a metric whose sum counts', false],
    ['too large to be exact', points([0, 1]), points([0, 2 ** 53]), 'CloudWatch answered 9007199254740992 for requests of the new version, which is no count; name a metric whose sum counts', false],
    ['more errors than requests', points([0, 11]), points([0, 10]), 'CloudWatch counted 11 errors and 10 requests of the new version; the two metrics do not go together, or are not published in full yet', true],
  ])('are refused where they are %s', (_, bad, total, message, passing) => {
    let thrown: unknown;
    try {
      countOf(bad, total, 'AS_ZERO', 'the new version');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ name: 'Unmeasurable', message, passing });
  });
});
