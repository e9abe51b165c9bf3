/** Programs that the deployment test runs: none of them outlives it, none of them inherits more of the environment than it needs. */
import { spawn } from 'node:child_process';

/**
 * Runs a program to its end.
 * @returns what it wrote to stdout
 * @throws Error with what it wrote, where it cannot be started, ends with another status than 0, or is ended by `signal`
 */
export function run(command, args, { input = '', ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
    const written = { stdout: '', both: '' };
    const keep = (key) => (chunk) => {
      written.both += chunk;
      written[key] += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', keep('stdout'));
    child.stderr.setEncoding('utf8').on('data', keep('stderr'));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.on('error', (error) => reject(error.name === 'AbortError' ? error : new Error(`'${command}' cannot be started: ${error.message}`)));
    child.on('close', (code, signal) =>
      code === 0 ? resolve(written.stdout) : reject(new Error(`'${command} ${args.join(' ')}' ended with ${code ?? signal}:\n${written.both}`)),
    );
  });
}

/** Ends a program that was started here, by its own process id, and waits until it is gone. */
export async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const reluctant = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await gone;
  clearTimeout(reluctant);
}
