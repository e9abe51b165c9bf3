/**
 * Step Functions' StartExecution.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
import type { StateMachines } from '../engine/state-machine/state-machines';
import { ServiceError } from '../engine/ports';
import type { AwsPlace, AwsService } from './aws-service';
import { notModelled, uuidOf } from './aws-service';
import { timeOf } from './codedeploy-wire';

/** Prefix of `x-amz-target`. */
export const STEP_FUNCTIONS_TARGET = 'AWSStepFunctions';

export function stepFunctionsService(place: AwsPlace, machines: StateMachines): AwsService {
  return {
    name: 'states',
    operations: {
      StartExecution: (input, caller) => {
        const arn = input.string('stateMachineArn') ?? '';
        if (!/^arn:[^:]+:states:[^:]*:[^:]*:stateMachine:[^:]+(:[^:]+)?$/.test(arn)) {
          throw new ServiceError('InvalidArn', `Invalid Arn: '${arn}'`);
        }
        caller.authorize('states:StartExecution', arn);
        const other = input.names().find((name) => !['stateMachineArn', 'name', 'input'].includes(name));
        if (other !== undefined) {
          throw notModelled(`StartExecution with ${other}`);
        }
        // Unnamed ones are told apart by how many there have been.
        const name = input.string('name') ?? uuidOf(`execution ${arn} ${machines.executions.length}`);
        const started = machines.start({ arn, name, input: input.string('input') ?? '{}' });
        return { executionArn: started.arn, startDate: timeOf(place, started.startedAt) };
      },
    },
  };
}
