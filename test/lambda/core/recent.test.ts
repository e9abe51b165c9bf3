import { Recent } from '../../../lambda/core/recent';

describe('Recent', () => {
  test('knows what it has seen', () => {
    const recent = new Recent();
    expect(['a', 'b', 'a', 'b', 'c'].map((key) => recent.isNew(key))).toEqual([true, true, false, false, true]);
  });

  test('keeps the last two hundred, and forgets the oldest first', () => {
    const recent = new Recent();
    const keys = Array.from({ length: 201 }, (_, index) => `${index}`);
    keys.forEach((key) => recent.isNew(key));
    expect([recent.isNew('1'), recent.isNew('200')]).toEqual([false, false]);
    expect(recent.isNew('0')).toBe(true);
    // Which in turn has pushed out the one that was oldest then.
    expect([recent.isNew('2'), recent.isNew('1')]).toEqual([false, true]);
  });
});
