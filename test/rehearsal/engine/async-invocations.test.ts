import { AsyncInvocations, type AsyncChange, type AsyncConfig } from '../../../rehearsal/engine/async-invocations';
import type { FunctionSpec, InvocationResult } from '../../../rehearsal/engine/ports';
import { seededRandom } from '../../../rehearsal/engine/random';
import { EventScheduler } from '../../../rehearsal/engine/scheduler';
import { serviceBehaviour, type ServiceBehaviour } from '../../../rehearsal/engine/service-behaviour';

const EPOCH = Date.UTC(2026, 0, 1);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/;

type Script = Pick<InvocationResult, 'end'> & Partial<InvocationResult> & { takesMs?: number };

function spec(name: string): FunctionSpec {
  return {
    name,
    arn: `arn:aws:lambda:eu-central-1:111122223333:function:${name}`,
    directory: '/asset',
    handler: 'index.handler',
    runtime: 'nodejs22.x',
    timeoutMs: 15_000,
    memoryMb: 512,
    environment: {},
    roleArn: `arn:aws:iam::111122223333:role/${name}`,
    inVpc: false,
  };
}

class Queue {
  readonly scheduler = new EventScheduler();
  readonly runs: { name: string; at: number; payload: unknown; requestId: string }[] = [];
  readonly changes: AsyncChange[] = [];
  readonly asked: string[] = [];
  readonly async: AsyncInvocations;
  allowed = true;

  constructor(config: AsyncConfig, scripts: Record<string, Script[]>, behaviour: Partial<ServiceBehaviour> = {}) {
    this.async = new AsyncInvocations({
      scheduler: this.scheduler,
      random: seededRandom(1),
      epochMs: EPOCH,
      behaviour: serviceBehaviour(behaviour),
      functions: [
        { spec: spec('hook'), config },
        { spec: spec('guardian'), config: {} },
      ],
      authorize: (roleArn, action, resource) => {
        this.asked.push(`${roleArn} ${action} ${resource}`);
        return this.allowed;
      },
      runner: {
        run: async ({ name }, { requestId, payload }) => {
          const at = this.scheduler.now();
          this.runs.push({ name, at, payload, requestId });
          const { takesMs = 0, ...script } = scripts[name]?.shift() ?? { end: 'returned' };
          return { log: [], startedAt: at, endedAt: at + takesMs, wallMs: 1, ...script };
        },
      },
    });
    this.async.onChange((change) => this.changes.push(change));
  }

  async play(until = Infinity): Promise<this> {
    while ((this.scheduler.nextAt() ?? Infinity) <= until && this.scheduler.runNext()) {
      await this.async.idle();
    }
    return this;
  }

  lines(): string[] {
    return this.changes.map(({ at, event, kind }) => `${at} ${event.functionName} ${kind}`);
  }

  starts(name: string): number[] {
    return this.runs.filter((run) => run.name === name).map(({ at }) => at);
  }

  ended(): string[] {
    return this.changes.flatMap((change) => (change.kind === 'ended' ? [
      `${change.at} ${change.event.functionName} ${change.condition} ${change.attempts}`,
    ] : []));
  }

  record(): unknown {
    return this.runs.find(({ name }) => name === 'guardian')?.payload;
  }
}

