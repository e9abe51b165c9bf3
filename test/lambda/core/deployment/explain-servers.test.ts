/** The words for a deployment to a fleet that did not succeed, and what is looked up for them. */
import { advance } from '../../../../lambda/core/deployment/advance';
import { gateInQuestion } from '../../../../lambda/core/deployment/explain-servers';
import type { DeploymentFacts, Facts } from '../../../../lambda/core/deployment/facts';
import type { FailedServer, FailedServers } from '../../../../lambda/core/deployment/server-facts';
import type { Action, Memory } from '../../../../lambda/core/deployment/situation';
import { NO_MEMORY } from '../../../../lambda/core/deployment/situation';
import { taskOf } from '../../../../lambda/core/deployment/task';
import { deployed, serverProperties, serverRequest, servers, TWO } from '../../support/server-requests';

const STARTED_AT = Date.UTC(2026, 0, 5, 9);
const LINK = 'https://console.aws.amazon.com/codesuite/codedeploy/deployments/d-3?region=eu-central-1';
const GATES = { ReadyWait: '/ready', ValidateService: '/instance', InstanceSuccess: '/fleet' };

interface Given {
  readonly deployment?: Partial<DeploymentFacts>;
  readonly facts?: Partial<Facts>;
  readonly memory?: Partial<Memory>;
  readonly elapsed?: number;
  readonly gates?: Partial<typeof GATES>;
}

/** Long enough after the end that nothing more is waited for, unless said otherwise. */
function next({ deployment = {}, facts = {}, memory = {}, elapsed = 100, gates }: Given): Action {
  const own = deployed('d-3', 'Failed', { rollsBack: false, createdAt: 900_000, ...deployment });
  const request = serverRequest('Update', { ResourceProperties: serverProperties(TWO, gates === undefined ? {} : { GateLogs: gates }) });
  const remembered = { ...NO_MEMORY, deploymentId: 'd-3', since: { failed: 80 }, ...memory };
  return advance({ task: taskOf(request), memory: remembered, facts: { deployments: { 'd-3': own }, ...facts }, elapsed, startedAt: STARTED_AT, retries: 0 });
}

function reason(given: Given): string | undefined {
  const action = next(given);
  return action.do === 'answer' ? action.answer.Reason : JSON.stringify(action);
}

const failed = (...first: readonly FailedServer[]): Pick<Facts, 'failedServers'> => ({ failedServers: { count: first.length, first } });
const NONE = failed();
const CHECK: FailedServer = { instance: 'i-0a', event: 'ValidateService', code: 'ScriptFailed', script: 'scripts/check.sh', message: 'Script at specified location: scripts/check.sh failed with exit code 1', logTail: 'LifecycleEvent - ValidateService\nscripts/check.sh\n[stderr]no answer from /health\n' };
const memory = (since: Readonly<Record<string, number>>) => ({ ...NO_MEMORY, deploymentId: 'd-3', since });

describe('looks', () => {
  test.each<[string, Given, object]>([
    ['at the instances that failed', {}, { do: 'look', look: { at: 'failedServers', id: 'd-3', optional: true }, memory: memory({ failed: 80 }) }],
    ['again, where they could not be read', { memory: { since: { failed: 81 } }, facts: { failedServers: { unread: 'no' } } }, { do: 'wait', seconds: 5, memory: memory({ failed: 81 }) }],
    [
      'at the log of the gate of its instances',
      { gates: GATES, facts: failed(CHECK) },
      { do: 'look', look: { at: 'verdict', event: 'ValidateService', logGroup: '/instance', id: 'd-3', since: 600_000, optional: true }, memory: memory({ failed: 80 }) },
    ],
    [
      'from the beginning of the execution where the deployment does not say its own',
      { deployment: { createdAt: undefined }, gates: GATES, facts: failed(CHECK) },
      { do: 'look', look: { at: 'verdict', event: 'ValidateService', logGroup: '/instance', id: 'd-3', since: STARTED_AT - 300_000, optional: true }, memory: memory({ failed: 80 }) },
    ],
    ['again, where the log says nothing yet', { memory: { since: { failed: 81 } }, gates: GATES, facts: { ...failed(CHECK), verdict: 'missing' } }, { do: 'wait', seconds: 5, memory: memory({ failed: 81 }) }],
  ])('%s', (_what, given, action) => {
    expect(next(given)).toEqual(action);
  });

  test.each<[string, Partial<DeploymentFacts>, NonNullable<Facts['failedServers']>, string | undefined]>([
    ['an alarm', { status: 'Stopped', error: { code: 'ALARM_ACTIVE', message: 'm' } }, { count: 1, first: [CHECK] }, 'InstanceSuccess'],
    ['a validation on an instance', { status: 'Failed' }, { count: 2, first: [{ instance: 'i-0b', event: 'Install' }, CHECK] }, 'ValidateService'],
    ['another event on an instance', { status: 'Failed' }, { count: 1, first: [{ instance: 'i-0b', event: 'Install' }] }, undefined],
    ['a stop', { status: 'Stopped', error: { code: 'MANUAL_STOP', message: 'm' } }, { count: 0, first: [] }, 'ReadyWait'],
    ['a stop whose instances cannot be read', { status: 'Stopped' }, { unread: 'no' }, 'ReadyWait'],
    ['a failure whose instances cannot be read', { status: 'Failed' }, { unread: 'no' }, undefined],
  ])('for the gate behind %s', (_what, deployment, found, gate) => {
    expect(gateInQuestion(deployed('d-3', 'Failed', deployment), found)).toBe(gate);
  });
});

