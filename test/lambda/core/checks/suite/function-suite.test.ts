import { parseXML } from '@aws-sdk/xml-builder';

import { functionSuite } from '../../../../../lambda/core/checks/suite/function-suite';
import { Overdue } from '../../../../../lambda/core/failures';
import type { InvocationEnd, RunBounded } from '../../../../../lambda/core/ports';

const CALL = { functionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:suite', timeoutMs: 30_000, payload: '{}', identity: { deploymentId: 'd-1', event: 'AfterInstall', check: 'shop' } };
const returned = (text: string): InvocationEnd => ({ end: 'returned', payload: Buffer.from(text), log: '' });

async function attempt(end: InvocationEnd, run: RunBounded = (_, work) => work()) {
  const clock = { now: () => 0, epoch: () => 0, sleep: async () => undefined };
  const probe = functionSuite(CALL, { minCases: 1, allowSkipped: true }, { invoker: { invoke: async () => end }, parseXml: parseXML, clock, run });
  return probe(new AbortController().signal, { number: 1, startedAt: 0 });
}

test('a result that cannot be read is an error that no attempt mends', async () => {
  const reason = 'the result of the suite cannot be read: it is neither a result document nor JUnit XML: "no" (function suite, returned after 0 ms)';
  expect(await attempt(returned('no'))).toEqual({ outcome: 'error', reason, measurements: [], samples: 0, retryable: false });
});

test('a result that takes too long to read is one as well', async () => {
  const slow: RunBounded = (ms) => {
    throw new Overdue(`not computed within ${ms} ms`);
  };
  const reason = 'the result of the suite cannot be read: not computed within 3000 ms (function suite, returned after 0 ms)';
  expect(await attempt(returned('{}'), slow)).toEqual({ outcome: 'error', reason, measurements: [], samples: 0, retryable: false });
});

test('a mistake of ours is none of the suite', async () => {
  const broken: RunBounded = () => {
    throw new TypeError('broken');
  };
  await expect(attempt(returned('{}'), broken)).rejects.toThrow(new TypeError('broken'));
});

test('a suite that breaks is measured as a failure', async () => {
  const end: InvocationEnd = { end: 'failed', errorType: 'Error', errorMessage: 'no', payload: Buffer.from('{}'), log: '' };
  expect(await attempt(end)).toEqual({
    outcome: 'fail',
    reason: 'the suite failed with Error: "no", expected a result (function suite, failed after 0 ms)',
    measurements: [{ what: 'end', measured: 'failed with Error', threshold: 'returned', ok: false }],
    samples: 1,
  });
});
