/**
 * The state machine that settles two alternating Auto Scaling groups, in the Amazon States Language: steps until there is nothing left to do.
 *
 * Its input is the event of EventBridge as it comes. A wait may be longer than a day: a standard execution may last a year.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */

/** Errors that a retry may mend: all of them, since a step can be repeated at any moment. For about two hours. */
const RETRY = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, BackoffRate: 2, MaxDelaySeconds: 300, MaxAttempts: 30 }];

export interface FleetMachineOptions {
  /** ARN of the function that settles fleets. */
  readonly fleetFunctionArn: string;
}

/** The definition as an object, for `JSON.stringify`, or for `Stack.toJsonString` where the ARN is a token. */
export function fleetMachine({ fleetFunctionArn }: FleetMachineOptions): object {
  return {
    Comment: 'Brings down the Auto Scaling group that does not serve after a deployment',
    StartAt: 'Begin',
    States: {
      Begin: { Type: 'Pass', Parameters: { 'event.$': '$', step: { memory: {} } }, Next: 'Step' },
      Step: {
        Type: 'Task',
        Resource: fleetFunctionArn,
        Parameters: { 'event.$': '$.event', 'startedAt.$': '$$.Execution.StartTime', 'memory.$': '$.step.memory' },
        ResultPath: '$.step',
        Retry: RETRY,
        Next: 'Done?',
      },
      'Done?': { Type: 'Choice', Choices: [{ Variable: '$.step.done', BooleanEquals: true, Next: 'Settled' }], Default: 'Wait' },
      Wait: { Type: 'Wait', SecondsPath: '$.step.waitSeconds', Next: 'Step' },
      Settled: { Type: 'Succeed' },
    },
  };
}
