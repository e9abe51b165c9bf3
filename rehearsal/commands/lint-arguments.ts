/** The commands that look at one kind of file: `suite lint` and `appspec lint`. */
import { Argument, InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

import { PLATFORMS } from '../../lib/model/appspec/rules';
import type { Platform } from '../../lib/model/appspec/rules';
import { command, notEmpty } from './new-command';

export interface SuiteLintOptions {
  /** As given: findings name it so. */
  readonly file: string;
}

export interface AppSpecLintOptions {
  /** As given, at least one. */
  readonly files: readonly string[];
  /** Absent: the content tells it. */
  readonly platform?: Platform;
  /** As given: the folder of files that the AppSpec is checked with; absent: none. */
  readonly bundle?: string;
}

const SUITE_LINT_EXAMPLES = `
Example:
  $ greenlight suite lint cdk.out/asset.1b71f5c2/suite.json
  cdk.out/asset.1b71f5c2/suite.json:12: 'checks[0].policy.intervalMs' must be a whole number from 0 to 900000, got -1

Exit status:
  0 nothing was found        1 one line for each finding        2 usage error, or the file cannot be read`;

const APPSPEC_LINT_EXAMPLES = `
Examples:
  $ greenlight appspec lint appspec.yml
  appspec.yml:7: 'hooks.AfterInstall[0].location' is missing; write the path of the script, relative to the root of the bundle
  $ greenlight appspec lint --platform ecs deploy/*.yaml
  $ greenlight appspec lint --bundle app app/appspec.yml
  app/appspec.yml:9: 'hooks.AfterInstall[0].location' "scripts/configure.sh" is not in the bundle; did you mean "scripts/Configure.sh"? Linux tells case apart

Exit status:
  0 nothing was found        1 one line for each finding        2 usage error, or a file cannot be read`;

export function suiteCommand(printed: string[], done: (options: SuiteLintOptions) => void): Command {
  const lint = command('lint', printed)
    .summary('check a suite file: FILE:LINE: message, one a line')
    .description('Checks a suite file, such as those that lie beside the handlers in a cloud assembly. Findings go to standard output, one a line.')
    .addArgument(new Argument('<FILE>', 'the suite, as JSON').argParser(notEmpty))
    .addHelpText('after', SUITE_LINT_EXAMPLES)
    .action((file: string) => done({ file }));
  return command('suite', printed).summary('what hooks play: the suites of their checks').description('Works on check suites.').addCommand(lint);
}

export function appSpecCommand(printed: string[], done: (options: AppSpecLintOptions) => void): Command {
  const lint = command('lint', printed)
    .summary('check AppSpec files: FILE:LINE: message, one a line')
    .description('Checks AppSpecs of CodeDeploy, YAML or JSON, as ECS, Lambda, or EC2 and on-premises servers take them. Findings go to standard output, one a line.')
    .addArgument(new Argument('<FILE...>', 'the AppSpec; several may be given').argParser(collect))
    .addOption(new Option('--platform <PLATFORM>', `${PLATFORMS.join(', ')} (default: the content tells it)`).argParser(platform))
    .addOption(new Option('--bundle <DIR>', 'check it with the files of its bundle; servers only').argParser(notEmpty))
    .addHelpText('after', APPSPEC_LINT_EXAMPLES)
    .action((files: readonly string[], given: { readonly platform?: Platform; readonly bundle?: string }) => done({ files, ...given }));
  return command('appspec', printed).summary('what a deployment deploys: AppSpec files').description('Works on AppSpecs.').addCommand(lint);
}

/** A parser of an argument that may be repeated is given what came before. */
function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), notEmpty(value)];
}

function platform(value: string): Platform {
  const known = PLATFORMS.find((name) => name === value);
  if (known === undefined) {
    throw new InvalidArgumentError(`must be one of ${PLATFORMS.join(', ')}, got ${JSON.stringify(value)}`);
  }
  return known;
}
