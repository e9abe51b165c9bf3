/** What a hook's invocation means to the service. */
import { ECS_NATIVE_HOOK_STATUSES } from '../../../lib/model/ecs-native';
import type { HookAnswer } from './service-model';

export type Understood =
  | { readonly status: 'SUCCEEDED' | 'FAILED' }
  | { readonly status: 'IN_PROGRESS'; readonly callBackDelaySeconds?: number; readonly hookDetails?: Readonly<Record<string, unknown>> }
  /** Takes the deployment back like a failure. */
  | { readonly status: 'INVALID'; readonly problem: string };

export function understand(answer: HookAnswer): Understood {
  if (answer.kind === 'refused') {
    return { status: 'INVALID', problem: answer.message };
  }
  const { end, payload, error } = answer.result;
  if (end !== 'returned') {
    const how = { threw: 'threw', timedOut: 'was killed at its time-out', crashed: 'crashed', silent: 'ended without an answer' }[end];
    return { status: 'INVALID', problem: `the function ${how}${error === undefined ? '' : `: ${error.errorType}: ${error.errorMessage}`}` };
  }
  return understandPayload(payload);
}

function understandPayload(payload: unknown): Understood {
  const fields = isObject(payload) ? payload : {};
  const status = ECS_NATIVE_HOOK_STATUSES.find((known) => known === fields.hookStatus);
  if (status === undefined) {
    const got = JSON.stringify(isObject(payload) ? fields.hookStatus : payload) ?? 'nothing';
    return { status: 'INVALID', problem: `the function answered no valid hookStatus: it must be ${ECS_NATIVE_HOOK_STATUSES.join(', ')}, got ${got.slice(0, 120)}` };
  }
  if (status !== 'IN_PROGRESS') {
    return { status };
  }
  const { callBackDelay, hookDetails } = fields;
  if (callBackDelay !== undefined && !(typeof callBackDelay === 'number' && Number.isFinite(callBackDelay) && callBackDelay >= 0)) {
    return { status: 'INVALID', problem: `the function answered a callBackDelay that is no number of seconds: ${String(JSON.stringify(callBackDelay)).slice(0, 120)}` };
  }
  if (hookDetails !== undefined && !isObject(hookDetails)) {
    return { status: 'INVALID', problem: 'the function answered hookDetails that are no object' };
  }
  return {
    status,
    ...(callBackDelay === undefined ? {} : { callBackDelaySeconds: callBackDelay }),
    ...(hookDetails === undefined ? {} : { hookDetails }),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
