/** What may surprise in releases to servers: told at synth, and what can never work is refused. */
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';

import type { ServerTargets } from '../server/server-targets';
import type { AlarmList } from './alarm-list';
import type { BoundRevision } from './bound-revision';
import { Claims } from './claims';
import { askWhenComplete } from './complete-app';
import type { Findings } from './findings';
import { cfnElementOf } from './references';
import type { BlueGreenConfiguration } from './server-blue-green';
import { examineBlueGreen, noteBlueGreenSurprises } from './server-blue-green-findings';
import type { HealthyHostsConfiguration } from './server-config';
import type { DeployableServers } from './server-deployable';
import { examineFleet } from './server-fleet-findings';
import type { BoundLoadBalancers } from './server-load-balancers';
import { hasLoadBalancer, targetTypeProblems } from './server-load-balancers';
import { noteScaling } from './server-scaling-findings';

export interface ServerSubject {
  readonly targets: ServerTargets;
  readonly config: HealthyHostsConfiguration;
  /** Undefined: in place. */
  readonly blueGreen: BlueGreenConfiguration | undefined;
  /** Tells, when the app is complete, whether something deploys. */
  readonly deployable: Pick<DeployableServers, 'trigger'>;
  readonly loadBalancers: BoundLoadBalancers;
  readonly revision: BoundRevision | undefined;
  /** Whether a gate decides. */
  readonly gated: boolean;
  readonly alarms: AlarmList;
  readonly findings: Findings;
}

export function noteServerSurprises(rollout: Construct, subject: ServerSubject): void {
  const { loadBalancers, revision, findings } = subject;
  noteSharedGroups(rollout, subject);
  noteTwoKinds(loadBalancers, findings);
  noteBlueGreenSurprises(rollout, subject);
  revision?.bundle?.eventFindings({ loadBalancer: hasLoadBalancer(loadBalancers) }).forEach((finding) => findings.add(finding));
  askWhenComplete(rollout, (constructsOf) => {
    noteNotAttached(subject);
    noteNothingStops(rollout, subject);
    noteScaling(subject, constructsOf);
    return [...targetTypeProblems(loadBalancers), ...examineBlueGreen(rollout, subject, constructsOf), ...examineFleet(rollout, subject, constructsOf)];
  });
}

/** Auto Scaling groups of an app, and the rollouts that put hooks on them. */
const HOOKED = new Claims();

/**
 * Each deployment group puts a hook of its own on an Auto Scaling group. A new instance waits for both, and both deploy to it at the same time.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/integrations-aws-auto-scaling.html#integrations-aws-auto-scaling-behaviors
 */
function noteSharedGroups(rollout: Construct, { targets, blueGreen, findings }: ServerSubject): void {
  for (const group of targets._autoScalingGroups) {
    if (blueGreen !== undefined) {
      requireReplacedOnce(rollout, group);
    }
    const other = HOOKED.take(rollout.node.root, identity(group), rollout);
    if (other !== undefined) {
      findings.add({
        id: 'shared-auto-scaling-group',
        level: 'warning',
        message: `Auto Scaling group '${group.node.path}' is a target of rollout '${other.node.path}' too: each hooks it, both deploy to an instance that it launches at the same time in no certain order, and one that fails has the instance ended`,
        remedy: 'select the instances by a tag in one of the two, whose new instances it then deploys to with its next deployment, or give each application a fleet of its own',
      });
    }
  }
}

/** Auto Scaling groups of an app, and the blue/green rollouts that replace their instances. */
const REPLACED = new Claims();

/** @throws for a second blue/green rollout: the group that serves for one is scaled down, copied or deleted by the other */
function requireReplacedOnce(rollout: Construct, group: autoscaling.IAutoScalingGroup): void {
  const other = REPLACED.take(rollout.node.root, identity(group), rollout);
  if (other !== undefined) {
    throw new Error(
      `Auto Scaling group '${group.node.path}' is of the blue/green rollout '${other.node.path}' already, and '${rollout.node.path}' would end instances that serve for it; ` +
        'give each rollout Auto Scaling groups of its own, put both applications into one revision, or deploy one of them by ServerDeployment.inPlace()',
    );
  }
}

