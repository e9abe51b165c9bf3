import type { Address } from '../../../lambda/adapters/address-policy';
import { oneAtATime, resolveByDns } from '../../../lambda/adapters/address-resolver';

const FOUND: readonly Address[] = [{ address: '10.0.0.1', family: 4 }];
const { signal } = new AbortController();

/** A name server that answers when it is told to. */
function nameServer() {
  const asked: { readonly hostname: string; readonly answer: (addresses: readonly Address[]) => void; readonly fail: (error: Error) => void }[] = [];
  const resolve = oneAtATime((hostname) => new Promise((answer, fail) => asked.push({ hostname, answer, fail })));
  return { asked, resolve, names: () => asked.map(({ hostname }) => hostname) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('oneAtATime', () => {
  test('further attempts for a name that hangs ask nobody again', async () => {
    const { asked, resolve, names } = nameServer();
    const attempts = [resolve('a.test', signal), resolve('a.test', signal), resolve('a.test', signal)];
    expect(names()).toEqual(['a.test']);
    asked[0]?.answer(FOUND);
    expect(await Promise.all(attempts)).toEqual([FOUND, FOUND, FOUND]);
    void resolve('a.test', signal);
    expect(names()).toEqual(['a.test', 'a.test']);
  });

  test('another name waits, and is not asked for once nobody waits for it', async () => {
    const { asked, resolve, names } = nameServer();
    const first = resolve('a.test', signal);
    const gaveUp = new AbortController();
    const second = resolve('b.test', gaveUp.signal);
    const third = resolve('c.test', signal);
    gaveUp.abort(new Error('enough'));
    asked[0]?.fail(new Error('no such name'));
    await expect(first).rejects.toThrow('no such name');
    await expect(second).rejects.toThrow('enough');
    await turn();
    expect(names()).toEqual(['a.test', 'c.test']);
    asked[1]?.answer(FOUND);
    expect(await third).toEqual(FOUND);
  });

  test('an address waits for nobody', async () => {
    const { resolve, names } = nameServer();
    void resolve('a.test', signal);
    expect(await resolve('10.1.2.3', signal)).toEqual([{ address: '10.1.2.3', family: 4 }]);
    expect(await resolve('2001:db8::1', signal)).toEqual([{ address: '2001:db8::1', family: 6 }]);
    expect(names()).toEqual(['a.test']);
  });
});

test('resolveByDns asks the system', async () => {
  expect((await resolveByDns('localhost', signal)).map(({ address }) => address)).toEqual(expect.arrayContaining([expect.stringMatching(/^(127\.0\.0\.1|::1)$/)]));
});
