/** What a scenario takes away from roles, as the template would if the statement were missing. */
import type { AnyModel } from './models';
import { UserError } from '../report/user-error';
import type { Scenario } from '../scenario/scenario';
import type { FunctionLibrary } from './functions';

/** Actions by the ARN of the role that loses them. @throws UserError where the rollout has no such hook */
export function removedActions(models: readonly AnyModel[], functions: FunctionLibrary, scenario: Scenario): ReadonlyMap<string, readonly string[]> {
  const removed = new Map<string, string[]>();
  for (const { hook, action } of scenario.deny) {
    for (const model of models) {
      const name = functionOf(model, hook);
      const role = name === undefined ? undefined : functions.find(name)?.spec.roleArn;
      if (role === undefined) {
        throw new UserError(`${scenario.file}: "deny" names ${hook}, which rollout ${model.name} has no function of this assembly for; it has ${hooksOf(model)}`);
      }
      removed.set(role, [...(removed.get(role) ?? []), action]);
    }
  }
  return removed;
}

function functionOf(model: AnyModel, hook: Scenario['deny'][number]['hook']): string | undefined {
  if (hook !== 'guardian') {
    return model.hookFunctions.find(({ event }) => event === hook)?.function;
  }
  return guardianOf(model);
}

function hooksOf(model: AnyModel): string {
  const names = model.hookFunctions.map(({ event }) => event);
  return [...names, ...(guardianOf(model) === undefined ? [] : ['guardian'])].join(', ') || 'no hook';
}

/** Who reports for hooks of CodeDeploy that cannot; ECS waits for the answer itself. */
const guardianOf = (model: AnyModel): string | undefined => (model.controller === 'ECS' ? undefined : model.guardianName);
