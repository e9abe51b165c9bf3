/** The command line of `greenlight`: what may be written, and what it comes to. Runs nothing. */
import { Argument, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

import { EXIT } from '../report/exit-status';
import { UserError } from '../report/user-error';
import type { AppSpecLintOptions, SuiteLintOptions } from './lint-arguments';
import { appSpecCommand, suiteCommand } from './lint-arguments';
import { command, notEmpty } from './new-command';

export type Arguments =
  | { readonly command: 'rehearse'; readonly options: RehearseOptions }
  | { readonly command: 'serve'; readonly options: ServeOptions }
  | { readonly command: 'suite lint'; readonly options: SuiteLintOptions }
  | { readonly command: 'appspec lint'; readonly options: AppSpecLintOptions }
  /** `text` is to be printed: to standard output where `exitStatus` is 0, otherwise to standard error. */
  | { readonly command: 'help' | 'version'; readonly text: string; readonly exitStatus: number };

export interface RehearseOptions {
  /** Name of the rollout; absent: every rollout, one after the other. */
  readonly rollout?: string;
  /** Directory of the cloud assembly as given; absent: see `locateAssembly`. */
  readonly app?: string;
  readonly scenario?: string;
  /** Base URLs without a trailing slash of your own two versions; absent: the built-in service. */
  readonly upstreams?: { readonly blue: string; readonly green: string };
  /** Folders, as given, of the code of your own two versions of a function; absent: what the template deploys, for both. */
  readonly folders?: { readonly blue: string; readonly green: string };
  /** Absent: the scenario's own, else 1. */
  readonly seed?: number;
  /** Virtual seconds that pass in a second of wall time; absent: as fast as it goes. */
  readonly realtimeFactor?: number;
  /** Port of the local endpoints; 0 is a free one. */
  readonly port: number;
  /** Hosts outside the assembly that a hook may reach, in lower case. */
  readonly allowHosts: readonly string[];
  /** Scripts of bundles run for real, in a sandbox for each instance. Nothing else turns that on. Absent: they are simulated. */
  readonly runScripts?: boolean;
  /** Where the JSON report goes; `-` is standard output, and then everything else goes to standard error. */
  readonly json?: string;
  /** False after `--no-color`. */
  readonly color: boolean;
}

export interface ServeOptions {
  readonly app?: string;
  /** Virtual seconds that pass in a second of wall time. */
  readonly realtimeFactor: number;
  /** 0 is a free port. */
  readonly port: number;
  readonly color: boolean;
}

/** Limits of the wall-clock factor: a day of waiting in a tenth of a second, and slow motion. */
const MIN_FACTOR = 0.01;
const MAX_FACTOR = 1_000_000;

/** A minute of the rehearsal in a second: a ten-minute canary is over before one loses patience. */
const SERVE_FACTOR = 60;

const EXAMPLES = `
Examples:
  $ cdk synth && greenlight rehearse
      plays the next release of every rollout of the app
  $ greenlight rehearse EcsWeb/Web --scenario examples/ecs-web/broken.yaml
      plays what a scenario file describes, such as a broken release
  $ greenlight rehearse EcsWeb/Web --blue http://localhost:3000 --green http://localhost:3001
      sends the requests to two versions of your own service
  $ greenlight rehearse ServerInPlace/Fleet --run-scripts
      runs the scripts of the bundle, in a sandbox for each instance
  $ greenlight rehearse --json - | jq .outcome
      the report as JSON on standard output

Exit status:
  0 released        1 stopped, failed or rolled back
  2 usage or configuration error        3 the simulator itself failed
  130 interrupted`;

const SERVE_EXAMPLES = `
Example:
  $ greenlight serve --port 4599
  $ aws deploy list-applications --endpoint-url http://127.0.0.1:4599`;

/**
 * What a command line asks for.
 *
 * @param argv without the program and the script
 * @throws UserError in one line that shows the value, the range and the remedy
 */
export function parseArguments(argv: readonly string[], version: string): Arguments {
  const printed: string[] = [];
  let result: Arguments | undefined;
  const program = command('greenlight', printed)
    .description('Rehearses AWS CodeDeploy releases on your machine, with the very hook handlers that will ship. Needs no AWS account.')
    .version(version, '-V, --version', 'print the version')
    .addCommand(rehearseCommand(printed, (options) => (result = { command: 'rehearse', options })))
    .addCommand(serveCommand(printed, (options) => (result = { command: 'serve', options })))
    .addCommand(suiteCommand(printed, (options) => (result = { command: 'suite lint', options })))
    .addCommand(appSpecCommand(printed, (options) => (result = { command: 'appspec lint', options })));
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      throw error;
    }
    result = stopped(error, argv, printed.join(''));
  }
  // With no command at all, commander prints the help itself.
  return result ?? { command: 'help', text: printed.join(''), exitStatus: EXIT.usage };
}

