/** Which of a rollout's hooks an AppSpec leaves out. */
import { ENV } from '../../../lib/model/hook-contract';
import type { MissingHook, RequiredHook } from '../../../lib/model/hook-inspector';
import { ECS_HOOK_EVENTS } from '../../../lib/model/lifecycle';
import { unqualifiedArn } from '../destination-record';
import { ConfigurationError } from '../failures';
import type { Environment } from '../ports';
import { jsonVariable } from '../settings';
import { excerpt, quoted } from '../text';
import type { NamedHooks } from './named-hooks';

/** @throws ConfigurationError */
export function requiredHooks(environment: Environment): readonly RequiredHook[] {
  const hooks = jsonVariable(environment, ENV.requiredHooks);
  if (!Array.isArray(hooks) || hooks.length === 0 || !hooks.every(isRequiredHook)) {
    const got = hooks === undefined ? 'nothing' : quoted(JSON.stringify(hooks));
    throw new ConfigurationError(`environment variable ${ENV.requiredHooks} must hold a list of { event, functionArn }, got ${got}; deploy the rollout again`);
  }
  return hooks;
}

/** Hooks that are not named at their events, or not alone. */
export function missingHooks(required: readonly RequiredHook[], named: NamedHooks): readonly MissingHook[] {
  return required.flatMap(({ event, functionArn }) => {
    const given = named.get(event) ?? [];
    if (given.length > 0 && given.every((name) => isFunction(name, functionArn))) {
      return [];
    }
    return [{ event, functionArn, ...(given.length === 0 ? {} : { named: excerpt(given.join(', ')) }) }];
  });
}

/** `AfterAllowTestTraffic (smoke)`, with what stands in its place. */
export function describeMissing({ event, functionArn, named }: MissingHook): string {
  return `${event} (${functionName(functionArn)}${named === undefined ? '' : `; it names ${named}`})`;
}

/**
 * An AppSpec names a function by its name or its ARN. Which version or alias it names is left alone: the service role may invoke the one that the rollout has and no
 * other, so that another one fails the deployment instead of being passed over.
 */
function isFunction(nameOrArn: string, functionArn: string): boolean {
  return nameOrArn.startsWith('arn:') ? unqualifiedArn(nameOrArn) === unqualifiedArn(functionArn) : nameOrArn.split(':')[0] === functionName(functionArn);
}

const functionName = (arn: string): string => arn.split(':')[6] ?? arn;

function isRequiredHook(value: unknown): value is RequiredHook {
  const { event, functionArn } = (value ?? {}) as Partial<Record<keyof RequiredHook, unknown>>;
  return typeof functionArn === 'string' && ECS_HOOK_EVENTS.some((known) => known === event);
}
