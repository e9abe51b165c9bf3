/** The custom resource that keeps the newest revisions of a rollout's task definition, and deregisters the others after a release. */
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { CfnResource } from 'aws-cdk-lib/core';
import { CfnDeletionPolicy, CustomResource, Duration } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { Construct } from 'constructs';

import type { EcsRolloutProps } from '../ecs/ecs-rollout-props';
import { RESOURCE_TIMEOUT_SECONDS } from '../model/deployment-request';
import type { TaskDefinitionsProperties } from '../model/task-definitions-request';
import { TASK_DEFINITIONS_RESOURCE_TYPE } from '../model/task-definitions-request';
import { askWhenComplete } from './complete-app';
import { DeploymentProvider } from './deployment-provider';
import { cfnElementOf } from './references';

export interface KeptTaskDefinitions {
  /** How many; undefined where all are kept. */
  readonly keep: number | undefined;
  readonly taskDefinition: ecs.ITaskDefinition;
}

/** After the deployment: a release that fails deregisters nothing. */
export function keepNewest(scope: Construct, { keep, taskDefinition }: KeptTaskDefinitions, { service }: EcsRolloutProps, after: IConstruct): void {
  if (keep === undefined) {
    return;
  }
  requireOwnFamily(scope, keep, taskDefinition);
  const properties: Omit<TaskDefinitionsProperties, 'ServiceToken' | 'ServiceTimeout'> = {
    TaskDefinition: taskDefinition.taskDefinitionArn,
    Cluster: service.cluster.clusterName,
    Service: service.serviceName,
    Keep: `${keep}`,
  };
  const resource = new CustomResource(scope, 'TaskDefinitions', {
    serviceToken: DeploymentProvider.of(scope).serviceToken,
    serviceTimeout: Duration.seconds(RESOURCE_TIMEOUT_SECONDS),
    resourceType: TASK_DEFINITIONS_RESOURCE_TYPE,
    properties,
  });
  resource.node.addDependency(after);
}

/** Revisions that others register are theirs to deregister; and what CloudFormation deregisters itself cannot be kept. */
function requireOwnFamily(scope: Construct, keep: number, taskDefinition: ecs.ITaskDefinition): void {
  const element = cfnElementOf(taskDefinition) as CfnResource | undefined;
  const what = `'keepTaskDefinitions' is ${keep}, but`;
  if (element === undefined) {
    throw new Error(`${what} task definition '${taskDefinition.node.path}' is not of this app, and its revisions are not this stack's to deregister; leave it out`);
  }
  askWhenComplete(scope, () =>
    element.cfnOptions.updateReplacePolicy === CfnDeletionPolicy.DELETE
      ? [`${what} CloudFormation deregisters every revision of task definition '${taskDefinition.node.path}' that is replaced (UpdateReplacePolicy Delete); drop 'applyRemovalPolicy', or give it RemovalPolicy.RETAIN`]
      : [],
  );
}
