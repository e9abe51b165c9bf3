/** Revisions for EC2/on-premises: what they are read from, and when two of them are the same. */
import { excerpt } from '../text';

/**
 * The `revision` of CreateDeployment, as far as it says where a bundle is.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_RevisionLocation.html
 */
export type ServerRevision =
  | { readonly revisionType: 'S3'; readonly s3Location: S3Location }
  | { readonly revisionType: 'GitHub'; readonly gitHubLocation: { readonly repository: string; readonly commitId: string } };

export interface S3Location {
  readonly bucket: string;
  readonly key: string;
  readonly bundleType?: string;
  readonly version?: string;
  readonly eTag?: string;
}

type Members = Readonly<Record<string, unknown>>;

const MAX_SHOWN = 300;

/** Undefined where the value is no revision that servers are deployed with. */
export function serverRevision(value: unknown): ServerRevision | undefined {
  const { revisionType, s3Location, gitHubLocation } = Object(value) as Members;
  const { bucket, key, ...more } = Object(s3Location) as Members;
  if (revisionType === 'S3' && isText(bucket) && isText(key)) {
    return { revisionType, s3Location: { bucket, key, ...texts(more, ['bundleType', 'version', 'eTag']) } };
  }
  const { repository, commitId } = Object(gitHubLocation) as Members;
  return revisionType === 'GitHub' && isText(repository) && isText(commitId) ? { revisionType, gitHubLocation: { repository, commitId } } : undefined;
}

/** The same from a JSON text. */
export function readRevision(text: string): ServerRevision | undefined {
  try {
    return serverRevision(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Whether both are the same bytes, as far as they say. A request may leave out what the service then fills in: version and ETag of the object. */
export function sameBundle(one: ServerRevision, other: ServerRevision): boolean {
  if (one.revisionType === 'S3') {
    return other.revisionType === 'S3' && sameObject(one.s3Location, other.s3Location);
  }
  const { repository, commitId } = one.gitHubLocation;
  return other.revisionType === 'GitHub' && repository === other.gitHubLocation.repository && commitId === other.gitHubLocation.commitId;
}

function sameObject(one: S3Location, other: S3Location): boolean {
  return one.bucket === other.bucket && one.key === other.key && (['version', 'eTag'] as const).every((name) => one[name] === undefined || other[name] === undefined || unquoted(one[name]) === unquoted(other[name]));
}

/** `S3` itself writes an ETag in quotation marks, CodeDeploy without them. */
const unquoted = (text: string): string => text.replace(/^"|"$/g, '');

/** `s3://bucket/key`, `commit 7fd1a60b of owner/repository`. */
export function wordsOf(revision: ServerRevision): string {
  if (revision.revisionType === 'GitHub') {
    const { repository, commitId } = revision.gitHubLocation;
    return excerpt(`commit ${commitId} of ${repository}`, MAX_SHOWN);
  }
  const { bucket, key, version } = revision.s3Location;
  return excerpt(`s3://${bucket}/${key}${version === undefined ? '' : ` in version ${version}`}`, MAX_SHOWN);
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function texts<Name extends string>(values: Members, names: readonly Name[]): Partial<Record<Name, string>> {
  return Object.fromEntries(names.flatMap((name) => (isText(values[name]) ? [[name, values[name]]] : []))) as Partial<Record<Name, string>>;
}
