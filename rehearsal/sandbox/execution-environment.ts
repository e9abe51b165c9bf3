/** One process that serves the invocations of one function, one after the other, as an execution environment of Lambda does. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { FunctionInvocation, FunctionSpec } from '../engine/ports';

import { ChildProcess } from './child-process';
import type { Exit } from './child-process';
import type { ChildSeat, Conductor } from './conductor';
import { OutputLines, readLines } from './output';
import type { Ask, ChildTell, Invoke, Outcome, Stamp, Start, WireNetwork } from './protocol';

export interface ExecutionEnvironmentOptions {
  readonly conductor: Conductor;
  readonly spec: FunctionSpec;
  readonly nodePath: string;
  readonly preloadFile: string;
  readonly seed: string;
  readonly network: WireNetwork;
  /** Environment of the process, given its temporary folder. */
  readonly environment: (home: string) => Readonly<Record<string, string>>;
}

/** What one invocation is about. */
export interface InvocationInput extends FunctionInvocation {
  readonly seed: string;
  readonly network: WireNetwork;
  /** Virtual time that loading the modules may take; once loaded, the handler has the function's time-out. */
  readonly initMs: number;
  /** The time-out counts from the beginning of the load. */
  readonly initCounts: boolean;
}

export type Ended =
  | { readonly kind: 'outcome'; readonly outcome: Outcome; readonly afterInit: boolean }
  | { readonly kind: 'timedOut'; readonly afterInit: boolean }
  | { readonly kind: 'exited'; readonly exit: Exit }
  | { readonly kind: 'unfit'; readonly message: string };

export interface EndedInvocation {
  readonly ended: Ended;
  readonly log: readonly string[];
  readonly realTime?: string;
}

/** Share of the function's memory that the heap may take, as the runtime of Lambda sets it. */
const HEAP_SHARE = 0.9;
const MAX_LINES = { stdout: 10_000, stderr: 1_000 };

interface Current {
  readonly input: InvocationInput;
  readonly begun: number;
  readonly end: (ended: Ended) => void;
  cancelTimeout: () => void;
}

export class ExecutionEnvironment {
  /** The process has ended; settles in every case. */
  readonly gone: Promise<void>;

  private readonly home: string;
  private readonly child: ChildProcess;
  private readonly seat: ChildSeat;
  private outputs = newOutputs();
  /** Ends of an invocation's output, which may come before or after its answer. */
  private marks = 0;
  private marked: () => void = () => undefined;
  private current: Current | undefined;
  private loaded = false;
  private killed: Ended | undefined;

