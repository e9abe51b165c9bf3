import { ENV } from '../../../../lib/model/hook-contract';
import { GATE_ENV } from '../../../../lib/model/server/gates';
import { ConfigurationError } from '../../../../lambda/core/failures';
import type { HookWork } from '../../../../lambda/core/hook-work';
import { judged } from '../../../../lambda/core/judgement';
import { makeReadyWaitGate } from '../../../../lambda/core/server-gate/ready-wait';
import { context, denied, throttled } from '../../support/fake-ports';
import type { GateScript } from '../../support/gate-world';
import { codeDeployError, DEPLOYMENT_ID, FIRST, gateEnvironment, gateWorld, instanceAt, READY, readyEvent, SECOND, targetOf } from '../../support/gate-world';

interface Run {
  readonly script?: GateScript;
  readonly work?: HookWork;
  readonly variables?: Readonly<Record<string, string | undefined>>;
  readonly event?: unknown;
  readonly remainingMs?: number;
}

const PASS = judged('pass', '1 check passed: home');

async function run({ script, work = async () => PASS, variables, event = readyEvent(), remainingMs = 120_000 }: Run = {}) {
  const world = gateWorld(script);
  const urls: (string | undefined)[] = [];
  const environment = gateEnvironment({ [ENV.event]: 'ReadyWait', ...variables });
  const gate = makeReadyWaitGate({
    environment,
    ports: world.gatePorts,
    work: (hook, bounds) => {
      urls.push(`${hook.DeploymentId} ${hook.LifecycleEventHookExecutionId} ${bounds.environment?.variable(ENV.testUrl)} ${bounds.turn.invocation}`);
      return work(hook, bounds);
    },
  });
  await world.ports.clock.sleep(5_000);
  const thrown = await gate(event, context(remainingMs)).then(
    () => undefined,
    (error: Error) => error.message,
  );
  return { ...world, urls, thrown };
}

const reads = ['read d-A1B2C3D4E', 'page d-A1B2C3D4E -', `targets d-A1B2C3D4E ${FIRST} ${SECOND}`, `describe ${FIRST} ${SECOND}`];
const reason = async (script: Run) => (await run(script)).verdicts[0]?.reason;

