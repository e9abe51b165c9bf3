/** What CloudFormation does in deployments that it performs itself, as far as AWS says it and beyond: as data, each entry with its source. */
import type { BehaviourEntry, Certainty } from './service-behaviour';

const entry = <T>(value: T, certainty: Certainty, what: string, source: string): BehaviourEntry<T> => ({ what, value, certainty, source });

export const STACK_BEHAVIOUR = {
  reportsOnApplication: entry(
    'CloudFormation',
    'assumed',
    'application in the ARN deploymentgroup:APPLICATION/GROUP on which IAM decides what hooks may report; the group has the name of the stack',
    "no application and no group is made, and AWS documents no ARN; its own sample of a hook for such deployments grants deploymentgroup:*/* (aws-samples/aws-reinvent-trivia-game)",
  ),
  cancelledCode: entry('MANUAL_STOP', 'assumed', 'error code of a deployment that CloudFormation stops, since its update was cancelled or a rollback trigger is in ALARM', 'by the name in the ErrorCode enumeration'),
  stackRollbackMs: entry(1000, 'assumed', 'time from the end of a deployment to the rollback of its stack', 'not documented; as a rollback of CodeDeploy has been observed'),
  redTriggerAtStart: entry(
    'rollsBack' as 'rollsBack' | 'isPassedOver',
    'assumed',
    'what comes of a rollback trigger that is in ALARM before the update begins',
    'the user guide speaks of alarms that go to ALARM during the operation, and of no other state',
  ),
} as const;

/** What the engine takes for granted and cannot switch. */
export const STACK_ASSUMPTIONS: readonly Omit<BehaviourEntry<never>, 'value'>[] = [
  {
    what: 'the alarms of the rollout are rollback triggers of the stack, as the finding rollback-triggers says how to make them',
    certainty: 'assumed',
    source: 'a template cannot set them: whoever deploys does',
  },
  {
    what: 'lifecycle events, their times, hooks and the traffic shift are those of an ECS deployment that CodeDeploy controls',
    certainty: 'inferred',
    source: 'CloudFormation user guide, blue/green deployments: the hook has the events of the AppSpec, and CodeDeploy plays the deployment',
  },
  {
    what: 'a failed deployment is rolled back with its stack: no deployment of its own, all traffic to the original in one step, and no hooks',
    certainty: 'inferred',
    source: 'CloudFormation user guide: "rolls the stack back to its state before the entire green deployment was initiated"',
  },
  {
    what: 'GetDeployment of such a deployment names no application, group and configuration, and its target is the stack',
    certainty: 'inferred',
    source: 'CodeDeploy API reference, CloudFormationTarget; the CodeDeploy user guide says that application and group are not created',
  },
];

export type StackBehaviour = { readonly [Name in keyof typeof STACK_BEHAVIOUR]: (typeof STACK_BEHAVIOUR)[Name]['value'] };

/** The default values, with any of them switched. */
export function stackBehaviour(switched: Partial<StackBehaviour> = {}): StackBehaviour {
  const defaults = Object.fromEntries(Object.entries(STACK_BEHAVIOUR).map(([name, { value }]) => [name, value])) as StackBehaviour;
  return { ...defaults, ...switched };
}
