/** A stack under one template: the resources that are played, in what order, and what their properties come to. */
import type { Assembly } from '../assembly/assembly';
import type { JsonObject } from '../assembly/read-json';
import type { Made } from '../assembly/resolver';
import type { Stack } from '../assembly/stack';
import { needed } from './dependencies';
import { stringified } from './properties';

export const TASK_DEFINITION = 'AWS::ECS::TaskDefinition';
export const SERVICE = 'AWS::ECS::Service';
export const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
export const TARGET_GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';
export const FUNCTION_VERSION = 'AWS::Lambda::Version';
export const ALIAS = 'AWS::Lambda::Alias';
export const AUTO_SCALING_GROUP = 'AWS::AutoScaling::AutoScalingGroup';

export type PlayedKind = 'taskDefinition' | 'service' | 'listener' | 'targetGroup' | 'functionVersion' | 'alias' | 'autoScalingGroup' | 'custom';

/** A stack's template, and the assembly beside which it is deployed. */
export interface TemplateVersion {
  readonly assembly: Assembly;
  readonly stack: Stack;
}

export interface PlayedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly kind: PlayedKind;
  /** Properties as the template says them. */
  readonly written: JsonObject;
  /** Logical ids of played resources that come before it. */
  readonly after: readonly string[];
  /** Whether it stays in the account when the stack has it no more. */
  readonly retained: boolean;
}

export class StackVersion {
  readonly resources: readonly PlayedResource[];
  private readonly assembly: Assembly;
  /** Nothing is made yet: names as the template alone gives them. */
  private readonly unmade: Assembly;

  /** @param playedTypes types besides task definitions and services that are played: custom resources whose functions are run, listeners and target groups; every other resource is taken to be done at once */
  constructor(
    readonly source: TemplateVersion,
    made: Made,
    playedTypes: readonly string[],
  ) {
    const { assembly, stack } = source;
    this.assembly = assembly.withStack(stack, made);
    this.unmade = assembly.withStack(stack, { ref: () => undefined, attribute: () => undefined });
    const kinds = new Map(
      this.assembly
        .resources(TASK_DEFINITION, SERVICE, ...playedTypes)
        .filter((place) => place.stack === stack)
        .map(({ logicalId, resource: { type } }) => [logicalId, { type, kind: kindOf(type) }] as const),
    );
    this.resources = [...kinds].map(([logicalId, { type, kind }]) => {
      const before = needed(stack.template, logicalId);
      const written = stack.template.resources[logicalId]?.properties ?? {};
      const retained = (stack.template.resources[logicalId]?.deletionPolicy ?? 'Delete') !== 'Delete';
      return { logicalId, type, kind, written, retained, after: [...kinds.keys()].filter((other) => other !== logicalId && before.has(other)) };
    });
  }

  /** Properties as CloudFormation would hand them on now. Those of a service are compared: a number is as good as its text, which attributes are. */
  properties({ logicalId, kind }: PlayedResource): JsonObject {
    const resolved = this.assembly.properties({ stack: this.stack, logicalId, resource: this.stack.template.resources[logicalId]! });
    return kind === 'taskDefinition' ? resolved : (stringified(resolved) as JsonObject);
  }

  /** What `Ref` gives for a resource by the template alone. */
  ref(logicalId: string): string {
    return this.unmade.ref(this.stack, logicalId);
  }

  /** ARN of a task definition's family, without a revision. */
  familyArn(logicalId: string): string {
    return this.unmade.ref(this.stack, logicalId).replace(/:\d+$/, '');
  }

  get stack(): Stack {
    return this.source.stack;
  }

  get stackId(): string {
    return this.unmade.text(this.stack, { Ref: 'AWS::StackId' });
  }
}

function kindOf(type: string): PlayedKind {
  switch (type) {
    case TASK_DEFINITION:
      return 'taskDefinition';
    case SERVICE:
      return 'service';
    case LISTENER:
      return 'listener';
    case TARGET_GROUP:
      return 'targetGroup';
    case FUNCTION_VERSION:
      return 'functionVersion';
    case ALIAS:
      return 'alias';
    case AUTO_SCALING_GROUP:
      return 'autoScalingGroup';
    default:
      return 'custom';
  }
}

/** Those that are needed first. */
export function inOrder(resources: readonly PlayedResource[]): readonly PlayedResource[] {
  const sorted: PlayedResource[] = [];
  const visit = (resource: PlayedResource): void => {
    if (!sorted.includes(resource)) {
      resources.filter(({ logicalId }) => resource.after.includes(logicalId)).forEach(visit);
      sorted.push(resource);
    }
  };
  resources.forEach(visit);
  return sorted;
}
