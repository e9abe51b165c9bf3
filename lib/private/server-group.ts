/** The deployment group of a rollout to servers: in place by CloudFormation's own resource; see `server-blue-green-group.ts` for the other kind. */
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { CfnResource } from 'aws-cdk-lib/core';
import { Lazy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { TagFilter, TagGroup } from '../model/server/tag-groups';
import type { ServerRolloutProps } from '../server/server-rollout-props';
import { rollbackEvents } from './description';
import type { BoundLoadBalancers } from './server-load-balancers';
import { hasLoadBalancer, loadBalancerInfo } from './server-load-balancers';
import { triggerConfigurations } from './triggers';

export interface ServerGroupInput {
  readonly props: ServerRolloutProps;
  readonly application: codedeploy.IServerApplication;
  readonly deploymentConfig: codedeploy.IServerDeploymentConfig;
  readonly deploymentGroupName: string;
  readonly role: iam.IRole;
  readonly loadBalancers: BoundLoadBalancers;
}

/** The group as the constructs of the CDK see it, with its resource below it. */
export interface ServerGroup {
  readonly construct: codedeploy.IServerDeploymentGroup;
  /** The `node.defaultChild` of the construct. */
  readonly resource: CfnResource;
  addAlarm(alarm: cloudwatch.IAlarmRef): void;
}

export function groupConstruct(scope: Construct, { application, deploymentConfig, deploymentGroupName }: ServerGroupInput): codedeploy.IServerDeploymentGroup & Construct {
  return codedeploy.ServerDeploymentGroup.fromServerDeploymentGroupAttributes(scope, 'DeploymentGroup', { application, deploymentConfig, deploymentGroupName }) as codedeploy.IServerDeploymentGroup & Construct;
}

/**
 * The L2 would give the role the wide managed policy AWSCodeDeployRole, write user data that installs the agent, and leave out what is not given, which an update then keeps
 * as it was. So the resource is made by hand, and says everything that it does not have.
 */
export class InPlaceGroup implements ServerGroup {
  public readonly construct: codedeploy.IServerDeploymentGroup;
  public readonly resource: codedeploy.CfnDeploymentGroup;
  private readonly alarms: cloudwatch.IAlarmRef[] = [];

  constructor(scope: Construct, input: ServerGroupInput) {
    const construct = groupConstruct(scope, input);
    this.construct = construct;
    this.resource = new codedeploy.CfnDeploymentGroup(construct, 'Resource', {
      ...groupProps(input),
      alarmConfiguration: {
        enabled: true,
        ignorePollAlarmFailure: input.props.rollback?.ignorePollAlarmFailure ?? false,
        alarms: Lazy.any({ produce: () => this.alarms.map(({ alarmRef }) => ({ name: alarmRef.alarmName })) }) as never,
      },
    });
    if (input.props.processesToSuspend !== undefined) {
      // The pinned aws-cdk-lib does not know the property yet.
      this.resource.addPropertyOverride('Ec2DeploymentOptions', { AutoScalingGroupProcessesToSuspend: input.props.processesToSuspend });
    }
  }

  public addAlarm(alarm: cloudwatch.IAlarmRef): void {
    this.alarms.push(alarm);
  }
}

function groupProps({ props, application, deploymentConfig, deploymentGroupName, role, loadBalancers }: ServerGroupInput): codedeploy.CfnDeploymentGroupProps {
  const { targets, outdatedInstances = 'UPDATE', terminationHook = false } = props;
  const events = rollbackEvents(props);
  return {
    applicationName: application.applicationName,
    deploymentGroupName,
    deploymentConfigName: deploymentConfig.deploymentConfigName,
    serviceRoleArn: role.roleArn,
    deploymentStyle: { deploymentType: 'IN_PLACE', deploymentOption: hasLoadBalancer(loadBalancers) ? 'WITH_TRAFFIC_CONTROL' : 'WITHOUT_TRAFFIC_CONTROL' },
    autoScalingGroups: targets._autoScalingGroups.map(({ autoScalingGroupName }) => autoScalingGroupName),
    ec2TagSet: { ec2TagSetList: targets._ec2TagGroups.map((group) => ({ ec2TagGroup: tagFilters(group) })) },
    onPremisesTagSet: { onPremisesTagSetList: targets._onPremisesTagGroups.map((group) => ({ onPremisesTagGroup: tagFilters(group) })) },
    loadBalancerInfo: loadBalancerInfo(loadBalancers),
    outdatedInstancesStrategy: outdatedInstances,
    terminationHookEnabled: terminationHook,
    autoRollbackConfiguration: events.length === 0 ? { enabled: false } : { enabled: true, events },
    triggerConfigurations: triggerConfigurations(props.triggers ?? []),
  };
}

const tagFilters = (group: TagGroup): { key?: string; value?: string; type: string }[] => group.map((filter) => ({ ...filter, type: filterType(filter) }));

function filterType({ key, value }: TagFilter): string {
  if (key === undefined) {
    return 'VALUE_ONLY';
  }
  return value === undefined ? 'KEY_ONLY' : 'KEY_AND_VALUE';
}
