/**
 * Deployments that CloudFormation itself performs by the blue/green hook of a template: what the constructs tell the rehearsal of them, and what AWS leaves open.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/blue-green.html
 */
import type { EcsRolloutDescription, ResourceReference } from './rollout';

/** The transform and the hook, by the names that a template has for them. */
export const BLUE_GREEN_TRANSFORM = 'AWS::CodeDeployBlueGreen';
export const BLUE_GREEN_HOOK = 'AWS::CodeDeploy::BlueGreen';

/**
 * Key of the description in the `Metadata` of the template, not of a resource: a release must change task definition and task set only, and metadata of a
 * resource counts as a change of it.
 */
export const CLOUDFORMATION_ROLLOUT_METADATA_KEY = 'cdk-greenlight:cloudformation-rollout';

/**
 * Application and deployment group in the ARN by which IAM decides whether a hook may report on such a deployment.
 *
 * Neither is made, and AWS does not document what stands in their place. Assumed: any. This is what AWS's own sample of hooks for such deployments grants
 * (aws-samples/aws-reinvent-trivia-game, trivia-backend/infra/codedeploy-lifecycle-event-hooks/template.yaml).
 */
export const ANY_GROUP = { application: '*', group: '*' } as const;

/** Before the names of functions that the managed policies of CodeDeploy let a service role invoke. */
export const HOOK_NAME_PREFIX = 'CodeDeployHook_';

/** What there is only with an application and a deployment group of CodeDeploy. */
type OfGroups = 'application' | 'deploymentGroup' | 'deploymentConfigName' | 'approvalWaitMinutes' | 'rollbackEvents' | 'hookInspector' | 'appSpecOutput';

/** What descriptions have in common, whoever performs the deployments that CodeDeploy plays. */
export type EcsPlayedDescription = Omit<EcsRolloutDescription, OfGroups>;

export type EcsCloudFormationRolloutDescription = EcsPlayedDescription & {
  readonly controller: 'CLOUDFORMATION';
  /** What the service runs at first; the green one is made by the transform. */
  readonly taskDefinition: ResourceReference;
  readonly taskSet: ResourceReference;
  readonly terminationWaitMinutes: number;
};
