import { runBounded } from '../../../lambda/adapters/bounded-run';
import { Overdue } from '../../../lambda/core/failures';

describe('runBounded', () => {
  test('returns what the work returns, and throws what it throws', () => {
    const thrown = new RangeError('no');
    expect(runBounded(1_000, () => [7])).toEqual([7]);
    expect(() =>
      runBounded(1_000, () => {
        throw thrown;
      }),
    ).toThrow(thrown);
  });

  test('ends work that never ends and catches everything, and runs on', () => {
    const endless = () => {
      for (;;) {
        try {
          JSON.parse('{');
        } catch {
          continue;
        }
      }
    };
    expect(() => runBounded(20, endless)).toThrow(Overdue);
    expect(runBounded(1_000, () => 'next')).toBe('next');
  });
});
