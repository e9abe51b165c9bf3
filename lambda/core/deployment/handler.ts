/** The step function: steps and answers for the state machine; and answers for an intake that failed for good, as its destination. */
import type { StepEvent, StepReturn } from '../../../lib/model/deployment-request';
import { forgiven, tidyingOf } from '../tidying/kinds';
import { failedIntake, lostAnswer, sendAnswer } from './answer';
import type { DeploymentPorts } from './facts';
import { step } from './step';

export function makeStep(ports: DeploymentPorts): (event: StepEvent | object) => Promise<StepReturn | void> {
  return async (event) => {
    const asked = event as StepEvent;
    if (asked.action === 'step') {
      return (tidyingOf(asked.request)?.step ?? step)(asked, ports);
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
