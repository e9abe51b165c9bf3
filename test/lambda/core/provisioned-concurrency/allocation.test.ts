import type { Allocation, ProvisionedConcurrencyService } from '../../../../lambda/core/provisioned-concurrency/allocation';
import { describeAllocation, progressOf, provision } from '../../../../lambda/core/provisioned-concurrency/allocation';

const VERSION = { functionName: 'take-order', version: '9' };
const allocation = (status: string, requested = 5): Allocation => ({ status, requested, available: 0 });

async function take(found: Allocation | undefined, asked: boolean) {
  const calls: unknown[][] = [];
  const note = (name: string, { functionName, version }: typeof VERSION, ...more: unknown[]) => void calls.push([name, `${functionName}:${version}`, ...more.filter((each) => !(each instanceof AbortSignal))]);
  const service: ProvisionedConcurrencyService = {
    read: async (version, signal) => (note('read', version, signal), found),
    request: async (version, executions, signal) => (note('request', version, executions, signal), allocation('IN_PROGRESS', executions)),
    release: () => Promise.reject(new Error('not asked for')),
  };
  const came = await provision(service, { ...VERSION, executions: 5, asked }, (make) => make(new AbortController().signal));
  return { ...came, calls };
}

const READ = ['read', 'take-order:9'];
const REQUEST = ['request', 'take-order:9', 5];

test.each<[string, Allocation | undefined, boolean, unknown]>([
  ['none', undefined, false, { asked: true, calls: [READ, REQUEST], allocation: allocation('IN_PROGRESS') }],
  ['none any more', undefined, true, { asked: true, calls: [READ, REQUEST], allocation: allocation('IN_PROGRESS') }],
  ['more than is wanted', allocation('READY', 6), false, { asked: true, calls: [READ, REQUEST], allocation: allocation('IN_PROGRESS') }],
  ['less than is wanted', allocation('READY', 4), true, { asked: true, calls: [READ, REQUEST], allocation: allocation('IN_PROGRESS') }],
  ['one that failed before', allocation('FAILED'), false, { asked: true, calls: [READ, REQUEST], allocation: allocation('IN_PROGRESS') }],
  ['one that failed since', allocation('FAILED'), true, { asked: true, calls: [READ], allocation: allocation('FAILED') }],
  ['one under way', allocation('IN_PROGRESS'), false, { asked: false, calls: [READ], allocation: allocation('IN_PROGRESS') }],
  ['what is wanted', allocation('READY'), false, { asked: false, calls: [READ], allocation: allocation('READY') }],
])('where there is %s', async (_, found, asked, expected) => {
  expect(await take(found, asked)).toEqual(expected);
});

test.each([
  ['READY', 'ready'],
  ['FAILED', 'failed'],
  ['IN_PROGRESS', 'pending'],
  ['SOMETHING_NEW', 'pending'],
])('%s is %s', (status, progress) => {
  expect(progressOf(allocation(status))).toBe(progress);
});

test.each<[Allocation, string]>([
  [{ status: 'IN_PROGRESS', requested: 5, available: 2 }, '2 of 5 provisioned execution environments of take-order:9 are available (IN_PROGRESS)'],
  [{ status: 'READY', requested: 5, available: 5 }, '5 of 5 provisioned execution environments of take-order:9 are available (READY)'],
  [{ status: 'FAILED', requested: 5, available: 2, reason: 'FUNCTION_ERROR_INIT_FAILURE' }, 'Lambda could not allocate the provisioned concurrency of take-order:9: FUNCTION_ERROR_INIT_FAILURE'],
  [{ status: 'FAILED', requested: 5, available: 0 }, 'Lambda could not allocate the provisioned concurrency of take-order:9: no reason'],
])('%j is told', (told, text) => {
  expect(describeAllocation(VERSION, told)).toBe(text);
});
