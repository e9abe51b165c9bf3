/** `greenlight serve`: the local endpoints with the rollouts of the assembly, for the AWS CLI or any SDK. */
import { locateAssembly, readAssembly } from '../assembly/read-assembly';
import { findCodeDeployRollouts, findRollouts, selectRollout } from '../assembly/rollouts';
import type { Assembly } from '../assembly/assembly';
import type { FoundRollout } from '../assembly/rollouts';
import { UserError } from '../report/user-error';
import type { CodeDeployRollout } from '../stage/codedeploy-rollout';
import { World } from '../stage/world';
import type { ServeOptions } from './arguments';
import { DEFAULT_SCENARIO } from './default-scenario';
import { followLive } from './live';
import type { Terminal } from './terminal';

/** Wall time for which every new status of a deployment stands still, so that a client that asks now and then sees each of them. */
const STATUS_STANDS_MS = 2500;

/** Returns when it is asked to end. */
export async function serve(options: ServeOptions, terminal: Terminal): Promise<number> {
  const assembly = readAssembly(locateAssembly(options.app, terminal.workingDirectory));
  const rollouts = servedRollouts(assembly);
  const world = await World.open({
    assembly,
    rollouts,
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
    terminal.out(welcome(world, options.realtimeFactor));
    followLive(world, terminal.out);
    world.codeDeployRollouts.forEach((rollout) => letStatusStand(world, rollout));
    await world.conductor.run(terminal.interrupted);
  } finally {
    await world.close();
  }
  return 0;
}

/** Those that the CodeDeploy endpoint deploys. */
function servedRollouts(assembly: Assembly): readonly FoundRollout[] {
  const served = findCodeDeployRollouts(assembly);
  if (served.length > 0) {
    return served;
  }
  const [first] = findRollouts(assembly);
  if (first === undefined) {
    selectRollout(assembly);
  }
  throw new UserError(`no rollout of CodeDeploy in ${assembly.directory}: ${first?.controller === 'CLOUDFORMATION' ? 'CloudFormation itself performs' : first?.controller === 'LAMBDA' ? 'updates of an alias start' : 'ECS itself controls'} the deployments of ${first?.name}, and its API is not served; use 'greenlight rehearse'`);
}

function welcome(world: World, factor: number): string {
  const commands = world.codeDeployRollouts.map((rollout) => `${rollout.model.name}\n  ${createCommand(rollout, world.url)}\n`);
  return [
    `greenlight serves ${world.codeDeployRollouts.length} rollout${world.codeDeployRollouts.length === 1 ? '' : 's'} on ${world.url}`,
    `A second here is ${factor} in the rehearsal; each status of a deployment stands for ${STATUS_STANDS_MS / 1000} s. Any credentials will do. Ctrl-C ends it.`,
    '',
    ...commands,
    '',
  ].join('\n');
}

/** A command line that starts a deployment here, as the stack output's does in an account. */
function createCommand({ model }: CodeDeployRollout, url: string): string {
  const revision = JSON.stringify({ revisionType: 'AppSpecContent', appSpecContent: { content: model.appSpecContent } });
  const words = ['--application-name', model.application.name, '--deployment-group-name', model.deploymentGroup.name, '--revision', quoted(revision)];
  return ['aws deploy create-deployment', '--endpoint-url', url, ...words].join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function letStatusStand(world: World, rollout: CodeDeployRollout): void {
  rollout.deployments.onChange((change) => {
    if (change.kind === 'status') {
      // Not waited for at the end: nothing is left then that could stand still.
      setTimeout(world.conductor.busy(`status ${change.status} stands`), STATUS_STANDS_MS).unref();
    }
  });
}
