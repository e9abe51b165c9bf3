/**
 * What `npm run replay` runs: plays what CloudFormation does with the example, against the handlers of its assembly. Not a part of the published command.
 *
 * Arguments: the assembly, and pairs of a rollout and a scenario with a sound release and one that fails.
 */
import type { Assembly } from './assembly/assembly';
import { readAssembly } from './assembly/read-assembly';
import { selectRollout, type AnyRollout } from './assembly/rollouts';
import { isAsWanted, replayTable } from './cloudformation/replay-table';
import { ReplayWorld, type ReplayOptions } from './cloudformation/replay-world';
import type { Story } from './cloudformation/scribe';
import { withFirstRelease } from './cloudformation/server-replay';
import { lifeOfAFleet } from './cloudformation/server-story';
import { cancelledUpdate, lifeOfAStack } from './cloudformation/story';
import { styleOf } from './report/style';
import { UserError } from './report/user-error';
import { readScenarioFile } from './scenario/read-scenario';

async function main([app, ...pairs]: readonly string[]): Promise<boolean> {
  if (app === undefined || pairs.length === 0 || pairs.length % 2 === 1) {
    throw new UserError('usage: replay ASSEMBLY ROLLOUT SCENARIO [ROLLOUT SCENARIO]...');
  }
  const assembly = readAssembly(app);
  let good = true;
  for (let index = 0; index < pairs.length; index += 2) {
    const stories = await toldOf(assembly, pairs[index]!, pairs[index + 1]!);
    good &&= stories;
  }
  return good;
}

async function toldOf(assembly: Assembly, name: string, scenario: string): Promise<boolean> {
  const rollout = played(selectRollout(assembly, name));
  const read = readScenarioFile(scenario);
  const style = styleOf({ color: true, isTty: process.stdout.isTTY ?? false, columns: process.stdout.columns, environment: process.env });
  let good = true;
  for (const tell of rollout.controller === 'SERVER' ? [lifeOfAFleet] : [lifeOfAStack, cancelledUpdate]) {
    const story = await told(tell, { assembly, rollout, scenario: rollout.controller === 'SERVER' ? withFirstRelease(read) : read, directory: process.cwd() });
    process.stdout.write(`${replayTable(story, style)}\n`);
    good &&= isAsWanted(story);
  }
  return good;
}

/** @throws UserError for a rollout that has no deployment group */
function played(rollout: AnyRollout): ReplayOptions['rollout'] {
  if (rollout.controller === 'ECS' || rollout.controller === 'CLOUDFORMATION') {
    throw new UserError(`${rollout.controller === 'ECS' ? 'ECS itself controls' : 'CloudFormation itself performs'} the deployments of ${rollout.name}; name a rollout of CodeDeploy`);
  }
  if (rollout.controller === 'SERVER' && rollout.description.deployment.type !== 'BLUE_GREEN') {
    throw new UserError(`${rollout.name} is for instances in place, whose stack updates are not played; name one in blue/green, or a rollout of a service or of a function`);
  }
  return rollout;
}

/** Each story has a world of its own. */
async function told(tell: (replay: ReplayWorld) => Promise<Story>, options: ReplayOptions): Promise<Story> {
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
