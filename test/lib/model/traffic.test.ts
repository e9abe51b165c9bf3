import { maxLinearIntervalMinutes, PREDEFINED_CONFIGS, trafficProblems, trafficSteps } from '../../../lib/model/traffic';

describe('traffic steps', () => {
  test('all at once is one step', () => {
    expect(trafficSteps({ type: 'AllAtOnce' })).toEqual([{ atSeconds: 0, replacementPercent: 100 }]);
  });

  test('a canary is two steps with the interval between them', () => {
    expect(trafficSteps({ type: 'TimeBasedCanary', percentage: 10, intervalMinutes: 5 })).toEqual([
      { atSeconds: 0, replacementPercent: 10 },
      { atSeconds: 300, replacementPercent: 100 },
    ]);
  });

  test('ten percent a minute is ten shifts and nine waits', () => {
    const steps = trafficSteps({ type: 'TimeBasedLinear', percentage: 10, intervalMinutes: 1 });
    expect(steps).toHaveLength(10);
    expect(steps[0]).toEqual({ atSeconds: 0, replacementPercent: 10 });
    expect(steps[9]).toEqual({ atSeconds: 540, replacementPercent: 100 });
  });

  test('a step that does not divide 100 ends at 100', () => {
    expect(trafficSteps({ type: 'TimeBasedLinear', percentage: 30, intervalMinutes: 2 }).map((step) => step.replacementPercent)).toEqual([30, 60, 90, 100]);
  });
});

describe('what the service would reject', () => {
  test.each([
    [99, 2880],
    [50, 1440],
    [33, 960],
    [10, 288],
    [1, 28],
  ])('a linear shift of %i %% takes intervals up to %i minutes', (percentage, longest) => {
    expect(maxLinearIntervalMinutes(percentage)).toBe(longest);
    expect(trafficProblems({ type: 'TimeBasedLinear', percentage, intervalMinutes: longest })).toEqual([]);
    expect(trafficProblems({ type: 'TimeBasedLinear', percentage, intervalMinutes: longest + 1 })).toEqual([
      `'interval' must be a whole number of minutes from 1 to ${longest} at ${percentage} % a step, since a whole shift may take 2880 minutes, got ${longest + 1} minutes`,
    ]);
  });

  test.each([0, 100, -1, 10.5, Number.NaN])('fails when the percentage is %p', (percentage) => {
    expect(trafficProblems({ type: 'TimeBasedCanary', percentage, intervalMinutes: 5 })).toEqual([
      `'percentage' must be a whole number from 1 to 99, got ${percentage}; use TrafficShift.allAtOnce() to move all traffic in one step`,
    ]);
  });

  test.each([0, 2881, 0.5])('fails when the interval of a canary is %p minutes', (intervalMinutes) => {
    expect(trafficProblems({ type: 'TimeBasedCanary', percentage: 10, intervalMinutes })).toEqual([
      `'interval' must be a whole number of minutes from 1 to 2880, got ${intervalMinutes} minutes`,
    ]);
  });

  test('nothing in a configuration that the service brings along', () => {
    for (const { routing } of Object.values(PREDEFINED_CONFIGS)) {
      expect(trafficProblems(routing)).toEqual([]);
    }
    expect(Object.values(PREDEFINED_CONFIGS).filter(({ platform }) => platform === 'ECS')).toHaveLength(5);
    expect(Object.values(PREDEFINED_CONFIGS).filter(({ platform }) => platform === 'Lambda')).toHaveLength(9);
  });
});
