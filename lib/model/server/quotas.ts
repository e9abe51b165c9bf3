/**
 * Limits of deployments to EC2/on-premises.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html
 */

/** Tag groups of a deployment group, and tags of one of them. */
export const MAX_TAG_GROUPS = 3;
export const MAX_TAGS_PER_GROUP = 10;

/** Auto Scaling groups of a deployment group. */
export const MAX_AUTO_SCALING_GROUPS = 10;

/** Longest key and longest value of a tag, in characters. */
export const MAX_TAG_KEY_LENGTH = 128;
export const MAX_TAG_VALUE_LENGTH = 256;

/** Instances of one deployment, which AWS raises on request. */
export const MAX_INSTANCES_PER_DEPLOYMENT = 1000;
const LARGE_REGIONS: readonly string[] = ['us-east-1', 'us-east-2', 'us-west-2', 'eu-central-1'];

/** The quota of a region; of one that is not known yet, the larger one, so that nothing is refused that the service would take. */
export function instancesPerDeployment(region?: string): number {
  return region === undefined || LARGE_REGIONS.includes(region) ? 2 * MAX_INSTANCES_PER_DEPLOYMENT : MAX_INSTANCES_PER_DEPLOYMENT;
}

/** Longest deployment, in hours. */
export const MAX_IN_PLACE_HOURS = 12;
export const MAX_BLUE_GREEN_HOURS = 109;

/** How long a lifecycle event may take to begin after the one before, in seconds. */
export const EVENT_START_TIMEOUT_SECONDS = 300;

/** Largest minimum of healthy hosts in percent; the smallest is 0. */
export const MAX_HEALTHY_PERCENT = 99;
