/** Runs functions of the template in processes of their own, under the Lambda contract and on virtual time. */
import { statSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

import type { FunctionInvocation, FunctionRunner, FunctionSpec, InvocationResult } from '../engine/ports';

import type { Conductor } from './conductor';
import type { Exit } from './child-process';
import { ExecutionEnvironment } from './execution-environment';
import type { Ended, EndedInvocation, InvocationInput } from './execution-environment';
import { lambdaEnvironment } from './lambda-environment';
import type { Credentials } from './lambda-environment';
import { toWire } from './network-map';
import type { NetworkMap } from './network-map';
import type { LambdaError, Outcome } from './protocol';
import { PythonRunner } from './python-runner';
import { Reaper } from './reaper';

export interface LambdaSandboxOptions {
  readonly conductor: Conductor;
  readonly seed: number;
  /** The child's program; see `preloadPath`. */
  readonly preloadFile: string;
  /** Asked at each invocation. */
  readonly network: () => NetworkMap;
  /** Node executable. @default this process's own */
  readonly nodePath?: string;
  /** Variables of all functions, such as `AWS_ENDPOINT_URL` and `NODE_PATH`. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  readonly region?: string;
  /** Dummy credentials by which the endpoints tell functions apart. @default one fixed set */
  readonly credentials?: (spec: FunctionSpec) => Credentials;
  readonly caFile?: string;
  /** Virtual time for which an idle process is kept for a further invocation of its function; 0: every start is cold. @default 5 minutes */
  readonly warmForMs?: number;
  /** Python's executable. @default handlers in Python are not run */
  readonly python?: () => string | undefined;
}

const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;
/** A load that takes longer is begun again, under the function's own time-out: so does Lambda. */
const INIT_MS = 10_000;
const WARM_FOR_MS = 5 * 60_000;
const DUMMY: Credentials = { accessKeyId: 'AKIAREHEARSAL0000000', secretAccessKey: 'rehearsal', sessionToken: 'rehearsal' };

export class LambdaSandbox implements FunctionRunner {
  private readonly running = new Set<ExecutionEnvironment>();
  private readonly idle = new Map<string, { readonly environment: ExecutionEnvironment; readonly take: () => void }[]>();
  private readonly abandonAll = () => this.running.forEach((environment) => environment.abandon());
  private readonly reaper = new Reaper();
  private started = 0;
  private pythonRunner: PythonRunner | undefined;
  private closed = false;

  constructor(private readonly options: LambdaSandboxOptions) {
    process.on('exit', this.abandonAll);
  }

  async run(spec: FunctionSpec, invocation: FunctionInvocation): Promise<InvocationResult> {
    this.check(spec, invocation.payload);
    if (spec.runtime.startsWith('python')) {
      return this.inPython().run(spec, invocation);
    }
    const { conductor } = this.options;
    const done = conductor.busy(`invocation of ${spec.name}`);
    const startedAt = conductor.now();
    const wall = performance.now();
    const running = this.invoke(spec, invocation);
    // From here on the child itself stands in the way of time.
    done();
    const { ended, log, realTime } = await running;
    if (this.closed) {
      throw new Error(`the sandbox was closed while '${spec.name}' ran`);
    }
    return {
      ...resultOf(ended, spec, invocation.requestId, log),
      log,
      startedAt,
      endedAt: conductor.now(),
      wallMs: performance.now() - wall,
      ...(realTime === undefined ? {} : { realTime }),
    };
  }

  /** Ends the processes of a function, whatever they do: as if the machine below them were gone. */
  kill(functionName: string): void {
    for (const environment of [...this.running].filter((running) => running.functionName === functionName)) {
      this.forget(environment);
      environment.kill();
    }
  }

  /** Ends every process. */
  async close(): Promise<void> {
    this.closed = true;
    this.pythonRunner?.close();
    process.off('exit', this.abandonAll);
    await Promise.all([...this.running].map((environment) => environment.close()));
    this.reaper.close();
  }

  private check(spec: FunctionSpec, payload: unknown): void {
    if (this.closed) {
      throw new Error('the sandbox is closed');
    }
    if (!spec.runtime.startsWith('nodejs') && !(spec.runtime.startsWith('python') && this.options.python?.() !== undefined)) {
      throw new Error(`function '${spec.name}' has the runtime '${spec.runtime}', which the sandbox does not run; it runs nodejs runtimes`);
    }
    if (!statSync(spec.directory, { throwIfNoEntry: false })?.isDirectory()) {
      throw new Error(`the asset folder of function '${spec.name}' does not exist: ${spec.directory}`);
    }
    const bytes = byteLength(payload);
    if (bytes > MAX_PAYLOAD_BYTES) {
      throw new Error(`the payload for function '${spec.name}' must be at most ${MAX_PAYLOAD_BYTES} bytes, got ${bytes}`);
    }
  }

  private async invoke(spec: FunctionSpec, invocation: FunctionInvocation): Promise<EndedInvocation> {
    const input = {
      ...invocation,
      seed: `${this.options.seed}/${spec.name}/${invocation.requestId}`,
      network: toWire(this.options.network()),
      initMs: INIT_MS,
      initCounts: false,
    };
    const key = JSON.stringify(spec);
    const result = await this.invokeIn(this.takeWarm(key) ?? this.start(spec), key, input);
    const unloaded = result.ended.kind === 'timedOut' && !result.ended.afterInit;
    return unloaded && !this.closed ? this.invokeIn(this.start(spec), key, { ...input, initMs: spec.timeoutMs, initCounts: true }) : result;
  }

  private async invokeIn(environment: ExecutionEnvironment, key: string, input: InvocationInput): Promise<EndedInvocation> {
    const result = await environment.invoke(input);
    this.keep(key, environment, result.ended);
    return result;
  }

  private start(spec: FunctionSpec): ExecutionEnvironment {
    const { conductor, seed, preloadFile, nodePath = process.execPath, network } = this.options;
    const number = ++this.started;
    const environment = new ExecutionEnvironment({
      conductor,
      spec,
      nodePath,
      preloadFile,
      seed: `${seed}/${spec.name}/init`,
      network: toWire(network()),
      environment: (home) =>
        this.environmentOf(spec, home, number),
    });
    const { pid } = environment;
    this.running.add(environment);
    if (pid !== undefined) {
      this.reaper.watch(pid);
      void environment.gone.then(() => this.reaper.forget(pid));
    }
    void environment.gone.then(() => {
      this.running.delete(environment);
      this.forget(environment);
    });
    return environment;
  }

  private environmentOf(spec: FunctionSpec, home: string, number: number): Record<string, string> {
    const { region, credentials, environment, caFile } = this.options;
    return lambdaEnvironment(spec, {
      home,
      region: region ?? 'us-east-1',
      credentials: credentials?.(spec) ?? DUMMY,
      environment: environment ?? {},
      logStreamName: `rehearsal/[${spec.version ?? '$LATEST'}]${number}`,
      ...(caFile === undefined ? {} : { caFile }),
    });
  }

  private inPython(): PythonRunner {
    const { conductor, python, network } = this.options;
    const executable = python?.();
    this.pythonRunner ??= new PythonRunner({
      conductor,
      ...(executable === undefined ? {} : { python: executable }),
      environment: (spec, home) => this.environmentOf(spec, home, ++this.started),
      allowHosts: network().allowHosts ?? [],
    });
    return this.pythonRunner;
  }

  /** No invocation is given to a process that is gone. */
  private forget(environment: ExecutionEnvironment): void {
    for (const idle of this.idle.values()) {
      const index = idle.findIndex((entry) => entry.environment === environment);
      idle.splice(index, index < 0 ? 0 : 1).forEach(({ take }) => take());
    }
  }

  private takeWarm(key: string): ExecutionEnvironment | undefined {
    const found = this.idle.get(key)?.pop();
    found?.take();
    return found?.environment;
  }

  /** Keeps a process that answered; ends any other. */
  private keep(key: string, environment: ExecutionEnvironment, ended: Ended): void {
    const warmForMs = this.options.warmForMs ?? WARM_FOR_MS;
    const answered = ended.kind === 'outcome' && (ended.outcome.end === 'returned' || ended.outcome.end === 'threw');
    if (!answered || warmForMs === 0) {
      environment.kill();
      return;
    }
    const idle = this.idle.get(key) ?? [];
    this.idle.set(key, idle);
    const { scheduler } = this.options.conductor;
    const cancel = scheduler.after(warmForMs, 'end of an idle execution environment', () => {
      idle.splice(idle.indexOf(entry), 1);
      environment.kill();
    });
    const entry = { environment, take: cancel };
    idle.push(entry);
  }
}

type End = Pick<InvocationResult, 'end' | 'payload' | 'error'>;

function resultOf(ended: Ended, spec: FunctionSpec, requestId: string, log: readonly string[]): End {
  if (ended.kind === 'timedOut') {
    const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${(spec.timeoutMs / 1000).toFixed(2)} seconds`;
    return { end: 'timedOut', error: { errorType: 'Sandbox.Timedout', errorMessage } };
  }
  if (ended.kind === 'exited') {
    return { end: 'crashed', error: exitError(ended.exit, spec, requestId, log) };
  }
  if (ended.kind === 'unfit') {
    throw new Error(`function '${spec.name}' cannot run on the virtual clock: ${ended.message}; use Node 22 or 24`);
  }
  return outcomeResult(ended.outcome);
}

function outcomeResult(outcome: Outcome): End {
  if (outcome.end !== 'returned') {
    return outcome;
  }
  const bytes = byteLength(outcome.payload);
  if (bytes > MAX_PAYLOAD_BYTES) {
    const errorMessage = `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${MAX_PAYLOAD_BYTES} bytes).`;
    return { end: 'threw', error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage } };
  }
  return outcome;
}

function exitError({ code, signal }: Exit, spec: FunctionSpec, requestId: string, log: readonly string[]): LambdaError {
  const outOfMemory = log.some((line) => line.includes('JavaScript heap out of memory'));
  const how = signal === null ? `exit status ${code}` : `signal: ${signal}`;
  const reason = code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: ${how}`;
  return {
    errorType: outOfMemory ? 'Runtime.OutOfMemory' : 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} Error: ${reason}${outOfMemory ? ` (out of memory at ${spec.memoryMb} MB)` : ''}`,
  };
}

function byteLength(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '');
}
