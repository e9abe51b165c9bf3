import { defaultTimeout, workSeconds } from '../../../lib/private/handler-limits';

describe('the time of a handler', () => {
  test.each([
    [20, 10],
    [60, 50],
    [100, 90],
    [101, 90],
    [110, 99],
    [210, 189],
    [900, 810],
  ])('a time-out of %d seconds has %d for work', (timeout, work) => {
    expect(workSeconds(timeout)).toBe(work);
  });

  test.each([
    [0, 60],
    [50, 60],
    [51, 61],
    [90, 100],
    [99, 110],
    [189, 210],
    [810, 900],
    [5000, 900],
  ])('%d seconds of work get a time-out of %d', (work, timeout) => {
    expect(defaultTimeout(work).toSeconds()).toBe(timeout);
  });
});
