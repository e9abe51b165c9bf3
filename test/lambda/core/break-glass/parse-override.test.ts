import { parseOverride } from '../../../../lambda/core/break-glass/parse-override';

describe('parseOverride', () => {
  test.each(['off', ' off\n', 'off '])('%j is no override', (value) => {
    expect(parseOverride(value)).toEqual({ kind: 'off' });
  });

  test.each([
    ['next alice payments are down', { kind: 'next', by: 'alice', reason: 'payments are down' }],
    ['  next   alice@example.com   INC-42: payments are down \n', { kind: 'next', by: 'alice@example.com', reason: 'INC-42: payments are down' }],
    ['d-A1B2C3D4E bob x', { kind: 'deployment', deploymentId: 'd-A1B2C3D4E', by: 'bob', reason: 'x' }],
  ])('%j says which deployment, who and why', (value, parsed) => {
    expect(parseOverride(value)).toEqual(parsed);
  });

  test.each([
    '',
    'on',
    'OFF',
    'next',
    'next alice',
    'next alice ',
    'Next alice payments are down',
    'nextalice payments are down',
    'd-A1B2C3D4E',
    'd-A1B2C3D4E alice',
    'd- alice payments are down',
    'd-A1B2 C3D4E',
    'D-A1B2C3D4E alice payments are down',
    'd-A1B2C3D4E;next alice payments are down',
    '{"deployment":"next","by":"alice","reason":"x"}',
    'next alice payments\nare down',
    `next alice ${'x'.repeat(1_000)}`,
    `next ${'a'.repeat(101)} payments are down`,
    'off next alice payments are down',
  ])('%j is no override, and is told how to write one', (value) => {
    expect(parseOverride(value)).toEqual({
      kind: 'unreadable',
      problem: expect.stringMatching(/^expected "off", or "next" or a deployment id, then who, then why, such as "next alice payments are down", got ".{0,60}"$/),
    });
  });

  test('shows nothing but one line of it', () => {
    expect(parseOverride('next al\u0007ice pay\u001b[31mments')).toMatchObject({ kind: 'next', by: 'al\\u0007ice', reason: 'pay\\u001b[31mments' });
  });
});
