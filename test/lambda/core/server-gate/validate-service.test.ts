import { ENV } from '../../../../lib/model/hook-contract';
import { GATE_ENV } from '../../../../lib/model/server/gates';
import type { HookWork } from '../../../../lambda/core/hook-work';
import { judged } from '../../../../lambda/core/judgement';
import { makeValidateServiceGate } from '../../../../lambda/core/server-gate/validate-service';
import { context, denied, throttled } from '../../support/fake-ports';
import type { GateScript } from '../../support/gate-world';
import { codeDeployError, DEPLOYMENT_ID, FIRST, gateEnvironment, gateWorld, instanceAt, READY, targetOf } from '../../support/gate-world';

interface Run {
  readonly script?: GateScript;
  readonly work?: HookWork;
  readonly variables?: Readonly<Record<string, string | undefined>>;
  readonly question?: unknown;
  readonly remainingMs?: number;
}

const RUNNING = { ...READY, status: 'InProgress' };
const QUESTION = { deploymentId: DEPLOYMENT_ID, instanceId: FIRST };

async function run({ script, work = async () => judged('pass', '1 check passed: home'), variables, question = QUESTION, remainingMs = 120_000 }: Run = {}) {
  const world = gateWorld({ deployment: [RUNNING], targets: [[targetOf(FIRST, { status: 'InProgress' })]], instances: [[instanceAt(FIRST, '10.0.1.1')]], ...script });
  const urls: (string | undefined)[] = [];
  const hooks: object[] = [];
  const gate = makeValidateServiceGate({
    environment: gateEnvironment({ [ENV.event]: 'ValidateService', [GATE_ENV.instances]: undefined, [GATE_ENV.concurrency]: undefined, ...variables }),
    ports: world.gatePorts,
    work: (hook, bounds) => {
      urls.push(bounds.environment?.variable(ENV.testUrl));
      hooks.push(hook);
      return work(hook, bounds);
    },
  });
  return { ...world, urls, hooks, answer: await gate(question, context(remainingMs)) };
}

