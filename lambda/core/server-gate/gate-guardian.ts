/** Answers for gates that crashed, were killed or were throttled for too long: holds what they should have held. */
import { DEPLOYMENT_STATE_CHANGE, INSTANCE_STATE_CHANGE, SERVER_GATE_EVENTS } from '../../../lib/model/server/gates';
import { conclude } from '../conclude';
import type { DestinationRecord } from '../destination-record';
import { parseDestinationRecord } from '../destination-record';
import { howItFailed, nameOf } from '../guardian';
import type { HookContext } from '../hook';
import type { Judgement } from '../judgement';
import { judged } from '../judgement';
import type { Environment } from '../ports';
import { alarmReporter, readyWaitReporter, whyNotWaiting } from './decisions';
import { lookUpDeployment } from './find-instances';
import type { GateRun } from './gate';
import { beginRun, isExempt, subjectOf, whyForeign } from './gate';
import type { Awaited, StateOf } from './gate-event';
import { parseStateChange } from './gate-event';
import { whyUnstoppable } from './instance-success';
import type { GateDeployment, GateGuardianPorts } from './ports';

export interface GateGuardianDefinition {
  readonly environment: Environment;
  readonly ports: GateGuardianPorts;
}

/**
 * The handler of the destination, one for all gates of a rollout: which of them it was, its event says.
 *
 * Throws where its configuration cannot be read or its decision did not get through: Lambda then tries it again.
 */
export function makeGateGuardian({ environment, ports }: GateGuardianDefinition): (event: unknown, context: HookContext) => Promise<void> {
  return async (event, context) => {
    const record = parseDestinationRecord(event);
    if (typeof record === 'string') {
      ports.log.error(`not a record of an asynchronous invocation, nothing is done: ${record}`);
      return;
    }
    if (record.condition === 'Success') {
      ports.log.info('the gate has come to its end', { functionArn: record.functionArn });
      return;
    }
    const { requestPayload } = event as { readonly requestPayload?: unknown };
    const gate = gateOf(requestPayload);
    const run = beginRun({ ports, environment }, context, gate.name);
    const held = parseStateChange(requestPayload, { ...gate, of: run.identity });
    if (typeof held === 'string') {
      ports.log.error(`the gate was not invoked with an event of this group, nothing is done: ${held}`, { functionArn: record.functionArn });
      return;
    }
    const { deploymentId } = held;
    const deployment = await lookUpDeployment(ports, deploymentId, { until: run.deploymentBy });
    const idle = 'problem' in deployment ? undefined : whyIdle(environment, { deployment, gate: gate.name, run });
    if (idle !== undefined) {
      ports.log.warn(`${idle}; nothing is done`, { deploymentId });
      return;
    }
    await decide({ environment, ports }, { run, gate: gate.name, held }, judged('fail', reasonOf(record, gate.name, held)));
  };
}

type AsynchronousGate = typeof SERVER_GATE_EVENTS.readyWait | typeof SERVER_GATE_EVENTS.fleet;

type AwaitedBy = Omit<Awaited, 'of'> & { readonly name: AsynchronousGate };

const READY_WAIT: AwaitedBy = { name: SERVER_GATE_EVENTS.readyWait, detailType: DEPLOYMENT_STATE_CHANGE, state: 'READY' };
const FLEET: AwaitedBy = { name: SERVER_GATE_EVENTS.fleet, detailType: INSTANCE_STATE_CHANGE, state: 'SUCCESS' };

function gateOf(payload: unknown): AwaitedBy {
  const type = (payload as { readonly 'detail-type'?: unknown } | null | undefined)?.['detail-type'];
  return type === INSTANCE_STATE_CHANGE ? FLEET : READY_WAIT;
}

interface Seen {
  readonly deployment: GateDeployment;
  readonly gate: AsynchronousGate;
  readonly run: GateRun;
}

function whyIdle(environment: Environment, { deployment, gate, run }: Seen): string | undefined {
  const idle = whyForeign(deployment, run.identity) ?? (gate === FLEET.name ? whyUnstoppable(deployment) : whyNotWaiting(deployment));
  if (idle !== undefined || !isExempt(environment, deployment)) {
    return idle;
  }
  return gate === FLEET.name ? 'the deployment is a rollback' : 'the deployment is a rollback, and waits; continue it by hand (aws deploy continue-deployment --deployment-wait-type READY_WAIT)';
}

function reasonOf(record: DestinationRecord, gate: AsynchronousGate, { instanceId }: StateOf): string {
  const failed = howItFailed(record, `gate ${nameOf(record)}`, 'a decision');
  return gate === FLEET.name ? `${instanceId}: ${failed}` : failed;
}

interface Guarded {
  readonly run: GateRun;
  readonly gate: AsynchronousGate;
  readonly held: StateOf;
}

async function decide({ environment, ports }: GateGuardianDefinition, { run, gate, held }: Guarded, judgement: Judgement): Promise<void> {
  const about = { deploymentId: held.deploymentId, about: held.instanceId };
  const subject = subjectOf(run, 'guardian', about);
  const raises = gate === FLEET.name;
  const reporter = raises ? alarmReporter(ports, subject, judgement) : readyWaitReporter(ports);
  // Where the alarm is the decision, it is not raised a second time.
  const { reported } = await conclude({ ...ports, reporter }, environment, raises ? { ...subject, identity: { ...run.identity, verdictAlarm: '' } } : subject, judgement);
  if (reported.end === 'alreadyCompleted') {
    ports.log.info('the deployment waits no longer; somebody else has decided', { deploymentId: held.deploymentId });
  }
  if (reported.end === 'unreported') {
    throw new Error(`the decision on ${held.deploymentId} did not get through: ${reported.error}`);
  }
}
