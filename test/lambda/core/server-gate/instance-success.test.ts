import { ENV } from '../../../../lib/model/hook-contract';
import { GATE_ENV } from '../../../../lib/model/server/gates';
import type { HookWork } from '../../../../lambda/core/hook-work';
import { judged } from '../../../../lambda/core/judgement';
import { makeInstanceSuccessGate } from '../../../../lambda/core/server-gate/instance-success';
import { context, denied, throttled } from '../../support/fake-ports';
import type { GateScript } from '../../support/gate-world';
import { codeDeployError, DEPLOYMENT_ID, FIRST, gateEnvironment, gateWorld, instanceAt, READY, readyEvent, successEvent, targetOf } from '../../support/gate-world';

interface Run {
  readonly script?: GateScript;
  readonly work?: HookWork;
  readonly variables?: Readonly<Record<string, string | undefined>>;
  readonly event?: unknown;
  readonly remainingMs?: number;
}

const RUNNING = { ...READY, status: 'InProgress' };
const TARGET = targetOf(FIRST, { status: 'Succeeded' });
const FAIL: HookWork = async () => judged('fail', 'home: status was 503, expected 200');
const ABOUT = { deploymentId: DEPLOYMENT_ID, instanceId: FIRST };
const FOUND = ['read d-A1B2C3D4E', `targets d-A1B2C3D4E ${FIRST}`, `describe ${FIRST}`];

