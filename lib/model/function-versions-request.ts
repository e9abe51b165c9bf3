/** How CloudFormation asks the deployment provider to keep the newest versions of a function, and no others. */

/** Deletes versions that are no longer kept, once the alias has been released. It answers SUCCESS whatever comes of it. */
export const FUNCTION_VERSIONS_RESOURCE_TYPE = 'Custom::GreenlightFunctionVersions';

/** One that runs and one to go back to; and few enough that nobody takes this for an archive. */
export const KEPT_VERSIONS = { min: 2, max: 100 } as const;

/** CloudFormation hands every value on as a string. */
export interface FunctionVersionsProperties {
  readonly ServiceToken: string;
  readonly ServiceTimeout?: string;
  /** Name of the function. */
  readonly Function: string;
  /** Number of the version that the stack wants. It changes with every release, so that the resource is asked at every release. */
  readonly Version: string;
  /** How many versions are kept; a decimal number. */
  readonly Keep: string;
}
