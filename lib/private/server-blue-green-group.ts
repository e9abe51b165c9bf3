/** The deployment group of blue/green, which CloudFormation cannot make: a custom resource on the provider of deployments. */
import { createHash } from 'crypto';

import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import { CfnResource, Lazy, RemovalPolicy, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { RESOURCE_TIMEOUT_SECONDS } from '../model/deployment-request';
import type { ServerDeploymentGroupProperties } from '../model/server/deployment-group-request';
import { SERVER_DEPLOYMENT_GROUP_RESOURCE_TYPE } from '../model/server/deployment-group-request';
import { DeploymentProvider } from './deployment-provider';
import { rollbackEvents } from './description';
import type { BlueGreenConfiguration } from './server-blue-green';
import { hasTerminationHook } from './server-blue-green';
import type { ServerGroup, ServerGroupInput } from './server-group';
import { groupConstruct } from './server-group';
import { manageServerGroup } from './server-group-statements';
import { triggerConfigurations } from './triggers';

export interface BlueGreenGroupInput extends ServerGroupInput {
  readonly blueGreen: BlueGreenConfiguration;
  /** As the rollout has it: known at synth where the application is its own. */
  readonly applicationName: string;
}

export class BlueGreenGroup implements ServerGroup {
  public readonly construct: codedeploy.IServerDeploymentGroup;
  public readonly resource: CfnResource;
  private readonly alarms: cloudwatch.IAlarmRef[] = [];

  constructor(scope: Construct, input: BlueGreenGroupInput) {
    const construct = groupConstruct(scope, input);
    this.construct = construct;
    const provider = DeploymentProvider.of(scope);
    // Not `Resource`, which is that of a group in place: CloudFormation refuses to make a resource one of another type.
    this.resource = new CfnResource(construct, 'Default', {
      type: SERVER_DEPLOYMENT_GROUP_RESOURCE_TYPE,
      properties: this.propertiesOf(provider, input),
    });
    this.resource.applyRemovalPolicy(RemovalPolicy.DESTROY);
    this.resource.node.addDependency(provider.ready, provider.allow(construct, policyId(input), manageServerGroup(scope, input)));
  }

  public addAlarm(alarm: cloudwatch.IAlarmRef): void {
    this.alarms.push(alarm);
  }

  private propertiesOf({ serviceToken }: DeploymentProvider, { props, blueGreen, application, deploymentGroupName, deploymentConfig, role, loadBalancers }: BlueGreenGroupInput): ServerDeploymentGroupProperties {
    return {
      ServiceToken: serviceToken,
      ServiceTimeout: `${RESOURCE_TIMEOUT_SECONDS}`,
      ApplicationName: application.applicationName,
      DeploymentGroupName: deploymentGroupName,
      DeploymentConfigName: deploymentConfig.deploymentConfigName,
      ServiceRoleArn: role.roleArn,
      ...fleetOf(blueGreen),
      AutoScalingGroups: props.targets._autoScalingGroups.map(({ autoScalingGroupName }) => autoScalingGroupName),
      TargetGroups: loadBalancers.targetGroups.map(({ targetGroupName }) => targetGroupName),
      LoadBalancers: loadBalancers.classic.map(({ loadBalancerRef: { loadBalancerName } }) => loadBalancerName),
      ...(blueGreen.readyWaitMinutes === undefined ? {} : { ReadyWaitMinutes: `${blueGreen.readyWaitMinutes}` }),
      OutdatedInstances: props.outdatedInstances ?? 'UPDATE',
      TerminationHook: text(hasTerminationHook(props)),
      RollbackEvents: rollbackEvents(props),
      Alarms: Lazy.list({ produce: () => this.alarms.map(({ alarmRef }) => alarmRef.alarmName) }),
      IgnorePollAlarmFailure: text(props.rollback?.ignorePollAlarmFailure ?? false),
      Triggers: triggerConfigurations(props.triggers ?? []).map(({ triggerName, triggerTargetArn, triggerEvents }) => ({
        TriggerName: triggerName!,
        TriggerTargetArn: triggerTargetArn!,
        TriggerEvents: triggerEvents!,
      })),
      ...(blueGreen.adopt ? { Adopt: 'true' } : {}),
    };
  }
}

type FleetProperties = Pick<ServerDeploymentGroupProperties, 'Fleet' | 'Capacity' | 'Originals' | 'TerminationWaitMinutes'>;

/** Of two groups that alternate the service must end none, since CloudFormation owns both: the stack's own state machine scales them down. */
function fleetOf({ fleet }: BlueGreenConfiguration): FleetProperties {
  if (fleet.type === 'ALTERNATING') {
    return { Fleet: 'ALTERNATING', Capacity: `${fleet.capacity}`, Originals: 'KEEP_ALIVE' };
  }
  const { originals } = fleet;
  return { Fleet: 'COPIED', Originals: originals.action, ...(originals.action === 'TERMINATE' ? { TerminationWaitMinutes: `${originals.waitMinutes}` } : {}) };
}

const text = (flag: boolean): 'true' | 'false' => (flag ? 'true' : 'false');

/**
 * A policy for each name. A change of the name replaces the group, and the one of the old name is deleted, with its copies, in the clean-up that ends the update of the stack. The policy of
 * then names both until CloudFormation takes it away, in the same clean-up: whether before or after the group, which waits for it, is documented nowhere.
 */
function policyId({ applicationName, deploymentGroupName }: BlueGreenGroupInput): string {
  const known = [applicationName, deploymentGroupName].filter((name) => !Token.isUnresolved(name));
  return known.length === 0 ? 'Policy' : `Policy${createHash('sha256').update(known.join('/')).digest('hex').slice(0, 8)}`;
}