function rehearseCommand(printed: string[], done: (options: RehearseOptions) => void): Command {
  return command('rehearse', printed)
    .summary('play a release of a rollout on a virtual clock, and report what CodeDeploy would do')
    .description('Plays a release of a rollout on a virtual clock, with its own hook handlers, and reports what CodeDeploy would do.')
    .addArgument(
      new Argument('[ROLLOUT]', 'path of the rollout, such as EcsWeb/Web (default: every rollout of the app)')
        .argParser(notEmpty),
    )
    .addOption(appOption())
    .addOption(new Option('--scenario <FILE>', 'YAML file that says how the releases behave and what goes wrong').argParser(notEmpty))
    .addOption(new Option('--blue <URL|DIR>', 'your own service (or code of your function) as it runs now; needs --green').argParser(baseUrlOrFolder))
    .addOption(new Option('--green <URL|DIR>', 'your own service (or code of your function) as it is to be released; needs --blue').argParser(baseUrlOrFolder))
    .addOption(new Option('--seed <N>', 'equal seeds give equal reports (default: that of the scenario, else 1)').argParser(seed))
    .addOption(
      new Option('--realtime [FACTOR]', 'let time pass: 1 as on the wall, 60 a minute each second (default: as fast as it goes)')
        .argParser(factor),
    )
    .addOption(portOption())
    .addOption(
      new Option('--allow-host <HOST>', 'host outside the app that a hook may reach; can be given several times')
        .default([], 'none')
        .argParser(host),
    )
    .addOption(new Option('--run-scripts', "run the scripts of servers' bundles for real, in a sandbox for each instance (Linux)"))
    .addOption(
      new Option('--json <FILE>', 'write the report as JSON; - writes it to standard output, and all else to standard error')
        .argParser(notEmpty),
    )
    .addOption(new Option('--no-color', 'no colours (NO_COLOR in the environment does the same)'))
    .addHelpText('after', EXAMPLES)
    .action((rollout: string | undefined, given: Given) => done(rehearseOptions(rollout, given)));
}

function serveCommand(printed: string[], done: (options: ServeOptions) => void): Command {
  return command('serve', printed)
    .summary('local endpoints with the rollouts of the app, for the AWS CLI or any SDK')
    .description(
      'Serves CodeDeploy and the services around it on the loopback address, with the rollouts of the app, for the AWS CLI or any SDK.',
    )
    .addOption(appOption())
    .addOption(portOption())
    .addOption(
      new Option('--realtime <FACTOR>', 'seconds of the rehearsal in a second on the wall')
        .default(SERVE_FACTOR)
        .argParser(factor),
    )
    .addOption(new Option('--no-color', 'no colours (NO_COLOR in the environment does the same)'))
    .addHelpText('after', SERVE_EXAMPLES)
    .action((given: Given & { readonly realtime: number }) =>
      done({ ...(given.app === undefined ? {} : { app: given.app }), realtimeFactor: given.realtime, port: given.port, color: given.color }),
    );
}

const appOption = (): Option =>
  new Option('--app <DIR>', 'output of cdk synth (default: the output of cdk.json, else cdk.out)').argParser(notEmpty);
const portOption = (): Option =>
  new Option('--port <N>', 'port of the local endpoints').default(0, 'a free one').argParser(port);

/** What commander hands over: the options by their names in camel case. */
interface Given {
  readonly app?: string;
  readonly scenario?: string;
  readonly blue?: string;
  readonly green?: string;
  readonly seed?: number;
  /** True where no factor follows the option. */
  readonly realtime?: number | true;
  readonly port: number;
  readonly allowHost: readonly string[];
  readonly runScripts?: boolean;
  readonly json?: string;
  readonly color: boolean;
}

