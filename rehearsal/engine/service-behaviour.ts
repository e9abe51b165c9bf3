/**
 * Every figure and every uncertain behaviour of the services that the rehearsal plays: as data, so that each can be switched, and the
 * fidelity statement can print where it comes from.
 */

/**
 * How well a behaviour is known. `documented`: by AWS. `observed`: in published captures of real runs. `inferred`: deduced.
 * `assumed`: nobody says.
 */
export type Certainty = 'documented' | 'observed' | 'inferred' | 'assumed';

export interface BehaviourEntry<T> {
  /** What it decides, for people. */
  readonly what: string;
  readonly value: T;
  readonly certainty: Certainty;
  readonly source: string;
}

const entry = <T>(value: T, certainty: Certainty, what: string, source: string): BehaviourEntry<T> => ({ what, value, certainty, source });

/** Where the wait for ContinueDeployment stands in the lifecycle. */
export type ReadyWaitPosition = 'afterInstall' | 'beforeBeforeAllowTraffic' | 'afterBeforeAllowTraffic';

/** When the replacement becomes the primary task set. */
export type PrimaryFlip = 'atFullTraffic' | 'afterLastEvent';

/** The behaviours, by name, with their default values. */
export const SERVICE_BEHAVIOUR = {
  startNotificationStatus: entry<'Created' | 'InProgress'>(
    'InProgress',
    'assumed',
    'status of a deployment at which EventBridge is told of its start',
    'the user guide names the state START and no status',
  ),
  notificationMs: entry(1000, 'assumed', 'time until a notification of EventBridge invokes its target', 'not documented; normally about a second'),
  createdToInProgressMs: entry(
    1500,
    'observed',
    'time from Created to InProgress',
    'terminal captures of real ECS runs: still Created after 2-3 s at most',
  ),
  eventMs: entry(250, 'observed', 'duration of a lifecycle event without a hook', 'ECS tutorial output and captures: 0.2-0.6 s each'),
  gapMs: entry(150, 'observed', 'time between two lifecycle events', 'ECS tutorial output and captures: 0.13-0.25 s'),
  installBaseMs: entry(
    5000,
    'assumed',
    "time that Install takes besides the version's own start",
    'ECS tutorial: 124 s in all for a Fargate task, most of which is the start that a scenario sets',
  ),
  installTimeoutCode: entry(
    'TIMEOUT',
    'assumed',
    'error code of a replacement that never becomes healthy',
    'by the name in the ErrorCode enumeration; only the message is documented',
  ),
  taskSetRefusedCode: entry(
    'ECS_UPDATE_ERROR',
    'assumed',
    'error code of a replacement that ECS does not make, such as for a container that its task definition lacks',
    'by the name in the ErrorCode enumeration, which recorded notifications show for an unhealthy replacement',
  ),
  alarmPollMs: entry(
    10_000,
    'assumed',
    'interval at which alarms are read; the first time when the deployment is created',
    'alarm to stop measured at 11 s, 12 s and at most 23 s',
  ),
  alarmStopMs: entry(
    730,
    'observed',
    'time from reading an alarm in ALARM to Stopped',
    'Lambda capture with a red alarm at the start: stopped after 0.73 s',
  ),
  alarmsWatchedInReadyWait: entry(
    true,
    'inferred',
    'whether alarms stop a deployment that waits to be continued',
    'alarms are documented to be monitored for the whole deployment',
  ),
  unreadableAlarmCode: entry(
    'ALARM_ACTIVE',
    'assumed',
    'error code of a stop because an alarm could not be read',
    'the stop is documented (ignorePollAlarmFailure), its code is not',
  ),
  hookFailedCode: entry(
    'HOOK_EXECUTION_FAILURE',
    'inferred',
    'error code of a hook that reported Failed',
    'by the name in the ErrorCode enumeration',
  ),
  hookSilentCode: entry(
    'TIMEOUT',
    'inferred',
    'error code of a hook that did not report within an hour',
    'TIMEOUT or HOOK_EXECUTION_FAILURE by their names; the message speaks of a time-out',
  ),
  manualStopCode: entry('MANUAL_STOP', 'documented', 'error code of a stop by request', 'ErrorCode enumeration of the API'),
  manualStopMessage: entry(
    'The deployment was stopped by a user request.',
    'assumed',
    'error message of a stop by request',
    'no published capture',
  ),
  manualStopMs: entry(
    1000,
    'assumed',
    'time that a stop takes while a lifecycle event runs',
    'StopDeployment is documented to answer Pending then',
  ),
  explicitFalseSuppressesRollback: entry(
    true,
    'inferred',
    'whether StopDeployment with autoRollbackEnabled=false overrides the DEPLOYMENT_STOP_ON_REQUEST event',
    'the parameter is documented as deciding over the rollback of this stop',
  ),
  runningEventWhenStopped: entry(
    'Failed' as 'Failed' | 'Skipped',
    'observed',
    'status of the running event of a stopped deployment',
    'ECS captures of alarm stops',
  ),
  readyWaitPosition: entry(
    'beforeBeforeAllowTraffic' as ReadyWaitPosition,
    'assumed',
    'where the wait for ContinueDeployment stands',
    'documented only as after the replacement is provisioned and before production traffic moves',
  ),
  approvalExpiryCode: entry(
    'TIMEOUT',
    'assumed',
    'error code of an approval wait that ran out',
    'the message is documented and speaks of a time-out',
  ),
  approvalExpiryRollbackEvent: entry(
    'DEPLOYMENT_FAILURE' as 'DEPLOYMENT_FAILURE' | 'DEPLOYMENT_STOP_ON_REQUEST' | 'none',
    'assumed',
    'automatic rollback event that an approval wait that ran out counts as',
    'documented is only the status Stopped; nobody requested the stop',
  ),
  defaultDeploymentWaitType: entry(
    'READY_WAIT' as 'READY_WAIT' | 'TERMINATION_WAIT',
    'assumed',
    'wait that ContinueDeployment ends when none is named',
    'not documented',
  ),
  primaryFlip: entry(
    'atFullTraffic' as PrimaryFlip,
    'inferred',
    'when the replacement becomes the primary task set, from which on the target groups have swapped',
    'captures see it flipped once all events succeeded; the service updates the primary at or after the full shift',
  ),
  rollbackDelayMs: entry(
    1000,
    'observed',
    'time from the end of a deployment to its rollback',
    'recorded notifications and Lambda captures: about 1 s',
  ),
  rollbackDurationMs: entry(
    3000,
    'observed',
    'time that a rollback deployment takes',
    'recorded notifications: 3 s from created to succeeded',
  ),
  rollbackCreatedMs: entry(1000, 'assumed', 'time that a rollback deployment spends as Created', 'a part of the 3 s observed'),
  rollbackConfigName: entry(
    'CodeDeployDefault.ECSAllAtOnce',
    'observed',
    'deployment configuration of a rollback',
    "ECS captures, regardless of the group's own configuration",
  ),
  lambdaRollbackConfigName: entry(
    'CodeDeployDefault.LambdaAllAtOnce',
    'inferred',
    'deployment configuration of a rollback of an alias',
    'captures of ECS rollbacks show the all-at-once configuration of that platform',
  ),
  aliasUpdateCreator: entry<'user' | 'CloudFormation'>(
    'CloudFormation',
    'assumed',
    'creator of a deployment that an update of an alias starts',
    'no published capture; the API has the value',
  ),
  provisioningMs: entry(90_000, 'assumed', 'time that provisioned concurrency of a version takes until it is ready', 'the Lambda developer guide speaks of a minute or two; a scenario may say otherwise'),
  aliasCheckedBefore: entry<'BeforeAllowTraffic' | 'AllowTraffic'>(
    'BeforeAllowTraffic',
    'assumed',
    'lifecycle event before which an alias is compared with the current version of the AppSpec',
    'the failure and its text are published (aws/serverless-application-model#291), its moment is not',
  ),
  rollbackOfMovedAlias: entry(
    false,
    'inferred',
    'whether a deployment that failed since its alias had moved is rolled back by one of its own',
    'the user guide says that every subsequent deployment fails until somebody sets the alias',
  ),
  rollbackIgnoresAlarms: entry(
    true,
    'observed',
    'rollback deployments ignore alarms',
    'captures: they succeed while the alarm is still in ALARM',
  ),
  rollbackRunsHooks: entry(
    false,
    'assumed',
    'whether hooks run in rollback deployments',
    'no source shows it; a rollback of 3 s leaves them no time',
  ),
  rollbackRecordAfterBeforeInstall: entry(
    false,
    'documented',
    'whether a hook that fails in BeforeInstall leads to a rollback deployment',
    'the user guide says that a rollback is not possible at this point; whether a record is created is not known',
  ),
  busyBetweenEndAndRollback: entry(
    true,
    'assumed',
    'a new deployment is refused between the end of one and the start of its rollback',
    'one deployment at a time is documented',
  ),
  lateReportOfStoppedDeployment: entry(
    'LifecycleEventAlreadyCompletedException',
    'inferred',
    "answer to a hook's report after its deployment was stopped",
    'the event is over by then',
  ),
  metricDelayMs: entry(
    0,
    'assumed',
    'time until a data point counts for alarms and can be read',
    'real metrics of a load balancer arrive up to minutes late; not modelled by default',
  ),
  evaluationRangeExtra: entry(
    2,
    'documented',
    'data points that an alarm looks at beyond its evaluation periods',
    "CloudWatch user guide's example: 5 for 3 periods",
  ),
  asyncDelayMs: entry(
    50,
    'assumed',
    'time from an accepted asynchronous event to its first attempt',
    'not documented; normally far below a second',
  ),
  asyncFirstRetryMs: entry(60_000, 'documented', 'wait before the first retry of a failed asynchronous event', 'Lambda developer guide'),
  asyncSecondRetryMs: entry(120_000, 'documented', 'wait before the second retry of a failed asynchronous event', 'Lambda developer guide'),
  throttleBackoffMinMs: entry(
    1000,
    'documented',
    'first wait of a throttled asynchronous event',
    'Lambda developer guide: exponential from 1 second',
  ),
  throttleBackoffMaxMs: entry(
    300_000,
    'documented',
    'longest wait of a throttled asynchronous event',
    'Lambda developer guide: to a maximum of 5 minutes',
  ),
  logIngestionMs: entry(
    2000,
    'assumed',
    'time until what a function wrote can be found in its log group',
    'not documented; normally a few seconds',
  ),
  expiredRecordHasNoResponse: entry(
    true,
    'assumed',
    'the record of an event that expired before any attempt has no response',
    'Lambda documents no example of it',
  ),
} as const;

