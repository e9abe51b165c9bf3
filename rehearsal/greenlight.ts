/** The command: hands the process in, runs one subcommand, and turns what it threw into words and an exit status. */
import { version } from '../package.json';
import { parseArguments } from './commands/arguments';
import { rehearse } from './commands/rehearse';
import { serve } from './commands/serve';
import type { Terminal } from './commands/terminal';
import { EXIT } from './report/exit-status';
import { UserError } from './report/user-error';

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
    default:
      (asked.exitStatus === 0 ? terminal.out : terminal.err)(asked.text);
      return asked.exitStatus;
  }
}

const terminal = processTerminal();
main(terminal).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    if (error instanceof UserError) {
      terminal.err(`greenlight: ${error.message}\n`);
      process.exitCode = EXIT.usage;
      return;
    }
    terminal.err(`greenlight: the simulator itself failed; please report this\n${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = EXIT.simulator;
  },
);