function rehearseOptions(rollout: string | undefined, given: Given): RehearseOptions {
  const { blue, green } = given;
  if ((blue === undefined) !== (green === undefined)) {
    const [there, missing] = blue === undefined ? ['--green', '--blue'] : ['--blue', '--green'];
    throw new UserError(
      `${there} needs ${missing}, since traffic moves from one version to the other; ` +
        'give both, or neither for the built-in service',
    );
  }
  const versions = blue === undefined || green === undefined ? undefined : { blue, green };
  if (versions !== undefined && isUrl(versions.blue) !== isUrl(versions.green)) {
    throw new UserError(`--blue and --green must be two URLs or two folders, got ${versions.blue} and ${versions.green}`);
  }
  const options = {
    rollout,
    app: given.app,
    scenario: given.scenario,
    upstreams: versions !== undefined && isUrl(versions.blue) ? versions : undefined,
    folders: versions === undefined || isUrl(versions.blue) ? undefined : versions,
    seed: given.seed,
    realtimeFactor: given.realtime === true ? 1 : given.realtime,
    runScripts: given.runScripts,
    json: given.json,
  };
  const present = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...present, port: given.port, allowHosts: given.allowHost, color: given.color };
}

/** Help and version are no errors; everything else is, in our own style. */
function stopped(error: CommanderError, argv: readonly string[], printed: string): Arguments {
  if (error.code === 'commander.version') {
    return { command: 'version', text: printed, exitStatus: EXIT.released };
  }
  if (error.code === 'commander.helpDisplayed' || error.code === 'commander.help') {
    return { command: 'help', text: printed, exitStatus: error.exitCode === 0 ? EXIT.released : EXIT.usage };
  }
  const [first = '', hint] = error.message.replace(/^error: /, '').split('\n');
  const nearest = /Did you mean (?:one of )?(.+)\?\)?$/.exec(hint ?? '')?.[1];
  const [name] = argv.filter((word) => ['rehearse', 'serve', 'suite', 'appspec'].includes(word));
  const help = `run 'greenlight ${name === undefined ? '' : `${name} `}--help' to see what there is`;
  // A message about a value brings its own remedy.
  const remedy = error.code === 'commander.invalidArgument' ? '' : nearest === undefined ? `; ${help}` : `; did you mean ${nearest}?`;
  throw new UserError(`${inOurWords(first)}${remedy}`);
}

/** The messages of commander name the option with its argument first, and are sentences. */
function inOurWords(message: string): string {
  return message
    .replace(/\.$/, '')
    .replace('. Expected', ', expected')
    .replace(/option '(--\S+).*' argument '.*' is invalid\. /s, "'$1' ")
    .replace(/command-argument value '.*' is invalid for argument '(\S+)'\. /s, '$1 ');
}

function seed(value: string): number {
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(Number(value))) {
    throw new InvalidArgumentError(`must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, got ${JSON.stringify(value)}`);
  }
  return Number(value);
}

function port(value: string): number {
  if (!/^\d+$/.test(value) || Number(value) > 65535) {
    throw new InvalidArgumentError(`must be a port from 1 to 65535, or 0 for a free one, got ${JSON.stringify(value)}`);
  }
  return Number(value);
}

function factor(value: string): number {
  const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= MIN_FACTOR && number <= MAX_FACTOR)) {
    throw new InvalidArgumentError(
      `must be a number from ${MIN_FACTOR} to ${MAX_FACTOR}, got ${JSON.stringify(value)}; ` +
        'name the rollout before the options where it was meant',
    );
  }
  return number;
}

/** What has a colon is meant for a URL. */
const isUrl = (value: string): boolean => value.includes(':');

function baseUrlOrFolder(value: string): string {
  return isUrl(value) ? baseUrl(value) : notEmpty(value);
}

function baseUrl(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '' || url.username !== '') {
    const wanted = 'a base URL such as http://localhost:3000, without query and credentials';
    throw new InvalidArgumentError(`must be ${wanted}, got ${JSON.stringify(value)}`);
  }
  return url.href.replace(/\/$/, '');
}

function host(value: string, before: readonly string[]): readonly string[] {
  if (!/^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/.test(value)) {
    const wanted = 'a host name such as api.example.com, without scheme, port and path';
    throw new InvalidArgumentError(`must be ${wanted}, got ${JSON.stringify(value)}`);
  }
  return [...before, value.toLowerCase()];
}
