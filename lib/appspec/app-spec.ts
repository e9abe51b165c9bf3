import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

import type { BundleType, RevisionType } from '../model/appspec/revision';
import { bundleTypeOf, revisionProblem } from '../model/appspec/revision';
import type { Platform } from '../model/appspec/rules';
import { MAX_INLINE_APPSPEC_BYTES } from '../model/limits';
import type { AppSpecDocument } from './app-spec-document';
import type { AppSpecPlatform } from './app-spec-platform';

/** What an object of a bucket is. */
export enum AppSpecBundleType {
  /** An AppSpec in YAML; ECS and Lambda. */
  YAML = 'YAML',

  /** An AppSpec in JSON; ECS and Lambda. */
  JSON = 'JSON',

  /** A zip archive: the bundle of a server, or for ECS and Lambda one AppSpec and nothing else. */
  ZIP = 'zip',

  /** A tar archive: the bundle of a server. */
  TAR = 'tar',

  /** A compressed tar archive: the bundle of a server. */
  TGZ = 'tgz',
}

/** Which object of a bucket. */
export interface AppSpecBucketOptions {
  /**
   * What the object is.
   *
   * @default - what its key ends in: `.yml`, `.yaml`, `.json`, `.zip`, `.tar`, `.tgz` or `.tar.gz`
   */
  readonly bundleType?: AppSpecBundleType;

  /**
   * Version of the object.
   *
   * @default - the latest
   */
  readonly version?: string;

  /**
   * ETag that the object must have.
   *
   * @default - not looked at
   */
  readonly eTag?: string;
}

/**
 * The revision of a deployment: an AppSpec that it carries itself, or one that lies in a bucket.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_RevisionLocation.html
 */
export class AppSpec {
  /**
   * An AppSpec that the deployment carries itself. ECS and Lambda only: the AppSpec of a server lies in its bundle.
   *
   * @param document at most 65,536 bytes as JSON; the service documents no limit, and longer ones belong into a bucket
   */
  public static inline(document: AppSpecDocument): AppSpec {
    requireRevision(document.platform, 'AppSpecContent');
    const bytes = Buffer.byteLength(JSON.stringify(document._document()));
    if (bytes > MAX_INLINE_APPSPEC_BYTES) {
      throw new Error(`an AppSpec that a deployment carries itself may have ${MAX_INLINE_APPSPEC_BYTES} bytes, got ${bytes}; put it into a bucket, and give 'AppSpec.fromBucket'`);
    }
    return new AppSpec(document.platform, (scope) => ({ revisionType: 'AppSpecContent', appSpecContent: { content: document.toJson(scope) } }));
  }

  /**
   * An AppSpec, or a bundle with one in it, that lies in a bucket when the deployment begins. Nothing looks into it at synth.
   *
   * @param key key of the object
   */
  public static fromBucket(bucket: s3.IBucket, key: string, options: AppSpecBucketOptions = {}): AppSpec {
    if (key === '') {
      throw new Error("'key' of an AppSpec in a bucket must not be empty; name the object");
    }
    const address = /^s3:\/\/[^/]*\/?/i.exec(key)?.[0];
    if (address !== undefined) {
      throw new Error(`'key' of an AppSpec in a bucket must be that of the object alone, got '${key}'; leave '${address}' out`);
    }
    const told = Token.isUnresolved(key) ? undefined : bundleTypeOf(key);
    const bundleType = options.bundleType ?? told;
    if (bundleType === undefined) {
      throw new Error(`it cannot be told from ${Token.isUnresolved(key) ? 'a key that is known at deploy time only' : `the key '${key}'`} what the object is; give 'bundleType', one of ${Object.values(AppSpecBundleType).join(', ')}`);
    }
    const { version, eTag } = options;
    const s3Location = { bucket: bucket.bucketName, key, bundleType, ...(version === undefined ? {} : { version }), ...(eTag === undefined ? {} : { eTag }) };
    return new AppSpec(undefined, () => ({ revisionType: 'S3', s3Location }), bundleType);
  }

  private constructor(
    private readonly platform: AppSpecPlatform | undefined,
    private readonly render: (scope: IConstruct) => object,
    private readonly bundleType?: BundleType,
  ) {}

  /**
   * The `revision` of CreateDeployment as a JSON text, as `aws deploy create-deployment --revision` takes it.
   *
   * @param scope a construct of the stack that will hold the text
   * @param platform what the deployment is for
   * @throws where that platform takes no such revision
   */
  public toRevisionJson(scope: IConstruct, platform: AppSpecPlatform): string {
    return Stack.of(scope).toJsonString(this._revision(scope, platform));
  }

  /**
   * The `revision` of CreateDeployment.
   *
   * @internal
   */
  public _revision(scope: IConstruct, platform: AppSpecPlatform): object {
    this._requirePlatform(platform);
    return this.render(scope);
  }

  /** @internal */
  public _requirePlatform(platform: AppSpecPlatform): void {
    if (this.platform !== undefined && this.platform !== platform) {
      throw new Error(`the AppSpec is for platform ${this.platform}, and the deployment for ${platform}; give one of the same platform`);
    }
    requireRevision(platform, this.bundleType === undefined ? 'AppSpecContent' : 'S3', this.bundleType);
  }
}

function requireRevision(platform: Platform, type: RevisionType, bundleType?: BundleType): void {
  const problem = revisionProblem(platform, type, bundleType);
  if (problem !== undefined) {
    throw new Error(problem);
  }
}
