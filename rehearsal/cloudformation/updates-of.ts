/** The stack updates of a scenario, as the rollout's platform has them. */
import { UserError } from '../report/user-error';
import { AliasUpdates } from './alias-updates';
import { StackUpdates, type PlayedUpdates, type StackUpdatesOptions } from './stack-updates';

/** @throws UserError where an update of the scenario cannot be played */
export function stackUpdatesOf({ found, ...options }: StackUpdatesOptions): PlayedUpdates {
  switch (found.controller) {
    case 'CODE_DEPLOY':
      return new StackUpdates({ ...options, found });
    case 'LAMBDA':
      return new AliasUpdates({ ...options, found });
    case 'SERVER':
      throw new UserError(`${options.scenario.file}: "stackUpdates" are played for services and functions, and ${found.name} is for instances; take them out`);
    default:
      throw new UserError(`${options.scenario.file}: "stackUpdates" are played for rollouts of CodeDeploy, and ECS itself controls the deployments of ${found.name}`);
  }
}