describe('tells', () => {
  const HEALTH = { error: { code: 'HEALTH_CONSTRAINTS', message: 'too many individual instances failed deployment' } };
  const counted = { servers: servers({ instances: { all: 9, failed: 2, touched: 4 } }) };
  const START = 'Deployment d-3 failed: HEALTH_CONSTRAINTS: too many individual instances failed deployment';

  test.each<[string, Given, string]>([
    ['of nothing but its error', { deployment: HEALTH, facts: NONE }, `${START}; no rollback was started; ${LINK}`],
    [
      'which instances failed, and how',
      { deployment: { ...HEALTH, ...counted }, facts: failed(CHECK, { instance: 'i-0b', event: 'ApplicationStop' }, { instance: 'i-0c' }) },
      `${START}; 2 of 9 instances failed; instance i-0a failed at ValidateService: ScriptFailed, scripts/check.sh, Script at specified location: scripts/check.sh failed with exit code 1: ` +
        'LifecycleEvent - ValidateService\\nscripts/check.sh\\n[stderr]no answer from /health; instance i-0b failed at ApplicationStop; instance i-0c failed; ' +
        `no rollback was started; ${LINK}`,
    ],
    ['how many, where nobody has counted', { deployment: HEALTH, facts: failed({ instance: 'i-0c' }) }, `${START}; 1 instance failed; instance i-0c failed; no rollback was started; ${LINK}`],
    [
      'that they could not be read',
      { deployment: { ...HEALTH, ...counted }, facts: { failedServers: { unread: 'u'.repeat(700) } } },
      `${START}; 2 of 9 instances failed; its instances could not be read (${'u'.repeat(599)}…); no rollback was started; ${LINK}`,
    ],
    ['that, where nobody has counted', { deployment: HEALTH, facts: { failedServers: { unread: 'no' } } }, `${START}; its instances could not be read (no); no rollback was started; ${LINK}`],
    [
      'what the gate says',
      { deployment: HEALTH, gates: GATES, facts: { ...failed({ instance: 'i-0c', event: 'ValidateService' }), verdict: { reason: 'p99 is 900 ms' } } },
      `${START}; 1 instance failed; instance i-0c failed at ValidateService; its gate ValidateService says: p99 is 900 ms; no rollback was started; ${LINK}`,
    ],
    [
      'that the log of the gate could not be read',
      { deployment: HEALTH, gates: GATES, facts: { ...failed({ instance: 'i-0c', event: 'ValidateService' }), verdict: { unread: 'denied' } } },
      `${START}; 1 instance failed; instance i-0c failed at ValidateService; its gate ValidateService's log could not be read (denied); no rollback was started; ${LINK}`,
    ],
    [
      'that the gate says nothing',
      { deployment: HEALTH, gates: GATES, facts: { ...failed({ instance: 'i-0c', event: 'ValidateService' }), verdict: 'missing' } },
      `${START}; 1 instance failed; instance i-0c failed at ValidateService; no rollback was started; ${LINK}`,
    ],
    [
      'nothing of a gate that has no log of ours',
      { deployment: HEALTH, gates: { ReadyWait: '/ready' }, facts: failed({ instance: 'i-0c', event: 'ValidateService' }) },
      `${START}; 1 instance failed; instance i-0c failed at ValidateService; no rollback was started; ${LINK}`,
    ],
    [
      'nothing of other gates',
      { deployment: HEALTH, gates: GATES, facts: failed({ instance: 'i-0c', event: 'Install' }) },
      `${START}; 1 instance failed; instance i-0c failed at Install; no rollback was started; ${LINK}`,
    ],
    [
      'what became of its rollback',
      { deployment: { ...HEALTH, rollbackId: 'd-4' }, facts: { ...NONE, deployments: { 'd-3': deployed('d-3', 'Failed', { ...HEALTH, rollbackId: 'd-4' }), 'd-4': deployed('d-4', 'Succeeded') } } },
      `${START}; rollback d-4 succeeded; ${LINK}`,
    ],
  ])('%s', (_what, given, expected) => {
    expect(reason(given)).toBe(expected);
  });

  const ready = servers({ blueGreen: true, readyWait: true });
  const stopped = (code?: string, facts = ready): Partial<DeploymentFacts> => ({ status: 'Stopped', servers: facts, ...(code === undefined ? {} : { error: { code, message: 'm' } }) });
  const RAN_OUT = 'its ready wait ran out without ContinueDeployment, and the originals have kept the traffic';
  const BY_REQUEST = 'it was stopped by request, as a gate does whose checks fail';

  test.each<[string, Given, string]>([
    ['a ready wait that ran out', { deployment: stopped() }, `Deployment d-3 was stopped; ${RAN_OUT}; no rollback was started; ${LINK}`],
    ['the same with an error', { deployment: stopped('TIMEOUT') }, `Deployment d-3 was stopped: TIMEOUT: m; ${RAN_OUT}; no rollback was started; ${LINK}`],
    [
      'a gate that has stopped it',
      { deployment: stopped('MANUAL_STOP'), gates: GATES, facts: { verdict: { reason: 'i-0a answers 500' } } },
      `Deployment d-3 was stopped: MANUAL_STOP: m; ${BY_REQUEST}; its gate ReadyWait says: i-0a answers 500; no rollback was started; ${LINK}`,
    ],
    ['an alarm', { deployment: stopped('ALARM_ACTIVE') }, `Deployment d-3 was stopped: ALARM_ACTIVE: m; no rollback was started; ${LINK}`],
    ['a stop without a ready wait', { deployment: stopped('MANUAL_STOP', servers()) }, `Deployment d-3 was stopped: MANUAL_STOP: m; no rollback was started; ${LINK}`],
    ['a failure in spite of a ready wait', { deployment: { ...stopped(), status: 'Failed' } }, `Deployment d-3 failed; no rollback was started; ${LINK}`],
    [
      'the stop at the end of the last segment',
      { deployment: stopped('MANUAL_STOP'), elapsed: 3_060, memory: { stopping: 'd-3', since: { failed: 0, 'end of d-3': 3_000 } } },
      `Deployment d-3 was stopped: MANUAL_STOP: m; it had not ended when the last segment was over, and was stopped; waited 51 minutes; no rollback was started; ${LINK}`,
    ],
  ])('of %s', (_what, { facts, ...given }, expected) => {
    expect(reason({ ...given, facts: { ...NONE, ...facts } })).toBe(expected);
  });

  test.each<[string, Partial<FailedServer>, string]>([
    ['a log', { logTail: `${'a'.repeat(300)}b` }, `instance i-0a failed: …${'a'.repeat(238)}b`],
    ['a log that just fits', { logTail: 'a'.repeat(240) }, `instance i-0a failed: ${'a'.repeat(240)}`],
    ['a log but for what ends its lines', { logTail: `${'a'.repeat(240)}\n \n` }, `instance i-0a failed: ${'a'.repeat(240)}`],
    ['a log of controls', { logTail: `${'a'.repeat(300)}\u0000\u0001` }, `instance i-0a failed: …${'a'.repeat(237)}\\u0000\\u0001`],
    ['a message', { message: 'm'.repeat(200) }, `instance i-0a failed: ${'m'.repeat(119)}…`],
    ['a code', { code: 'c'.repeat(200) }, `instance i-0a failed: ${'c'.repeat(99)}…`],
    ['a script', { script: 's'.repeat(200) }, `instance i-0a failed: ${'s'.repeat(99)}…`],
    ['an event', { event: 'e'.repeat(200) }, `instance i-0a failed at ${'e'.repeat(99)}…`],
    ['the name of a server', { instance: 'n'.repeat(200) }, `instance ${'n'.repeat(99)}… failed`],
  ])('the end, or the beginning, of %s', (_what, more, part) => {
    expect(reason({ facts: failed({ instance: 'i-0a', ...more }) })).toBe(`Deployment d-3 failed; 1 instance failed; ${part}; no rollback was started; ${LINK}`);
  });

  test('a list of what three instances say fits into an answer', () => {
    const long = 'x'.repeat(5_000);
    const first = ['i-0a', 'i-0b', 'i-0c'].map((instance) => ({ instance, event: 'ValidateService', code: long, script: long, message: long, logTail: long }));
    const found: FailedServers = { count: 100, first };
    const text = reason({ deployment: { error: { code: 'HEALTH_CONSTRAINTS', message: long } }, gates: GATES, facts: { failedServers: found, verdict: { reason: long } } })!;
    expect(text.length).toBeLessThan(3_900);
    expect(text.endsWith(LINK)).toBe(true);
  });
});
