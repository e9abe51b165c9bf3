/** What becomes of a command whose output nobody takes any more. */
import { EXIT } from '../report/exit-status';

/** The part of a process that this is about. */
interface Printing {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  exitCode?: number | string | null;
  on(event: 'exit', listener: () => void): unknown;
}

/**
 * A reader that has seen enough (`| head -1`) ends nothing but the printing: the exit status still tells how the rehearsal came out.
 * Any other failure, such as a full disk, loses the result, and so is an error.
 */
export function surviveLostOutput(process: Printing): void {
  let lost: string | undefined;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (lost === undefined && error.code !== 'EPIPE') {
      process.stderr.write(`greenlight: standard output cannot be written (${error.code ?? error.message}); name a file with --json, or make room\n`);
      process.on('exit', () => (process.exitCode = EXIT.usage));
    }
    lost ??= error.code ?? error.message;
  });
  // There is nowhere left to say it.
  process.stderr.on('error', () => undefined);
}
