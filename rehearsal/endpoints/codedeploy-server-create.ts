/** CreateDeployment in a group of EC2/on-premises: reads the request. What it means for the group, and what the group does not allow, is the engine's part. */
import type { FileExistsBehavior } from '../../lib/model/server/events';
import type { RevisionLocation } from '../engine/deployment-record';
import type { TargetInstances } from '../engine/fleet/fleet-request';
import type { ServerGroup } from '../engine/fleet/server-groups';
import { ServiceError } from '../engine/ports';
import type { AwsPlace, Caller } from './aws-service';
import { notModelled } from './aws-service';
import { alarmOverride, autoRollback } from './codedeploy-create';
import { tagGroups } from './codedeploy-group-settings';
import { codeDeployArn, groupArn } from './codedeploy-lookup';
import type { Fields } from './fields';

const FILE_EXISTS: readonly string[] = ['DISALLOW', 'OVERWRITE', 'RETAIN'];
const BUNDLE_TYPES: readonly string[] = ['zip', 'tar', 'tgz'];

/** @returns the id of the deployment */
export function createServerDeployment(place: AwsPlace, group: ServerGroup, input: Fields, caller: Caller): string {
  const config = input.string('deploymentConfigName');
  const override = alarmOverride(input.structure('overrideAlarmConfiguration'));
  caller.authorize('codedeploy:CreateDeployment', groupArn(place, group.name));
  if (config !== undefined) {
    caller.authorize('codedeploy:GetDeploymentConfig', codeDeployArn(place, 'deploymentconfig', config));
  }
  if (override !== undefined) {
    caller.authorize('codedeploy:UpdateDeploymentGroup', groupArn(place, group.name));
  }
  if ((input.string('deploymentMode') ?? 'STANDARD') !== 'STANDARD') {
    throw notModelled('CreateDeployment with a deploymentMode other than STANDARD');
  }
  const location = revisionLocation(input.structure('revision'));
  const description = input.string('description');
  const rollback = autoRollback(input.structure('autoRollbackConfiguration'));
  const targets = targetInstances(input.structure('targetInstances'));
  return group.deployments.create({
    revision: group.engine.revisionAt(location),
    ...(config !== undefined && { deploymentConfigName: config }),
    ...(description !== undefined && { description }),
    ...(rollback && { autoRollbackConfiguration: rollback }),
    ...(override && { overrideAlarmConfiguration: override }),
    ...(targets && { targetInstances: targets }),
    fileExistsBehavior: fileExistsBehavior(input),
    ignoreApplicationStopFailures: input.boolean('ignoreApplicationStopFailures') ?? false,
    updateOutdatedInstancesOnly: input.boolean('updateOutdatedInstancesOnly') ?? false,
  });
}

function fileExistsBehavior(input: Fields): FileExistsBehavior {
  const behavior = input.string('fileExistsBehavior') ?? 'DISALLOW';
  if (!FILE_EXISTS.includes(behavior)) {
    throw new ServiceError('InvalidFileExistsBehaviorException', `fileExistsBehavior must be ${FILE_EXISTS.join(', ')}, got '${behavior}'`);
  }
  return behavior as FileExistsBehavior;
}

/** Where a bundle is: the members that tell it, and nothing else. @throws ServiceError */
function revisionLocation(revision: Fields | undefined): RevisionLocation {
  if (revision === undefined) {
    throw new ServiceError('RevisionRequiredException', 'the revision is missing');
  }
  const type = revision.string('revisionType');
  switch (type) {
    case 'S3':
      return { revisionType: 'S3', s3Location: s3Location(revision.structure('s3Location')) };
    case 'GitHub':
      return { revisionType: 'GitHub', gitHubLocation: gitHubLocation(revision.structure('gitHubLocation')) };
    default:
      throw new ServiceError('InvalidRevisionException', `revisionType of a deployment to EC2/on-premises must be S3 or GitHub, got '${type ?? ''}'`);
  }
}

function s3Location(location: Fields | undefined): object {
  const [bucket, key, bundleType = 'zip'] = [location?.string('bucket'), location?.string('key'), location?.string('bundleType')];
  if (!bucket || !key || !BUNDLE_TYPES.includes(bundleType)) {
    throw new ServiceError('InvalidRevisionException', `s3Location needs bucket and key, and a bundleType of ${BUNDLE_TYPES.join(', ')}; got bucket '${bucket ?? ''}', key '${key ?? ''}', bundleType '${bundleType}'`);
  }
  const [version, eTag] = [location?.string('version'), location?.string('eTag')];
  return { bucket, key, bundleType, ...(version !== undefined && { version }), ...(eTag !== undefined && { eTag }) };
}

function gitHubLocation(location: Fields | undefined): object {
  const [repository, commitId] = [location?.string('repository'), location?.string('commitId')];
  if (!repository || !commitId) {
    throw new ServiceError('InvalidRevisionException', `gitHubLocation needs repository and commitId; got '${repository ?? ''}' and '${commitId ?? ''}'`);
  }
  return { repository, commitId };
}

function targetInstances(input: Fields | undefined): TargetInstances | undefined {
  if (input === undefined) {
    return undefined;
  }
  const autoScalingGroups = input.strings('autoScalingGroups');
  const ec2TagSet = tagGroups(input, ['tagFilters', 'ec2TagSet', 'ec2TagSetList'], 'InvalidEC2TagCombinationException');
  if ((autoScalingGroups?.length ?? 0) + (ec2TagSet?.length ?? 0) === 0) {
    throw new ServiceError('InvalidTargetInstancesException', 'targetInstances must name Auto Scaling groups or tags, got none');
  }
  return { ...(autoScalingGroups && { autoScalingGroups }), ...(ec2TagSet && { ec2TagSet }) };
}

