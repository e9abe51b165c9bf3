/** Deployments of CodeDeploy, as the hook inspector reads and stops them. */
import { ServiceFailure } from '../core/failures';
import type { Inspected } from '../core/hook-inspector/ports';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { CODE_DEPLOY } from './aws-endpoint';
import { CODE_DEPLOY_RPC } from './codedeploy';
import { jsonClient, objectOf } from './json-rpc';

export function inspectedDeployments(call: AwsCall = awsCall(CODE_DEPLOY)): Inspected {
  const client = jsonClient(call, CODE_DEPLOY_RPC);
  return {
    read: async (deploymentId, signal) => {
      const info = objectOf((await client('GetDeployment', { deploymentId }, signal))['deploymentInfo']);
      if (info === undefined) {
        throw unexpected('GetDeployment', 'the answer holds no deployment');
      }
      const revision = objectOf(info['revision']);
      return {
        ...text('creator', info['creator']),
        ...text('revisionType', revision?.['revisionType']),
        ...text('sha256', objectOf(revision?.[memberOf(revision['revisionType'])])?.['sha256']),
      };
    },

    // GetDeployment names an AppSpec by its hash and leaves its text out.
    appSpec: async (applicationName, { revisionType, sha256 }, signal) => {
      const asked = { revisionType, [memberOf(revisionType)]: { sha256 } };
      const { revision } = await client('GetApplicationRevision', { applicationName, revision: asked }, signal);
      const content = objectOf(objectOf(revision)?.[memberOf(revisionType)])?.['content'];
      if (typeof content !== 'string') {
        throw unexpected('GetApplicationRevision', 'the answer holds no AppSpec');
      }
      return content;
    },

    stop: async (deploymentId, signal) => {
      await client('StopDeployment', { deploymentId, autoRollbackEnabled: true }, signal);
    },
  };
}

/** Where a revision has its text. @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_RevisionLocation.html */
const memberOf = (revisionType: unknown): string => (revisionType === 'String' ? 'string' : 'appSpecContent');

/** Worth another look: the next answer may be whole. */
function unexpected(operation: string, message: string): ServiceFailure {
  return new ServiceFailure(`codedeploy:${operation}`, 'UnexpectedAnswer', message, true);
}

const text = <Name extends string>(name: Name, value: unknown): Partial<Record<Name, string>> => (typeof value === 'string' && value !== '' ? ({ [name]: value } as Record<Name, string>) : {});
