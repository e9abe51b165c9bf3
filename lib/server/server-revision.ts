import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { AppSpecBucketOptions } from '../appspec/app-spec';
import { AppSpec } from '../appspec/app-spec';
import type { AppSpecDocument } from '../appspec/app-spec-document';
import { AppSpecPlatform } from '../appspec/app-spec-platform';
import { gitHubProblem } from '../model/appspec/github';
import type { Finding } from '../model/rollout';
import type { BoundRevision } from '../private/bound-revision';
import { boundBundle, findingOf, readRevisions } from '../private/bound-revision';
import type { InstanceScript } from '../private/instance-script';
import { checkBundle, stageBundle } from '../private/server-bundle';
import { withInstanceScript } from '../private/server-bundle-script';

/** How a folder becomes a bundle. */
export interface ServerDirectoryOptions {
  /**
   * The AppSpec of the bundle, one for servers. It is written into the root of the bundle, in which there must then be no `appspec.yml`.
   *
   * @default - the file `appspec.yml` in the root of the folder, which must be there
   */
  readonly appSpec?: AppSpecDocument;

  /**
   * What of the folder is left out: patterns as `.gitignore` has them, such as `*.log` or `/node_modules/.cache`.
   *
   * @default - nothing
   */
  readonly exclude?: string[];
}

/** Which commit of GitHub. */
export interface ServerGitHubOptions {
  /** Owner and name of the repository, such as `my-org/my-app`. */
  readonly repository: string;

  /** The commit, all 40 hexadecimal digits of it. */
  readonly commitId: string;

  /**
   * Name of the connection to GitHub ("GitHub token name") in the console of CodeDeploy. CodeDeploy reads a commit only where the application is connected, public repositories
   * included, and nothing but its console connects one; the name says that this has been thought of.
   *
   * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/integrations-partners-github.html
   */
  readonly connection: string;
}

/**
 * What a deployment to EC2 instances and on-premises servers installs: a bundle of files with an AppSpec in its root.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/application-revisions.html
 */
export class ServerRevision {
  /**
   * A folder. It becomes an archive in the cloud assembly, with the same bytes on every machine where the files are the same: sorted, without times and owners; files that the AppSpec
   * runs are executable. Everything in it is checked against the AppSpec: files and scripts that are not there, scripts that their operating system does not run, two files for one place.
   *
   * Links must lead to something in the bundle, by relative paths; on Windows there must be none. All files may have 5 GB, and there may be 100,000 of them, folders included.
   *
   * @param directory the folder; relative paths begin where synth runs
   * @throws with each rule that is broken, see `docs/server-revisions.md`
   */
  public static fromDirectory(directory: string, options: ServerDirectoryOptions = {}): ServerRevision {
    const { appSpec, exclude = [] } = options;
    const checked = checkBundle({ directory, exclude, ...(appSpec === undefined ? {} : { appSpec }) });
    return new ServerRevision((scope, script) => {
      const bundle = script === undefined ? checked : withInstanceScript(checked, script);
      const asset = stageBundle(scope, bundle);
      return {
        revision: { revisionType: 'S3', s3Location: { bucket: asset.s3BucketName, key: asset.s3ObjectKey, bundleType: 'zip' } },
        findings: bundle.warnings.map(findingOf),
        readStatements: readRevisions(scope, asset.bucket, '*.zip', false),
        bundle: boundBundle(bundle, asset.assetPath),
      };
    });
  }

  /**
   * An archive that lies in a bucket when the deployment begins: zip, tar or tgz; agents on Windows unpack zip only. Nothing looks into it at synth. The bucket must be in the region of
   * the instances.
   *
   * Without a version, instances that are launched later, and rollbacks, get what the object is by then.
   *
   * @param key key of the object
   * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/application-revisions-push.html
   */
  public static fromBucket(bucket: s3.IBucket, key: string, options: AppSpecBucketOptions = {}): ServerRevision {
    requireNotEmpty('version', options.version);
    requireNotEmpty('eTag', options.eTag);
    const object = AppSpec.fromBucket(bucket, key, options);
    // What is wrong with the type of the object does not wait for a rollout.
    object._requirePlatform(AppSpecPlatform.SERVER);
    return new ServerRevision((scope, script) => {
      requireNoScript('an object of a bucket', script);
      requireRegion(scope, bucket);
      return {
        revision: object._revision(scope, AppSpecPlatform.SERVER),
        findings: pinFindings(key, options),
        readStatements: readRevisions(scope, bucket, besides(key), options.version !== undefined),
      };
    });
  }

