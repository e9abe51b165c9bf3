/** Whether two Auto Scaling groups can alternate: looked at when the app is complete. */
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type { IConstruct } from 'constructs';

import type { Findings } from './findings';
import { cfnElementOf } from './references';
import { renderedProperties } from './rendered';

export interface Alternation {
  readonly autoScalingGroups: readonly autoscaling.IAutoScalingGroup[];
  /** Instances that the first one is given. */
  readonly capacity: number;
  /** Whether CloudFormation starts its deployments. */
  readonly triggered: boolean;
  readonly findings: Findings;
}

/** @returns what is refused */
export function examineAlternation(rollout: IConstruct, alternation: Alternation): string[] {
  noteNoTrigger(rollout, alternation);
  return alternation.autoScalingGroups.flatMap((group) => problemsOf(group, alternation));
}

function problemsOf(group: autoscaling.IAutoScalingGroup, { capacity, findings }: Alternation): string[] {
  const { path } = group.node;
  const element = cfnElementOf(group);
  if (!(element instanceof autoscaling.CfnAutoScalingGroup)) {
    noteNotSeen(findings, `Auto Scaling group '${path}' is not made in this app`);
    return [];
  }
  const { MinSize: min, MaxSize: max, DesiredCapacity: desired, ...others } = renderedProperties(element);
  if (typeof min !== 'string') {
    noteNotSeen(findings, `Auto Scaling group '${path}' has a 'minCapacity' that is known when the stack is deployed`);
  }
  return [
    ...(typeof min === 'string' && min !== '0'
      ? [`Auto Scaling group '${path}' has 'minCapacity' ${min}, and alternates: it has no instance while the other one serves; set 'minCapacity' to 0, and let ${CAPACITY} say how many instances there are to begin with`]
      : []),
    ...(desired === undefined
      ? []
      : [`Auto Scaling group '${path}' has 'desiredCapacity' ${shown(desired)} in its template, and alternates: each update of the stack would scale it to that, whether it serves or not; leave 'desiredCapacity' out, and let ${CAPACITY} say how many instances there are to begin with`]),
    ...(typeof max === 'string' && Number(max) < capacity ? [`Auto Scaling group '${path}' has 'maxCapacity' ${max}, and ${CAPACITY} is ${capacity}; raise 'maxCapacity' to ${capacity} at least, or lower 'capacity'`] : []),
    ...ATTACHMENTS.filter((name) => isFull(others[name])).map((name) => attachedProblem(path, name, others[name])),
  ];
}

const CAPACITY = "'capacity' of BlueGreenFleet.alternating()";

/** By which Auto Scaling registers an instance when it is launched. */
const ATTACHMENTS = ['LoadBalancerNames', 'TargetGroupARNs', 'TrafficSources'];

const isFull = (list: unknown): boolean => list !== undefined && !(Array.isArray(list) && list.length === 0);

function attachedProblem(path: string, property: string, value: unknown): string {
  return (
    `Auto Scaling group '${path}' has ${shown(value)} in its '${property}', and alternates: an instance would get traffic as soon as it is launched, before anything has been deployed to it and while the other group serves; ` +
    "name the group neither in 'targets' of a target group or load balancer nor attach it by a method of its own, since CodeDeploy registers its instances by itself"
  );
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function noteNotSeen(findings: Findings, what: string): void {
  findings.add({
    id: 'fleet-not-examined',
    level: 'warning',
    message: `${what}, and alternates: whether an update of it scales it while it serves, and whether its instances get traffic before they are deployed to, nobody has seen`,
    remedy: "make sure that it has a smallest size of 0, that nothing sets its desired capacity, and that no load balancer is attached to it",
  });
}

/** A trigger scales the replacement up, waits for its instances and names it to the deployment; whoever deploys otherwise has to do so. */
function noteNoTrigger(rollout: IConstruct, { triggered, findings }: Alternation): void {
  if (!triggered) {
    findings.add({
      id: 'no-deployment-trigger',
      level: 'warning',
      message: `rollout '${rollout.node.path}' has two Auto Scaling groups alternate and no ServerDeploymentTrigger: a deployment finds no replacement unless whoever starts it has scaled the idle group up, and names it by 'targetInstances'`,
      remedy: 'add a ServerDeploymentTrigger, or do as docs/server-blue-green.md says for deployments by other means',
    });
  }
}
