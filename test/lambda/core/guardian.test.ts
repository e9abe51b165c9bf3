import type { GuardedHook } from '../../../lib/model/hook-contract';
import { ENV } from '../../../lib/model/hook-contract';
import { makeGuardian } from '../../../lambda/core/guardian';
import type { WorldScript } from '../support/fake-ports';
import { completed, context, denied, fakeEnvironment, fakeWorld, HOOK, throttled } from '../support/fake-ports';

const ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:smoke';
const HOOKS: readonly GuardedHook[] = [
  { functionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:other', event: 'BeforeInstall', reportsLater: false },
  { functionArn: ARN, event: 'AfterAllowTestTraffic', reportsLater: false },
];

interface Destination {
  readonly functionArn?: string;
  readonly condition?: string;
  readonly request?: unknown;
  readonly response?: unknown;
}

function destination({ functionArn = `${ARN}:$LATEST`, condition = 'RetriesExhausted', request = HOOK, response = null }: Destination) {
  return {
    version: '1.0',
    timestamp: '2026-01-01T00:00:00.000Z',
    requestContext: { requestId: 'r-1', functionArn, condition, approximateInvokeCount: 1 },
    requestPayload: request,
    responseContext: { statusCode: 200, executedVersion: '$LATEST' },
    responsePayload: response,
  };
}

async function guard(event: unknown, script: WorldScript = {}, hooks: unknown = HOOKS) {
  const world = fakeWorld(script);
  const environment = fakeEnvironment({ [ENV.event]: undefined, [ENV.hooks]: typeof hooks === 'string' ? hooks : JSON.stringify(hooks) });
  const thrown = await makeGuardian({ environment, ports: world.ports })(event, context(30_000)).then(
    () => undefined,
    (error: Error) => error.message,
  );
  return { ...world, thrown };
}

describe('makeGuardian', () => {
  test.each([
    ['timed out', { errorType: 'Sandbox.Timedout', errorMessage: 'RequestId: 1 Error: Task timed out after 3.00 seconds' }, 'hook smoke timed out after 3 s without reporting'],
    ['timed out, in the older words', { errorMessage: '2026-01-01T00:00:00Z 1 Task timed out after 900.10 seconds' }, 'hook smoke timed out after 900.1 s without reporting'],
    ['ran out of memory', { errorType: 'Runtime.OutOfMemory', errorMessage: 'signal: killed' }, 'hook smoke crashed without reporting: Runtime.OutOfMemory: signal: killed'],
    ['crashed at init', { errorType: 'Runtime.ImportModuleError', errorMessage: "Cannot find module 'x'\nstack" }, "hook smoke crashed without reporting: Runtime.ImportModuleError: Cannot find module 'x'\\nstack"],
    ['ended without words', null, 'hook smoke crashed without reporting: unknown error: no message'],
  ])('reports for a hook that %s', async (_, response, reason) => {
    const { reports, verdicts, order, metrics } = await guard(destination({ response }));
    expect(reports).toEqual([{ hook: HOOK, status: 'Failed', at: 0 }]);
    expect(order).toEqual(['report', 'log', 'metric', 'alarm', 'event']);
    expect(metrics).toEqual([{ application: 'web-application', deploymentGroup: 'web-group', failed: true }]);
    expect(verdicts[0]).toMatchObject({ by: 'guardian', event: 'AfterAllowTestTraffic', verdict: 'fail', report: 'Failed', reason });
  });

  test('reports for a hook that was throttled until its event was too old', async () => {
    const { verdicts } = await guard(destination({ condition: 'EventAgeExceeded' }));
    expect(verdicts[0]?.reason).toBe('hook smoke could not be started: its event became too old while Lambda throttled it (event age exceeded)');
  });

  test.each([
    ['nothing', null],
    ['something else', { ok: true }],
    ['that it could not report', { greenlight: { reported: false, status: 'Succeeded' } }],
    ['a lie', { greenlight: { reported: 'true' } }],
  ])('reports for a hook that returned %s', async (_, response) => {
    const { reports, verdicts } = await guard(destination({ condition: 'Success', response }));
    expect(reports).toHaveLength(1);
    expect(verdicts[0]?.reason).toBe('hook smoke returned without reporting');
  });

  test('leaves a hook alone that has reported', async () => {
    const { order } = await guard(destination({ condition: 'Success', response: { greenlight: { reported: true, status: 'Failed' } } }));
    expect(order).toEqual([]);
  });

  test.each([
    ['goes on in its next invocation', { reported: false, continued: true, invocation: 12, elapsedMs: 3_540_000 }],
    ['found its deployment over', { reported: false, idle: 'over' }],
    ['was invoked a second time with the same event', { reported: false, idle: 'duplicate' }],
  ])('leaves a hook alone that %s', async (_, greenlight) => {
    const { order } = await guard(destination({ condition: 'Success', response: { greenlight } }));
    expect(order).toEqual([]);
  });

  test.each([
    [{ continued: true, invocation: 13, elapsedMs: 5_000 }, 'hook smoke says that it goes on in invocation 13, 5 s after it began; at most 12 and 3600 s are waited for'],
    [{ continued: true, invocation: 2, elapsedMs: 3_600_000 }, 'hook smoke says that it goes on in invocation 2, 3600 s after it began; at most 12 and 3600 s are waited for'],
    [{ continued: true, invocation: 'next', elapsedMs: 5_000 }, 'hook smoke returned without reporting'],
    [{ continued: true, invocation: 2 }, 'hook smoke returned without reporting'],
    [{ continued: 'yes', invocation: 2, elapsedMs: 5_000 }, 'hook smoke returned without reporting'],
    [{ idle: 'maybe' }, 'hook smoke returned without reporting'],
  ])('does not wait for ever for a hook that says %j', async (greenlight, reason) => {
    const { verdicts } = await guard(destination({ condition: 'Success', response: { greenlight } }));
    expect(verdicts[0]?.reason).toBe(reason);
  });

  test.each([
    ['crashes', { response: { errorType: 'Runtime.ExitError', errorMessage: 'exit status 1' } }, 'hook smoke, in its invocation 3, crashed without reporting: Runtime.ExitError: exit status 1'],
    ['times out', { response: { errorMessage: 'Task timed out after 900.00 seconds' } }, 'hook smoke, in its invocation 3, timed out after 900 s without reporting'],
    ['never begins', { condition: 'EventAgeExceeded' }, 'hook smoke, in its invocation 3, could not be started: its event became too old while Lambda throttled it (event age exceeded)'],
    ['says nothing', { condition: 'Success' }, 'hook smoke, in its invocation 3, returned without reporting'],
  ])('reports for a later invocation that %s, by the ids of the first', async (_, end, reason) => {
    const request = { ...HOOK, greenlightContinuation: { schemaVersion: 1, invocation: 3, startedAt: 0, play: {} } };
    const { reports, verdicts } = await guard(destination({ request, ...end }));
    expect(reports).toEqual([{ hook: HOOK, status: 'Failed', at: 0 }]);
    expect(verdicts[0]?.reason).toBe(reason);
  });

  test('leaves a hook alone that returned and reports later, but not one that crashed', async () => {
    const hooks = [{ functionArn: ARN, event: 'AfterAllowTestTraffic', reportsLater: true }];
    expect((await guard(destination({ condition: 'Success' }), {}, hooks)).order).toEqual([]);
    expect((await guard(destination({}), {}, hooks)).reports).toHaveLength(1);
  });

  test('publishes nothing when the hook had been reported before', async () => {
    const { order, verdicts, thrown } = await guard(destination({}), { report: [completed()] });
    expect(order).toEqual(['report']);
    expect(verdicts).toEqual([]);
    expect(thrown).toBeUndefined();
  });

  test('tries a throttled report again', async () => {
    const { reports, thrown } = await guard(destination({}), { report: [throttled(), undefined] });
    expect(reports).toHaveLength(2);
    expect(thrown).toBeUndefined();
  });

  test('throws when its report did not get through, so that Lambda tries it again', async () => {
    const { verdicts, thrown, order } = await guard(destination({}), { report: [denied()] });
    expect(thrown).toContain('the report for d-A1B2C3D4E did not get through: codedeploy:PutLifecycleEventHookExecutionStatus failed: AccessDeniedException');
    expect(verdicts[0]).toMatchObject({ report: 'none', by: 'guardian' });
    expect(order).toEqual(['report', 'log']);
  });

  test.each([
    ['Other', 'condition Other'],
    [undefined, 'condition none'],
  ])('reports for a hook whose end it does not understand (%s), unless that hook said that it has reported', async (condition, named) => {
    const record = (response: unknown) => {
      const whole = destination({ response });
      return { ...whole, requestContext: { ...whole.requestContext, condition } };
    };
    const { reports, verdicts } = await guard(record(null));
    expect(reports).toEqual([{ hook: HOOK, status: 'Failed', at: 0 }]);
    expect(verdicts[0]?.reason).toBe(`hook smoke ended without reporting, for a reason that is not known here (${named})`);
    expect((await guard(record({ greenlight: { reported: true } }))).order).toEqual([]);
  });

  test('reports with nothing but the function and the hook event in the record', async () => {
    const { reports } = await guard({ requestContext: { functionArn: ARN }, requestPayload: HOOK });
    expect(reports).toHaveLength(1);
  });

  test('sends no id that no service made', async () => {
    const { order } = await guard(destination({ request: { ...HOOK, LifecycleEventHookExecutionId: 'x'.repeat(5_000) } }));
    expect(order).toEqual([]);
  });

  test('takes a guarded ARN with a version for the same function', async () => {
    const hooks = [{ functionArn: `${ARN}:7`, event: 'AfterAllowTestTraffic', reportsLater: false }];
    expect((await guard(destination({ functionArn: `${ARN}:7` }), {}, hooks)).reports).toHaveLength(1);
  });

  test('never shows payloads, and bounds messages', async () => {
    const response = { errorType: 'E', errorMessage: 'm'.repeat(10_000), secret: 'hunter2' };
    const { verdicts, lines } = await guard(destination({ request: { ...HOOK, secret: 'hunter2' }, response }));
    expect(JSON.stringify([verdicts, lines])).not.toContain('hunter2');
    expect(verdicts[0]?.reason.length).toBeLessThan(400);
  });
});

describe('bad input', () => {
  test.each([
    ['null', null, "'requestContext.functionArn' must be an ARN, got undefined"],
    ['another event', { source: 'aws.events' }, "'requestContext.functionArn' must be an ARN, got undefined"],
  ])('%s is logged and ignored', async (_, event, problem) => {
    const { order, lines } = await guard(event);
    expect(order).toEqual([]);
    expect(lines).toEqual([{ level: 'error', message: `not a record of an asynchronous invocation, nothing is reported: ${problem}` }]);
  });

  test.each([
    ['another function', 'arn:aws:lambda:eu-central-1:111122223333:function:stranger'],
    ['the same name in another account', 'arn:aws:lambda:eu-central-1:444455556666:function:smoke'],
    ['a longer name', `${ARN}2`],
  ])('a record of %s is logged and ignored', async (_, functionArn) => {
    const { order, lines } = await guard(destination({ functionArn }));
    expect(order).toEqual([]);
    expect(lines[0]).toMatchObject({ level: 'warn', fields: { functionArn } });
  });

  test('an ARN without end is shown in part', async () => {
    const { order, lines } = await guard(destination({ functionArn: `${ARN}${'x'.repeat(100_000)}` }));
    expect(order).toEqual([]);
    expect(JSON.stringify(lines).length).toBeLessThan(600);
  });

  test('an invocation that did not come from CodeDeploy is logged and ignored', async () => {
    const { order, lines } = await guard(destination({ request: { test: 'secret' } }));
    expect(order).toEqual([]);
    expect(lines).toEqual([{ level: 'info', message: 'the function was not invoked by CodeDeploy', fields: { functionArn: ARN, event: 'AfterAllowTestTraffic', condition: 'RetriesExhausted' } }]);
  });

  test.each([
    ['missing', ''],
    ['no JSON', '{'],
    ['no list', '{}'],
    ['an entry that is none', '[{"functionArn":"x"}]'],
    ['an unknown event', JSON.stringify([{ functionArn: ARN, event: 'Install', reportsLater: false }])],
  ])('a configuration that is %s is an error that names the variable', async (_, hooks) => {
    expect((await guard(destination({}), {}, hooks)).thrown).toContain('environment variable GREENLIGHT_HOOKS must hold');
  });
});
