/** How CloudFormation asks the deployment provider to keep the newest revisions of a task definition, and no others. */

/** Deregisters revisions that are no longer kept, once a deployment has succeeded. It answers SUCCESS whatever comes of it. */
export const TASK_DEFINITIONS_RESOURCE_TYPE = 'Custom::GreenlightTaskDefinitions';

/** One that runs and one to go back to; and not more than ListTaskDefinitions shows at once. */
export const KEPT_TASK_DEFINITIONS = { min: 2, max: 100 } as const;

/** CloudFormation hands every value on as a string. */
export interface TaskDefinitionsProperties {
  readonly ServiceToken: string;
  readonly ServiceTimeout?: string;
  /** ARN of the revision that the stack wants. It changes with every release, so that the resource is asked at every release. */
  readonly TaskDefinition: string;
  /** Name or ARN of the service's cluster. */
  readonly Cluster: string;
  /** Name of the service. */
  readonly Service: string;
  /** How many revisions are kept; a decimal number. */
  readonly Keep: string;
}
