import { compositeChildren, evaluateCompositeRule, parseCompositeRule } from '../../../rehearsal/engine/composite-alarm';

const STATES = { red: 'ALARM', 'green one': 'OK', blind: 'INSUFFICIENT_DATA' } as const;

function evaluate(rule: string): boolean {
  return evaluateCompositeRule(parseCompositeRule(rule), (alarm) => STATES[alarm as keyof typeof STATES]);
}

describe('a composite rule', () => {
  test.each([
    ['ALARM(red)', true],
    ['ALARM("green one")', false],
    ["OK('green one')", true],
    ['INSUFFICIENT_DATA(blind)', true],
    ['ALARM(arn:aws:cloudwatch:eu-central-1:111122223333:alarm:red)', true],
    ['NOT ALARM(red)', false],
    ['ALARM(red) AND OK("green one")', true],
    ['ALARM(red) AND (OK(red) OR ALARM(blind))', false],
    ['ALARM(red) OR OK(red) AND FALSE', true],
    ['NOT (ALARM(blind) OR ALARM(red))', false],
    ['TRUE', true],
    ['OK(unknown)', false],
  ])('%s', (rule, expected) => {
    expect(evaluate(rule)).toBe(expected);
  });

  test('knows the alarms that it reads', () => {
    expect(compositeChildren(parseCompositeRule('ALARM(a) AND NOT (OK("b c") OR TRUE)'))).toEqual(['a', 'b c']);
  });

  test.each([
    ['AT_LEAST(2, ALARM, (a, b, c))', "unexpected 'AT_LEAST' in the alarm rule 'AT_LEAST(2, ALARM, (a, b, c))'"],
    ['ALARM(a', "the alarm rule 'ALARM(a' ends too early"],
    ['ALARM(a) ALARM(b)', "unexpected 'ALARM' in the alarm rule 'ALARM(a) ALARM(b)'"],
    ['ALARM()', "unexpected ')' in the alarm rule 'ALARM()'"],
    ['', "the alarm rule '' ends too early"],
  ])('fails on %j', (rule, message) => {
    expect(() => parseCompositeRule(rule)).toThrow(message);
  });
});
