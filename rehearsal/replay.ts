/**
 * What `npm run replay` runs: plays what CloudFormation does with the example, against the handlers of its assembly. Not a part of the published command.
 *
 * Arguments: the assembly, the rollout, and a scenario with a sound release and one that fails its validation.
 */
import { readAssembly } from './assembly/read-assembly';
import { selectRollout, type AnyRollout, type FoundLambdaRollout, type FoundRollout } from './assembly/rollouts';
import { isAsWanted, replayTable } from './cloudformation/replay-table';
import { ReplayWorld } from './cloudformation/replay-world';
import { cancelledUpdate, lifeOfAStack, type Story } from './cloudformation/story';
import { styleOf } from './report/style';
import { UserError } from './report/user-error';
import { readScenarioFile } from './scenario/read-scenario';

async function main([app, name, scenario]: readonly string[]): Promise<boolean> {
  if (app === undefined || name === undefined || scenario === undefined) {
    throw new UserError('usage: replay ASSEMBLY ROLLOUT SCENARIO');
  }
  const assembly = readAssembly(app);
  const rollout = played(selectRollout(assembly, name));
  const style = styleOf({ color: true, isTty: process.stdout.isTTY ?? false, columns: process.stdout.columns, environment: process.env });
  let good = true;
  for (const tell of [lifeOfAStack, cancelledUpdate]) {
    const story = await told(tell, { assembly, rollout, scenario: readScenarioFile(scenario), directory: process.cwd() });
    process.stdout.write(`${replayTable(story, style)}\n`);
    good &&= isAsWanted(story);
  }
  return good;
}

/** @throws UserError for a rollout that has no deployment group */
function played(rollout: AnyRollout): FoundRollout | FoundLambdaRollout {
  if (rollout.controller === 'ECS' || rollout.controller === 'CLOUDFORMATION') {
    throw new UserError(`${rollout.controller === 'ECS' ? 'ECS itself controls' : 'CloudFormation itself performs'} the deployments of ${rollout.name}; name a rollout of CodeDeploy`);
  }
  if (rollout.controller === 'SERVER') {
    throw new UserError(`${rollout.name} is for instances, whose stack updates are not played; name a rollout of a service or of a function`);
  }
  return rollout;
}

/** Each story has a world of its own. */
async function told(tell: (replay: ReplayWorld) => Promise<Story>, options: { readonly rollout: FoundRollout | FoundLambdaRollout } & Parameters<typeof ReplayWorld.open>[0]): Promise<Story> {
  const replay = await ReplayWorld.open(options);
  try {
    return await tell(replay);
  } finally {
    await replay.close();
  }
}

main(process.argv.slice(2)).then(
  (good) => {
    process.exitCode = good ? 0 : 1;
  },
  (error: unknown) => {
    process.stderr.write(`replay: ${error instanceof UserError ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = error instanceof UserError ? 2 : 3;
  },
);
