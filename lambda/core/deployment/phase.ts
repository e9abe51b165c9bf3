/**
 * What CloudFormation is about, by the status of the stack: bringing it forward, or taking it back.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html#cfn-console-view-stack-data-resources-status-codes
 */
export type Phase = 'forward' | 'rollback';

const FORWARD: readonly string[] = ['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'IMPORT_IN_PROGRESS'];

/** Undefined where CloudFormation waits for no Create and no Update. */
export function phaseOf(status: string): Phase | undefined {
  if (FORWARD.includes(status)) {
    return 'forward';
  }
  return status.endsWith('ROLLBACK_IN_PROGRESS') ? 'rollback' : undefined;
}

/** What an update has replaced or left out is deleted after it; what has become of the deployments there is the business of others. */
export const isCleanup = (status: string): boolean => status.endsWith('_CLEANUP_IN_PROGRESS');