describe('the gate of the ready wait', () => {
  test('checks every replacement at its own address, and continues', async () => {
    const { asked, urls, order, verdicts, events, metrics, alarms, thrown } = await run();
    expect(asked).toEqual([...reads, 'continue d-A1B2C3D4E']);
    expect(urls).toEqual([`d-A1B2C3D4E ${FIRST} http://10.0.1.1:8080 1`, `d-A1B2C3D4E ${SECOND} http://10.0.2.1:8080 1`]);
    expect(order).toEqual(['log', 'metric', 'event']);
    expect(verdicts).toEqual([
      {
        schemaVersion: 1,
        rollout: 'App/Web',
        event: 'ReadyWait',
        deploymentId: DEPLOYMENT_ID,
        verdict: 'pass',
        reason: `all 2 instances passed; ${FIRST} (10.0.1.1): 1 check passed: home`,
        report: 'Succeeded',
        by: 'checks',
        durationMs: 0,
        checks: [],
        instances: {
          total: 2,
          checked: 2,
          passed: 2,
          failed: 0,
          undecided: 0,
          listed: [
            { instanceId: FIRST, address: '10.0.1.1', zone: 'eu-central-1a', verdict: 'pass', reason: '1 check passed: home' },
            { instanceId: SECOND, address: '10.0.2.1', zone: 'eu-central-1b', verdict: 'pass', reason: '1 check passed: home' },
          ],
        },
      },
    ]);
    expect(events).toEqual(verdicts);
    expect(metrics).toEqual([{ application: 'web-application', deploymentGroup: 'web-group', failed: false }]);
    expect([alarms, thrown]).toEqual([[], undefined]);
  });

  test('stops and rolls back where one fails, and raises the alarm', async () => {
    const work: HookWork = async ({ LifecycleEventHookExecutionId: id }) => (id === SECOND ? judged('fail', 'home: status was 503, expected 200') : PASS);
    const { asked, verdicts, alarms, order } = await run({ work });
    expect(asked).toEqual([...reads, 'read d-A1B2C3D4E', 'stop d-A1B2C3D4E']);
    expect(verdicts[0]).toMatchObject({ verdict: 'fail', report: 'Failed', reason: `1 of 2 instances failed; ${SECOND} (10.0.2.1): home: status was 503, expected 200` });
    expect(alarms).toEqual([{ name: 'web-verdict', reason: `ReadyWait of d-A1B2C3D4E: 1 of 2 instances failed; ${SECOND} (10.0.2.1): home: status was 503, expected 200` }]);
    expect(order).toEqual(['log', 'metric', 'alarm', 'event']);
  });

  test('stops where an instance could not be judged', async () => {
    const { asked, verdicts } = await run({ work: async () => judged('inconclusive', 'home: no answer') });
    expect(asked.at(-1)).toBe('stop d-A1B2C3D4E');
    expect(verdicts[0]).toMatchObject({ verdict: 'inconclusive', report: 'Failed' });
  });

  test.each<[string, unknown, string]>([
    ['another state', readyEvent({ state: 'START' }), `no deployment of this group that is ready, nothing is checked: 'detail.state' must be "READY", got "START"`],
    ['another group', readyEvent({ deploymentGroup: 'other' }), `no deployment of this group that is ready, nothing is checked: 'detail.deploymentGroup' must be "web-group", got "other"`],
    ['no event at all', null, `no deployment of this group that is ready, nothing is checked: 'source' must be "aws.codedeploy", got undefined`],
  ])('does nothing for %s', async (_, event, message) => {
    const { asked, lines, order } = await run({ event });
    expect([asked, order]).toEqual([[], []]);
    expect(lines).toEqual([{ level: 'error', message }]);
  });

  test.each([
    ['does not wait any more', { status: 'InProgress' }, 'the deployment does not wait, it is "InProgress", nothing is checked'],
    ['is over', { status: 'Stopped' }, 'the deployment does not wait, it is "Stopped", nothing is checked'],
    ['is of another group', { deploymentGroup: 'other' }, 'the deployment is of group "other" of application "web-application", nothing is checked'],
    ['is of another application', { application: 'other' }, 'the deployment is of group "web-group" of application "other", nothing is checked'],
  ])('does nothing where the deployment %s', async (_, overrides, message) => {
    const { asked, lines, order } = await run({ script: { deployment: [{ ...READY, ...overrides }] } });
    expect([asked, order]).toEqual([['read d-A1B2C3D4E'], []]);
    expect(lines).toEqual([{ level: 'info', message, fields: { deploymentId: DEPLOYMENT_ID } }]);
  });

  test('lets a rollback pass, unless checks run there too', async () => {
    const script = { deployment: [{ ...READY, creator: 'codeDeployRollback' }] };
    const passed = await run({ script });
    expect(passed.asked).toEqual(['read d-A1B2C3D4E', 'continue d-A1B2C3D4E']);
    expect(passed.verdicts[0]).toMatchObject({ verdict: 'pass', reason: 'not run: d-A1B2C3D4E is a rollback (its creator is codeDeployRollback), which nothing should hold up' });
    expect((await run({ script, variables: { [ENV.inRollback]: 'run' } })).asked).toEqual([...reads, 'continue d-A1B2C3D4E']);
  });

  test('stops where the deployment cannot be looked up', async () => {
    const { asked, verdicts } = await run({ script: { deployment: [denied()] } });
    expect(asked).toEqual(['read d-A1B2C3D4E', 'read d-A1B2C3D4E', 'stop d-A1B2C3D4E']);
    expect(verdicts[0]?.reason).toBe('the deployment could not be looked up: codedeploy:PutLifecycleEventHookExecutionStatus failed: AccessDeniedException: not authorized');
  });

  test('looks the deployment up for no longer than a quarter of its time, and its instances for no longer than half of it', async () => {
    const deployment = await run({ script: { deployment: [throttled()] } });
    expect(deployment.verdicts[0]?.reason).toBe('the deployment could not be looked up: codedeploy:PutLifecycleEventHookExecutionStatus failed: ThrottlingException: Rate exceeded');
    expect([deployment.verdicts[0]!.durationMs > 18_000, deployment.verdicts[0]!.durationMs <= 27_000]).toEqual([true, true]);
    const targets = await run({ script: { targets: [throttled()] } });
    expect([targets.verdicts[0]!.durationMs > 45_000, targets.verdicts[0]!.durationMs <= 54_000]).toEqual([true, true]);
  });

  test('asks again where it is throttled', async () => {
    const { asked } = await run({ script: { deployment: [throttled(), READY], pages: [throttled(), { ids: [FIRST] }], targets: [throttled(), [targetOf(FIRST)]], instances: [throttled(), [instanceAt(FIRST, '10.0.1.1')]], continued: [throttled(), undefined] } });
    expect(asked).toEqual([
      ...['read d-A1B2C3D4E', 'read d-A1B2C3D4E', 'page d-A1B2C3D4E -', 'page d-A1B2C3D4E -'],
      ...[`targets d-A1B2C3D4E ${FIRST}`, `targets d-A1B2C3D4E ${FIRST}`, `describe ${FIRST}`, `describe ${FIRST}`, 'continue d-A1B2C3D4E', 'continue d-A1B2C3D4E'],
    ]);
  });

  test('looks at all pages, at 25 targets and at 100 instances at once', async () => {
    const ids = Array.from({ length: 130 }, (_, index) => `i-${String(index).padStart(17, '0')}`);
    const pages = [{ ids: ids.slice(0, 100), next: 'more' }, { ids: ids.slice(99) }];
    const batches = Array.from({ length: 6 }, (_, batch) => ids.slice(batch * 25, batch * 25 + 25));
    const all = ids.map((id) => instanceAt(id, '10.0.0.1'));
    const { asked, verdicts } = await run({ script: { pages, targets: batches.map((batch) => batch.map((id) => targetOf(id))), instances: [all.slice(0, 100), all.slice(100)] } });
    expect(asked.slice(1, 3)).toEqual(['page d-A1B2C3D4E -', 'page d-A1B2C3D4E more']);
    expect(asked.filter((call) => call.startsWith('targets')).map((call) => call.split(' ').length - 2)).toEqual([25, 25, 25, 25, 25, 5]);
    expect(asked.filter((call) => call.startsWith('describe')).map((call) => call.split(' ').length - 1)).toEqual([100, 30]);
    expect(verdicts[0]?.reason).toBe(`20 of 130 instances were checked: all passed; ${ids[0]} (10.0.0.1): 1 check passed: home`);
  });

  test('gives up on pages without an end', async () => {
    const { asked, verdicts } = await run({ script: { pages: [{ ids: [], next: 'more' }] } });
    expect(asked.filter((call) => call.startsWith('page'))).toHaveLength(500);
    expect(verdicts[0]?.reason).toBe('the gate was stopped by an error: codedeploy:ListDeploymentTargets failed: UnexpectedAnswer: more than 500 pages');
  });

  test('is for replacements, and leaves out those to which the deployment failed', async () => {
    const targets = [targetOf(FIRST), targetOf(SECOND, { label: 'Blue' }), targetOf('i-3', { status: 'Failed' })];
    const one = await run({ script: { targets: [targets], instances: [[instanceAt(FIRST, '10.0.1.1')]] } });
    expect(one.asked).toContain(`describe ${FIRST}`);
    expect(one.verdicts[0]?.reason).toBe(`${FIRST} (10.0.1.1): 1 check passed: home; 1 replacement to which it could not be deployed is left out`);
    const two = [...targets, targetOf('i-4', { status: 'Skipped' })];
    expect(await reason({ script: { targets: [two], instances: [[instanceAt(FIRST, '10.0.1.1')]] } })).toBe(`${FIRST} (10.0.1.1): 1 check passed: home; 2 replacements to which it could not be deployed are left out`);
  });

  test.each<[string, GateScript, string]>([
    ['no replacement', { targets: [[targetOf(FIRST, { label: 'Blue' }), targetOf(SECOND, { label: 'Blue' })]] }, 'the deployment has no replacement instance that could be checked'],
    [
      'a target of which nothing is told',
      { targets: [[targetOf(FIRST)]] },
      `the gate was stopped by an error: codedeploy:BatchGetDeploymentTargets failed: UnexpectedAnswer: nothing was told of 1 of 2 targets, such as ${SECOND}`,
    ],
    ['no target', { pages: [{ ids: [] }] }, 'the deployment has no replacement instance that could be checked'],
    ['an instance that is gone', { instances: [[instanceAt(FIRST, '10.0.1.1')]] }, `1 of 2 replacement instances cannot be asked, since EC2 has no running instance with an address there: ${SECOND} (gone)`],
    ['an instance without an address', { instances: [[instanceAt(FIRST), instanceAt(SECOND, '10.0.2.1', { state: 'stopping' })]] }, `2 of 2 replacement instances cannot be asked, since EC2 has no running instance with an address there: ${FIRST} (running), ${SECOND} (stopping)`],
    ['EC2 refusing', { instances: [codeDeployError('UnauthorizedOperation')] }, 'the gate was stopped by an error: codedeploy:Call failed: UnauthorizedOperation: no'],
  ])('fails for %s, before anything is asked', async (_, script, expected) => {
    const { urls, asked, verdicts } = await run({ script });
    expect([verdicts[0]?.verdict, verdicts[0]?.reason]).toEqual(['fail', expected]);
    expect([urls, asked.at(-1)]).toEqual([[], 'stop d-A1B2C3D4E']);
  });

  test('names five that cannot be asked', async () => {
    const ids = ['i-1', 'i-2', 'i-3', 'i-4', 'i-5', 'i-6'];
    const named = (count: number) => reason({ script: { pages: [{ ids: ids.slice(0, count) }], targets: [ids.slice(0, count).map((id) => targetOf(id))], instances: [[]] } });
    expect(await named(5)).toMatch(/there: i-1 \(gone\), i-2 \(gone\), i-3 \(gone\), i-4 \(gone\), i-5 \(gone\)$/);
    expect(await named(6)).toMatch(/there: i-1 \(gone\), i-2 \(gone\), i-3 \(gone\), i-4 \(gone\), i-5 \(gone\) and 1 more$/);
  });

  test('plays a suite once that asks no instance', async () => {
    const { asked, urls, verdicts } = await run({ variables: { [GATE_ENV.scheme]: undefined, [GATE_ENV.port]: undefined } });
    expect(asked).toEqual([...reads.slice(0, 3), 'continue d-A1B2C3D4E']);
    expect(urls).toEqual(['d-A1B2C3D4E d-A1B2C3D4E undefined 1']);
    expect([verdicts[0]?.reason, verdicts[0]?.instances]).toEqual(['1 check passed: home', undefined]);
  });

  test('plays no more at once than it may', async () => {
    let [now, most] = [0, 0];
    const ids = Array.from({ length: 7 }, (_, index) => `i-${index}`);
    const work: HookWork = async (_, { signal }) => {
      most = Math.max(most, ++now);
      await clock.sleep(1_000, signal);
      now--;
      return PASS;
    };
    const script = { pages: [{ ids }], targets: [ids.map((id) => targetOf(id))], instances: [ids.map((id) => instanceAt(id, '10.0.0.1'))] };
    const { ports } = gateWorld();
    const clock = ports.clock;
    const { verdicts } = await run({ script: { ...script, clock }, work, variables: { [GATE_ENV.concurrency]: '3' } });
    expect([most, verdicts[0]?.durationMs, verdicts[0]?.verdict]).toEqual([3, 3_000, 'pass']);
  });

  test('decides in time where instances hang', async () => {
    const { ports } = gateWorld();
    const clock = ports.clock;
    const work: HookWork = (_, { signal }) => clock.sleep(1_000_000, signal).then(() => PASS, () => judged('inconclusive', 'home: cut short'));
    const { verdicts, asked } = await run({ script: { clock }, work, variables: { [GATE_ENV.concurrency]: '1' } });
    expect(asked.at(-1)).toBe('stop d-A1B2C3D4E');
    expect(verdicts[0]).toMatchObject({ verdict: 'inconclusive', durationMs: 108_000, reason: `2 of 2 instances could not be judged; ${FIRST} (10.0.1.1): home: cut short` });
    expect(verdicts[0]?.instances?.listed.map((each) => each.reason)).toEqual(['home: cut short', 'not begun: the time of the gate was up']);
  });

  test('decides where the work does not even end when it is told to', async () => {
    const { asked, verdicts } = await run({ script: { deployment: [throttled(), READY] }, work: () => new Promise(() => undefined) });
    expect(asked.at(-1)).toBe('stop d-A1B2C3D4E');
    expect(verdicts[0]).toMatchObject({ verdict: 'fail', durationMs: 109_000, reason: 'the gate did not finish within the 108000 ms that it has before it must report' });
  });

  test.each<[string, Run, string]>([
    ['work that throws', { work: () => Promise.reject(new TypeError('boom')) }, `2 of 2 instances failed; ${FIRST} (10.0.1.1): the suite was stopped by an error: TypeError: boom`],
    ['a bad suite, once for all', { work: () => Promise.reject(new ConfigurationError('suite.json is not JSON')) }, 'bad configuration: suite.json is not JSON'],
    ['a bad setting', { variables: { [GATE_ENV.instances]: 'many' } }, 'bad configuration: environment variable GREENLIGHT_MAX_INSTANCES must be a whole number from 1 to 1000, got "many"; deploy the rollout again'],
    ['a time-out that leaves nothing', { remainingMs: 9_000 }, 'bad configuration: the function has 9000 ms, of which 10000 ms are kept back to report; raise its time-out'],
    ['a suite that would go on', { work: async () => ({ play: {} as never, dueInMs: 1, unfinished: judged('inconclusive', 'not over') }) }, `2 of 2 instances could not be judged; ${FIRST} (10.0.1.1): not over`],
  ])('stops for %s', async (_, script, expected) => {
    const { asked, verdicts } = await run(script);
    expect([verdicts[0]?.reason, asked.at(-1)]).toEqual([expected, 'stop d-A1B2C3D4E']);
  });

  test('ends what is played elsewhere where the suite is bad', async () => {
    const aborted: boolean[] = [];
    const work: HookWork = ({ LifecycleEventHookExecutionId: id }, { signal }) =>
      id === FIRST ? Promise.reject(new ConfigurationError('bad')) : new Promise((resolve) => signal.addEventListener('abort', () => resolve((aborted.push(true), PASS))));
    expect(await reason({ work })).toBe('bad configuration: bad');
    expect(aborted).toEqual([true]);
  });

  test.each([
    ['continued already', 'DeploymentIsNotInReadyStateException'],
    ['over already', 'DeploymentAlreadyCompletedException'],
  ])('tells that the deployment is %s', async (_, code) => {
    const { thrown, order, lines } = await run({ script: { continued: [codeDeployError(code)] } });
    expect([thrown, order]).toEqual([undefined, ['log', 'event']]);
    expect(lines).toEqual([{ level: 'info', message: 'the deployment waits no longer; somebody else has decided', fields: { deploymentId: DEPLOYMENT_ID } }]);
  });

  test('does not stop what somebody else has let through meanwhile', async () => {
    const { asked, thrown, alarms, lines } = await run({ script: { deployment: [READY, { ...READY, status: 'InProgress' }] }, work: async () => judged('fail', 'bad') });
    expect([asked.at(-1), asked.includes('stop d-A1B2C3D4E'), thrown, alarms]).toEqual(['read d-A1B2C3D4E', false, undefined, []]);
    expect(lines.at(-1)?.message).toBe('the deployment waits no longer; somebody else has decided');
  });

  test('stops where it cannot see whether the deployment still waits', async () => {
    const { asked } = await run({ script: { deployment: [READY, () => new Promise(() => undefined)] }, work: async () => judged('fail', 'bad') });
    expect(asked.slice(-2)).toEqual(['read d-A1B2C3D4E', 'stop d-A1B2C3D4E']);
  });

  test('throws where it can neither continue nor stop, after its verdict is told', async () => {
    const { thrown, verdicts, order } = await run({ script: { continued: [denied()] } });
    expect(thrown).toBe('the decision on d-A1B2C3D4E did not get through: codedeploy:PutLifecycleEventHookExecutionStatus failed: AccessDeniedException: not authorized');
    expect(verdicts[0]).toMatchObject({ verdict: 'pass', report: 'none' });
    expect(order).toEqual(['log', 'metric', 'event']);
  });

  test('throws where it does not know whose it is', async () => {
    const { thrown, asked } = await run({ variables: { [ENV.deploymentGroup]: undefined } });
    expect([thrown, asked]).toEqual(['environment variable GREENLIGHT_DEPLOYMENT_GROUP is not set; deploy the rollout again, or set it on the function', []]);
  });

  test('continues where enforcement is off', async () => {
    const parameter = { value: 'd-A1B2C3D4E ann hotfix', version: 3, modifiedAt: 0 };
    const { asked, verdicts, alarms } = await run({ script: { parameter }, work: async () => judged('fail', 'bad'), variables: { [ENV.breakGlass]: '{"parameter":"/glass"}' } });
    expect(asked.at(-1)).toBe('continue d-A1B2C3D4E');
    expect(verdicts[0]).toMatchObject({ verdict: 'fail', report: 'Succeeded', override: { by: 'ann', reason: 'hotfix', parameter: '/glass' } });
    expect(alarms).toEqual([]);
  });
});
