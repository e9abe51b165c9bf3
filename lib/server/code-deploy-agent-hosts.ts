import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { CfnResource } from 'aws-cdk-lib/core';

import type { AgentHosts } from '../private/agent-hosts';

const knownType = (type: ec2.OperatingSystemType): boolean | undefined => (type === ec2.OperatingSystemType.UNKNOWN ? undefined : type === ec2.OperatingSystemType.WINDOWS);

/** What gets a CodeDeploy agent. */
export class CodeDeployAgentHosts {
  /**
   * Every instance that an Auto Scaling group launches from now on; those that run already get the agent by Systems Manager only.
   *
   * @throws where its launch template has no user data or no role
   */
  public static fromAutoScalingGroup(group: autoscaling.AutoScalingGroup): CodeDeployAgentHosts {
    return new CodeDeployAgentHosts({
      name: `Auto Scaling group '${group.node.path}'`,
      role: group.role,
      userData: () => group.userData,
      windows: knownType(group.osType),
      resource: group.node.defaultChild as CfnResource,
      target: { key: 'tag:aws:autoscaling:groupName', value: group.autoScalingGroupName },
    });
  }

  /** One instance. A change of its user data does not reach an instance that runs, unless it has `userDataCausesReplacement`. */
  public static fromInstance(instance: ec2.Instance): CodeDeployAgentHosts {
    return new CodeDeployAgentHosts({
      name: `instance '${instance.node.path}'`,
      role: instance.role,
      userData: () => instance.userData,
      windows: knownType(instance.osType),
      resource: instance.instance,
      target: { key: 'InstanceIds', value: instance.instanceId },
    });
  }

  /**
   * Whatever is launched with this user data, such as by a launch template. Not for Systems Manager, which goes by groups and instances.
   *
   * @param role role of the instance profile
   */
  public static fromUserData(userData: ec2.UserData, role: iam.IRole): CodeDeployAgentHosts {
    return new CodeDeployAgentHosts({ name: 'user data', role, userData: () => userData });
  }

  private constructor(
    /** @internal */
    public readonly _hosts: AgentHosts,
  ) {}
}
