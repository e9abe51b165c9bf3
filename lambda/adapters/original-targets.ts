import type { OriginalTargets } from '../core/deployment/server-facts';
import { ServiceFailure } from '../core/failures';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { CODE_DEPLOY } from './aws-endpoint';
import { CODE_DEPLOY_RPC } from './codedeploy';
import { jsonClient } from './json-rpc';

/** Statuses of an original to which something has been done, and the one of which nothing is known. */
const TOUCHED = ['InProgress', 'Succeeded', 'Failed', 'Unknown'];

/** More than a deployment of ten thousand instances has. */
const MAX_PAGES = 200;

/**
 * The originals of blue/green deployments to EC2.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListDeploymentTargets.html
 */
export function originalTargets(call: AwsCall = awsCall(CODE_DEPLOY)): OriginalTargets {
  const client = jsonClient(call, CODE_DEPLOY_RPC);
  return {
    touched: async (deploymentId, signal) => {
      let token: unknown;
      for (let page = 1; page <= MAX_PAGES; page++) {
        const targetFilters = { ServerInstanceLabel: ['Blue'], TargetStatus: TOUCHED };
        const { targetIds, nextToken } = await client('ListDeploymentTargets', { deploymentId, targetFilters, ...(token === undefined ? {} : { nextToken: token }) }, signal);
        if (!Array.isArray(targetIds)) {
          throw unexpected('the answer holds no targets');
        }
        if (targetIds.length > 0) {
          return true;
        }
        if (typeof nextToken !== 'string' || nextToken === '') {
          return false;
        }
        token = nextToken;
      }
      throw unexpected(`more than ${MAX_PAGES} pages`);
    },
  };
}

const unexpected = (message: string): ServiceFailure => new ServiceFailure('codedeploy:ListDeploymentTargets', 'UnexpectedAnswer', message, true);
