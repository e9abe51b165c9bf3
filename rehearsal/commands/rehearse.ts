/** `greenlight rehearse`: plays releases on a virtual clock, and reports what CodeDeploy, or ECS itself, would do. */
import { relative, resolve } from 'node:path';

import type { Report } from '../../lib/model/report';
import { locateAssembly, readAssembly } from '../assembly/read-assembly';
import { findRollouts, selectRollout, type AnyRollout } from '../assembly/rollouts';
import type { Assembly } from '../assembly/assembly';
import { ProvisionedCleanup } from '../cloudformation/provisioned-cleanup';
import { stackUpdatesOf } from '../cloudformation/updates-of';
import { exitStatus } from '../report/exit-status';
import { printJson } from '../report/json-report';
import { styleOf } from '../report/style';
import { renderReport } from '../report/terminal';
import { Interrupted, UserError } from '../report/user-error';
import { findTool, type FoundTool } from '../sandbox/servers/find-tool';
import { readScenarioFile } from '../scenario/read-scenario';
import { playsRealVersions } from '../scenario/real-versions';
import type { Scenario } from '../scenario/scenario';
import { composeReport } from '../stage/compose-report';
import { Player } from '../stage/player';
import { SYNTHETIC_EPOCH_MS, World } from '../stage/world';
import type { RehearseOptions } from './arguments';
import { DEFAULT_SCENARIO } from './default-scenario';
import { besideOf } from './beside';
import { codeFolders } from './code-folders';
import { prepareFile, writeWhole } from './output-file';
import { followLive } from './live';
import type { Terminal } from './terminal';

const DEFAULT_SEED = 1;

/** @returns the exit status: the highest of all rollouts that were played */
export async function rehearse(options: RehearseOptions, terminal: Terminal): Promise<number> {
  const scenario = options.scenario === undefined ? DEFAULT_SCENARIO : readScenarioFile(options.scenario);
  const assembly = readAssembly(locateAssembly(options.app, terminal.workingDirectory));
  const rollouts = chosenRollouts(assembly, options, scenario);
  const file = options.json === undefined || options.json === '-' ? undefined : resolve(terminal.workingDirectory, options.json);
  if (file !== undefined) {
    prepareFile(file);
  }
  const serverTool = options.runScripts === true ? await toolFor(rollouts, terminal) : undefined;
  const say = options.json === '-' ? terminal.err : terminal.out;
  const style = styleOf({ color: options.color, isTty: terminal.isTty, columns: terminal.columns, environment: terminal.env });
  const reports: Report[] = [];
  for (const found of rollouts) {
    for (const report of await playOne({ assembly: assembly.seenFrom(found.stack), found, scenario, options, terminal, say, ...(serverTool === undefined ? {} : { serverTool }) })) {
      const files = file === undefined ? [] : [relative(terminal.workingDirectory, file)];
      say(`\n${renderReport(report, style, { files })}`);
      reports.push(report);
    }
  }
  deliver(reports, file, options, terminal);
  return Math.max(...reports.map(({ outcome }) => exitStatus(outcome)));
}

function chosenRollouts(assembly: Assembly, { rollout }: RehearseOptions, scenario: Scenario): readonly AnyRollout[] {
  if (rollout === undefined && scenario.rollout === undefined && scenario.file === '') {
    const all = findRollouts(assembly);
    return all.length > 0 ? all : [selectRollout(assembly)];
  }
  const chosen = selectRollout(assembly, rollout ?? scenario.rollout);
  if (scenario.rollout !== undefined && selectRollout(assembly, scenario.rollout).name !== chosen.name) {
    throw new UserError(`${scenario.file} is for rollout ${scenario.rollout}, and ${chosen.name} was asked for; leave the rollout out, or name another scenario`);
  }
  return [chosen];
}

/** Nothing but the command line has scripts run: a scenario comes from anywhere. */
function toolFor(rollouts: readonly AnyRollout[], terminal: Terminal): Promise<FoundTool> {
  if (rollouts.every(({ controller }) => controller !== 'SERVER')) {
    throw new UserError(`--run-scripts is for rollouts to servers, and ${rollouts.map(({ name }) => name).join(', ')} ${rollouts.length === 1 ? 'is none' : 'are none'}; leave it out`);
  }
  return findTool(terminal.env.PATH ?? '');
}

interface Playing {
  readonly assembly: Assembly;
  readonly found: AnyRollout;
  readonly scenario: Scenario;
  readonly options: RehearseOptions;
  readonly terminal: Terminal;
  readonly say: (text: string) => void;
  readonly serverTool?: FoundTool;
}

/** @returns its report, and those of the rollouts that the scenario releases beside it */
async function playOne({ assembly, found, scenario: asWritten, options, terminal, say, serverTool }: Playing): Promise<readonly Report[]> {
  const { scenario, others } = besideOf(assembly, found, asWritten);
  const { upstreams, realtimeFactor } = options;
  const folders = codeFolders(found, options, terminal.workingDirectory);
  const started = terminal.now();
  const real = upstreams !== undefined || playsRealVersions(scenario);
  const epochMs = real ? started : SYNTHETIC_EPOCH_MS;
  const stackUpdates = scenario.stackUpdates.length === 0 ? undefined : stackUpdatesOf({ assembly, found, scenario, epochMs });
  const provisioned = ProvisionedCleanup.of(assembly, found, scenario, epochMs);
  const world = await World.open({
    assembly,
    rollouts: [found, ...others.map((other) => other.found)],
    scenario,
    seed: options.seed ?? scenario.seed ?? DEFAULT_SEED,
    epochMs,
    today: started,
    ...(realtimeFactor === undefined ? {} : { paceFactor: realtimeFactor }),
    port: options.port,
    allowHosts: options.allowHosts,
    ...(folders === undefined ? {} : { folders }),
    ...(upstreams === undefined ? {} : { urls: { blue: new URL(upstreams.blue), green: new URL(upstreams.green) } }),
    directory: terminal.workingDirectory,
    path: terminal.env.PATH ?? '',
    interrupted: terminal.interrupted,
    ...(serverTool === undefined ? {} : { serverTool }),
    ...provisioned?.needs,
    ...stackUpdates?.needs,
  });
  try {
    const [rollout, ...besides] = world.rollouts;
    stackUpdates?.open(world);
    provisioned?.open(world, world.lambdaRollouts[0]!);
    if (realtimeFactor !== undefined) {
      followLive(world, say);
    }
    const interrupted = terminal.interrupted.then(() => world.conductor.fail(new Interrupted()));
    const player = new Player(world, rollout!, stackUpdates, provisioned, besides);
    await Promise.race([player.play(scenario), interrupted.then(() => new Promise<never>(() => undefined))]);
    const wallMs = terminal.now() - started;
    const report = composeReport(world, rollout!, { scenario, findings: player.findings, ...(stackUpdates === undefined ? {} : { stackUpdates }), wallMs });
    return [report, ...besides.map((beside, index) => composeReport(world, beside, { scenario: others[index]!.scenario, findings: [], wallMs }))];
  } finally {
    await world.close();
  }
}

/** One report is one document; several are a list of them. */
function deliver(reports: readonly Report[], file: string | undefined, options: RehearseOptions, terminal: Terminal): void {
  const [first, ...others] = reports;
  if (options.json === undefined || first === undefined) {
    return;
  }
  const text = others.length === 0 ? printJson(first) : `[\n${reports.map((report) => printJson(report).trimEnd()).join(',\n')}\n]\n`;
  if (file === undefined) {
    terminal.out(text);
    return;
  }
  writeWhole(file, text);
}