/** What the engine takes for granted and cannot switch. */
export const FIXED_ASSUMPTIONS: readonly Omit<BehaviourEntry<never>, 'value'>[] = [
  {
    what: 'hooks are started by asynchronous invocation, so that the retries, ages and destinations of Lambda apply',
    certainty: 'inferred',
    source: 'AWS SAM documentation on safe deployments',
  },
  {
    what: "a task set left in the other target group is replaced by the next deployment's Install",
    certainty: 'assumed',
    source: 'the pair has two target groups only',
  },
  {
    what: 'production is a weighted forward to both target groups before the first deployment, and the test listener is on the original',
    certainty: 'observed',
    source: 'ECS captures right after the stack was created; the user guide for the test listener',
  },
  {
    what: 'an alarm with missing data is judged by an algorithm deduced from the tables of the user guide, all rows of which it reproduces',
    certainty: 'inferred',
    source: 'CloudWatch user guide on missing data',
  },
  {
    what: 'a percentile is interpolated between the two nearest values; units of metrics are not compared',
    certainty: 'assumed',
    source: 'CloudWatch publishes no algorithm',
  },
  {
    what: 'FILL over a metric without data gives its value for every period, and a function over several metrics leaves out missing points',
    certainty: 'assumed',
    source: 'CloudWatch user guide on metric math, which shows no such case',
  },
];

export type BehaviourName = keyof typeof SERVICE_BEHAVIOUR;

/** The values alone: what the engine is handed. */
export type ServiceBehaviour = { readonly [Name in BehaviourName]: (typeof SERVICE_BEHAVIOUR)[Name]['value'] };

/** The default values, with any of them switched. */
export function serviceBehaviour(switched: Partial<ServiceBehaviour> = {}): ServiceBehaviour {
  const defaults = Object.fromEntries(Object.entries(SERVICE_BEHAVIOUR).map(([name, { value }]) => [name, value])) as ServiceBehaviour;
  return { ...defaults, ...switched };
}
