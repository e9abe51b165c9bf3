import { matchesArn, matchesWildcards } from '../../../rehearsal/engine/iam-wildcards';

describe('matchesWildcards', () => {
  test.each([
    ['', '', true],
    ['*', '', true],
    ['*', 'anything', true],
    ['a*c', 'abbc', true],
    ['a*c', 'abcd', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*ab*ab', 'abxabab', true],
    ['a**', 'a', true],
    ['a.c', 'abc', false],
    ['(a+)+$', '(a+)+$', true],
  ])('%s on %s', (pattern, text, result) => {
    expect(matchesWildcards(pattern, text)).toBe(result);
  });
});

describe('matchesArn', () => {
  test.each([
    ['arn:aws:s3:::bucket/*', 'arn:aws:s3:::bucket/a:b', true],
    ['arn:aws:lambda:*:*:function:f*', 'arn:aws:lambda:eu-west-1:1:function:f:live', true],
    ['arn:*:function:f', 'arn:aws:lambda:eu-west-1:1:function:f', false],
    ['*', 'arn:aws:s3:::bucket', false],
  ])('%s on %s', (pattern, arn, result) => {
    expect(matchesArn(pattern, arn)).toBe(result);
  });
});
