/** The step function: steps and answers for the state machine; and answers for an intake that failed for good, as its destination. */
import type { ResourceRequest, StepEvent, StepReturn } from '../../../lib/model/deployment-request';
import { keepProvisioned } from '../provisioned-concurrency/step';
import { isAboutProvisionedConcurrency } from '../provisioned-concurrency/task';
import { isAboutServerGroup } from '../server-groups/request';
import { keepServerGroup } from '../server-groups/step';
import { forgiven, tidyingOf } from '../tidying/kinds';
import { failedIntake, lostAnswer, sendAnswer } from './answer';
import type { DeploymentPorts } from './facts';
import { step } from './step';

type TakeStep = (asked: Extract<StepEvent, { readonly action: 'step' }>, ports: DeploymentPorts) => Promise<StepReturn>;

function stepOf(request: ResourceRequest): TakeStep {
  if (isAboutServerGroup(request)) {
    return keepServerGroup;
  }
  return isAboutProvisionedConcurrency(request) ? keepProvisioned : (tidyingOf(request)?.step ?? step);
}

export function makeStep(ports: DeploymentPorts): (event: StepEvent | object) => Promise<StepReturn | void> {
  return async (event) => {
    const asked = event as StepEvent;
    if (asked.action === 'step') {
      return stepOf(asked.request)(asked, ports);
    }
    if (asked.action === 'answer') {
      return sendAnswer(ports, asked.request, forgiven(asked.request, lostAnswer(asked), ports.log));
    }
    const failed = failedIntake(event);
    if (failed === undefined) {
      ports.log.error('neither a step nor an intake that failed; nothing is answered');
      return undefined;
    }
    return sendAnswer(ports, failed.request, forgiven(failed.request, failed.answer, ports.log));
  };
}
