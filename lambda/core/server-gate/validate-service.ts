/**
 * Answers the script of an instance whether that instance may go into service.
 *
 * A failed answer fails the instance, and nothing else: how many instances a deployment can do without, its minimum of healthy hosts says. So it raises no alarm and writes no metric.
 */
import type { InstanceAnswer } from '../../../lib/model/server/gates';
import { SERVER_GATE_EVENTS } from '../../../lib/model/server/gates';
import { conclude } from '../conclude';
import { ConfigurationError, describeError } from '../failures';
import type { HookContext } from '../hook';
import type { Judgement } from '../judgement';
import { judged, reportStatusOf } from '../judgement';
import { answerReporter } from './decisions';
import { findTarget, lookUpDeployment } from './find-instances';
import type { GateDefinition, GateRun } from './gate';
import { beginRun, exempted, isExempt, judgedInTime, subjectOf, whyForeign, whyOver } from './gate';
import { answered, parseQuestion } from './instance-answer';
import type { OneInstance } from './one-instance';
import { checkInstance } from './one-instance';
import type { GateDeployment, InstanceTarget } from './ports';

/** Statuses in which an event has not ended. */
const GOES_ON: readonly (string | undefined)[] = ['Pending', 'InProgress', 'Unknown'];

/** Always answers: a script takes an error for a failure, and could not say why. */
export function makeValidateServiceGate(definition: GateDefinition): (event: unknown, context: HookContext) => Promise<InstanceAnswer> {
  const { ports } = definition;
  return async (event, context) => {
    try {
      const question = parseQuestion(event);
      if (typeof question === 'string') {
        ports.log.error(`malformed question, it is answered with a failure: ${question}`);
        return answered('fail', `malformed question: ${question}`);
      }
      return await answer(definition, beginRun(definition, context), question);
    } catch (error) {
      const reason = error instanceof ConfigurationError ? `bad configuration: ${error.message}` : `the gate was stopped by an error: ${describeError(error)}`;
      ports.log.error(reason);
      return answered('fail', reason);
    }
  };
}

async function answer(definition: GateDefinition, run: GateRun, question: OneInstance): Promise<InstanceAnswer> {
  const { ports, environment } = definition;
  const { deploymentId, instanceId } = question;
  const deployment = await lookUpDeployment(ports, deploymentId, { until: run.deploymentBy });
  if ('problem' in deployment) {
    return refused(ports, question, deployment.problem);
  }
  const why = whyForeign(deployment, run.identity) ?? whyOver(deployment);
  if (why !== undefined) {
    return refused(ports, question, why);
  }
  const came = await judgedInTime(definition, run, (signal) => judgementOf(definition, run, { question, deployment, signal }));
  const quiet = { ...run.identity, application: '', verdictAlarm: '' };
  const { judgement } = await conclude({ ...ports, reporter: answerReporter }, environment, subjectOf({ ...run, identity: quiet }, 'checks', { deploymentId, about: instanceId }), came);
  return answered(reportStatusOf(judgement) === 'Succeeded' ? 'pass' : 'fail', judgement.reason);
}

/** Nothing proves that the deployment is one of ours, and goes on: no verdict is published for it. */
function refused({ log }: Pick<GateDefinition['ports'], 'log'>, { deploymentId, instanceId }: OneInstance, why: string): InstanceAnswer {
  log.error(`the question is answered with a failure: ${why}`, { deploymentId, instanceId });
  return answered('fail', why);
}

interface Asked {
  readonly question: OneInstance;
  readonly deployment: GateDeployment;
  readonly signal: AbortSignal;
}

async function judgementOf(definition: GateDefinition, run: GateRun, { question, deployment, signal }: Asked): Promise<Judgement> {
  const { ports, environment } = definition;
  if (isExempt(environment, deployment)) {
    return exempted(question.deploymentId);
  }
  const target = await findTarget(ports, question, { until: run.instancesBy, signal });
  const why = target === undefined ? `${question.instanceId} is no instance of ${question.deploymentId}` : whyNotAsked(target);
  return why === undefined ? checkInstance(definition, run, question, signal) : judged('fail', why);
}

function whyNotAsked({ id, events }: InstanceTarget): string | undefined {
  const status = events[SERVER_GATE_EVENTS.instance];
  return GOES_ON.includes(status) ? undefined : `${SERVER_GATE_EVENTS.instance} of ${id} is ${status === undefined ? 'no event of this deployment' : `over (${status})`}`;
}
