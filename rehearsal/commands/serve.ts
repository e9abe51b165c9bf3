/** `greenlight serve`: the local endpoints with the rollouts of the assembly, for the AWS CLI or any SDK. */
import { locateAssembly, readAssembly } from '../assembly/read-assembly';
import { ServerRollout } from '../stage/server-rollout';
import { World } from '../stage/world';
import type { ServeOptions } from './arguments';
import { DEFAULT_SCENARIO } from './default-scenario';
import { followLive } from './live';
import { commandsOf, type Served } from './serve-commands';
import { elsewhereLines, servedRollouts } from './served-rollouts';
import type { Terminal } from './terminal';

/** Wall time for which every new status of a deployment stands still, so that a client that asks now and then sees each of them. */
const STATUS_STANDS_MS = 2500;

/** Returns when it is asked to end. */
export async function serve(options: ServeOptions, terminal: Terminal): Promise<number> {
  const served = servedRollouts(readAssembly(locateAssembly(options.app, terminal.workingDirectory)));
  const world = await World.open({
    assembly: served.assembly,
    rollouts: served.rollouts,
    scenario: DEFAULT_SCENARIO,
    seed: 1,
    epochMs: terminal.now(),
    paceFactor: options.realtimeFactor,
    port: options.port,
    allowHosts: [],
    directory: terminal.workingDirectory,
    path: terminal.env.PATH ?? '',
    interrupted: terminal.interrupted,
  });
  try {
    world.lambdaRollouts.forEach(({ function: released }) => released.publishTemplate());
    terminal.out(welcome(world, options.realtimeFactor, elsewhereLines(served, terminal.workingDirectory)));
    followLive(world, terminal.out);
    servedBy(world).forEach((rollout) => letStatusStand(world, rollout));
    await world.conductor.run(terminal.interrupted);
  } finally {
    await world.close();
  }
  return 0;
}

const servedBy = (world: World): readonly Served[] => [...world.codeDeployRollouts, ...world.lambdaRollouts, ...world.serverRollouts];

function welcome(world: World, factor: number, elsewhere: readonly string[]): string {
  const rollouts = servedBy(world);
  const commands = rollouts.map((rollout) => `${[rollout.model.name, ...commandsOf(rollout, world.url).map((command) => `  ${command}`)].join('\n')}\n`);
  return [
    `greenlight serves ${rollouts.length} rollout${rollouts.length === 1 ? '' : 's'} on ${world.url}`,
    `A second here is ${factor} in the rehearsal; each status of a deployment stands for ${STATUS_STANDS_MS / 1000} s. Any credentials will do. Ctrl-C ends it.`,
    '',
    ...commands,
    ...elsewhere,
    '',
  ].join('\n');
}

function letStatusStand(world: World, rollout: Served): void {
  const deployments = rollout instanceof ServerRollout ? rollout.slot : rollout.deployments;
  deployments.onChange((change) => {
    if (change.kind === 'status') {
      // Not waited for at the end: nothing is left then that could stand still.
      setTimeout(world.conductor.busy(`status ${change.status} stands`), STATUS_STANDS_MS).unref();
    }
  });
}
