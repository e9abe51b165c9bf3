import { patternProblem } from '../../../lib/private/patterns';

describe('patternProblem', () => {
  test.each(['^ok$', 'a|b', '[a-z]+\\d{2,5}', '(?i)OK', '(?P<name>x)', '(?i:OK)', '\\(?=', '[(?=]', '\\\\1'.slice(0, 2), 'a+?', '\\+\\+', '[*+]+', 'x{1000}'])('lets %s pass', (pattern) => {
    expect(patternProblem(pattern)).toBeUndefined();
  });

  test.each([
    ['', 'a pattern must have 1 to 1000 characters, got 0'],
    ['x'.repeat(1001), 'a pattern must have 1 to 1000 characters, got 1001'],
    ['a(?=b)', 'uses look-around'],
    ['a(?!b)', 'uses look-around'],
    ['(?<=a)b', 'uses look-around'],
    ['(?<!a)b', 'uses look-around'],
    ['(?>a)', 'uses an atomic group'],
    ['(a)\\1', 'uses a back-reference'],
    ['(?<n>a)\\k<n>', 'uses a back-reference'],
    ['a++', 'uses a possessive quantifier'],
    ['a{2}+', 'uses a possessive quantifier'],
    ['a{1001}', 'repeats more than 1000 times; split it into several assertions'],
    ['a{1,2000}', 'repeats more than 1000 times'],
    ['(a', 'is not a regular expression'],
    ['[a', 'is not a regular expression'],
    ['*a', 'is not a regular expression'],
  ])('fails when it is %s', (pattern, message) => {
    expect(patternProblem(pattern)).toContain(message);
  });
});
