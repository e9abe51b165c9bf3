import { ask } from '../../../../lambda/core/checks/ask';
import { TransportFailure } from '../../../../lambda/core/failures';
import { answer, fakeHttp } from '../../support/fake-ports';

const PREPARED = { request: { method: 'GET', url: 'http://a.test/', headers: {}, timeoutMs: 1000, maxRedirects: 0 }, label: 'GET / on the test listener' };
const asked = (script: Parameters<typeof fakeHttp>[0], signal = new AbortController().signal) => ask(PREPARED, fakeHttp(script).http, signal);

test('gives the answer', async () => {
  const given = answer();
  expect(await asked([given])).toBe(given);
});

test.each([
  ['connect', true],
  ['protocol', false],
] as const)('a %s failure is an error, worth another try: %s', async (category, retryable) => {
  expect(await asked([new TransportFailure(category, 'it did not work')])).toEqual({ outcome: 'error', reason: 'it did not work (GET / on the test listener)', measurements: [], samples: 0, retryable });
});

test('rejects where the handler is broken, or the attempt is of no use any more', async () => {
  await expect(asked([new TypeError('broken')])).rejects.toThrow('broken');
  await expect(asked([new TransportFailure('connect', 'cut')], AbortSignal.abort())).rejects.toThrow('cut');
});
