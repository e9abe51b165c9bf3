/** Hooks and guardian of a rollout whose checks somebody has overridden. */
import { makeGuardian } from '../../../../lambda/core/guardian';
import { makeHook } from '../../../../lambda/core/hook';
import type { Judgement } from '../../../../lambda/core/judgement';
import type { CheckResult } from '../../../../lib/model/hook-contract';
import { ENV } from '../../../../lib/model/hook-contract';
import type { WorldScript } from '../../support/fake-ports';
import { completed, context, denied, fakeEnvironment, fakeWorld, HOOK } from '../../support/fake-ports';

const PARAMETER = '/shop/break-glass';
const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:overridden';
const NAMED = { value: `${HOOK.DeploymentId} alice payments are down`, version: 5, modifiedAt: 0 };
const OVERRIDE = { by: 'alice', reason: 'payments are down', parameter: PARAMETER };
const CHECK: CheckResult = { name: 'orders', kind: 'http', verdict: 'fail', reason: 'status was 503, expected 200', measurements: [], samples: 1, errors: 0, windowMs: 5 };
const FAIL: Judgement = { verdict: 'fail', reason: 'orders: status was 503, expected 200', checks: [CHECK] };

interface Run {
  readonly work?: (world: ReturnType<typeof fakeWorld>) => Promise<Judgement>;
  readonly script?: WorldScript;
  readonly settings?: object;
  readonly event?: unknown;
}

async function run({ work = async () => FAIL, script = {}, settings = { parameter: PARAMETER, topic: TOPIC }, event = HOOK }: Run = {}) {
  const world = fakeWorld({ parameter: NAMED, ...script });
  const environment = fakeEnvironment({ [ENV.breakGlass]: JSON.stringify(settings) });
  const handler = makeHook({ by: 'checks', environment, ports: world.ports, work: () => work(world) });
  return { ...world, result: await handler(event, context(60_000)) };
}

describe('a hook whose checks are overridden', () => {
  test('plays them, reports Succeeded, and says what they would have said, everywhere', async () => {
    const { reports, verdicts, metrics, events, notifications, order, result } = await run();
    expect(order).toEqual(['report', 'log', 'metric', 'event', 'notification']);
    expect(reports.map(({ status }) => status)).toEqual(['Succeeded']);
    expect(result).toEqual({ greenlight: { reported: true, status: 'Succeeded' } });
    expect(verdicts[0]).toMatchObject({ verdict: 'fail', report: 'Succeeded', override: OVERRIDE, reason: 'orders: status was 503, expected 200', checks: [{ ...CHECK, shadow: true }] });
    expect(events).toEqual(verdicts);
    expect(metrics).toEqual([expect.objectContaining({ failed: false })]);
    expect(notifications).toEqual([
      {
        topic: TOPIC,
        subject: 'Checks of d-A1B2C3D4E overridden by alice',
        message: [
          'The checks of App/Web are not enforced in this deployment.',
          '',
          'Deployment  d-A1B2C3D4E',
          'Event       AfterAllowTestTraffic, reported Succeeded',
          'Checks      fail',
          'By          alice',
          'Why         payments are down',
          'Parameter   /shop/break-glass (AWS CloudTrail tells who wrote it)',
          '',
          'orders: status was 503, expected 200',
        ].join('\n'),
      },
    ]);
  });

  test('says so where the checks pass too', async () => {
    const { verdicts, notifications } = await run({ work: async () => ({ verdict: 'pass', reason: '1 check passed: orders', checks: [] }) });
    expect(verdicts[0]).toMatchObject({ verdict: 'pass', override: OVERRIDE });
    expect(notifications).toHaveLength(1);
  });

  test.each<[string, Run['work']]>([
    ['are undecided', async () => ({ ...FAIL, verdict: 'inconclusive' })],
    ['break', async () => Promise.reject(new TypeError('boom'))],
    ['do not end', () => new Promise<never>(() => undefined)],
  ])('reports Succeeded where they %s', async (_name, work) => {
    const { reports, alarms } = await run({ work });
    expect(reports.map(({ status }) => status)).toEqual(['Succeeded']);
    expect(alarms).toEqual([]);
  });

  test('says so before they begin', async () => {
    const { lines } = await run();
    expect(lines[0]).toEqual({
      level: 'warn',
      message: 'enforcement is off for this deployment; the checks are played, and decide nothing',
      fields: { deploymentId: 'd-A1B2C3D4E', ...OVERRIDE },
    });
  });

  test('tells nobody where there is no topic, and nobody of a deployment that is over', async () => {
    expect((await run({ settings: { parameter: PARAMETER } })).notifications).toEqual([]);
    const over = await run({ script: { report: [completed()] } });
    expect([over.notifications, over.alarms, over.metrics]).toEqual([[], [], []]);
  });

  test('reports all the same where nobody can be told', async () => {
    const { result, lines } = await run({ script: { notification: [denied()] } });
    expect(result.greenlight).toMatchObject({ reported: true });
    expect(lines.at(-1)).toMatchObject({ level: 'warn', message: 'notification of the override was not published; the report to CodeDeploy stands' });
  });

  test('sets the parameter back where it is the last one, after its report was taken', async () => {
    const settings = { parameter: PARAMETER, last: true };
    expect((await run({ settings })).written).toEqual(['off']);
    expect((await run({ settings, script: { report: [denied()] } })).written).toEqual([]);
    expect((await run({ settings: { parameter: PARAMETER } })).written).toEqual([]);
  });
});

