/** From a resolved rollout for Lambda to what the engine takes. */
import { lambdaAppSpecDocument } from '../../lib/model/lambda-app-spec';
import { LAMBDA_HOOK_EVENTS } from '../../lib/model/lifecycle';
import type { LambdaRolloutModel } from '../assembly/lambda-rollout-model';
import type { LambdaGroupModel } from '../engine/deployment-group';

export function lambdaGroupModel(rollout: LambdaRolloutModel): LambdaGroupModel {
  const { description, released } = rollout;
  return {
    applicationName: rollout.application.name,
    deploymentGroupName: rollout.deploymentGroup.name,
    applicationArn: rollout.application.arn,
    deploymentGroupArn: rollout.deploymentGroup.arn,
    deploymentConfigName: rollout.deploymentConfig.name,
    traffic: description.traffic,
    serviceRoleArn: rollout.serviceRole.arn,
    functionName: released.name,
    functionArn: released.arn,
    aliasName: rollout.aliasName,
    initialVersion: String(rollout.version - 1),
    rollbackEvents: description.rollbackEvents,
    alarmNames: rollout.alarms.map(({ name }) => name),
    ignorePollAlarmFailure: rollout.ignorePollAlarmFailure,
  };
}

/** The AppSpec that the provider of LambdaDeployment writes. */
export const deploymentAppSpec = ({ released, aliasName, hooks }: LambdaRolloutModel, currentVersion: string, targetVersion: string): string =>
  JSON.stringify(lambdaAppSpecDocument({ functionName: released.name, alias: aliasName, currentVersion, targetVersion, hooks }));

/** The AppSpec that CloudFormation writes for an update of an alias, in the form that deployments in the field show. */
export function aliasAppSpec({ released, aliasName, hooks }: LambdaRolloutModel, current: string, target: string): string {
  const bound = LAMBDA_HOOK_EVENTS.flatMap((event) => (hooks[event] === undefined ? [] : [{ [event]: hooks[event] }]));
  return JSON.stringify({
    version: '0.0',
    Resources: [
      { [released.name]: { Type: 'AWS::Lambda::Function', Properties: { Name: released.name, Alias: aliasName, CurrentVersion: current, TargetVersion: target } } },
    ],
    ...(bound.length === 0 ? {} : { Hooks: bound }),
  });
}
