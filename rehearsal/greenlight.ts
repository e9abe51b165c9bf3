/** The command: hands the process in, runs one subcommand, and turns what it threw into words and an exit status. */
import { version } from '../package.json';
import { lintAppSpecs } from './commands/appspec-lint';
import { parseArguments } from './commands/arguments';
import { rehearse } from './commands/rehearse';
import { serve } from './commands/serve';
import { lintSuite } from './commands/suite-lint';
import type { Terminal } from './commands/terminal';
import { surviveLostOutput } from './commands/lost-output';
import { EXIT } from './report/exit-status';
import { Interrupted, UserError } from './report/user-error';

function processTerminal(): Terminal {
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    workingDirectory: process.cwd(),
    env: process.env,
    columns: process.stdout.columns,
    isTty: process.stdout.isTTY ?? false,
    now: () => Date.now(),
    interrupted: new Promise((resolve) => {
      process.once('SIGINT', () => resolve());
      process.once('SIGTERM', () => resolve());
    }),
  };
}

async function main(terminal: Terminal): Promise<number> {
  const asked = parseArguments(process.argv.slice(2), version);
  switch (asked.command) {
    case 'rehearse':
      return rehearse(asked.options, terminal);
    case 'serve':
      return serve(asked.options, terminal);
    case 'suite lint':
      return lintSuite(asked.options, terminal);
    case 'appspec lint':
      return lintAppSpecs(asked.options, terminal);
    default:
      (asked.exitStatus === 0 ? terminal.out : terminal.err)(asked.text);
      return asked.exitStatus;
  }
}

/** Says what went wrong. @returns the exit status */
function explain(error: unknown, { err }: Terminal): number {
  if (error instanceof UserError || error instanceof Interrupted) {
    err(`greenlight: ${error.message}\n`);
    return error instanceof UserError ? EXIT.usage : EXIT.interrupted;
  }
  err(`greenlight: the simulator itself failed; please report this\n${error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT.simulator;
}

const terminal = processTerminal();
surviveLostOutput(process);
// Whatever escapes every await ends the command as any other failure of ours does; processes of ours end with it.
process.on('uncaughtException', (error) => process.exit(explain(error, terminal)));
main(terminal).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.exitCode = explain(error, terminal);
  },
);
