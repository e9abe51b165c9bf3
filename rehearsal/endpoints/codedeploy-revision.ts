/** Revisions as CodeDeploy keeps them: an AppSpec and its hash, registered by the deployment that brought it. */
import { createHash } from 'node:crypto';
import type { GetApplicationRevisionOutput } from '@aws-sdk/client-codedeploy';
import { ServiceError } from '../engine/ports';
import type { AwsPlace } from './aws-service';
import type { AppSpecRevision, CodeDeployBackend } from './codedeploy-backend';
import { revisionLocation, textRevision, timeOf } from './codedeploy-wire';
import type { Fields } from './fields';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The revision that an AppSpec given as text comes to: known by its hash from then on. */
export function appSpecRevision(content: string): AppSpecRevision {
  return { revisionType: 'AppSpecContent', appSpecContent: { content, sha256: sha256(content) } };
}

/** The revision that CloudFormation makes of what it writes for an alias. */
export function stringRevision(content: string): Readonly<Record<string, unknown>> {
  return { revisionType: 'String', string: { content, sha256: sha256(content) } };
}

/** The revision of a request. @throws ServiceError where it is missing or not an AppSpec given as text. */
export function readRevision(revision: Fields | undefined): AppSpecRevision {
  const spec = appSpecMember(revision);
  const content = spec.string('content');
  if (content === undefined || content.trim() === '') {
    throw new ServiceError('InvalidRevisionException', 'appSpecContent.content must hold the AppSpec as text');
  }
  return appSpecRevision(content);
}

function appSpecMember(revision: Fields | undefined): Fields {
  if (revision === undefined) {
    throw new ServiceError('RevisionRequiredException', 'the revision is missing');
  }
  const type = revision.string('revisionType');
  if (type !== 'AppSpecContent') {
    throw new ServiceError(
      'InvalidRevisionException',
      `revisionType must be AppSpecContent, got '${type ?? ''}'; the rehearsal reads no S3 and no GitHub`,
    );
  }
  const spec = revision.structure('appSpecContent');
  if (spec === undefined) {
    throw new ServiceError('InvalidRevisionException', 'appSpecContent is missing');
  }
  return spec;
}

/** GetApplicationRevision: the content by its hash (or, as the service allows, by itself). */
export function applicationRevision(
  place: AwsPlace,
  backend: CodeDeployBackend,
  applicationName: string,
  revision: Fields | undefined,
): GetApplicationRevisionOutput {
  const text = revision?.string('revisionType') === 'String' ? revision.structure('string') : undefined;
  const asked = text ?? appSpecMember(revision);
  const content = asked.string('content');
  const hash = asked.string('sha256') ?? (content === undefined ? undefined : sha256(content));
  const users = backend
    .deployments()
    .filter((each) => each.applicationName === applicationName && textRevision(each.revision)?.sha256 === hash);
  const found = textRevision(users[0]?.revision);
  if (hash === undefined || found === undefined) {
    throw new ServiceError(
      'RevisionDoesNotExistException',
      `no revision with the sha256 '${hash ?? ''}' is registered for application ${applicationName}`,
    );
  }
  const times = users.map((each) => each.createTime);
  return {
    applicationName,
    revision: revisionLocation(found),
    revisionInfo: {
      deploymentGroups: [...new Set(users.map((each) => each.deploymentGroupName))],
      registerTime: timeOf(place, Math.min(...times)),
      firstUsedTime: timeOf(place, Math.min(...times)),
      lastUsedTime: timeOf(place, Math.max(...times)),
    },
  };
}
