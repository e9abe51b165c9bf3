import { ENV } from '../../../lib/model/hook-contract';
import { ServiceFailure } from '../../../lambda/core/failures';
import { makeHook } from '../../../lambda/core/hook';
import { outcomeWork } from '../../../lambda/core/outcome';
import type { Invocation, InvocationEnd } from '../../../lambda/core/ports';
import type { Script } from '../support/fake-ports';
import { context, fakeEnvironment, fakeWorld, HOOK, player } from '../support/fake-ports';

const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:smoke';
const RETURNED: InvocationEnd = { end: 'returned', payload: Buffer.from('null'), log: '' };
const refused = (code: string) => new ServiceFailure('lambda:Invoke', code, 'no', true);

async function outcome(script: Script<InvocationEnd>, overrides: Readonly<Record<string, string | undefined>> = {}) {
  const world = fakeWorld();
  const environment = fakeEnvironment({ [ENV.function]: FUNCTION_ARN, ...overrides });
  const invocations: unknown[] = [];
  const play = player(script);
  const invoker = {
    invoke: ({ payload, ...invocation }: Invocation) => {
      invocations.push({ ...invocation, payload: JSON.parse(payload), at: world.ports.clock.now() });
      return play();
    },
  };
  const handler = makeHook({ by: 'outcome', environment, ports: world.ports, work: outcomeWork(environment, { ...world.ports, invoker }) });
  await handler(HOOK, context(60_000));
  return { invocations, report: world.reports[0], record: world.verdicts[0] };
}

describe('outcomeWork', () => {
  test('passes when the function returns; it is given the hook event', async () => {
    const { invocations, report, record } = await outcome([RETURNED]);
    expect(invocations).toEqual([{ functionArn: FUNCTION_ARN, payload: HOOK, at: 0 }]);
    expect(report?.status).toBe('Succeeded');
    expect(record).toMatchObject({ by: 'outcome', verdict: 'pass', reason: `${FUNCTION_ARN} returned after 0 ms` });
  });

  test('fails with type and message when the function throws, on one bounded line', async () => {
    const { report, record } = await outcome([{ ...RETURNED, end: 'failed', errorType: 'AssertionError', errorMessage: `3 of 5 orders\n${'x'.repeat(10_000)}` }]);
    expect(report?.status).toBe('Failed');
    expect(record?.reason).toContain('failed after 0 ms: AssertionError: 3 of 5 orders\\n');
    expect(record?.reason.length).toBeLessThan(800);
  });

  test('fails when the function does not end before the report is due', async () => {
    const { report, record } = await outcome([() => new Promise(() => undefined)]);
    expect(report).toMatchObject({ status: 'Failed', at: 51_000 });
    expect(record?.reason).toContain('did not finish within the 50000 ms');
  });

  test('invokes again only when Lambda has refused to start the function', async () => {
    const { invocations, report } = await outcome([refused('TooManyRequestsException'), refused('TooManyRequestsException'), RETURNED]);
    expect(invocations.map((invocation) => (invocation as { at: number }).at)).toEqual([0, 150, 450]);
    expect(report?.status).toBe('Succeeded');
  });

  test('says that the function was never started when Lambda refused until the report was due', async () => {
    const { report, record } = await outcome([refused('TooManyRequestsException')]);
    expect(report).toMatchObject({ status: 'Failed', at: 50_000 });
    expect(record?.reason).toBe(`${FUNCTION_ARN} could not be invoked: lambda:Invoke failed: TooManyRequestsException: no (after 50000 ms)`);
  });

  test.each(['ECONNREFUSED', 'EAI_AGAIN'])('invokes again when no connection was made: %s', async (code) => {
    const { invocations, report } = await outcome([refused(code), RETURNED]);
    expect(invocations).toHaveLength(2);
    expect(report?.status).toBe('Succeeded');
  });

  test.each(['ServiceException', 'ECONNRESET', 'ResourceNotFoundException'])('never runs the function twice: %s fails', async (code) => {
    const { invocations, record } = await outcome([refused(code), RETURNED]);
    expect(invocations).toHaveLength(1);
    expect(record).toMatchObject({ verdict: 'fail', reason: expect.stringContaining(`could not be invoked: lambda:Invoke failed: ${code}: no`) });
  });

  test('fails when the function is not configured', async () => {
    const { invocations, record } = await outcome([RETURNED], { [ENV.function]: undefined });
    expect(invocations).toEqual([]);
    expect(record?.reason).toContain('bad configuration: environment variable GREENLIGHT_FUNCTION is not set');
  });
});
