import { ENV } from '../../../../lib/model/hook-contract';
import { makeGateGuardian } from '../../../../lambda/core/server-gate/gate-guardian';
import { context, denied } from '../../support/fake-ports';
import type { GateScript } from '../../support/gate-world';
import { codeDeployError, DEPLOYMENT_ID, FIRST, gateEnvironment, gateWorld, READY, readyEvent, successEvent } from '../../support/gate-world';

const ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:ready-gate';
const RUNNING = { ...READY, status: 'InProgress' };
const TIMED_OUT = { errorType: 'Sandbox.Timedout', errorMessage: 'RequestId: 1 Error: Task timed out after 300.00 seconds' };

const destination = (requestPayload: unknown, responsePayload: unknown = TIMED_OUT, condition = 'RetriesExhausted') => ({
  version: '1.0',
  timestamp: '2026-01-01T00:00:00.000Z',
  requestContext: { requestId: 'r-1', functionArn: `${ARN}:$LATEST`, condition, approximateInvokeCount: 1 },
  requestPayload,
  responsePayload,
});

async function guard(event: unknown, script: GateScript = {}, variables: Readonly<Record<string, string | undefined>> = {}) {
  const world = gateWorld(script);
  const environment = gateEnvironment({ [ENV.event]: undefined, ...variables });
  const thrown = await makeGateGuardian({ environment, ports: world.gatePorts })(event, context(60_000)).then(
    () => undefined,
    (error: Error) => error.message,
  );
  return { ...world, thrown };
}

