/** What it means that the service replaces an Auto Scaling group of the app by copies. */
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type { CfnResource } from 'aws-cdk-lib/core';
import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

import type { ConstructsOf } from './complete-app';
import type { Findings } from './findings';
import { cfnElementOf } from './references';
import { ResourceGraph } from './resource-graph';
import type { BlueGreenConfiguration } from './server-blue-green';

export interface CopiedGroup {
  readonly group: autoscaling.IAutoScalingGroup;
  readonly originals: BlueGreenConfiguration['fleet']['originals'];
  readonly findings: Findings;
}

export function noteCopied(rollout: IConstruct, { group, originals, findings }: CopiedGroup): void {
  const { path } = group.node;
  const end =
    originals.action === 'TERMINATE'
      ? `CodeDeploy deletes it ${originals.waitMinutes} minutes after the first deployment, and an update of the stack that changes it fails from then on`
      : 'it and its instances are kept without traffic, and cost what they cost';
  findings.add({
    id: 'copied-auto-scaling-group',
    level: 'warning',
    message: `rollout '${rollout.node.path}' replaces Auto Scaling group '${path}' by a copy with each deployment: from the first one on, what CloudFormation made does not serve any more, updates of the stack do not reach the instances that do, and ${end}`,
    remedy: 'take BlueGreenFleet.alternating(), unless you want the copies of the service',
  });
}

/** Paths that a message names; the others are counted. */
const NAMED = 5;

/** Policies, schedules, alarms, associations and whatever else names the group goes on naming the one that does not serve. What the service copies of them it does not tell CloudFormation. */
export function noteReferences(rollout: IConstruct, { group, findings }: CopiedGroup, constructsOf: ConstructsOf): void {
  const element = cfnElementOf(group);
  if (!(element instanceof autoscaling.CfnAutoScalingGroup)) {
    return;
  }
  const graph = ResourceGraph.of(Stack.of(element), constructsOf);
  const found = graph.referringTo(element).filter((resource) => !isWithin(resource, rollout));
  if (found.length > 0) {
    const paths = found.map(({ node }) => `'${node.path}'`).sort();
    const more = paths.length > NAMED ? ` and ${paths.length - NAMED} more` : '';
    findings.add({
      id: 'copied-group-referenced',
      level: 'warning',
      message: `${paths.slice(0, NAMED).join(', ')}${more} ${paths.length === 1 ? 'refers' : 'refer'} to Auto Scaling group '${group.node.path}', which is replaced by a copy with each deployment, and from the first one on ${paths.length === 1 ? 'is' : 'are'} about a group that does not serve`,
      remedy: 'select instances by a tag that the group propagates, measure at the load balancer, or take BlueGreenFleet.alternating()',
    });
  }
}

const isWithin = (resource: CfnResource, scope: IConstruct): boolean => resource.node.scopes.includes(scope);
