/** Rules of EventBridge that invoke a function. */
import type { Assembly } from './assembly';
import { isObject } from './read-json';

export interface EventRule {
  readonly name: string;
  /** As the template has it, resolved. */
  readonly pattern: unknown;
}

/** Rules that are on and have an event pattern; a schedule is none. */
export function rulesInvoking(assembly: Assembly, functionArn: string): readonly EventRule[] {
  return assembly.resources('AWS::Events::Rule').flatMap((place) => {
    const { Targets, EventPattern, State } = assembly.properties(place);
    const targets = Array.isArray(Targets) ? (Targets as unknown[]) : [];
    const invokes = targets.some((target) => isObject(target) && target.Arn === functionArn);
    return invokes && EventPattern !== undefined && State !== 'DISABLED' ? [{ name: assembly.ref(place.stack, place.logicalId), pattern: EventPattern }] : [];
  });
}
