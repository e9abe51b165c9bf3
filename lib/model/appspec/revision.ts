/**
 * Which revisions each platform takes.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_RevisionLocation.html
 */
import type { Platform } from './rules';
import { PLATFORM_NAMES } from './rules';

/** As `revisionType` has them. */
export type RevisionType = 'AppSpecContent' | 'String' | 'S3' | 'GitHub';

/** As `bundleType` of an S3 location has them. */
export type BundleType = 'YAML' | 'JSON' | 'zip' | 'tar' | 'tgz';

const REVISION_TYPES: Readonly<Record<Platform, readonly RevisionType[]>> = {
  ecs: ['AppSpecContent', 'S3'],
  lambda: ['AppSpecContent', 'String', 'S3'],
  server: ['S3', 'GitHub'],
};

/** A zip of ECS or Lambda holds the AppSpec and nothing else. */
const BUNDLE_TYPES: Readonly<Record<Platform, readonly BundleType[]>> = {
  ecs: ['YAML', 'JSON', 'zip'],
  lambda: ['YAML', 'JSON', 'zip'],
  server: ['tar', 'zip', 'tgz'],
};

/** What is wrong with a revision; undefined where the service takes it. */
export function revisionProblem(platform: Platform, type: RevisionType, bundleType?: BundleType): string | undefined {
  const types = REVISION_TYPES[platform];
  if (!types.includes(type)) {
    return `a revision for ${PLATFORM_NAMES[platform]} must be one of ${types.join(', ')}, got ${type}; ${platform === 'server' ? 'put the AppSpec into the root of a bundle' : 'give the AppSpec itself'}`;
  }
  const bundles = BUNDLE_TYPES[platform];
  if (bundleType !== undefined && !bundles.includes(bundleType)) {
    return `the bundle type of a revision for ${PLATFORM_NAMES[platform]} must be one of ${bundles.join(', ')}, got ${bundleType}; name another object`;
  }
  return undefined;
}

/** The bundle type that a key's end tells; undefined where it tells none. */
export function bundleTypeOf(key: string): BundleType | undefined {
  const ends: readonly (readonly [end: RegExp, type: BundleType])[] = [
    [/\.ya?ml$/i, 'YAML'],
    [/\.json$/i, 'JSON'],
    [/\.zip$/i, 'zip'],
    [/\.tar$/i, 'tar'],
    [/\.(tgz|tar\.gz)$/i, 'tgz'],
  ];
  return ends.find(([end]) => end.test(key))?.[1];
}
