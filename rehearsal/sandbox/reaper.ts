/**
 * Ends the children of a parent that was killed. They end by themselves when their channels close, except one that spins and never
 * looks; for that one a shell waits at the other end of a pipe that only the parent holds.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';

const SCRIPT = `
alive=' '
while read -r sign pid; do
  case $sign in
    +) alive="$alive$pid " ;;
    -) rest=' '; for other in $alive; do [ "$other" = "$pid" ] || rest="$rest$other "; done; alive=$rest ;;
  esac
done
for pid in $alive; do kill -s KILL -- "-$pid"; done
`;

export class Reaper {
  private shell: ChildProcess | undefined;

  watch(pid: number): void {
    this.shell ??= start();
    this.tell(`+ ${pid}`);
  }

  /** The process has ended; its number may be given to another. */
  forget(pid: number): void {
    this.tell(`- ${pid}`);
  }

  /** Ends the shell, and with it every process that is still watched. */
  close(): void {
    this.shell?.stdin?.end();
  }

  private tell(line: string): void {
    this.shell?.stdin?.write(`${line}\n`);
  }
}

function start(): ChildProcess {
  // In a group of its own: a signal to the parent's group must not end it first.
  const shell = spawn('/bin/sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  shell.unref();
  (shell.stdin as Socket).unref();
  for (const part of [shell, shell.stdin]) {
    // Without a shell nothing is lost but this last resort.
    part?.on('error', () => undefined);
  }
  return shell;
}
