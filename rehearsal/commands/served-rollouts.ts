/** Which rollouts of an assembly one endpoint can serve: those of one account and region, in which each name stands for one thing. */
import { dirname, relative } from 'node:path';

import type { Assembly } from '../assembly/assembly';
import { findCodeDeployRollouts, findLambdaRollouts, findRollouts, findServerRollouts, selectRollout } from '../assembly/rollouts';
import type { FoundLambdaRollout, FoundRollout, FoundServerRollout } from '../assembly/rollouts';
import { sameEnvironment } from '../assembly/stack';
import { UserError } from '../report/user-error';

type FoundGroup = FoundRollout | FoundLambdaRollout | FoundServerRollout;

export interface Served {
  /** The assembly as it is where they are deployed. */
  readonly assembly: Assembly;
  readonly rollouts: readonly FoundGroup[];
  /** Those of other accounts and regions, or of stages that have the same names. */
  readonly elsewhere: readonly FoundGroup[];
}

/** Those of the app itself rather than of its stages, and of the account and region of the first of them. */
export function servedRollouts(assembly: Assembly): Served {
  const found: readonly FoundGroup[] = [...findCodeDeployRollouts(assembly), ...findLambdaRollouts(assembly), ...findServerRollouts(assembly)];
  const first = found.find(({ stack }) => dirname(stack.templateFile) === assembly.directory) ?? found[0];
  if (first === undefined) {
    throw noneToServe(assembly);
  }
  const seen = assembly.seenFrom(first.stack);
  const isHere = ({ stack }: FoundGroup): boolean => seen.stacks.includes(stack) && sameEnvironment(stack, first.stack);
  return { assembly: seen, rollouts: found.filter(isHere), elsewhere: found.filter((rollout) => !isHere(rollout)) };
}

function noneToServe(assembly: Assembly): UserError {
  const [first] = findRollouts(assembly);
  if (first === undefined) {
    selectRollout(assembly);
  }
  const who = first === undefined ? '' : { CODE_DEPLOY: '', CLOUDFORMATION: 'CloudFormation itself performs', LAMBDA: '', SERVER: '', ECS: 'ECS itself controls' }[first.controller];
  return new UserError(`no rollout of CodeDeploy in ${assembly.directory}: ${who} the deployments of ${first?.name}, and its API is not served; use 'greenlight rehearse'`);
}

/** A line for each that is left out, with the way to it; none where there is none. */
export function elsewhereLines({ assembly, elsewhere }: Served, workingDirectory: string): readonly string[] {
  if (elsewhere.length === 0) {
    return [];
  }
  const lines = elsewhere.map(({ name, stack }) => {
    const directory = dirname(stack.templateFile);
    const way = directory === assembly.directory ? 'synthesize its stack into a directory of its own' : `--app ${relative(workingDirectory, directory)}`;
    return `  ${name} (account ${stack.account}, region ${stack.region}): ${way}`;
  });
  return ['An endpoint is one account and region. Not served here:', ...lines, ''];
}
