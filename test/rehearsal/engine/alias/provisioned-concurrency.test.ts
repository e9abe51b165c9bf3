import { ProvisionedConcurrency, type Provisioning } from '../../../../rehearsal/engine/alias/provisioned-concurrency';

function stage(provisioning: Provisioning = { afterMs: 90_000 }) {
  let now = 1_000;
  const concurrency = new ProvisionedConcurrency({ now: () => now, provisioning: () => provisioning });
  return { concurrency, at: (ms: number) => (now = ms) };
}

test('is ready after a while, and not before', () => {
  const { concurrency, at } = stage();
  expect(concurrency.request('2', 5)).toEqual({ version: '2', requested: 5, allocated: 0, status: 'IN_PROGRESS', modifiedAt: 1_000 });
  at(90_999);
  expect(concurrency.state('2')).toMatchObject({ status: 'IN_PROGRESS', allocated: 0 });
  at(91_000);
  expect(concurrency.state('2')).toEqual({ version: '2', requested: 5, allocated: 5, status: 'READY', modifiedAt: 1_000 });
});

test('fails where the scenario says so, with its reason', () => {
  const { concurrency, at } = stage({ afterMs: 1, fails: 'FUNCTION_ERROR_INIT_FAILURE' });
  expect(concurrency.request('2', 5).status).toBe('IN_PROGRESS');
  at(1_001);
  expect(concurrency.state('2')).toEqual({ version: '2', requested: 5, allocated: 0, status: 'FAILED', reason: 'FUNCTION_ERROR_INIT_FAILURE', modifiedAt: 1_000 });
  expect(concurrency.request('2', 5)).toMatchObject({ status: 'IN_PROGRESS', modifiedAt: 1_001 });
});

test('the same number again changes nothing, another one begins anew', () => {
  const { concurrency, at } = stage();
  concurrency.request('2', 5);
  at(2_000);
  expect(concurrency.request('2', 5).modifiedAt).toBe(1_000);
  expect(concurrency.request('2', 6)).toMatchObject({ requested: 6, modifiedAt: 2_000 });
});

test('is of each version, also of one that has it since long, until it is released', () => {
  const { concurrency } = stage();
  concurrency.adopt('1', 3);
  concurrency.request('2', 5);
  expect(concurrency.all().map(({ version, status }) => `${version} ${status}`)).toEqual(['1 READY', '2 IN_PROGRESS']);
  concurrency.release('1');
  expect([concurrency.state('1'), concurrency.all().length]).toEqual([undefined, 1]);
});
