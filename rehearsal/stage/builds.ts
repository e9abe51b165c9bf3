/** The CodeBuild projects of a rehearsal, with what the scenario says of their builds. */
import type { Assembly } from '../assembly/assembly';
import { meant, pathOf } from '../assembly/meant';
import type { Called } from '../assembly/meant';
import { sameEnvironment } from '../assembly/stack';
import type { Stack } from '../assembly/stack';
import type { BuildProject, BuildScript, TestStatus } from '../engine/builds';
import { Builds } from '../engine/builds';
import { UserError } from '../report/user-error';
import type { BuildScenario, Scenario } from '../scenario/scenario';

const STATUSES: Readonly<Record<NonNullable<BuildScenario['cases']>[number]['status'], TestStatus>> = {
  passed: 'SUCCEEDED',
  failed: 'FAILED',
  errored: 'ERROR',
  skipped: 'SKIPPED',
};

export function stagedBuilds(assembly: Assembly, stack: Stack, scenario: Scenario, now: () => number): Builds {
  const projects = projectsBeside(assembly, stack);
  const told = scenario.builds.map((build) => ({ name: projectNamed(projects, build.project, scenario).name, script: scriptOf(build) }));
  return new Builds(
    projects.map(({ name, arn }): BuildProject => ({ name, arn, scripts: told.filter((each) => each.name === name).map(({ script }) => script) })),
    now,
  );
}

function scriptOf({ afterMs, status, cases }: BuildScenario): BuildScript {
  return { afterMs, status, ...(cases === undefined ? {} : { cases: cases.map((each) => ({ ...each, status: STATUSES[each.status] })) }) };
}

function projectsBeside(assembly: Assembly, stack: Stack): readonly (Called & { readonly arn: string })[] {
  return assembly
    .resources('AWS::CodeBuild::Project')
    .filter((place) => sameEnvironment(place.stack, stack))
    .map((place) => ({
      name: assembly.ref(place.stack, place.logicalId),
      arn: assembly.attribute(place.stack, place.logicalId, 'Arn'),
      logicalId: place.logicalId,
      path: pathOf(place),
    }));
}

function projectNamed<T extends Called>(projects: readonly T[], wanted: string, { file }: Scenario): T {
  const [only, ...others] = meant(projects, wanted);
  if (only === undefined || others.length > 0) {
    const names = projects.map(({ path, name }) => path ?? name).join(', ') || 'none';
    throw new UserError(`${file}: "${wanted}" stands for ${only === undefined ? 'no CodeBuild project' : 'several CodeBuild projects'} of the app, which has ${names}; name one of them`);
  }
  return only;
}
