/** Texts about fleets: the service's and its agent's where a source has them, our own plain words otherwise. */
import { EVENT_TIMEOUT_SECONDS } from '../../../lib/model/limits';

/** @see https://docs.aws.amazon.com/codedeploy/latest/userguide/error-codes.html */
export const TOO_MANY_FAILED_MESSAGE =
  'The overall deployment failed because too many individual instances failed deployment, too few healthy instances are available for deployment, ' +
  'or some instances in your deployment group are experiencing problems.';

export const TOO_FEW_INSTANCES_MESSAGE =
  "The deployment can't start because the minimum number of healthy instances, as defined by your deployment configuration, are not available. " +
  'You can reduce the required number of healthy instances by updating your deployment configuration or increase the number of instances in this deployment group.';

export const OVER_MAX_MESSAGE =
  'The deployment failed because more instances are targeted for deployment than are allowed for your account. To reduce the number of instances targeted for this deployment, ' +
  'update the tag settings for this deployment group or delete some of the targeted instances. Alternatively, you can contact AWS Support to request a limit increase.';

/** @see https://github.com/aws/aws-codedeploy-agent/issues/307 */
export const AGENT_SILENT_MESSAGE =
  'CodeDeploy agent was not able to receive the lifecycle event. Check the CodeDeploy agent logs on your host and make sure the agent is running and can connect to the CodeDeploy server.';

/** Our own words, as are the others below where nothing else is said. */
export const NO_INSTANCES_MESSAGE = 'The deployment failed because no instances were found for your deployment group. Check its tags and Auto Scaling groups.';
export const NO_REPLACEMENTS_MESSAGE = 'The deployment failed because no instances were found for the replacement environment. Check targetInstances, and that its Auto Scaling group has instances.';
export const EVENT_LOST_MESSAGE = `The lifecycle event did not end within ${EVENT_TIMEOUT_SECONDS} seconds.`;
export const NEVER_HEALTHY_MESSAGE = `The instance was registered, and the load balancer did not find it healthy within ${EVENT_TIMEOUT_SECONDS} seconds.`;

export const unevenFleetsMessage = (originals: number, replacements: number): string =>
  `The deployment failed because the original environment has ${originals} instances and the replacement environment ${replacements}; both must have the same size.`;

export const originalsNotBlockedMessage = (failed: number): string =>
  `The deployment failed because ${failed} instances of the original environment could not be deregistered from the load balancer.`;

export const tooLongMessage = (hours: number): string => `The deployment failed because it took longer than ${hours} hours.`;

/** The agent's own words, as are the next. */
export const fileExistsMessage = (path: string): string => `The deployment failed because a specified file already exists at this location: ${path}`;

export const scriptFailedMessage = (location: string, exitCode: number, runAs?: string): string =>
  `Script at specified location: ${location}${runAs === undefined ? '' : ` run as user ${runAs}`} failed with exit code ${exitCode}`;

export const scriptMissingMessage = (path: string): string => `Script does not exist at specified location: ${path}`;

export const scriptNotExecutableMessage = (location: string): string => `Unable to set script at specified location: ${location} as executable`;

export const outputLeftOpenMessage = (location: string, output: 'STDOUT' | 'STDERR'): string => `Script at specified location: ${location} failed to close ${output}`;

export const scriptTimedOutMessage = (location: string, seconds: number): string => `Script at specified location: ${location} failed to complete in ${seconds} seconds`;
