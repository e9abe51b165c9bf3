/**
 * The program that runs in a child: first it puts the process on virtual time and on the rehearsal's network, then it serves
 * invocations under the Lambda contract. Nothing of the user's is loaded before the clock is in place.
 */
import { writeSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';

import { END_OF_OUTPUT } from '../protocol';
import type { AdvanceAsk, Invoke, LambdaError, Outcome, Stamp, Start, Tell } from '../protocol';

import { Channel } from './channel';
import { VirtualClock } from './clock';
import { installConnect, installHandles, refuseDatagrams } from './connect';
import { loadHandler, named, toLambdaError } from './handler';
import { HeldConnections } from './held-connections';
import { Invocation } from './invocation';
import { installLookup, installResolve } from './lookup';
import { Network } from './network';
import { installSurfaces, seedMathRandom } from './surfaces';
import { installTimers } from './timers';
import type { VirtualTimers } from './timers';

const requireInternal = createRequire(__filename);
const setImmediateOnce = setImmediate;

class Child {
  private readonly connections = new HeldConnections();
  private readonly network = new Network();
  private readonly channel: Channel;
  private readonly start: Start;
  private readonly clock: VirtualClock;
  private readonly timers: VirtualTimers;
  private invocation: Invocation | undefined;
  private owed = 0;
  private announced = Infinity;

  constructor() {
    this.channel = new Channel((message) => this.hear(message));
    this.start = this.channel.ask<Start>({ op: 'hello' });
    this.owed = this.start.told;
    this.clock = new VirtualClock(this.start.now, this.start.epochMs, (to) => this.advance(to));
    try {
      this.timers = installTimers(this.clock, requireInternal, () => this.announce());
    } catch (error) {
      this.channel.ask({ op: 'unfit', message: toLambdaError(error).errorMessage });
      throw error;
    }
    this.network.use(this.start.network);
    const { internalBinding } = requireInternal('internal/test/binding') as { internalBinding: (name: string) => unknown };
    installHandles(this.network, this.connections, internalBinding, (host) => this.flow(`traffic with ${host}, which is allowed and real`));
    refuseDatagrams(internalBinding);
    installConnect(this.network);
    installLookup(this.network);
    installResolve(this.network);
    installSurfaces(this.clock, (to) => this.advance(to));
    seedMathRandom(this.start.seed);
    oneOutput();
    syncBuiltinESMExports();
    process.on('beforeExit', () => this.comeToRest());
    process.on('uncaughtException', (error, origin) => this.crash(error, origin));
  }

  /** Loads the handler, then serves one invocation after the other; between two of them the process stands still in its question. */
  async serve(): Promise<void> {
    const handler = await loadHandler(this.start.taskRoot, this.start.handler);
    let invoke = this.question<Invoke>({ op: 'ready' });
    for (;;) {
      this.network.use(invoke.network);
      seedMathRandom(invoke.seed);
      const invocation = new Invocation(handler, this.start, invoke, () => this.clock.read());
      this.invocation = invocation;
      invocation.begin();
      const outcome = await invocation.outcome;
      this.invocation = undefined;
      invoke = this.end(outcome, invoke.requestId);
    }
  }

  failInit(thrown: unknown): void {
    this.end({ end: 'crashed', error: toLambdaError(thrown) }, 'init');
  }

  private end(outcome: Outcome, requestId: string): Invoke {
    for (const output of [1, 2]) {
      writeSync(output, `\n${END_OF_OUTPUT}${requestId}\n`);
    }
    return this.question<Invoke>({ op: 'ended', outcome });
  }

  private crash(thrown: unknown, origin: string): void {
    const { errorType, errorMessage, trace }: LambdaError = toLambdaError(thrown);
    const rejected = origin === 'unhandledRejection';
    this.end({ end: 'crashed', error: { errorType: rejected ? 'Runtime.UnhandledPromiseRejection' : errorType, errorMessage, trace } }, 'crash');
  }

  /** The loop is empty: nothing is in flight. Either time passes, or nothing will ever happen here again. */
  private comeToRest(): void {
    if (this.owed > this.channel.heard) {
      this.channel.count(true);
      return;
    }
    if (this.timers.keepAlive() || this.connections.keepAlive()) {
      this.advance(this.timers.next());
    } else if (this.invocation) {
      this.invocation.comeToRest();
    } else {
      this.failInit(named('Runtime.ExitError', 'nothing is pending, and the module has not finished loading'));
    }
    // A live turn of the loop: what has arrived meanwhile is read before the timers that are due.
    setImmediateOnce(() => this.timers.fire());
  }

  private advance(to: number): void {
    const ask: AdvanceAsk = {
      op: 'advance',
      to: to === Infinity ? null : to,
      held: this.connections.held(),
      gone: this.connections.takeGone(),
    };
    this.question(ask);
  }

  private question<T extends Stamp>(ask: Parameters<Channel['ask']>[0]): T {
    const answer = this.channel.ask<T>(ask);
    this.clock.set(answer.now);
    this.owed = answer.told;
    this.announced = Infinity;
    if (this.owed > this.channel.heard) {
      this.channel.count(true);
    }
    return answer;
  }

  private hear(message: Tell): void {
    if (message.op === 'hold') {
      this.connections.hold(message.id, message.clientPort, message.serverPort);
    } else if (message.op === 'release') {
      this.connections.release(message.id);
    } else if (message.op === 'flow') {
      this.clock.flow(message.now);
      this.channel.tell({ op: 'flowing', reason: 'its event loop did not come to rest' });
      this.announce();
    } else if (this.clock.isFlowing()) {
      this.clock.flow(message.now);
      setImmediateOnce(() => {
        this.timers.fire();
        this.announce();
      });
    }
    if (this.channel.heard >= this.owed) {
      this.channel.count(false);
    }
  }

  private flow(reason: string): void {
    if (!this.clock.isFlowing()) {
      this.clock.flow(this.clock.now());
      this.channel.tell({ op: 'flowing', reason });
      this.announce();
    }
  }

  /** In real time the conductor wakes us for the next timer, for our own loop cannot. */
  private announce(): void {
    if (!this.clock.isFlowing()) {
      return;
    }
    const next = this.timers.next();
    if (next !== this.announced) {
      this.announced = next;
      this.channel.tell({ op: 'wake', to: next === Infinity ? null : next });
    }
  }
}

/** Standard error joins standard output, so that the order of lines is the order of writing; writes block until they are done. */
function oneOutput(): void {
  const { _handle: handle } = process.stdout as unknown as { _handle?: { setBlocking?(yes: boolean): void } };
  handle?.setBlocking?.(true);
  Object.defineProperty(process, 'stderr', { value: process.stdout, configurable: true });
}

const child = new Child();
child.serve().catch((error: unknown) => child.failInit(error));
