/** One request and its answer on the virtual clock. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { Conductor, Hold } from '../sandbox/conductor';

import type { LoopbackAnswer, LoopbackResponse } from './loopback-server';

export class LoopbackExchange {
  readonly arrivedAt: number;
  readonly clientPort: number;

  private readonly serverPort: number;
  private gone = false;
  private hold: Hold | undefined;
  private cancel: () => void = () => undefined;

  constructor(
    private readonly conductor: Conductor,
    private readonly name: string,
    private readonly response: ServerResponse,
    private readonly connection: Socket,
  ) {
    this.arrivedAt = conductor.arrive();
    this.clientPort = connection.remotePort ?? 0;
    this.serverPort = connection.localPort ?? 0;
    response.once('close', () => this.abandon());
    // Writing to a client that has left is no failure of ours.
    response.on('error', () => undefined);
  }

  /** Plays an answer at its time. `from` is the moment from which its latency counts. */
  play(answer: LoopbackAnswer, from = this.arrivedAt): void {
    if (this.gone) {
      return;
    }
    if ('forward' in answer) {
      void this.forward(answer.forward);
    } else if ('later' in answer) {
      void this.later(answer.later);
    } else if ('hang' in answer) {
      this.withhold();
    } else if ((answer.afterMs ?? 0) > 0) {
      this.withhold();
      this.cancel = this.conductor.scheduler.at(from + (answer.afterMs ?? 0), `answer of ${this.name}`, () => this.send(answer));
    } else {
      this.send(answer);
    }
  }

  /** Nothing may leave for the upstream before the conductor knows of it. */
  private async forward(work: () => Promise<LoopbackAnswer>): Promise<void> {
    const forward = this.conductor.forward();
    this.withhold();
    this.cancel = () => forward.abandon();
    try {
      const answer = await work();
      if (!this.gone) {
        this.cancel = forward.finish(`forwarded answer of ${this.name}`, () => this.play(answer, this.conductor.now()));
      }
    } catch (error) {
      forward.abandon();
      this.conductor.fail(error);
    }
  }

  private async later(work: () => Promise<LoopbackAnswer>): Promise<void> {
    this.withhold();
    try {
      const answer = await work();
      this.play(answer, this.conductor.now());
    } catch (error) {
      this.conductor.fail(error);
    }
  }

  private withhold(): void {
    const { clientPort, serverPort } = this;
    this.hold ??= this.conductor.hold({ clientPort, serverPort }, () => this.abandon());
  }

  /** The child is told before the first byte leaves that there is something to wait for again. */
  private send(answer: LoopbackResponse | { readonly reset: true }): void {
    this.hold?.release();
    this.hold = undefined;
    if ('reset' in answer) {
      this.connection.resetAndDestroy();
      return;
    }
    const { status, headers = {}, body = '' } = answer;
    this.response.sendDate = false;
    this.response.writeHead(status, {
      date: this.conductor.date().toUTCString(),
      'content-length': Buffer.byteLength(body),
      ...(headers as Record<string, string | string[]>),
    });
    this.response.end(body);
  }

  private abandon(): void {
    if (!this.gone) {
      this.gone = true;
      this.cancel();
      this.hold?.drop();
    }
  }
}