async function run({ script, work = async () => judged('pass', '1 check passed: home'), variables, event = successEvent(), remainingMs = 120_000 }: Run = {}) {
  const world = gateWorld({ deployment: [RUNNING], targets: [[TARGET]], instances: [[instanceAt(FIRST, '10.0.1.1')]], ...script });
  const urls: (string | undefined)[] = [];
  const gate = makeInstanceSuccessGate({
    environment: gateEnvironment({ [ENV.event]: 'InstanceSuccess', [GATE_ENV.instances]: undefined, [GATE_ENV.concurrency]: undefined, ...variables }),
    ports: world.gatePorts,
    work: (hook, bounds) => {
      urls.push(bounds.environment?.variable(ENV.testUrl));
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

describe('the gate of the fleet', () => {
  test('records that an instance passed, and leaves metric and alarm alone', async () => {
    const { asked, urls, order, verdicts, thrown } = await run();
    expect([asked, urls, order, thrown]).toEqual([FOUND, ['http://10.0.1.1:8080'], ['log', 'event'], undefined]);
    expect(verdicts).toEqual([
      {
        schemaVersion: 1,
        rollout: 'App/Web',
        event: 'InstanceSuccess',
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
  });

  test('raises the alarm once for one that failed, and writes the metric', async () => {
    const { order, alarms, metrics, verdicts, events } = await run({ work: FAIL });
    expect(order).toEqual(['alarm', 'log', 'metric', 'event']);
    expect(alarms).toEqual([{ name: 'web-verdict', reason: `InstanceSuccess of d-A1B2C3D4E: ${FIRST} (10.0.1.1): home: status was 503, expected 200` }]);
    expect(metrics).toEqual([{ application: 'web-application', deploymentGroup: 'web-group', failed: true }]);
    expect(verdicts[0]).toMatchObject({ verdict: 'fail', report: 'Failed', by: 'checks' });
    expect(events).toEqual(verdicts);
  });

  test('takes an undecided instance for a failed one', async () => {
    const { alarms, verdicts } = await run({ work: async () => judged('inconclusive', 'home: no answer') });
    expect([alarms.length, verdicts[0]?.verdict, verdicts[0]?.report]).toEqual([1, 'inconclusive', 'Failed']);
  });

  test.each<[string, Run, string]>([
    ['the state of a deployment', { event: readyEvent() }, `'detail-type' must be "CodeDeploy Instance State-change Notification", got "CodeDeploy Deployment State-change Notification"`],
    ['a failure', { event: successEvent({ state: 'FAILURE' }) }, `'detail.state' must be "SUCCESS", got "FAILURE"`],
    ['no instance', { event: successEvent({ instanceId: undefined }) }, `'detail.instanceId' is missing`],
    ['another group', { event: successEvent({ deploymentGroup: 'other' }) }, `'detail.deploymentGroup' must be "web-group", got "other"`],
  ])('does nothing for %s', async (_, script, problem) => {
    const { asked, order, lines } = await run(script);
    expect([asked, order]).toEqual([[], []]);
    expect(lines).toEqual([{ level: 'error', message: `no success of an instance of this group, nothing is checked: ${problem}` }]);
  });

  test.each<[string, GateScript, string]>([
    ['a deployment of another group', { deployment: [{ ...RUNNING, deploymentGroup: 'other' }] }, 'the deployment is of group "other" of application "web-application"'],
    ['one of another application', { deployment: [{ ...RUNNING, application: 'other' }] }, 'the deployment is of group "web-group" of application "other"'],
    ['one that succeeded', { deployment: [{ ...RUNNING, status: 'Succeeded' }] }, 'the deployment is over (Succeeded), and no alarm stops it any more'],
    ['one that failed', { deployment: [{ ...RUNNING, status: 'Failed' }] }, 'the deployment is over (Failed), and no alarm stops it any more'],
    ['one that was stopped', { deployment: [{ ...RUNNING, status: 'Stopped' }] }, 'the deployment is over (Stopped), and no alarm stops it any more'],
    ['a rollback', { deployment: [{ ...RUNNING, creator: 'codeDeployRollback' }] }, 'the deployment is a rollback'],
    ['an instance that is not in it', { targets: [codeDeployError('DeploymentTargetDoesNotExistException')] }, 'the instance is none of the deployment'],
    ['an id that is none', { targets: [codeDeployError('InvalidDeploymentTargetIdException')] }, 'the instance is none of the deployment'],
    ['another instance in its place', { targets: [[targetOf('i-other', { status: 'Succeeded' })]] }, 'the instance is none of the deployment'],
    ['an original', { targets: [[{ ...TARGET, label: 'Blue' }]] }, 'the instance is an original, which gets no traffic any more'],
    ['an instance that failed', { targets: [[{ ...TARGET, status: 'Failed' }]] }, 'the deployment to the instance is "Failed"'],
  ])('checks nothing for %s', async (_, script, message) => {
    const { urls, order, lines, thrown } = await run({ script });
    expect([urls, order, thrown]).toEqual([[], [], undefined]);
    expect(lines).toEqual([{ level: 'info', message: `${message}, nothing is checked`, fields: ABOUT }]);
  });

  test('checks in rollbacks where it is told to, and while a deployment waits', async () => {
    const rollback = await run({ script: { deployment: [{ ...RUNNING, creator: 'codeDeployRollback' }] }, variables: { [ENV.inRollback]: 'run' } });
    expect(rollback.urls).toHaveLength(1);
    expect((await run({ script: { deployment: [READY] } })).urls).toHaveLength(1);
  });

  test('waits for a target that is behind its event', async () => {
    const { verdicts, asked } = await run({ script: { targets: [[{ ...TARGET, status: 'InProgress' }], [{ ...TARGET, status: 'Unknown' }], [{ ...TARGET, status: 'Pending' }], [{ ...TARGET, status: 'Ready' }], [TARGET]] } });
    expect([asked.filter((call) => call.startsWith('targets')).length, verdicts[0]?.durationMs, verdicts[0]?.verdict]).toEqual([5, 8_000, 'pass']);
  });

  test('does not wait for it longer than half of its time', async () => {
    const { asked, lines, order, ports } = await run({ script: { targets: [[{ ...TARGET, status: 'InProgress' }]] } });
    expect(lines.at(-1)?.message).toBe('the deployment to the instance is "InProgress", nothing is checked');
    expect([asked.filter((call) => call.startsWith('targets')).length, ports.clock.now(), order]).toEqual([27, 57_000, []]);
  });

  test.each<[string, Run, string]>([
    ['the deployment cannot be looked up', { script: { deployment: [denied()] } }, 'the deployment could not be looked up: codedeploy:PutLifecycleEventHookExecutionStatus failed: AccessDeniedException: not authorized'],
    ['its targets cannot', { script: { targets: [codeDeployError('AccessDeniedException')] } }, 'the gate was stopped by an error: codedeploy:Call failed: AccessDeniedException: no'],
    ['EC2 does not know it', { script: { instances: [[]] } }, `${FIRST} cannot be asked, since EC2 has no running instance with an address there: it is gone`],
    ['it is stopped', { script: { instances: [[instanceAt(FIRST, '10.0.1.1', { state: 'stopped' })]] } }, `${FIRST} cannot be asked, since EC2 has no running instance with an address there: it is stopped`],
    ['it has no address', { script: { instances: [[instanceAt(FIRST)]] } }, `${FIRST} cannot be asked, since EC2 has no running instance with an address there: it is running`],
    ['the settings are wrong', { variables: { [GATE_ENV.port]: 'http' } }, 'bad configuration: environment variable GREENLIGHT_INSTANCE_PORT must be a whole number from 1 to 65535, got "http"; deploy the rollout again'],
    ['rollbacks are neither run nor skipped', { script: { deployment: [{ ...RUNNING, creator: 'codeDeployRollback' }] }, variables: { [ENV.inRollback]: 'perhaps' } }, 'bad configuration: environment variable GREENLIGHT_IN_ROLLBACK must be "run", "skip" or not set, got "perhaps"'],
  ])('raises the alarm where %s', async (_, script, reason) => {
    const { alarms, verdicts, urls } = await run(script);
    expect([verdicts[0]?.verdict, verdicts[0]?.reason, alarms.length, urls]).toEqual(['fail', reason, 1, []]);
  });

  test('tells an on-premises instance apart', async () => {
    const name = 'rack-7';
    const onPremises = { event: successEvent({ instanceId: name }), script: { targets: [[targetOf(name, { status: 'Succeeded' })]] } };
    const asking = await run(onPremises);
    expect(asking.asked).toEqual(['read d-A1B2C3D4E', 'targets d-A1B2C3D4E rack-7']);
    expect(asking.verdicts[0]?.reason).toBe(
      'rack-7 is no instance of EC2, so that its address is not known; give the checks URLs of their own (CheckTarget.url), or leave on-premises instances to another gate',
    );
    const asksNone = await run({ ...onPremises, variables: { [GATE_ENV.scheme]: undefined, [GATE_ENV.port]: undefined } });
    expect([asksNone.urls, asksNone.verdicts[0]?.reason]).toEqual([[undefined], 'rack-7: 1 check passed: home']);
    expect(asksNone.verdicts[0]?.instances?.listed).toEqual([{ instanceId: 'rack-7', verdict: 'pass', reason: '1 check passed: home' }]);
  });

  test.each(['xi-0aaaaaaaaaaaaaaa1', 'i-0aaaaaaaaaaaaaaa11', 'i-0aaaaaa', 'i-0AAAAAAA'])('%s is no id of EC2', async (instanceId) => {
    const { asked } = await run({ event: successEvent({ instanceId }), script: { targets: [[targetOf(instanceId, { status: 'Succeeded' })]] } });
    expect(asked.some((call) => call.startsWith('describe'))).toBe(false);
  });

  test('keeps at it where CloudWatch is throttled', async () => {
    const { alarms, thrown } = await run({ work: FAIL, script: { alarm: [throttled(), throttled(), throttled(), throttled(), undefined] } });
    expect([alarms.length, thrown]).toEqual([5, undefined]);
  });

  test('throws where the alarm cannot be raised, after its verdict is told', async () => {
    const { thrown, order, verdicts } = await run({ work: FAIL, script: { alarm: [denied()] } });
    expect(thrown).toBe(`the verdict alarm was not raised for ${FIRST} of d-A1B2C3D4E: codedeploy:PutLifecycleEventHookExecutionStatus failed: AccessDeniedException: not authorized`);
    expect([order, verdicts[0]?.report]).toEqual([['alarm', 'log', 'metric', 'event'], 'none']);
  });

  test('throws where it does not know whose it is', async () => {
    expect((await run({ variables: { [ENV.verdictAlarm]: '' } })).thrown).toBe('environment variable GREENLIGHT_VERDICT_ALARM is not set; deploy the rollout again, or set it on the function');
  });
});
