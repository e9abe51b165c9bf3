/** What a service must be so that ECS ever runs a hook of it. */
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

import { ECS_NATIVE_STRATEGIES } from '../model/ecs-native';
import { cfnElementOf } from './references';

const NEEDS_TEST_TRAFFIC = ['TEST_TRAFFIC_SHIFT', 'POST_TEST_TRAFFIC_SHIFT'];

/** Throws for a service whose deployments run no hook, as far as the app tells. */
export function examineNativeService(service: IConstruct, stages: readonly string[]): ecs.CfnService {
  const element = cfnElementOf(service);
  if (!(element instanceof ecs.CfnService)) {
    throw new Error(`'${service.node.path}' is no ECS service of this app; attach the hook to an ecs.FargateService or ecs.Ec2Service that it makes`);
  }
  requireController(service, element);
  requireStrategy(service, element);
  requireTestListener(service, stages);
  return element;
}

function requireController(service: IConstruct, { deploymentController }: ecs.CfnService): void {
  const type = deploymentController === undefined ? 'ECS' : 'type' in deploymentController ? deploymentController.type : undefined;
  if (type !== undefined && !Token.isUnresolved(type) && type !== 'ECS') {
    throw new Error(
      `service '${service.node.path}' has the deployment controller ${type}, which never runs a hook of ECS; give the hook to an EcsRollout, or drop ` +
        "'deploymentController'",
    );
  }
}

function requireStrategy(service: IConstruct, { deploymentConfiguration }: ecs.CfnService): void {
  if (deploymentConfiguration === undefined || Token.isUnresolved(deploymentConfiguration)) {
    return;
  }
  const { strategy } = deploymentConfiguration as ecs.CfnService.DeploymentConfigurationProperty;
  if (Token.isUnresolved(strategy) || ECS_NATIVE_STRATEGIES.some((known) => known === strategy)) {
    return;
  }
  throw new Error(
    `service '${service.node.path}' has the deployment strategy ${strategy ?? 'ROLLING'}, whose deployments move no traffic from one revision to another; set ` +
      "'deploymentStrategy' to ecs.DeploymentStrategy.BLUE_GREEN, LINEAR or CANARY",
  );
}

/** Target groups may be attached after the hook, so that this is looked at when the app is complete. Service Connect has test traffic of its own. */
function requireTestListener(service: IConstruct, stages: readonly string[]): void {
  const stage = stages.find((each) => NEEDS_TEST_TRAFFIC.includes(each));
  if (stage === undefined || !(service instanceof ecs.BaseService)) {
    return;
  }
  service.node.addValidation({
    validate: () => {
      const configurations = service.loadBalancers.map(({ advancedConfiguration }) => advancedConfiguration);
      const has = configurations.some((each) => each === undefined || Token.isUnresolved(each) || ('testListenerRule' in each && each.testListenerRule !== undefined));
      return configurations.length === 0 || has
        ? []
        : [
            `hook ${stage} of service '${service.node.path}' runs when test traffic has moved, and the service has no test listener; set 'testListener' of its ` +
              'ecs.AlternateTarget',
          ];
    },
  });
}
