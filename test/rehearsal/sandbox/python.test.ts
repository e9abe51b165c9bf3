/** Handlers in Python, run by the Python of this machine. */
import { join } from 'node:path';

import type { FunctionSpec, InvocationResult } from '../../../rehearsal/engine/ports';
import { EventScheduler } from '../../../rehearsal/engine/scheduler';
import { Conductor } from '../../../rehearsal/sandbox/conductor';
import { LambdaSandbox } from '../../../rehearsal/sandbox/lambda-runner';
import { preloadPath } from '../../../rehearsal/sandbox/preload-path';
import { findPython } from '../../../rehearsal/stage/find-python';

const python = findPython(process.env.PATH ?? '');

const SPEC: FunctionSpec = {
  name: 'place-order',
  arn: 'arn:aws:lambda:us-east-1:111122223333:function:place-order',
  directory: join(__dirname, '..', 'lambda', 'functions', 'place-order-python'),
  handler: 'app.handler',
  runtime: 'python3.12',
  timeoutMs: 3000,
  memoryMb: 128,
  environment: {},
  roleArn: 'arn:aws:iam::111122223333:role/orders',
  inVpc: false,
  version: '2',
};

async function invoked(payload: unknown, spec: Partial<FunctionSpec> = {}, more: { readonly clientContext?: object; readonly qualifier?: string } = {}): Promise<InvocationResult & { readonly now: number }> {
  const conductor = new Conductor({ scheduler: new EventScheduler(), epochMs: Date.UTC(2026, 0, 5) });
  const sandbox = new LambdaSandbox({ conductor, seed: 1, preloadFile: preloadPath(), network: () => ({ routes: [], loopback: [] }), python: () => python });
  try {
    const running = sandbox.run({ ...SPEC, ...spec }, { requestId: 'r-1', payload, ...more });
    await conductor.run(running);
    return { ...(await running), now: conductor.now() };
  } finally {
    await sandbox.close();
  }
}

const order = (...items: readonly string[]) => invoked({ items });

test('Python is there, or these tests would prove nothing', () => {
  expect(python).toBeDefined();
});

test('returns what it made of its event and context, in real time', async () => {
  const result = await invoked({ items: ['tea'] }, {}, { clientContext: { custom: { test: true } }, qualifier: 'live' });
  expect(result).toMatchObject({
    end: 'returned',
    log: ['order of 1'],
    realTime: 'function place-order is in Python, whose clock cannot be stepped',
    payload: { status: 'placed', version: '2', functionVersion: '2', arn: `${SPEC.arn}:live`, requestId: 'r-1', memory: '128', custom: { test: true }, remaining: true, home: true, orders: 1 },
  });
  expect(result.endedAt).toBe(result.now);
  expect(result.endedAt).toBeGreaterThan(0);
});

test.each<[string, () => Promise<InvocationResult>, string, string, RegExp]>([
  ['throws', () => order('trouble'), 'threw', 'ValueError', /^no such item$/],
  ['ends its process', () => order('end'), 'crashed', 'Runtime.ExitError', /^RequestId: r-1 Error: Runtime exited with error: exit status 7$/],
  ['returns what JSON cannot say', () => order('unspeakable'), 'threw', 'TypeError', /not JSON serializable/],
  ['asks a host that is none of the app', () => order('abroad'), 'threw', 'gaierror', /example\.com is not a host of this app; allow it by --allow-host/],
  ['asks an address that is none of the app', () => order('by number'), 'threw', 'gaierror', /203\.0\.113\.7 is not a host of this app/],
  ['has no such module', () => invoked({}, { handler: 'other.handler' }), 'crashed', 'Runtime.ImportModuleError', /^Unable to import module 'other': /],
  ['has no such handler', () => invoked({}, { handler: 'app.other' }), 'crashed', 'Runtime.HandlerNotFound', /^Handler 'other' missing on module 'app'$/],
])('one that %s', async (_what, run, end, errorType, message) => {
  const result = await run();
  expect(result).toMatchObject({ end, error: { errorType, errorMessage: expect.stringMatching(message) } });
});

test('one that takes too long is killed at its time-out', async () => {
  const result = await invoked({ items: ['forever'] }, { timeoutMs: 1000 });
  expect(result).toMatchObject({ end: 'timedOut', error: { errorType: 'Sandbox.Timedout', errorMessage: 'RequestId: r-1 Error: Task timed out after 1.00 seconds' } });
  expect(result.endedAt).toBeGreaterThanOrEqual(1000);
});

test('without Python on the path there is none', () => {
  expect(findPython('/nonexistent')).toBeUndefined();
});