  constructor(private readonly options: ExecutionEnvironmentOptions) {
    const { conductor, spec, nodePath, preloadFile } = options;
    this.home = mkdtempSync(path.join(os.tmpdir(), 'greenlight-'));
    this.child = new ChildProcess({
      nodePath,
      args: ['--expose-internals', '--disable-warning=internal/test/binding', `--max-old-space-size=${Math.floor(spec.memoryMb * HEAP_SHARE)}`, preloadFile],
      cwd: spec.directory,
      environment: options.environment(this.home),
      onAsk: (ask) => this.hear(ask),
      onTell: (tell) => this.follow(tell),
    });
    this.seat = conductor.attach(this.child);
    this.child.outputs.forEach((stream, index) =>
      readLines(
        stream,
        (line) => this.outputs[index].add(line),
        () => {
          this.marks += 1;
          this.marked();
        },
      ),
    );
    this.gone = this.watch();
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get functionName(): string {
    return this.options.spec.name;
  }

  /** Runs one invocation; the first one loads the modules. Never rejects for what the handler does. */
  async invoke(input: InvocationInput): Promise<EndedInvocation> {
    const { conductor } = this.options;
    this.outputs = newOutputs();
    const ended = await new Promise<Ended>((end) => {
      this.current = { input, begun: conductor.now(), end, cancelTimeout: () => undefined };
      const { current } = this;
      if (this.loaded) {
        this.seat.enter((stamp) => this.begin(current, stamp));
      } else {
        this.limit(this.current, conductor.now() + input.initMs, false);
      }
    });
    this.current = undefined;
    const realTime = this.seat.takeRealTime();
    return { ended, log: this.outputs.flatMap((output) => output.all()), ...(realTime === undefined ? {} : { realTime }) };
  }

  /** Kills the process, whatever it does. */
  async close(): Promise<void> {
    this.child.kill();
    await this.gone;
  }

  kill(): void {
    this.child.kill();
  }

  /** For the moment at which this program ends and can no longer wait for anything. */
  abandon(): void {
    this.child.kill();
    rmSync(this.home, { recursive: true, force: true });
  }

  private hear(ask: Ask): void {
    if (ask.op === 'advance') {
      this.seat.advance(ask);
    } else if (ask.op === 'hello') {
      this.seat.enter((stamp) => this.child.answer(this.startMessage(stamp)));
    } else if (ask.op === 'unfit') {
      this.stop({ kind: 'unfit', message: ask.message });
    } else if (ask.op === 'ready') {
      this.loaded = true;
      if (this.current) {
        this.begin(this.current, this.seat.resume());
      }
    } else {
      void this.finish(ask.outcome);
    }
  }

  private follow(tell: ChildTell): void {
    if (tell.op === 'wake') {
      this.seat.wake(tell.to);
    } else {
      this.seat.flow(tell.reason);
    }
  }

  private begin(current: Current, stamp: Stamp): void {
    const { input } = current;
    const { conductor, spec } = this.options;
    const deadline = (input.initCounts ? current.begun : conductor.now()) + spec.timeoutMs;
    this.limit(current, deadline, true);
    const { requestId, payload, clientContext, qualifier, seed, network } = input;
    const message: Invoke = { ...stamp, seed, requestId, payload, ...(clientContext === undefined ? {} : { clientContext }), ...(qualifier === undefined ? {} : { qualifier }), deadline, network };
    this.child.answer(message);
  }

  /** Kills the process at a virtual moment. */
  private limit(current: Current, at: number, afterInit: boolean): void {
    current.cancelTimeout();
    const label = `time-out of ${this.options.spec.name}`;
    current.cancelTimeout = this.options.conductor.scheduler.at(at, label, () => this.stop({ kind: 'timedOut', afterInit }));
  }

  private stop(ended: Ended): void {
    const done = this.options.conductor.busy(`end of ${this.options.spec.name}`);
    this.killed = ended;
    this.child.kill();
    void this.gone.then(done);
  }

  /** The child has answered: it is parked once its last line has been read. */
  private async finish(outcome: Outcome): Promise<void> {
    const { current } = this;
    const done = this.options.conductor.busy(`output of ${this.options.spec.name}`);
    this.seat.park();
    current?.cancelTimeout();
    await Promise.race([this.gone, this.outputRead()]);
    current?.end({ kind: 'outcome', outcome, afterInit: this.loaded });
    done();
  }

  /** Both outputs have been read to the end of this invocation. */
  private async outputRead(): Promise<void> {
    while (this.marks < this.outputs.length) {
      await new Promise<void>((resolve) => {
        this.marked = resolve;
      });
    }
    this.marks = 0;
  }

  private async watch(): Promise<void> {
    const { conductor } = this.options;
    try {
      const exit = await this.child.closed;
      this.current?.end(this.killed ?? { kind: 'exited', exit });
    } catch (error) {
      conductor.fail(error);
      this.current?.end({ kind: 'unfit', message: error instanceof Error ? error.message : String(error) });
    } finally {
      this.current?.cancelTimeout();
      this.seat.leave();
      rmSync(this.home, { recursive: true, force: true });
    }
  }

  private startMessage(stamp: Stamp): Start {
    const { conductor, spec, seed, network } = this.options;
    return {
      ...stamp,
      epochMs: conductor.epochMs,
      seed,
      network,
      taskRoot: spec.directory,
      handler: spec.handler,
      functionName: spec.name,
      functionArn: spec.arn,
      memoryMb: spec.memoryMb,
    };
  }
}

function newOutputs(): readonly OutputLines[] {
  return [new OutputLines(MAX_LINES.stdout), new OutputLines(MAX_LINES.stderr)];
}
