/** Runs a Python handler in a process of its own. Its clock cannot be stepped: it runs in real time, which virtual time follows. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';

import type { FunctionInvocation, FunctionSpec, InvocationResult } from '../engine/ports';
import type { Conductor } from './conductor';
import { OutputLines, readLines } from './output';
import { PYTHON_BOOTSTRAP } from './python-bootstrap';

export interface PythonRunnerOptions {
  readonly conductor: Conductor;
  /** Python's own executable; absent: there is none, and nothing can be run. */
  readonly python?: string;
  readonly environment: (spec: FunctionSpec, home: string) => Readonly<Record<string, string>>;
  /** Hosts outside the assembly that functions may reach. */
  readonly allowHosts: readonly string[];
}

type End = Pick<InvocationResult, 'end' | 'payload' | 'error'>;

const MAX_LINES = 10_000;
const MAX_ANSWER_BYTES = 6 * 1024 * 1024;

export class PythonRunner {
  private readonly running = new Set<ChildProcess>();

  constructor(private readonly options: PythonRunnerOptions) {}

  /** Never rejects for what the handler does. */
  async run(spec: FunctionSpec, invocation: FunctionInvocation): Promise<InvocationResult> {
    const { conductor, python } = this.options;
    if (python === undefined) {
      throw new Error(`function '${spec.name}' has the runtime '${spec.runtime}', and there is no python3`);
    }
    const startedAt = conductor.now();
    const wall = performance.now();
    const forward = conductor.forward();
    const home = mkdtempSync(path.join(os.tmpdir(), 'greenlight-'));
    try {
      const { end, log } = await this.play(python, spec, invocation, home);
      const endedAt = await new Promise<number>((resolve) => forward.finish(`end of ${spec.name}`, () => resolve(conductor.now())));
      return { ...end, log, startedAt, endedAt, wallMs: performance.now() - wall, realTime: `function ${spec.name} is in Python, whose clock cannot be stepped` };
    } catch (error) {
      forward.abandon();
      throw error;
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  }

  close(): void {
    this.running.forEach(kill);
  }

  private async play(python: string, spec: FunctionSpec, invocation: FunctionInvocation, home: string): Promise<{ readonly end: End; readonly log: readonly string[] }> {
    const { environment, allowHosts } = this.options;
    const child = spawn(python, ['-c', PYTHON_BOOTSTRAP], { cwd: spec.directory, env: { ...environment(spec, home), PYTHONDONTWRITEBYTECODE: '1' }, stdio: ['pipe', 'pipe', 'pipe', 'pipe'], detached: true });
    this.running.add(child);
    const outputs = [new OutputLines(MAX_LINES), new OutputLines(MAX_LINES)];
    [child.stdout!, child.stderr!].forEach((stream, index) => readLines(stream, (line) => outputs[index]!.add(line), () => undefined));
    const answer = answerOf(child.stdio[3] as Readable);
    const { requestId, payload, clientContext, qualifier } = invocation;
    const arn = qualifier === undefined ? spec.arn : `${spec.arn}:${qualifier}`;
    const input = child.stdin as Writable;
    // A process that is gone before it has read its input is told of by its exit.
    input.on('error', () => undefined);
    input.end(JSON.stringify({ requestId, payload, arn, timeoutMs: spec.timeoutMs, allowHosts, ...(clientContext === undefined ? {} : { clientContext }) }));
    const { exit, timedOut } = await ended(child, spec.timeoutMs);
    this.running.delete(child);
    return { end: endOf(await answer, { exit, timedOut, spec, requestId }), log: outputs.flatMap((output) => output.all()) };
  }
}

interface Ended {
  readonly exit: string;
  readonly timedOut: boolean;
}

function ended(child: ChildProcess, timeoutMs: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      kill(child);
    }, timeoutMs);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ exit: signal === null ? `exit status ${code}` : `signal: ${signal}`, timedOut });
    });
  });
}

function kill(child: ChildProcess): void {
  try {
    // With everything that it started.
    process.kill(-(child.pid ?? Number.NaN), 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

async function answerOf(stream: Readable): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += (chunk as Buffer).length;
    if (bytes <= 2 * MAX_ANSWER_BYTES) {
      chunks.push(chunk as Buffer);
    }
  }
  return bytes === 0 ? undefined : Buffer.concat(chunks).toString('utf8');
}

function endOf(answer: string | undefined, { exit, timedOut, spec, requestId }: Ended & { readonly spec: FunctionSpec; readonly requestId: string }): End {
  if (timedOut) {
    return { end: 'timedOut', error: { errorType: 'Sandbox.Timedout', errorMessage: `RequestId: ${requestId} Error: Task timed out after ${(spec.timeoutMs / 1000).toFixed(2)} seconds` } };
  }
  if (answer === undefined) {
    return { end: 'crashed', error: { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: ${exit}` } };
  }
  const bytes = Buffer.byteLength(answer);
  if (bytes > MAX_ANSWER_BYTES) {
    const errorMessage = `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${MAX_ANSWER_BYTES} bytes).`;
    return { end: 'threw', error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage } };
  }
  return JSON.parse(answer) as End;
}
