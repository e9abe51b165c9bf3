/** What arrived as a lifecycle event of ECS: one to act on, or what is wrong with it. */
import type { EcsNativeHookEvent, EcsNativeHookStage, TrafficWeights } from '../../../lib/model/ecs-native';
import { ECS_NATIVE_HOOK_STAGES } from '../../../lib/model/ecs-native';
import { excerpt, quoted } from '../text';

export type ParsedNativeEvent = { readonly event: EcsNativeHookEvent } | { readonly problem: string };

/** Longer than any id or ARN that the service makes; keeps a wrong payload out of logs. */
const MAX_LENGTH = 2048;

/** More revisions than a deployment can have; keeps a wrong payload from costing time. */
const MAX_REVISIONS = 100;

type Raw = Readonly<Record<string, unknown>>;

/** Whether somebody meant an event of ECS, and not one of CodeDeploy: by names that only it has. */
export function looksLikeNativeEvent(event: unknown): boolean {
  return isObject(event) && ('lifecycleStage' in event || 'executionDetails' in event) && !('LifecycleEventHookExecutionId' in event);
}

/** Keys besides those that we know are let through: the service may come to send more. */
export function parseNativeEvent(event: unknown): ParsedNativeEvent {
  if (!isObject(event)) {
    return { problem: `must be an object, got ${event === null ? 'null' : Array.isArray(event) ? 'a list' : typeof event}` };
  }
  const problems: string[] = [];
  const details = objectAt(event, 'executionDetails', problems);
  const parsed = {
    executionId: textAt(event, 'executionId', problems),
    lifecycleStage: stageOf(event, problems),
    resourceArn: textAt(event, 'resourceArn', problems),
    executionDetails: {
      serviceArn: textAt(details, 'serviceArn', problems),
      targetServiceRevisionArn: textAt(details, 'targetServiceRevisionArn', problems),
      testTrafficWeights: weightsAt(details, 'testTrafficWeights', problems),
      productionTrafficWeights: weightsAt(details, 'productionTrafficWeights', problems),
    },
  };
  const carried = event['hookDetails'];
  if (carried !== undefined && carried !== null && !isObject(carried)) {
    problems.push(`'hookDetails' must be an object, got ${typeof carried}`);
  }
  return problems.length > 0 ? { problem: problems.join('; ') } : { event: { ...parsed, ...(isObject(carried) ? { hookDetails: carried } : {}) } };
}

function stageOf(event: Raw, problems: string[]): EcsNativeHookStage {
  const given = event['lifecycleStage'];
  const stage = ECS_NATIVE_HOOK_STAGES.find((known) => known === given);
  if (stage === undefined) {
    problems.push(`'lifecycleStage' must be one of ${ECS_NATIVE_HOOK_STAGES.join(', ')}, got ${typeof given === 'string' ? quoted(given) : typeof given}`);
  }
  return stage ?? ECS_NATIVE_HOOK_STAGES[0];
}

function textAt(from: Raw, name: string, problems: string[]): string {
  const value = from[name];
  if (typeof value !== 'string' || value.trim() === '') {
    problems.push(`'${name}' must be a string that is not empty, got ${typeof value === 'string' ? quoted(value) : typeof value}`);
    return '';
  }
  if (value.length > MAX_LENGTH) {
    problems.push(`'${name}' must have at most ${MAX_LENGTH} characters, got ${value.length}`);
  }
  return value;
}

function objectAt(from: Raw, name: string, problems: string[]): Raw {
  const value = from[name];
  if (isObject(value)) {
    return value;
  }
  problems.push(`'${name}' must be an object, got ${value === null ? 'null' : typeof value}`);
  return {};
}

/** A stage that moves no traffic of a kind has no weights for it. */
function weightsAt(from: Raw, name: string, problems: string[]): TrafficWeights {
  const value = from[name] ?? {};
  if (!isObject(value)) {
    problems.push(`'${name}' must be an object, got ${typeof value}`);
    return {};
  }
  const entries = Object.entries(value);
  if (entries.length > MAX_REVISIONS) {
    problems.push(`'${name}' must have at most ${MAX_REVISIONS} revisions, got ${entries.length}`);
    return {};
  }
  const wrong = entries.find(([, weight]) => typeof weight !== 'number' || !(weight >= 0 && weight <= 100));
  if (wrong !== undefined) {
    problems.push(`'${name}' must hold numbers from 0 to 100, got ${excerpt(JSON.stringify(wrong[1]) ?? 'undefined')}`);
  }
  return value as TrafficWeights;
}

function isObject(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