describe('the guardian of gates', () => {
  test('stops a deployment that waits at a gate that timed out', async () => {
    const { asked, order, verdicts, alarms, events, thrown } = await guard(destination(readyEvent()));
    expect(asked).toEqual(['read d-A1B2C3D4E', 'read d-A1B2C3D4E', 'stop d-A1B2C3D4E']);
    expect([order, thrown]).toEqual([['log', 'metric', 'alarm', 'event'], undefined]);
    expect(verdicts).toEqual([
      {
        schemaVersion: 1,
        rollout: 'App/Web',
        event: 'ReadyWait',
        deploymentId: DEPLOYMENT_ID,
        verdict: 'fail',
        reason: 'gate ready-gate timed out after 300 s without a decision',
        report: 'Failed',
        by: 'guardian',
        durationMs: 0,
        checks: [],
      },
    ]);
    expect([alarms[0]?.name, events]).toEqual(['web-verdict', verdicts]);
  });

  test('raises the alarm once for an instance whose gate crashed', async () => {
    const { asked, order, verdicts, alarms, metrics } = await guard(destination(successEvent(), { errorType: 'Runtime.OutOfMemory', errorMessage: 'signal: killed' }), { deployment: [RUNNING] });
    expect([asked, order]).toEqual([['read d-A1B2C3D4E'], ['alarm', 'log', 'metric', 'event']]);
    const reason = `${FIRST}: gate ready-gate crashed without a decision: Runtime.OutOfMemory: signal: killed`;
    expect(verdicts[0]).toMatchObject({ event: 'InstanceSuccess', verdict: 'fail', report: 'Failed', by: 'guardian', reason });
    expect(alarms).toEqual([{ name: 'web-verdict', reason: `InstanceSuccess of d-A1B2C3D4E: ${reason}` }]);
    expect(metrics).toEqual([{ application: 'web-application', deploymentGroup: 'web-group', failed: true }]);
  });

  test.each([
    ['EventAgeExceeded', null, 'gate ready-gate could not be started: its event became too old while Lambda throttled it (event age exceeded)'],
    ['RetriesExhausted', { errorType: 'Error', errorMessage: 'the decision on d-A1B2C3D4E did not get through: denied' }, 'gate ready-gate crashed without a decision: Error: the decision on d-A1B2C3D4E did not get through: denied'],
    ['Unheard', null, 'gate ready-gate ended without a decision, for a reason that is not known here (condition Unheard)'],
  ])('says how it ended: %s', async (condition, response, reason) => {
    expect((await guard(destination(readyEvent(), response, condition))).verdicts[0]?.reason).toBe(reason);
  });

  test('leaves a gate alone that has come to its end', async () => {
    const { asked, order, lines } = await guard(destination(readyEvent(), null, 'Success'));
    expect([asked, order, lines]).toEqual([[], [], [{ level: 'info', message: 'the gate has come to its end', fields: { functionArn: ARN } }]]);
  });

  test.each<[string, unknown, GateScript, string]>([
    ['continued already', readyEvent(), { deployment: [RUNNING] }, 'the deployment does not wait, it is "InProgress"; nothing is done'],
    ['of another group', readyEvent(), { deployment: [{ ...READY, deploymentGroup: 'other' }] }, 'the deployment is of group "other" of application "web-application"; nothing is done'],
    ['over', successEvent(), { deployment: [{ ...READY, status: 'Succeeded' }] }, 'the deployment is over (Succeeded), and no alarm stops it any more; nothing is done'],
    ['a rollback', successEvent(), { deployment: [{ ...RUNNING, creator: 'codeDeployRollback' }] }, 'the deployment is a rollback; nothing is done'],
    [
      'a rollback that waits',
      readyEvent(),
      { deployment: [{ ...READY, creator: 'codeDeployRollback' }] },
      'the deployment is a rollback, and waits; continue it by hand (aws deploy continue-deployment --deployment-wait-type READY_WAIT); nothing is done',
    ],
  ])('leaves a deployment alone that is %s', async (_, event, script, message) => {
    const { asked, order, lines } = await guard(destination(event), script);
    expect([asked, order]).toEqual([['read d-A1B2C3D4E'], []]);
    expect(lines).toEqual([{ level: 'warn', message, fields: { deploymentId: DEPLOYMENT_ID } }]);
  });

  test('holds a rollback where checks run in rollbacks', async () => {
    const { asked } = await guard(destination(readyEvent()), { deployment: [{ ...READY, creator: 'codeDeployRollback' }] }, { [ENV.inRollback]: 'run' });
    expect(asked.at(-1)).toBe('stop d-A1B2C3D4E');
  });

  test('stops a deployment that it cannot look up', async () => {
    const { asked } = await guard(destination(readyEvent()), { deployment: [denied()] });
    expect(asked).toEqual(['read d-A1B2C3D4E', 'read d-A1B2C3D4E', 'stop d-A1B2C3D4E']);
  });

  test.each([
    [{}, `not a record of an asynchronous invocation, nothing is done: 'requestContext.functionArn' must be an ARN, got undefined`],
    [destination({}), `the gate was not invoked with an event of this group, nothing is done: 'source' must be "aws.codedeploy", got undefined`],
    [destination(null), `the gate was not invoked with an event of this group, nothing is done: 'source' must be "aws.codedeploy", got undefined`],
    [destination(readyEvent({ deploymentGroup: 'other' })), `the gate was not invoked with an event of this group, nothing is done: 'detail.deploymentGroup' must be "web-group", got "other"`],
    [destination(successEvent({ state: 'FAILURE' })), `the gate was not invoked with an event of this group, nothing is done: 'detail.state' must be "SUCCESS", got "FAILURE"`],
  ])('does nothing for %p', async (event, message) => {
    const { asked, order, lines } = await guard(event);
    expect([asked, order, lines[0]?.level, lines[0]?.message]).toEqual([[], [], 'error', message]);
  });

  test('tells that somebody else was faster', async () => {
    const { thrown, lines, alarms } = await guard(destination(readyEvent()), { stopped: [codeDeployError('DeploymentAlreadyCompletedException')] });
    expect([thrown, alarms]).toEqual([undefined, []]);
    expect(lines).toEqual([{ level: 'info', message: 'the deployment waits no longer; somebody else has decided', fields: { deploymentId: DEPLOYMENT_ID } }]);
  });

  test.each<[string, unknown, GateScript]>([
    ['stop', readyEvent(), { stopped: [denied()] }],
    ['raise the alarm', successEvent(), { deployment: [RUNNING], alarm: [denied()] }],
  ])('throws where it cannot %s, so that Lambda tries it again', async (_, event, script) => {
    const { thrown, verdicts } = await guard(destination(event), script);
    expect(thrown).toBe('the decision on d-A1B2C3D4E did not get through: codedeploy:PutLifecycleEventHookExecutionStatus failed: AccessDeniedException: not authorized');
    expect(verdicts[0]?.report).toBe('none');
  });

  test('throws where it does not know whose it is', async () => {
    const { thrown } = await guard(destination(readyEvent()), {}, { [ENV.rollout]: '' });
    expect(thrown).toBe('environment variable GREENLIGHT_ROLLOUT is not set; deploy the rollout again, or set it on the function');
  });
});
