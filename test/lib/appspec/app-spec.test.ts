import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, Lazy, Stack } from 'aws-cdk-lib/core';

import type { AppSpecBucketOptions } from '../../../lib';
import { AppSpec, AppSpecBundleType, AppSpecDocument, AppSpecPlatform, LambdaAppSpec } from '../../../lib';
import { revisionProblem } from '../../../lib/model/appspec/revision';

const LAMBDA = 'version: 0.0\nResources: [{ f: { Type: AWS::Lambda::Function, Properties: { Name: f, Alias: live, CurrentVersion: 1, TargetVersion: 2 } } }]\n';

const stackOf = () => new Stack(new App(), 'Shop');

function revision(appSpec: AppSpec, platform = AppSpecPlatform.LAMBDA, stack = stackOf()): unknown {
  return JSON.parse(stack.resolve(appSpec.toRevisionJson(stack, platform)));
}

const fromBucket = (key: string, options?: AppSpecBucketOptions) => AppSpec.fromBucket(s3.Bucket.fromBucketName(stackOf(), 'Bucket', 'releases'), key, options);

describe('an AppSpec that the deployment carries', () => {
  test('is the content of the revision', () => {
    const document = AppSpecDocument.parse(LAMBDA);
    expect(revision(AppSpec.inline(document))).toEqual({ revisionType: 'AppSpecContent', appSpecContent: { content: document.toJson(stackOf()) } });
  });

  test('holds what deploying makes known', () => {
    const stack = stackOf();
    const fn = new lambda.Function(stack, 'Orders', { code: lambda.Code.fromInline('exports.handler = async () => {}'), handler: 'index.handler', runtime: lambda.Runtime.NODEJS_24_X });
    const alias = new lambda.Alias(stack, 'Live', { aliasName: 'live', version: fn.currentVersion });
    const appSpec = AppSpec.inline(new LambdaAppSpec({ alias, currentVersion: '7', targetVersion: fn.currentVersion.version }));
    const text = stack.resolve(appSpec.toRevisionJson(stack, AppSpecPlatform.LAMBDA)) as { readonly 'Fn::Join': [string, (string | { readonly Ref?: string; readonly 'Fn::GetAtt'?: [string, string] })[]] };
    const deployed = text['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : (part.Ref ?? part['Fn::GetAtt']?.[0]))).join('');
    const { appSpecContent } = JSON.parse(deployed);
    expect(JSON.parse(appSpecContent.content).Resources[0].Function.Properties).toEqual({
      Name: expect.stringMatching(/^Orders/),
      Alias: 'live',
      CurrentVersion: '7',
      TargetVersion: expect.stringMatching(/^OrdersCurrentVersion/),
    });
  });

  test('may have 65,536 bytes', () => {
    const ofLength = (bytes: number) => {
      const bare = JSON.stringify(AppSpecDocument.parse(LAMBDA)._document()).length;
      return AppSpecDocument.parse(LAMBDA.replace('{ f:', `{ ${'f'.repeat(bytes - bare + 1)}:`));
    };
    expect(revision(AppSpec.inline(ofLength(65_536)))).toMatchObject({ revisionType: 'AppSpecContent' });
    expect(() => AppSpec.inline(ofLength(65_537))).toThrow(
      "an AppSpec that a deployment carries itself may have 65536 bytes, got 65537; put it into a bucket, and give 'AppSpec.fromBucket'",
    );
  });

  test('is none of servers, and none of another platform', () => {
    expect(() => AppSpec.inline(AppSpecDocument.parse('version: 0.0\nos: linux\n'))).toThrow(
      'a revision for EC2 and on-premises servers must be one of S3, GitHub, got AppSpecContent; put the AppSpec into the root of a bundle',
    );
    expect(() => revision(AppSpec.inline(AppSpecDocument.parse(LAMBDA)), AppSpecPlatform.ECS)).toThrow('the AppSpec is for platform lambda, and the deployment for ecs; give one of the same platform');
  });
});

describe('an AppSpec in a bucket', () => {
  test('is the object, with what is said of it', () => {
    expect(revision(fromBucket('web/appspec.yaml'))).toEqual({ revisionType: 'S3', s3Location: { bucket: 'releases', key: 'web/appspec.yaml', bundleType: 'YAML' } });
    expect(revision(fromBucket('web', { bundleType: AppSpecBundleType.JSON, version: 'v1', eTag: 'e1' }))).toEqual({
      revisionType: 'S3',
      s3Location: { bucket: 'releases', key: 'web', bundleType: 'JSON', version: 'v1', eTag: 'e1' },
    });
    // What is said goes before what the key tells.
    expect(revision(fromBucket('web.yml', { bundleType: AppSpecBundleType.ZIP }))).toMatchObject({ s3Location: { bundleType: 'zip' } });
  });

  test.each([
    ['a.yml', AppSpecPlatform.ECS, 'YAML'],
    ['a.YAML', AppSpecPlatform.LAMBDA, 'YAML'],
    ['a.json', AppSpecPlatform.ECS, 'JSON'],
    ['a.zip', AppSpecPlatform.SERVER, 'zip'],
    ['a.tar', AppSpecPlatform.SERVER, 'tar'],
    ['a.tgz', AppSpecPlatform.SERVER, 'tgz'],
    ['a.tar.gz', AppSpecPlatform.SERVER, 'tgz'],
  ])('the key %s, for %s, is %s', (key, platform, bundleType) => {
    expect(revision(fromBucket(key), platform)).toMatchObject({ s3Location: { bundleType } });
  });

  test('needs a key that tells what it is, or somebody who does', () => {
    expect(() => fromBucket('')).toThrow("'key' of an AppSpec in a bucket must not be empty; name the object");
    expect(() => fromBucket('yml')).toThrow("it cannot be told from the key 'yml' what the object is; give 'bundleType', one of YAML, JSON, zip, tar, tgz");
    const late = Lazy.string({ produce: () => 'a.yml' });
    expect(() => fromBucket(late)).toThrow('it cannot be told from a key that is known at deploy time only what the object is');
    expect(revision(fromBucket(late, { bundleType: AppSpecBundleType.YAML }))).toMatchObject({ s3Location: { key: 'a.yml' } });
  });

  test('is what its platform takes', () => {
    expect(() => revision(fromBucket('a.tgz'), AppSpecPlatform.ECS)).toThrow('the bundle type of a revision for an ECS service must be one of YAML, JSON, zip, got tgz; name another object');
    expect(() => revision(fromBucket('a.yml'), AppSpecPlatform.SERVER)).toThrow('the bundle type of a revision for EC2 and on-premises servers must be one of tar, zip, tgz, got YAML; name another object');
  });
});

test.each([
  ['ecs', 'GitHub', 'a revision for an ECS service must be one of AppSpecContent, S3, got GitHub; give the AppSpec itself'],
  ['ecs', 'String', 'a revision for an ECS service must be one of AppSpecContent, S3, got String; give the AppSpec itself'],
  ['lambda', 'String', undefined],
  ['lambda', 'GitHub', 'a revision for a Lambda function must be one of AppSpecContent, String, S3, got GitHub; give the AppSpec itself'],
  ['server', 'GitHub', undefined],
  ['server', 'String', 'a revision for EC2 and on-premises servers must be one of S3, GitHub, got String; put the AppSpec into the root of a bundle'],
] as const)('%s, revision of type %s: %s', (platform, type, problem) => {
  expect(revisionProblem(platform, type)).toBe(problem);
});
