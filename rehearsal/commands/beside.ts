/** Rollouts that a scenario releases beside the one that it is for: several applications on one fleet. */
import type { Assembly } from '../assembly/assembly';
import { selectRollout, type AnyRollout } from '../assembly/rollouts';
import { sameEnvironment } from '../assembly/stack';
import { UserError } from '../report/user-error';
import type { Scenario } from '../scenario/scenario';

export interface Beside {
  /** The scenario with the full names of rollouts. */
  readonly scenario: Scenario;
  /** Each once, in the order in which the scenario names them first, and what it says about them. */
  readonly others: readonly { readonly found: AnyRollout; readonly scenario: Scenario }[];
}

/** @throws UserError where there is no such rollout, or it cannot be on the same fleet */
export function besideOf(assembly: Assembly, first: AnyRollout, scenario: Scenario): Beside {
  const others = new Map<string, AnyRollout>();
  const releases = scenario.releases.map((release) => {
    const beside = release.beside?.map((one) => {
      const found = other(assembly, first, scenario.file, one.rollout);
      others.set(found.name, found);
      return { ...one, rollout: found.name };
    });
    return beside === undefined ? release : { ...release, beside };
  });
  return { scenario: { ...scenario, releases }, others: [...others.values()].map((found) => ({ found, scenario: about(found, scenario, releases) })) };
}

function other(assembly: Assembly, first: AnyRollout, file: string, name: string): AnyRollout {
  const found = selectRollout(assembly, name);
  const refuse = (why: string): never => {
    throw new UserError(`${file}: "beside" names rollout ${found.name}, ${why}`);
  };
  if (found.name === first.name) {
    return refuse('which is the one that the scenario is for; list its releases one after the other');
  }
  if (found.controller !== 'SERVER' || first.controller !== 'SERVER') {
    return refuse(`and only rollouts to EC2/on-premises share a fleet; ${found.controller === 'SERVER' ? first.name : found.name} is none`);
  }
  return sameEnvironment(found.stack, first.stack) ? found : refuse(`which is in account ${found.stack.account} and region ${found.stack.region}; a fleet is in one account and region`);
}

/** What is expected of the last of its releases. */
function about(found: AnyRollout, { expect: _, ...scenario }: Scenario, releases: Scenario['releases']): Scenario {
  const expect = releases.flatMap(({ beside = [] }) => beside).findLast(({ rollout }) => rollout === found.name)?.expect;
  return { ...scenario, ...(expect === undefined ? {} : { expect }) };
}
