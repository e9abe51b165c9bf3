/**
 * The state machine of the deployment provider, in the Amazon States Language: steps until there is an answer, then the answer, whatever happens.
 *
 * @see https://states-language.net/spec.html
 */

/** Errors that a retry may mend: all of them, since a step can be repeated at any moment. */
const EVERY_ERROR = ['States.ALL'];

export interface DeploymentMachineOptions {
  /** ARN of the step function. */
  readonly stepFunctionArn: string;
}

/** The definition as an object, for `JSON.stringify`, or for `Stack.toJsonString` where the ARN is a token. */
export function deploymentMachine({ stepFunctionArn }: DeploymentMachineOptions): object {
  return {
    Comment: 'Starts and follows one CodeDeploy deployment for CloudFormation, and answers exactly once',
    StartAt: 'Step',
    States: {
      Step: {
        Type: 'Task',
        Resource: stepFunctionArn,
        Parameters: {
          action: 'step',
          'request.$': '$.request',
          'startedAt.$': '$$.Execution.StartTime',
          'retries.$': '$$.State.RetryCount',
          'memory.$': '$.step.memory',
        },
        ResultPath: '$.step',
        Retry: [{ ErrorEquals: EVERY_ERROR, IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 30, MaxAttempts: 8 }],
        Catch: [{ ErrorEquals: EVERY_ERROR, ResultPath: '$.error', Next: 'Answer lost step' }],
        Next: 'Done?',
      },
      'Done?': { Type: 'Choice', Choices: [{ Variable: '$.step.done', BooleanEquals: true, Next: 'Answer' }], Default: 'Wait' },
      Wait: { Type: 'Wait', SecondsPath: '$.step.waitSeconds', Next: 'Step' },
      Answer: answer(stepFunctionArn, {}),
      'Answer lost step': answer(stepFunctionArn, { 'error.$': '$.error' }),
    },
  };
}

function answer(stepFunctionArn: string, more: object): object {
  return {
    Type: 'Task',
    Resource: stepFunctionArn,
    Parameters: { action: 'answer', 'request.$': '$.request', 'step.$': '$.step', ...more },
    Retry: [{ ErrorEquals: EVERY_ERROR, IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 60, MaxAttempts: 15 }],
    End: true,
  };
}