describe('AsyncInvocations', () => {
  test('runs an accepted event, and sends the record of its success', async () => {
    const queue = new Queue(
      { onSuccess: 'guardian', onFailure: 'guardian' },
      { hook: [{ end: 'returned', payload: { ok: true }, takesMs: 2000 }] },
    );
    const answer = queue.async.invoke('hook', { DeploymentId: 'd-1' });
    await queue.play();

    expect(answer).toEqual({ accepted: true, requestId: expect.stringMatching(UUID) });
    expect(queue.lines()).toEqual([
      '0 hook accepted',
      '50 hook started',
      '2050 hook ran',
      '2050 hook ended',
      '2050 guardian accepted',
      '2050 hook delivered',
      '2100 guardian started',
      '2100 guardian ran',
      '2100 guardian ended',
    ]);
    expect(queue.record()).toEqual({
      version: '1.0',
      timestamp: '2026-01-01T00:00:02.050Z',
      requestContext: {
        requestId: answer.requestId,
        functionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:hook:$LATEST',
        condition: 'Success',
        approximateInvokeCount: 1,
      },
      requestPayload: { DeploymentId: 'd-1' },
      responseContext: { statusCode: 200, executedVersion: '$LATEST' },
      responsePayload: { ok: true },
    });
    expect(queue.asked).toEqual([
      'arn:aws:iam::111122223333:role/hook lambda:InvokeFunction arn:aws:lambda:eu-central-1:111122223333:function:guardian',
    ]);
  });

  test('tries twice more after one and two minutes', async () => {
    const threw = { end: 'threw', error: { errorType: 'Error', errorMessage: 'no', trace: ['Error: no'] }, takesMs: 1000 } as const;
    const queue = new Queue({ onFailure: 'guardian' }, { hook: [threw, threw, threw] });
    queue.async.invoke('arn:aws:lambda:eu-central-1:111122223333:function:hook', {});
    await queue.play();

    expect(queue.starts('hook')).toEqual([50, 61_050, 182_050]);
    expect(new Set(queue.runs.filter(({ name }) => name === 'hook').map(({ requestId }) => requestId)).size).toBe(1);
    expect(queue.ended()[0]).toBe('183050 hook RetriesExhausted 3');
    expect(queue.record()).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'Error', errorMessage: 'no', trace: ['Error: no'] },
    });
  });

  test('does not try again with retries off, and words a time-out as Lambda does', async () => {
    const queue = new Queue({ maximumRetryAttempts: 0, onFailure: 'guardian' }, { hook: [{ end: 'timedOut', takesMs: 15_000 }] });
    const { requestId } = queue.async.invoke('hook', {});
    await queue.play();

    expect(queue.starts('hook')).toEqual([50]);
    expect(queue.starts('guardian')).toEqual([15_100]);
    expect(queue.record()).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 1 },
      responsePayload: { errorMessage: `2026-01-01T00:00:15.050Z ${requestId} Task timed out after 15.00 seconds` },
    });
  });

  test.each<[Script, string, unknown]>([
    [{ end: 'silent' }, 'Success', null],
    [{ end: 'returned' }, 'Success', null],
    [
      { end: 'crashed', error: { errorType: 'Runtime.ExitError', errorMessage: 'exit status 1' } },
      'RetriesExhausted',
      { errorType: 'Runtime.ExitError', errorMessage: 'exit status 1' },
    ],
    [
      { end: 'crashed' },
      'RetriesExhausted',
      {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Runtime exited without providing a reason$/),
      },
    ],
  ])('%j ends as %s', async (script, condition, responsePayload) => {
    const queue = new Queue({ maximumRetryAttempts: 0, onSuccess: 'guardian', onFailure: 'guardian' }, { hook: [script] });
    queue.async.invoke('hook', {});
    await queue.play();
    expect(queue.record()).toMatchObject({ requestContext: { condition }, responsePayload });
  });

  test('backs off while it is throttled, and runs when that is over', async () => {
    const queue = new Queue({}, {});
    queue.async.throttle('hook', 0, 20_000);
    queue.async.invoke('hook', {});
    await queue.play();

    expect(queue.changes.flatMap((change) => (change.kind === 'throttled' ? [change.retryAt] : []))).toEqual([1050, 3050, 7050, 15_050, 31_050]);
    expect(queue.starts('hook')).toEqual([31_050]);
  });

  test('gives a throttled event up at its greatest age', async () => {
    const queue = new Queue({ maximumEventAgeSeconds: 60, onFailure: 'guardian' }, {});
    queue.async.throttle('hook', 0, 3_600_000);
    queue.async.invoke('hook', { DeploymentId: 'd-1' });
    await queue.play();

    expect(queue.starts('hook')).toEqual([]);
    expect(queue.ended()[0]).toBe('60000 hook EventAgeExceeded 0');
    expect(queue.record()).toEqual({
      version: '1.0',
      timestamp: '2026-01-01T00:01:00.000Z',
      requestContext: expect.objectContaining({ condition: 'EventAgeExceeded', approximateInvokeCount: 0 }),
      requestPayload: { DeploymentId: 'd-1' },
    });
  });

  test('waits no longer than five minutes between throttled attempts, for six hours', async () => {
    const queue = new Queue({}, {});
    queue.async.throttle('hook', 0, Infinity);
    queue.async.invoke('hook', {});
    await queue.play();

    const retries = queue.changes.flatMap((change) => (change.kind === 'throttled' ? [change.retryAt] : []));
    expect(retries.slice(8, 12)).toEqual([511_050, 811_050, 1_111_050, 1_411_050]);
    expect(queue.ended()).toEqual(['21600000 hook EventAgeExceeded 0']);
  });

  test('gives up a retry that would come after the greatest age', async () => {
    const queue = new Queue({ maximumEventAgeSeconds: 60, onFailure: 'guardian' }, { hook: [{ end: 'threw', takesMs: 5000 }] });
    queue.async.invoke('hook', {});
    await queue.play();
    expect(queue.ended()[0]).toBe('60000 hook EventAgeExceeded 1');
    expect(queue.record()).toMatchObject({ responseContext: { functionError: 'Unhandled' } });
  });

  test('the record of an event that was never tried has a response where the switch says so', async () => {
    const queue = new Queue({ maximumEventAgeSeconds: 60, onFailure: 'guardian' }, {}, { expiredRecordHasNoResponse: false });
    queue.async.throttle('hook', 0, Infinity);
    queue.async.invoke('hook', {});
    await queue.play();
    expect(queue.record()).toMatchObject({ responseContext: { statusCode: 429 } });
  });

  test('does not deliver a record that the role may not send', async () => {
    const queue = new Queue({ maximumRetryAttempts: 0, onFailure: 'guardian' }, { hook: [{ end: 'threw' }] });
    queue.allowed = false;
    queue.async.invoke('hook', {});
    await queue.play();

    expect(queue.starts('guardian')).toEqual([]);
    expect(queue.changes.at(-1)).toMatchObject({
      kind: 'undelivered',
      destination: 'guardian',
      reason: 'the role arn:aws:iam::111122223333:role/hook may not call lambda:InvokeFunction on arn:aws:lambda:eu-central-1:111122223333:function:guardian',
    });
  });

  test('does not deliver a record that is too long for an asynchronous payload', async () => {
    const payload = 'x'.repeat(1_048_576);
    const queue = new Queue({ onSuccess: 'guardian' }, { hook: [{ end: 'returned', payload }] });
    queue.async.invoke('hook', {});
    await queue.play();
    expect(queue.starts('guardian')).toEqual([]);
    expect(queue.changes.at(-1)).toMatchObject({
      kind: 'undelivered',
      reason: expect.stringMatching(/^the record of hook has 10\d{5} bytes, and an asynchronous payload may have 1048576$/),
    });
  });

  test('does not deliver to a function that is not there', async () => {
    const queue = new Queue({ maximumRetryAttempts: 0, onFailure: 'elsewhere' }, { hook: [{ end: 'threw' }] });
    queue.async.invoke('hook', {});
    await queue.play();
    expect(queue.changes.at(-1)).toMatchObject({
      kind: 'undelivered',
      reason: "no function 'elsewhere' in this rehearsal; there are: hook, guardian",
    });
  });

  test('refuses an unknown function', () => {
    const queue = new Queue({}, {});
    expect(queue.async.invoke('nobody', {})).toEqual({
      accepted: false,
      message: "no function 'nobody' in this rehearsal; there are: hook, guardian",
    });
    expect(() => queue.async.throttle('nobody', 0, 1)).toThrow("no function 'nobody' in this rehearsal; there are: hook, guardian");
  });

  test('keeps what the runner was rejected with', async () => {
    const scheduler = new EventScheduler();
    const broken = new Error('the simulator broke');
    const async = new AsyncInvocations({
      scheduler,
      random: seededRandom(1),
      epochMs: EPOCH,
      functions: [{ spec: spec('hook'), config: {} }],
      authorize: () => true,
      runner: { run: () => Promise.reject(broken) },
    });
    async.invoke('hook', {});
    scheduler.advanceTo(50);
    expect(async.running).toBe(1);
    await async.idle();
    expect([async.running, async.failure]).toEqual([0, broken]);
  });
});
