/** Rules of EventBridge on the default bus, and what they send events to. */
import type { TargetInput } from '../engine/event-input';
import type { Assembly, PlacedResource } from './assembly';
import { isObject } from './read-json';
import type { JsonObject } from './read-json';

export interface EventRule {
  readonly name: string;
  readonly arn: string;
  /** As the template has it, resolved. */
  readonly pattern: unknown;
  readonly targets: readonly EventTarget[];
}

export interface EventTarget {
  readonly id: string;
  readonly arn: string;
  /** Role under which EventBridge calls it. */
  readonly roleArn?: string;
  readonly input: TargetInput;
}

/** Whose events come to the bus. */
export interface BusPlace {
  readonly account: string;
  readonly region: string;
}

const DEFAULT_BUS = /^(?:arn:[^:]*:events:[^:]*:[^:]*:event-bus\/)?default$/;

/** Rules of one account and region that are on and have an event pattern; a schedule is none. */
export function eventRules(assembly: Assembly, { account, region }: BusPlace): readonly EventRule[] {
  return assembly
    .resources('AWS::Events::Rule')
    .filter(({ stack }) => stack.account === account && stack.region === region)
    .flatMap((place) => ruleOf(assembly, place));
}

function ruleOf(assembly: Assembly, place: PlacedResource): readonly EventRule[] {
  const { Targets, EventPattern, State, EventBusName } = assembly.properties(place);
  if (EventPattern === undefined || State === 'DISABLED' || !DEFAULT_BUS.test(String(EventBusName ?? 'default'))) {
    return [];
  }
  const { stack, logicalId } = place;
  const targets = Array.isArray(Targets) ? (Targets as unknown[]) : [];
  return [{ name: assembly.ref(stack, logicalId), arn: assembly.attribute(stack, logicalId, 'Arn'), pattern: EventPattern, targets: targets.flatMap((target) => (isObject(target) ? [targetOf(target)] : [])) }];
}

function targetOf({ Id, Arn, RoleArn, Input, InputPath, InputTransformer }: JsonObject): EventTarget {
  return {
    id: String(Id ?? ''),
    arn: String(Arn ?? ''),
    ...(RoleArn === undefined ? {} : { roleArn: String(RoleArn) }),
    input: {
      ...(Input === undefined ? {} : { constant: String(Input) }),
      ...(InputPath === undefined ? {} : { path: String(InputPath) }),
      ...(isObject(InputTransformer) ? { transformer: { paths: texts(InputTransformer.InputPathsMap), template: String(InputTransformer.InputTemplate ?? '') } } : {}),
    },
  };
}

function texts(value: unknown): Readonly<Record<string, string>> {
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)])) : {};
}
