import {
  breaches,
  judge,
  stateReason,
  type AlarmRule,
  type Datapoint,
  type MissingDataPolicy,
} from '../../../rehearsal/engine/alarm-evaluation';

const POLICIES: readonly MissingDataPolicy[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

/** `X` breaches, `0` does not, `-` is missing; the oldest first. */
function range(points: string): Datapoint[] {
  return points.split(' ').map((point, index) => {
    const at = index * 60_000;
    return point === '-' ? { at } : { at, value: point === 'X' ? 2 : 0 };
  });
}

function rule(datapointsToAlarm: number, treatMissingData: MissingDataPolicy, evaluationPeriods = 3): AlarmRule {
  return { evaluationPeriods, datapointsToAlarm, treatMissingData, comparison: 'GreaterThanOrEqualToThreshold', threshold: 1 };
}

describe('judge', () => {
  test.each([
    // The tables of the CloudWatch user guide: missing, ignore, breaching, notBreaching.
    [3, '0 - X - X', ['OK', 'OK', 'OK', 'OK']],
    [3, '0 - - - -', ['OK', 'OK', 'OK', 'OK']],
    [3, '- - - - -', ['INSUFFICIENT_DATA', 'keep', 'ALARM', 'OK']],
    [3, '0 X X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    [3, '- - X - -', ['ALARM', 'keep', 'ALARM', 'OK']],
    [2, '0 - X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    [2, '0 0 X 0 X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    [2, '0 - X - -', ['OK', 'OK', 'ALARM', 'OK']],
    [2, '- - - - 0', ['OK', 'OK', 'ALARM', 'OK']],
    [2, '- - - X -', ['ALARM', 'keep', 'ALARM', 'OK']],
  ])('%i of 3 over %s', (m, points, states) => {
    expect(POLICIES.map((policy) => judge(range(points), rule(m, policy)).state)).toEqual(states);
  });

  test('does not alarm on one new breaching point alone', () => {
    expect(judge(range('- - - - X'), rule(3, 'missing')).state).toBe('OK');
    expect(judge(range('- - - - X'), rule(3, 'ignore')).state).toBe('keep');
  });

  test.each([
    ['GreaterThanOrEqualToThreshold', [false, true, true]],
    ['GreaterThanThreshold', [false, false, true]],
    ['LessThanThreshold', [true, false, false]],
    ['LessThanOrEqualToThreshold', [true, true, false]],
  ] as const)('%s', (comparison, expected) => {
    expect([4.9, 5, 5.1].map((value) => breaches(value, { comparison, threshold: 5 }))).toEqual(expected);
  });
});

describe('stateReason', () => {
  const EPOCH = Date.UTC(2026, 7, 9, 1, 36);

  test.each([
    [1, 1, 'missing', 'X', 'Threshold Crossed: 1 datapoint [2.0 (09/08/26 01:36:00)] was greater than or equal to the threshold (1.0).'],
    [
      1,
      1,
      'missing',
      '0',
      'Threshold Crossed: 1 datapoint [0.0 (09/08/26 01:36:00)] was not greater than or equal to the threshold (1.0).',
    ],
    [
      3,
      2,
      'missing',
      'X 0 X',
      'Threshold Crossed: 2 out of the last 3 datapoints [2.0 (09/08/26 01:38:00), 2.0 (09/08/26 01:36:00)] were greater than or equal to the threshold (1.0) ' +
        '(minimum 2 datapoints for OK -> ALARM transition).',
    ],
    [
      3,
      3,
      'missing',
      'X X 0',
      'Threshold Crossed: 1 out of the last 3 datapoints [0.0 (09/08/26 01:38:00)] was not greater than or equal to the threshold (1.0) ' +
        '(minimum 1 datapoint for ALARM -> OK transition).',
    ],
    [
      1,
      1,
      'notBreaching',
      '- - -',
      'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
    ],
    [
      2,
      2,
      'breaching',
      '- - -',
      'Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].',
    ],
    [3, 3, 'missing', '- - -', 'Insufficient Data: 3 datapoints were unknown.'],
    [1, 1, 'missing', '-', 'Insufficient Data: 1 datapoint was unknown.'],
  ] as const)('%i periods, %i to alarm, %s: %s', (n, m, policy, points, text) => {
    const used = rule(m, policy, n);
    expect(stateReason(judge(range(points), used), used, EPOCH)).toBe(text);
  });
});
