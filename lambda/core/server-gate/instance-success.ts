/**
 * Checks each instance from outside once a deployment has come to an end with it. A failure raises the verdict alarm: CodeDeploy stops the deployment, and rolls back, by its own means.
 * The last instance is not seen so: its deployment is over by then, and no alarm stops it any more.
 */
import { INSTANCE_STATE_CHANGE } from '../../../lib/model/server/gates';
import { conclude } from '../conclude';
import type { HookContext } from '../hook';
import type { Judgement } from '../judgement';
import { judged, reportStatusOf } from '../judgement';
import { quoted } from '../text';
import { alarmReporter } from './decisions';
import { findEndedTarget, lookUpDeployment } from './find-instances';
import type { GateDefinition, GateRun } from './gate';
import { beginRun, isExempt, judgedInTime, subjectOf, whyForeign, whyOver } from './gate';
import { parseStateChange } from './gate-event';
import type { OneInstance } from './one-instance';
import { checkInstance } from './one-instance';
import type { GateDeployment, InstanceTarget } from './ports';

/** Throws where the alarm could not be raised, or the gate does not know whose it is: the destination of the function then takes it up. */
export function makeInstanceSuccessGate(definition: GateDefinition): (event: unknown, context: HookContext) => Promise<void> {
  const { ports } = definition;
  return async (event, context) => {
    const run = beginRun(definition, context);
    const success = parseStateChange(event, { detailType: INSTANCE_STATE_CHANGE, state: 'SUCCESS', of: run.identity });
    if (typeof success === 'string' || success.instanceId === '') {
      ports.log.error(`no success of an instance of this group, nothing is checked: ${typeof success === 'string' ? success : "'detail.instanceId' is missing"}`);
      return;
    }
    const came = await judgementOf(definition, run, success);
    if (typeof came === 'string') {
      ports.log.info(`${came}, nothing is checked`, { ...success });
      return;
    }
    await decide(definition, run, success, came);
  };
}

/** A text is why there is nothing to judge. */
async function judgementOf(definition: GateDefinition, run: GateRun, one: OneInstance): Promise<Judgement | string> {
  const { ports, environment } = definition;
  const deployment = await lookUpDeployment(ports, one.deploymentId, { until: run.deploymentBy });
  return judgedInTime(definition, run, async (signal) => {
    if ('problem' in deployment) {
      return judged('fail', deployment.problem);
    }
    const idle = whyForeign(deployment, run.identity) ?? whyUnstoppable(deployment) ?? (isExempt(environment, deployment) ? 'the deployment is a rollback' : undefined);
    return idle ?? whyNoTarget(await findEndedTarget(ports, one, { until: run.instancesBy, signal })) ?? checkInstance(definition, run, one, signal);
  });
}

/** Why an alarm would be of no use. */
export function whyUnstoppable(deployment: GateDeployment): string | undefined {
  const over = whyOver(deployment);
  return over === undefined ? undefined : `${over}, and no alarm stops it any more`;
}

function whyNoTarget(target: InstanceTarget | undefined): string | undefined {
  if (target === undefined) {
    return 'the instance is none of the deployment';
  }
  if (target.label === 'Blue') {
    return 'the instance is an original, which gets no traffic any more';
  }
  return target.status === 'Succeeded' ? undefined : `the deployment to the instance is ${quoted(target.status)}`;
}

async function decide({ ports, environment }: GateDefinition, run: GateRun, { deploymentId, instanceId }: OneInstance, came: Judgement): Promise<void> {
  const about = { deploymentId, about: instanceId };
  const reporter = alarmReporter(ports, subjectOf(run, 'checks', about), came);
  // The alarm is the decision, and raised as such; a pass leaves the metric alone.
  const identity = { ...run.identity, verdictAlarm: '', ...(reportStatusOf(came) === 'Failed' ? {} : { application: '' }) };
  const { reported } = await conclude({ ...ports, reporter }, environment, subjectOf({ ...run, identity }, 'checks', about), came);
  if (reported.end === 'unreported') {
    throw new Error(`the verdict alarm was not raised for ${instanceId} of ${deploymentId}: ${reported.error}`);
  }
}