describe('a hook', () => {
  test('enforces its checks again when the override is taken back while they are played', async () => {
    const work = async (world: ReturnType<typeof fakeWorld>) => {
      await world.ports.overrides.write(PARAMETER, 'off', new AbortController().signal);
      return FAIL;
    };
    const { reports, verdicts } = await run({ work });
    expect(reports.map(({ status }) => status)).toEqual(['Failed']);
    expect(verdicts[0]).not.toHaveProperty('override');
  });

  test('takes an override that is written for its deployment while they are played', async () => {
    const work = async (world: ReturnType<typeof fakeWorld>) => {
      await world.ports.overrides.write(PARAMETER, `${HOOK.DeploymentId} alice payments are down`, new AbortController().signal);
      return FAIL;
    };
    const { reports } = await run({ work, script: { parameter: { ...NAMED, value: 'off' } } });
    expect(reports.map(({ status }) => status)).toEqual(['Succeeded']);
  });

  test('leaves an override for the next deployment to that one, however bad its own checks are', async () => {
    const work = async (world: ReturnType<typeof fakeWorld>) => {
      await world.ports.clock.sleep(1_000);
      await world.ports.overrides.write(PARAMETER, 'next alice the fix comes', new AbortController().signal);
      return FAIL;
    };
    const { reports, written } = await run({ work, script: { parameter: { ...NAMED, value: 'off' } } });
    expect(reports.map(({ status }) => status)).toEqual(['Failed']);
    expect(written).toEqual(['next alice the fix comes']);
  });

  test('of a rollback asks nobody and binds nothing', async () => {
    const { verdicts, written } = await run({ script: { creator: ['codeDeployRollback'], parameter: { value: 'next alice x', version: 1, modifiedAt: 0 } } });
    expect(verdicts[0]).not.toHaveProperty('override');
    expect(written).toEqual([]);
  });

  test('with a malformed event of an overridden deployment lets it go on', async () => {
    const { reports } = await run({ event: { ...HOOK, greenlightContinuation: 5 } });
    expect(reports.map(({ status }) => status)).toEqual(['Succeeded']);
  });
});

describe('the guardian of an overridden deployment', () => {
  const ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:smoke';

  test('reports Succeeded for a hook that crashed, and tells the topic', async () => {
    const world = fakeWorld({ parameter: NAMED });
    const hooks = JSON.stringify([{ functionArn: ARN, event: 'AfterAllowTestTraffic', reportsLater: false }]);
    const environment = fakeEnvironment({ [ENV.event]: undefined, [ENV.hooks]: hooks, [ENV.breakGlass]: JSON.stringify({ parameter: PARAMETER, topic: TOPIC }) });
    const record = { requestContext: { functionArn: ARN, condition: 'RetriesExhausted' }, requestPayload: HOOK, responsePayload: { errorType: 'Runtime.ExitError' } };
    await makeGuardian({ environment, ports: world.ports })(record, context(30_000));
    expect(world.reports.map(({ status }) => status)).toEqual(['Succeeded']);
    expect(world.verdicts[0]).toMatchObject({ by: 'guardian', verdict: 'fail', override: OVERRIDE });
    expect(world.alarms).toEqual([]);
    expect(world.notifications).toHaveLength(1);
  });
});