  /**
   * A commit of a repository of GitHub. Nothing looks into it at synth.
   *
   * @throws where the repository or the commit is none, or no connection is named
   */
  public static fromGitHub(options: ServerGitHubOptions): ServerRevision {
    const { repository, commitId, connection } = options;
    const known = (text: string) => (Token.isUnresolved(text) ? undefined : (text ?? ''));
    const problem = gitHubProblem({ repository: known(repository), commitId: known(commitId), connection: connection ?? '' });
    if (problem !== undefined) {
      throw new Error(problem);
    }
    return new ServerRevision((_, script) => {
      requireNoScript('a commit of GitHub', script);
      return { revision: { revisionType: 'GitHub', gitHubLocation: { repository, commitId } }, findings: [connectionFinding(connection)], readStatements: [] };
    });
  }

  private constructor(private readonly bind: (scope: Construct, script: InstanceScript | undefined) => BoundRevision) {}

  /**
   * What a rollout needs to know of the revision.
   *
   * @param scope where the archive of a folder is put, as `Revision`
   * @param script by which an instance asks its gate, to be put into the bundle
   * @throws where there is a script, and the bundle is not made here
   * @internal
   */
  public _bind(scope: Construct, script?: InstanceScript): BoundRevision {
    return this.bind(scope, script);
  }
}

function requireNoScript(what: string, script: InstanceScript | undefined): void {
  if (script !== undefined) {
    throw new Error(
      `gate 'instance' is asked by a script of the bundle, and ${what} is not looked into; put the text of 'ServerRollout.validateServiceScript' there, run it at ValidateService, and set 'scriptInBundle', or take the gate 'fleet'`,
    );
  }
}

function requireNotEmpty(name: string, value: string | undefined): void {
  if (value === '') {
    throw new Error(`'${name}' of a revision must not be empty; leave it out, or give that of the object`);
  }
}

function requireRegion(scope: Construct, bucket: s3.IBucket): void {
  const { region } = Stack.of(scope);
  const there = bucket.env.region;
  if (!Token.isUnresolved(region) && !Token.isUnresolved(there) && region !== there) {
    throw new Error(`the bucket of a revision must be in the region of its instances, ${region}, got one in ${there}; copy the revision to a bucket in ${region}`);
  }
}

/** The folder of the key, and what the key ends in: where the revisions before it lie, too. */
function besides(key: string): string {
  if (Token.isUnresolved(key)) {
    return key;
  }
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  const end = /(\.tar\.gz|\.[A-Za-z0-9]+)$/.exec(key.slice(folder.length))?.[1] ?? '';
  return `${folder}*${end}`;
}

function pinFindings(key: string, { version, eTag }: AppSpecBucketOptions): readonly Finding[] {
  if (version !== undefined || eTag !== undefined) {
    return [];
  }
  return [
    {
      id: 'revision-not-pinned',
      level: 'info',
      message: `the revision is whatever the object ${Token.isUnresolved(key) ? '' : `'${key}' `}is when an instance fetches it, at a rollback and when Auto Scaling launches one too`,
      remedy: "give 'version' in a bucket with versions, or write each revision under a key of its own",
    },
  ];
}

function connectionFinding(connection: string): Finding {
  return {
    id: 'github-connection',
    level: 'warning',
    message: 'CodeDeploy reads from GitHub only when its application has been connected, which the console alone can do, and once for each application that is made',
    remedy: `choose ${Token.isUnresolved(connection) ? "the connection that 'connection' names" : `the connection '${connection}'`} on the page 'Create deployment' of the application before the first deployment`,
  };
}
