import type { HookEvent } from '../../lib/model/hook-contract';
import { quoted } from './text';

/** What arrived as a hook event: one to act on, one that can only be reported as failed, or nothing to report to. */
export type ParsedHookEvent =
  | { readonly kind: 'hook'; readonly hook: HookEvent }
  | { readonly kind: 'malformed'; readonly hook: HookEvent; readonly problem: string }
  | { readonly kind: 'unreportable'; readonly problem: string };

const DEPLOYMENT_ID = /^d-[A-Za-z0-9-]+$/;

/** Longer than any id that the service makes; keeps a wrong payload out of requests and logs. */
const MAX_ID_LENGTH = 4096;

/** Keys besides the two that we know are let through: the service may come to send more. */
export function parseHookEvent(event: unknown): ParsedHookEvent {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    return { kind: 'unreportable', problem: `must be an object, got ${event === null ? 'null' : Array.isArray(event) ? 'a list' : typeof event}` };
  }
  const { DeploymentId, LifecycleEventHookExecutionId } = event as Partial<Record<keyof HookEvent, unknown>>;
  const missing = Object.entries({ DeploymentId, LifecycleEventHookExecutionId })
    .filter(([, value]) => typeof value !== 'string' || value.trim() === '')
    .map(([name, value]) => `'${name}' must be a string that is not empty, got ${typeof value === 'string' ? quoted(value) : typeof value}`);
  const long = Object.entries({ DeploymentId, LifecycleEventHookExecutionId })
    .filter(([, value]) => typeof value === 'string' && value.length > MAX_ID_LENGTH)
    .map(([name, value]) => `'${name}' must have at most ${MAX_ID_LENGTH} characters, got ${String(value).length}`);
  if (missing.length > 0 || long.length > 0) {
    return { kind: 'unreportable', problem: [...missing, ...long].join('; ') };
  }
  const hook: HookEvent = { DeploymentId: String(DeploymentId), LifecycleEventHookExecutionId: String(LifecycleEventHookExecutionId) };
  return DEPLOYMENT_ID.test(hook.DeploymentId)
    ? { kind: 'hook', hook }
    : { kind: 'malformed', hook, problem: `'DeploymentId' must look like d-A1B2C3D4E, got ${quoted(hook.DeploymentId)}` };
}