describe('the gate of an instance', () => {
  test('answers a pass, and records it', async () => {
    const { asked, urls, answer, order, verdicts, events } = await run();
    expect(answer).toEqual({ verdict: 'pass', reason: `${FIRST} (10.0.1.1): 1 check passed: home` });
    expect(asked).toEqual(['read d-A1B2C3D4E', `targets d-A1B2C3D4E ${FIRST}`, `describe ${FIRST}`]);
    expect([urls, order]).toEqual([['http://10.0.1.1:8080'], ['log', 'event']]);
    expect(verdicts).toEqual([
      {
        schemaVersion: 1,
        rollout: 'App/Web',
        event: 'ValidateService',
        deploymentId: DEPLOYMENT_ID,
        verdict: 'pass',
        reason: `${FIRST} (10.0.1.1): 1 check passed: home`,
        report: 'Succeeded',
        by: 'checks',
        durationMs: 0,
        checks: [],
        instances: { total: 1, checked: 1, passed: 1, failed: 0, undecided: 0, listed: [{ instanceId: FIRST, address: '10.0.1.1', zone: 'eu-central-1a', verdict: 'pass', reason: '1 check passed: home' }] },
      },
    ]);
    expect(events).toEqual(verdicts);
  });

  test('answers a failure, which raises no alarm', async () => {
    const { answer, order, verdicts } = await run({ work: async () => judged('fail', 'home: body was "<b>", expected "ok"') });
    expect(answer).toEqual({ verdict: 'fail', reason: `${FIRST} (10.0.1.1): home: body was <b>, expected ok` });
    expect(order).toEqual(['log', 'event']);
    expect(verdicts[0]).toMatchObject({ verdict: 'fail', report: 'Failed', reason: `${FIRST} (10.0.1.1): home: body was "<b>", expected "ok"` });
  });

  test('answers an undecided instance with a failure', async () => {
    const { answer, verdicts } = await run({ work: async () => judged('inconclusive', 'home: no answer') });
    expect([answer.verdict, verdicts[0]?.verdict]).toEqual(['fail', 'inconclusive']);
  });

  test.each<[string, unknown, string]>([
    ['nothing', null, 'deploymentId must look like d-A1B2C3D4E, got undefined'],
    ['an instance that is none', { ...QUESTION, instanceId: '$(reboot)' }, 'instanceId must be an instance id or the name of an on-premises instance, got $(reboot)'],
    ['a list', [QUESTION], 'deploymentId must look like d-A1B2C3D4E, got undefined'],
  ])('answers %s with a failure, and asks nobody', async (_, question, problem) => {
    const { answer, asked, order, lines } = await run({ question });
    expect(answer).toEqual({ verdict: 'fail', reason: `malformed question: ${problem}` });
    expect([asked, order, lines.map(({ level }) => level)]).toEqual([[], [], ['error']]);
    expect(lines[0]?.message).toMatch(/^malformed question, it is answered with a failure: '/);
  });

  test.each<[string, GateScript, string]>([
    ['of another group', { deployment: [{ ...RUNNING, deploymentGroup: 'other' }] }, 'the deployment is of group "other" of application "web-application"'],
    ['of another application', { deployment: [{ ...RUNNING, application: 'other' }] }, 'the deployment is of group "web-group" of application "other"'],
    ['that succeeded', { deployment: [{ ...RUNNING, status: 'Succeeded' }] }, 'the deployment is over (Succeeded)'],
    ['that was stopped', { deployment: [{ ...RUNNING, status: 'Stopped' }] }, 'the deployment is over (Stopped)'],
    ['that failed', { deployment: [{ ...RUNNING, status: 'Failed' }] }, 'the deployment is over (Failed)'],
    ['that cannot be looked up', { deployment: [denied()] }, 'the deployment could not be looked up: codedeploy:PutLifecycleEventHookExecutionStatus failed: AccessDeniedException: not authorized'],
  ])('answers for a deployment %s with a failure, without a verdict', async (_, script, reason) => {
    const { answer, order, urls, lines } = await run({ script });
    expect(answer).toEqual({ verdict: 'fail', reason: reason.replaceAll('"', '') });
    expect([order, urls]).toEqual([[], []]);
    expect(lines).toEqual([{ level: 'error', message: `the question is answered with a failure: ${reason}`, fields: QUESTION }]);
  });

  test.each<[string, Run, string]>([
    ['is not in the deployment', { script: { targets: [codeDeployError('DeploymentTargetDoesNotExistException')] } }, `${FIRST} is no instance of d-A1B2C3D4E`],
    ['cannot be looked up', { script: { targets: [codeDeployError('AccessDeniedException')] } }, 'the gate was stopped by an error: codedeploy:Call failed: AccessDeniedException: no'],
    ['has been validated', { script: { targets: [[targetOf(FIRST, { events: { ValidateService: 'Succeeded' } })]] } }, `ValidateService of ${FIRST} is over (Succeeded)`],
    ['has failed', { script: { targets: [[targetOf(FIRST, { events: { ValidateService: 'Failed' } })]] } }, `ValidateService of ${FIRST} is over (Failed)`],
    ['was skipped', { script: { targets: [[targetOf(FIRST, { events: { ValidateService: 'Skipped' } })]] } }, `ValidateService of ${FIRST} is over (Skipped)`],
    ['is not validated at all', { script: { targets: [[targetOf(FIRST, { events: { BlockTraffic: 'InProgress' } })]] } }, `ValidateService of ${FIRST} is no event of this deployment`],
    ['is gone', { script: { instances: [[]] } }, `${FIRST} cannot be asked, since EC2 has no running instance with an address there: it is gone`],
    ['is asked at no port', { variables: { [GATE_ENV.port]: '0' } }, 'bad configuration: environment variable GREENLIGHT_INSTANCE_PORT must be a whole number from 1 to 65535, got "0"; deploy the rollout again'],
    ['hangs', { work: () => new Promise(() => undefined) }, 'the gate did not finish within the 108000 ms that it has before it must report'],
    ['leaves no time', { remainingMs: 10_000 }, 'bad configuration: the function has 10000 ms, of which 10000 ms are kept back to report; raise its time-out'],
  ])('answers for an instance that %s with a failure, and records it', async (_, script, reason) => {
    const { answer, order, verdicts } = await run(script);
    expect(answer).toEqual({ verdict: 'fail', reason: reason.replaceAll('"', '') });
    expect([order, verdicts[0]?.verdict, verdicts[0]?.reason]).toEqual([['log', 'event'], 'fail', reason]);
  });

  test('where no check asks an instance, plays them once for it, wherever it is', async () => {
    const script = { targets: [[targetOf('rack-7', { status: 'InProgress' })]], instances: [new Error('nobody asks EC2')] };
    const question = { ...QUESTION, instanceId: 'rack-7' };
    const { answer, asked, hooks, verdicts } = await run({ script, question, variables: { [GATE_ENV.scheme]: undefined, [GATE_ENV.port]: undefined } });
    expect(answer).toEqual({ verdict: 'pass', reason: 'rack-7: 1 check passed: home' });
    expect([asked, hooks]).toEqual([['read d-A1B2C3D4E', 'targets d-A1B2C3D4E rack-7'], [{ DeploymentId: DEPLOYMENT_ID, LifecycleEventHookExecutionId: 'rack-7' }]]);
    expect(verdicts[0]?.instances?.listed).toEqual([{ instanceId: 'rack-7', verdict: 'pass', reason: '1 check passed: home' }]);
  });

  test('an on-premises instance has no address that could be asked', async () => {
    const { answer, verdicts } = await run({ script: { targets: [[targetOf('rack-7')]] }, question: { ...QUESTION, instanceId: 'rack-7' } });
    const reason = 'rack-7 is no instance of EC2, so that its address is not known; give the checks URLs of their own (CheckTarget.url), or leave on-premises instances to another gate';
    expect(answer).toEqual({ verdict: 'fail', reason });
    expect(verdicts[0]).toMatchObject({ verdict: 'fail', report: 'Failed', reason });
  });

  test('other variables are as they were', async () => {
    const seen: unknown[] = [];
    await run({ work: async (_, { environment }) => (seen.push(environment?.variable(ENV.rollout), environment?.variable(ENV.testUrl)), judged('pass', 'ok')) });
    expect(seen).toEqual(['App/Web', 'http://10.0.1.1:8080']);
  });

  // Of 108 seconds for the work, a quarter is for the deployment, and half for what leads to the instance: the checks have the rest.
  test.each<[string, GateScript, number, number]>([
    ['the deployment', { deployment: [throttled()] }, 20_000, 27_000],
    ['the target', { targets: [throttled()] }, 45_000, 54_000],
    ['the address', { instances: [throttled()] }, 45_000, 54_000],
  ])('%s is looked for in its time', async (_what, script, from, to) => {
    const { answer, ports } = await run({ script });
    expect(answer.verdict).toBe('fail');
    expect(ports.clock.now()).toBeGreaterThan(from);
    expect(ports.clock.now()).toBeLessThanOrEqual(to);
  });

  test.each(['Pending', 'InProgress', 'Unknown'])('checks while ValidateService is %s', async (status) => {
    const { answer } = await run({ script: { targets: [[targetOf(FIRST, { events: { ValidateService: status } })]] } });
    expect(answer.verdict).toBe('pass');
  });

  test('lets the instances of a rollback pass, unless checks run there too', async () => {
    const script = { deployment: [{ ...RUNNING, creator: 'codeDeployRollback' }] };
    const { answer, urls, order } = await run({ script });
    expect(answer).toEqual({ verdict: 'pass', reason: 'not run: d-A1B2C3D4E is a rollback (its creator is codeDeployRollback), which nothing should hold up' });
    expect([urls, order]).toEqual([[], ['log', 'event']]);
    expect((await run({ script, variables: { [ENV.inRollback]: 'run' } })).urls).toHaveLength(1);
  });

  test('answers a pass where enforcement is off', async () => {
    const parameter = { value: 'd-A1B2C3D4E ann hotfix', version: 3, modifiedAt: 0 };
    const { answer, verdicts } = await run({ script: { parameter }, work: async () => judged('fail', 'bad'), variables: { [ENV.breakGlass]: '{"parameter":"/glass"}' } });
    expect([answer.verdict, verdicts[0]?.verdict, verdicts[0]?.report]).toEqual(['pass', 'fail', 'Succeeded']);
  });

  test('answers where its configuration is incomplete', async () => {
    const { answer, lines, asked } = await run({ variables: { [ENV.application]: undefined } });
    const reason = 'bad configuration: environment variable GREENLIGHT_APPLICATION is not set; deploy the rollout again, or set it on the function';
    expect(answer).toEqual({ verdict: 'fail', reason });
    expect([lines, asked]).toEqual([[{ level: 'error', message: reason }], []]);
  });

  test('answers where it is broken', async () => {
    const world = gateWorld();
    const gate = makeValidateServiceGate({ environment: gateEnvironment(), ports: world.gatePorts, work: async () => judged('pass', 'ok') });
    const broken = { getRemainingTimeInMillis: () => { throw new TypeError('boom'); } };
    await expect(gate(QUESTION, broken)).resolves.toEqual({ verdict: 'fail', reason: 'the gate was stopped by an error: TypeError: boom' });
  });
});
