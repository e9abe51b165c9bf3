/** CreateDeployment: reads the request, and refuses what cannot be meant. What a sound request means for its group is the engine's part. */
import type { AutoRollbackEvent } from '../../lib/model/status';
import { MAX_ALARMS } from '../../lib/model/limits';
import { platformOf } from '../engine/deployment-group';
import { ServiceError } from '../engine/ports';
import { readAppSpec } from './appspec-document';
import type { AwsPlace, Caller } from './aws-service';
import type { CodeDeployBackend, CreateDeploymentRequest } from './codedeploy-backend';
import type { CodeDeployLookup } from './codedeploy-lookup';
import { codeDeployArn, groupArn } from './codedeploy-lookup';
import { readRevision } from './codedeploy-revision';
import { readLambdaAppSpec } from './lambda-appspec-document';
import type { Fields } from './fields';

const ROLLBACK_EVENTS: readonly string[] = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'];

export function createDeployment(
  room: { readonly place: AwsPlace; readonly backend: CodeDeployBackend; readonly look: CodeDeployLookup },
  input: Fields,
  caller: Caller,
): { deploymentId: string } {
  const { place, backend, look } = room;
  const applicationName = look.application(input);
  const group = look.group(applicationName, input);
  const { deploymentGroupName } = group;
  const config = input.string('deploymentConfigName');
  const description = input.string('description');
  const override = alarmOverride(input.structure('overrideAlarmConfiguration'));
  caller.authorize('codedeploy:CreateDeployment', groupArn(place, { applicationName, deploymentGroupName }));
  if (config !== undefined) {
    caller.authorize('codedeploy:GetDeploymentConfig', codeDeployArn(place, 'deploymentconfig', config));
    checkConfig(look, config, platformOf(group));
  }
  if (override !== undefined) {
    caller.authorize('codedeploy:UpdateDeploymentGroup', groupArn(place, { applicationName, deploymentGroupName }));
  }
  const revision = readRevision(input.structure('revision'));
  const rollback = autoRollback(input.structure('autoRollbackConfiguration'));
  const { content } = revision.appSpecContent;
  const common = {
    applicationName,
    deploymentGroupName,
    revision,
    ...(config !== undefined && { deploymentConfigName: config }),
    ...(description !== undefined && { description }),
    ...(rollback && { autoRollbackConfiguration: rollback }),
    ...(override && { overrideAlarmConfiguration: override }),
  };
  const platform = platformOf(group);
  refuseServerOptions(input, platform);
  return { deploymentId: platform === 'ECS' ? backend.create({ ...common, appSpec: readAppSpec(content) }) : backend.createForAlias({ ...common, appSpec: readLambdaAppSpec(content) }) };
}

function checkConfig(look: CodeDeployLookup, name: string, platform: 'ECS' | 'Lambda'): void {
  if (look.config(name).platform !== platform) {
    throw new ServiceError(
      'InvalidDeploymentConfigNameException',
      `'${name}' is not a deployment configuration of the ${platform} compute platform`,
    );
  }
}

export function autoRollback(input: Fields | undefined): CreateDeploymentRequest['autoRollbackConfiguration'] {
  if (input === undefined) {
    return undefined;
  }
  const events = input.strings('events') ?? [];
  const unknown = events.find((event) => !ROLLBACK_EVENTS.includes(event));
  if (unknown !== undefined) {
    throw new ServiceError('InvalidAutoRollbackConfigException', `events must be of ${ROLLBACK_EVENTS.join(', ')}, got '${unknown}'`);
  }
  return { enabled: input.boolean('enabled') ?? false, events: events as AutoRollbackEvent[] };
}

export function alarmOverride(input: Fields | undefined): CreateDeploymentRequest['overrideAlarmConfiguration'] {
  if (input === undefined) {
    return undefined;
  }
  const alarmNames = input.structures('alarms')?.map((alarm) => alarm.string('name') ?? '');
  if (alarmNames !== undefined && alarmNames.length > MAX_ALARMS) {
    throw new ServiceError('AlarmsLimitExceededException', `alarms must hold at most ${MAX_ALARMS} entries, got ${alarmNames.length}`);
  }
  const enabled = input.boolean('enabled');
  if (alarmNames?.includes('')) {
    throw new ServiceError('InvalidAlarmConfigException', 'each of alarms needs a name');
  }
  const ignorePollAlarmFailure = input.boolean('ignorePollAlarmFailure');
  return {
    ...(enabled !== undefined && { enabled }),
    ...(ignorePollAlarmFailure !== undefined && { ignorePollAlarmFailure }),
    ...(alarmNames && { alarmNames }),
  };
}

/** Options that only instances have. */
function refuseServerOptions(input: Fields, platform: 'ECS' | 'Lambda'): void {
  const other = platform === 'ECS' ? 'an ECS deployment' : 'a Lambda deployment';
  if (input.has('targetInstances')) {
    throw new ServiceError(
      'InvalidTargetInstancesException',
      `targetInstances belongs to deployments to instances, not to ${other}`,
    );
  }
  if ((input.string('deploymentMode') ?? 'STANDARD') !== 'STANDARD') {
    throw new ServiceError(
      'UnsupportedActionForDeploymentTypeException',
      `deploymentMode RESTART belongs to deployments to instances, not to ${other}`,
    );
  }
}
