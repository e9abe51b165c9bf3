import { patternCompilers } from '../../../../lambda/core/checks/pattern-engine';

test.each([
  ['a+', 'xaay', true, false],
  ['a+', 'aa', true, true],
  ['a+', 'aab', true, false],
  ['a+', 'baa', true, false],
  ['a+', 'b', false, false],
  ['', '', true, true],
  ['', 'a', true, false],
  ['a|ab', 'ab', true, true],
  ['ü', 'xü', true, false],
])('/%s/ in %j: found %s, all %s', async (text, given, found, all) => {
  const pattern = (await patternCompilers()).pattern(text);
  expect([pattern.found(given), pattern.all(given)]).toEqual([found, all]);
});

describe('the only group of a pattern', () => {
  const groups = async (pattern: string, text: string) => (await patternCompilers()).groups(pattern)(text);

  test.each<[string, string, readonly string[]]>([
    ['id=(\\d+)', 'id=1, id=22', ['1', '22']],
    ['id=(\\d+)', 'none', []],
    ['(?:a|b)=(\\w)', 'a=x b=y', ['x', 'y']],
    ['(?P<name>x)', 'xx', ['x', 'x']],
    ['a=(\\d*)', 'a=', ['']],
    // A group that takes no part in a match is no empty text.
    ['a(b)?', 'a ab a', ['b']],
  ])('/%s/ in %j takes %j', async (pattern, text, expected) => {
    expect(await groups(pattern, text)).toEqual(expected);
  });

  test.each([
    ['abc', 0],
    ['(?:a)', 0],
    ['(a)(b)', 2],
    ['((a))', 2],
  ])('is missing in /%s/, which has %i', async (pattern, count) => {
    await expect(groups(pattern, 'abc')).rejects.toThrow(new Error(`it must have one group in parentheses, which is what is taken, and it has ${count}`));
  });

  test.each([
    [999, 999],
    [1_000, 1_000],
    [1_001, 1_000],
  ])('of %i matches is taken %i times', async (matches, taken) => {
    expect(await groups('(a)', 'a'.repeat(matches))).toHaveLength(taken);
  });

  test('is no less linear than the pattern', async () => {
    await expect(groups('(a)\\1', 'aa')).rejects.toThrow('invalid escape sequence');
    await expect(groups('(?=a)(b)', 'ab')).rejects.toThrow('invalid');
  });
});
