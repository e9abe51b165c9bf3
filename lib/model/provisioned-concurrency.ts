/** Provisioned concurrency of the version that a rollout for Lambda releases: what the hook's suite says of it, and how CloudFormation asks the deployment provider. */
import type { CheckDocumentBase } from './suite';

/** Lambda's own least; the most is above every quota that is known, so that it catches a slip. */
export const PROVISIONED_EXECUTIONS = { min: 1, max: 100_000 } as const;

/** Has the target version allocated what it is to have, and waits until it is ready. */
export interface ProvisionedCheckDocument extends CheckDocumentBase {
  readonly kind: 'provisioned';
  /**
   * Execution environments.
   * @asType integer
   * @minimum 1
   * @maximum 100000
   */
  readonly executions: number;
}

/**
 * Provisioned concurrency of one version of a function, under the physical id `FUNCTION:VERSION`.
 *
 * Each release gives the resource another id, so that CloudFormation deletes the one of before once the stack is updated, and the one of the release where it rolls back: that is
 * how either is released.
 */
export const PROVISIONED_CONCURRENCY_RESOURCE_TYPE = 'Custom::GreenlightProvisionedConcurrency';

/** CloudFormation hands every value on as a string. */
export interface ProvisionedConcurrencyProperties {
  readonly ServiceToken: string;
  readonly ServiceTimeout?: string;
  /** Name of the function. */
  readonly Function: string;
  /** Number of the version that the stack wants. */
  readonly Version: string;
  /** Execution environments; a decimal number. */
  readonly Executions: string;
  /** Seconds that an allocation may take; a decimal number. */
  readonly Timeout: string;
}
