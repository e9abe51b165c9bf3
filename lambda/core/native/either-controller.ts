/** The same function is a hook of CodeDeploy's deployments or of those that ECS controls: what invoked it decides, and what it was made for. */
import type { EcsNativeHookAnswer, EcsNativeHookEvent } from '../../../lib/model/ecs-native';
import { ECS_NATIVE_EVENT } from '../../../lib/model/ecs-native';
import type { HookEvent, HookReturn } from '../../../lib/model/hook-contract';
import { ENV } from '../../../lib/model/hook-contract';
import type { HookContext } from '../hook';
import type { Environment } from '../ports';
import { looksLikeNativeEvent } from './parse-event';

export type HookHandler = (event: unknown, context: HookContext) => Promise<HookReturn | EcsNativeHookAnswer>;

export interface Controllers {
  readonly codeDeploy: HookHandler;
  readonly ecs: HookHandler;
}

/** A malformed event gets the answer that the controller understands which the function was made for. */
export function eitherController(environment: Environment, { codeDeploy, ecs }: Controllers): HookHandler {
  return (event, context) => (looksLikeNativeEvent(event) || environment.variable(ENV.event) === ECS_NATIVE_EVENT ? ecs : codeDeploy)(event, context);
}

/** What checks know of a deployment, in CodeDeploy's words: an id for it and one for this execution of the hook. */
export function asHookEvent({ resourceArn, executionId }: EcsNativeHookEvent): HookEvent {
  return { DeploymentId: resourceArn, LifecycleEventHookExecutionId: executionId };
}
