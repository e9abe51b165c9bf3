import type { AssertionDocument } from '../../../../../lib/model/suite';
import { compileAssertion, textsOf } from '../../../../../lambda/core/checks/assertions';
import { compilers } from '../../../../../lambda/core/checks/engines';
import { answer } from '../../../support/fake-ports';

async function judge(assertion: AssertionDocument, setCookies: readonly string[]) {
  return compileAssertion(assertion, await compilers(textsOf([assertion])))(answer({ setCookies }));
}
type Attributes = Extract<AssertionDocument, { kind: 'cookie' }>['attributes'];
const cookie = (attributes: Attributes, equals?: string): AssertionDocument => ({ kind: 'cookie', name: 'id', attributes, ...(equals === undefined ? {} : { equals }) });

describe('a cookie', () => {
  test.each<[string, Attributes, boolean]>([
    ['id=7; Secure', { secure: true }, true],
    ['id=7; SECURE; HttpOnly', { secure: true, httpOnly: true }, true],
    ['id=7; HttpOnly', { secure: true, httpOnly: true }, false],
    ['id=7; Secure', { secure: false }, false],
    ['id=7', { secure: false, httpOnly: false }, true],
    ['id=7; SameSite=lax', { sameSite: 'Lax' }, true],
    ['id=7; SameSite=Strict', { sameSite: 'Lax' }, false],
    ['id=7', { sameSite: 'Lax' }, false],
    ['id=7; Domain=.Example.com', { domain: 'example.COM' }, true],
    ['id=7; Domain=a.example.com', { domain: 'example.com' }, false],
    ['id=7; Domain=a.b.example.com', { domain: 'a.bexample.com' }, false],
    ['id=7; Path = /App', { path: '/App' }, true],
    ['id=7; Path=/app', { path: '/App' }, false],
    ['id=7', { path: '/App' }, false],
  ])('%s has %j: %s', async (text, attributes, holds) => {
    expect((await judge(cookie(attributes), [text])).outcome).toBe(holds ? 'holds' : 'fails');
  });

  test('is the last one of its name, and its value is what stands behind the first equals sign', async () => {
    expect((await judge(cookie({}, 'b=c'), ['id=a', ' id = b=c ', 'other=b=c'])).outcome).toBe('holds');
    expect((await judge(cookie({}, ''), ['id=']))).toMatchObject({ outcome: 'holds' });
    expect((await judge(cookie({}, 'id'), ['id']))).toMatchObject({ outcome: 'fails' });
    expect((await judge({ kind: 'cookie', name: '', attributes: {} }, ['=x'])).outcome).toBe('holds');
  });

  test.each<[AssertionDocument, string, string]>([
    [cookie({ secure: true, path: '/' }), 'id=secret; Path=/; Max-Age=5; HttpOnly', 'cookie id was set with path /, httponly, expected it to have secure true, path /'],
    [cookie({ domain: 'a.test', sameSite: 'None' }), 'id=secret; Secure; SameSite=Lax; Domain=b.test; Expires=Thu', 'cookie id was set with secure, samesite Lax, domain b.test, expected it to have domain a.test, sameSite None'],
    [cookie({ secure: true }), 'id=secret', 'cookie id was set with no attributes, expected it to have secure true'],
    [cookie({}, 'x'), 'id=secret', 'cookie id was set with another value of 6 characters, no attributes, expected it to have the value "x"'],
    [cookie({ secure: true }, 'secret'), 'id=secret', 'cookie id was set with this value, no attributes, expected it to have the value "secret", secure true'],
  ])('whose value may open a session is told of without it: %#', async (assertion, text, statement) => {
    expect(await judge(assertion, [text])).toMatchObject({ outcome: 'fails', statement });
  });

  test('negated, is told of as it must not be', async () => {
    expect(await judge({ ...cookie({ secure: true, httpOnly: true }), negate: true }, ['id=7; Secure; HttpOnly'])).toMatchObject({
      outcome: 'fails',
      statement: 'cookie id was set with secure, httponly, expected it not to have secure true, httpOnly true',
    });
  });
});