/** Two imports of one group are the same group. */
const identity = (group: autoscaling.IAutoScalingGroup): string => {
  const { autoScalingGroupName: name } = group;
  return cfnElementOf(group) === undefined && !Token.isUnresolved(name) ? `${Stack.of(group).environment}/${name}` : group.node.path;
};

function noteTwoKinds({ targetGroups, classic }: BoundLoadBalancers, findings: Findings): void {
  if (targetGroups.length > 0 && classic.length > 0) {
    findings.add({
      id: 'mixed-load-balancers',
      level: 'warning',
      message: `'loadBalancers' has ${classic.length} Classic Load Balancers and ${targetGroups.length} target groups; the API has a list for each and says nowhere that both may be filled`,
      remedy: 'take the target groups alone, or try it on a group that nobody needs',
    });
  }
}

/**
 * CodeDeploy registers an instance with what the rollout names; Auto Scaling does so with what its group names, and looks at the health there. To groups that alternate nothing may be
 * attached.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/integrations-aws-auto-scaling.html
 */
function noteNotAttached({ targets, blueGreen, loadBalancers: { targetGroups, classic }, findings }: ServerSubject): void {
  if (blueGreen?.fleet.type === 'ALTERNATING') {
    return;
  }
  for (const group of targets._autoScalingGroups) {
    const element = cfnElementOf(group);
    if (!(element instanceof autoscaling.CfnAutoScalingGroup)) {
      continue;
    }
    const stack = Stack.of(element);
    const resolved = (value: unknown): string => JSON.stringify(stack.resolve(value) ?? []);
    const missing = (constructs: readonly IConstruct[], name: (index: number) => string, attached: unknown) => constructs.filter((_, index) => !resolved(attached).includes(resolved(name(index))));
    [
      ...missing(targetGroups, (index) => targetGroups[index]!.targetGroupArn, element.targetGroupArns),
      ...missing(classic, (index) => classic[index]!.loadBalancerRef.loadBalancerName, element.loadBalancerNames),
    ].forEach((balancer) =>
      findings.add({
        id: 'load-balancer-not-attached',
        level: 'warning',
        message: `'${balancer.node.path}' is not attached to Auto Scaling group '${group.node.path}': an instance that is launched gets no traffic until CodeDeploy has deployed to it, and one that is unhealthy there is never replaced`,
        remedy: 'attach it to the Auto Scaling group',
      }),
    );
  }
}

const VALIDATING = ['ApplicationStart', 'ValidateService', 'BeforeAllowTraffic', 'AfterAllowTraffic'];

/** Where the bundle is known and has no script that could fail once the new revision is installed, no load balancer waits for the instance, and no alarm watches. */
function noteNothingStops(rollout: Construct, { loadBalancers, revision, gated, alarms, findings }: ServerSubject): void {
  if (gated || revision?.bundle === undefined || hasLoadBalancer(loadBalancers) || alarms.all().length > 1) {
    return;
  }
  const { hooks } = revision.bundle.appSpec as { readonly hooks?: unknown };
  const events = Object.entries(Object(hooks) as Record<string, unknown>).flatMap(([event, scripts]) => (Array.isArray(scripts) && scripts.length > 0 ? [event] : []));
  if (!events.some((event) => VALIDATING.includes(event))) {
    findings.add({
      id: 'nothing-stops-a-release',
      level: 'warning',
      message: `rollout '${rollout.node.path}' has no alarm but its own, no load balancer, and a revision without a script that looks at what was installed: nothing stops a release, whatever it does`,
      remedy: "give the revision a script for 'ValidateService', or the rollout 'rollback.alarms'",
    });
  }
}
