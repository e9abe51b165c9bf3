/**
 * Limits of CodeDeploy, CloudWatch and Lambda that decide whether a rollout can work.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html
 */

/** Longest name of an application, a deployment group or a deployment configuration, in characters. */
export const MAX_NAME_LENGTH = 100;

/** Characters that those names may have. */
export const NAME_PATTERN = /^[A-Za-z0-9._+=,@-]+$/;

/** Prefix that is reserved for the service's own deployment configurations. */
export const RESERVED_CONFIG_PREFIX = 'CodeDeployDefault.';

/** Smallest and largest share of one traffic increment, in percent. */
export const MIN_TRAFFIC_PERCENTAGE = 1;
export const MAX_TRAFFIC_PERCENTAGE = 99;

/** Smallest share of one traffic increment, in percent, where CloudFormation performs the deployment. */
export const MIN_STACK_TRAFFIC_PERCENTAGE = 14;

/** Alarms that CloudFormation watches as rollback triggers of one stack. */
export const MAX_ROLLBACK_TRIGGERS = 5;

/** Longest time from the first traffic increment to the last, in minutes (two days). */
export const MAX_TRAFFIC_SHIFT_MINUTES = 2880;

/** Longest approval wait and longest termination wait, in minutes (two days). */
export const MAX_WAIT_MINUTES = 2880;

/** Alarms of one deployment group: above the first figure older accounts refuse, above the second every account does. */
export const ALARMS_WARNING_THRESHOLD = 10;
export const MAX_ALARMS = 50;

/** Triggers of one deployment group. */
export const MAX_TRIGGERS = 10;

/** How long the service waits for a hook's report before it fails the event, in seconds. */
export const HOOK_REPORT_TIMEOUT_SECONDS = 3600;

/** How long the scripts of one lifecycle event may take on a server, in seconds. */
export const EVENT_TIMEOUT_SECONDS = 3600;

/** How long the replacement task set may take to become healthy, in seconds. */
export const INSTALL_TIMEOUT_SECONDS = 3600;

/** Range of the age at which Lambda gives up an asynchronous event, in seconds. */
export const MIN_EVENT_AGE_SECONDS = 60;
export const MAX_EVENT_AGE_SECONDS = 21600;

/** Longest time-out of a Lambda function, in seconds. */
export const MAX_FUNCTION_TIMEOUT_SECONDS = 900;

/**
 * Invocations that one hook may take: Lambda ends a function that goes on calling itself after about 16.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
export const MAX_INVOCATIONS = 12;

/** Largest payload of a synchronous invocation, in bytes. */
export const MAX_SYNC_PAYLOAD_BYTES = 6_291_456;

/** Largest code of a function with everything that lies beside it, in bytes. */
export const MAX_FUNCTION_CODE_BYTES = 262_144_000;

/** Longest description of a deployment, in characters. */
export const MAX_DESCRIPTION_LENGTH = 256;

/** Longest AppSpec that is read, in bytes; what the service takes is not documented. */
export const MAX_APPSPEC_BYTES = 262_144;

/**
 * Longest AppSpec that a deployment carries itself, in bytes. The service documents no limit; the provider of deployments hands the old and the new one on in the
 * input of an execution, which may have 262,144 bytes, quotes escaped.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const MAX_INLINE_APPSPEC_BYTES = 65_536;

/**
 * Most bytes that the files of a bundle for servers may come to: what S3 takes in one request.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html
 */
export const MAX_BUNDLE_BYTES = 5_368_709_120;

/** Most files and folders of a bundle. The service documents no limit; agents keep each of them in memory while they install. */
export const MAX_BUNDLE_ENTRIES = 100_000;

/** Most files and folders that one AppSpec copies: a bundle may be copied several times. */
export const MAX_COPIED_ENTRIES = 250_000;
