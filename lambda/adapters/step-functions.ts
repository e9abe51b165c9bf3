import type { Executions } from '../core/deployment/intake';
import { ServiceFailure } from '../core/failures';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { STEP_FUNCTIONS } from './aws-endpoint';
import type { JsonRpc } from './json-rpc';
import { jsonClient } from './json-rpc';

const RPC: JsonRpc = { service: STEP_FUNCTIONS, version: '1.0', target: 'AWSStepFunctions' };

/**
 * A Standard execution that goes on is started again under its name with the same input without effect; one that has ended, or has another input,
 * is there already.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export function stepFunctions(call: AwsCall = awsCall(STEP_FUNCTIONS)): Executions {
  const client = jsonClient(call, RPC);
  return {
    start: async ({ stateMachine: stateMachineArn, name, input }, signal) => {
      try {
        await client('StartExecution', { stateMachineArn, name, input }, signal);
      } catch (error) {
        if (!(error instanceof ServiceFailure && error.code === 'ExecutionAlreadyExists')) {
          throw error;
        }
      }
    },
  };
}
