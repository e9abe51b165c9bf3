/** What a child and the conductor say to each other: JSON lines. Times are virtual milliseconds since the rehearsal began. */

/** File descriptor of the channel on which the child asks and blocks until it is answered. */
export const ASK_FD = 3;
/** File descriptor of the channel on which either side tells without waiting. */
export const TELL_FD = 4;

/** A line of its own on both outputs after an invocation, so that its last line is known to have arrived. */
export const END_OF_OUTPUT = '\u0000end of invocation ';

/** From child to conductor, answered by an `Answer`. */
export type Ask =
  | { readonly op: 'hello' }
  /** The clock cannot be made virtual in this version of Node. */
  | { readonly op: 'unfit'; readonly message: string }
  | { readonly op: 'ready' }
  | AdvanceAsk
  | { readonly op: 'ended'; readonly outcome: Outcome };

/** Nothing is in flight any more: time may pass until `to`, the child's next timer; null where it has none. */
export interface AdvanceAsk {
  readonly op: 'advance';
  readonly to: number | null;
  /** Declared holds that it is waiting for. */
  readonly held: readonly number[];
  /** Declared holds whose connection it has given up since it asked last. */
  readonly gone: readonly number[];
}

/** How an invocation, or the start before it, ended in the child. */
export type Outcome =
  | { readonly end: 'returned'; readonly payload?: unknown }
  | { readonly end: 'threw' | 'crashed'; readonly error: LambdaError }
  | { readonly end: 'silent' };

export interface LambdaError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** In every answer: the time that is now, and how many lines the conductor has told so far, which the child has to read first. */
export interface Stamp {
  readonly now: number;
  readonly told: number;
}

export interface Start extends Stamp {
  readonly epochMs: number;
  /** Feeds `Math.random` while modules are loaded. */
  readonly seed: string;
  readonly network: WireNetwork;
  readonly taskRoot: string;
  readonly handler: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
}

export interface Invoke extends Stamp {
  readonly seed: string;
  readonly requestId: string;
  readonly payload: unknown;
  readonly clientContext?: object;
  /** Alias or version by which the function was invoked. */
  readonly qualifier?: string;
  readonly deadline: number;
  readonly network: WireNetwork;
}

/** The network as a child sees it. */
export interface WireNetwork {
  readonly hosts: readonly { readonly name: string; readonly address: string }[];
  readonly routes: readonly { readonly address: string; readonly port: number; readonly to: number }[];
  /** From one IPv4 address to another; without `to` connections are refused. */
  readonly ranges: readonly { readonly first: string; readonly last: string; readonly port: number; readonly to?: number }[];
  /** Ports on 127.0.0.1 that may be reached as they are. */
  readonly loopback: readonly number[];
  readonly allowHosts: readonly string[];
}

/** From conductor to child, not answered. */
export type Tell =
  | { readonly op: 'hold'; readonly id: number; readonly clientPort: number; readonly serverPort: number }
  | { readonly op: 'release'; readonly id: number }
  /** Real time from now on, until the child asks to advance. */
  | { readonly op: 'flow'; readonly now: number }
  /** In real time: the moment of the timer that was announced has come. */
  | { readonly op: 'time'; readonly now: number };

/** From child to conductor, not answered; only while it runs in real time. */
export type ChildTell =
  | { readonly op: 'flowing'; readonly reason: string }
  | { readonly op: 'wake'; readonly to: number | null };

/** A line from the child's asking end; undefined where it is none of ours. */
export function askOf(line: unknown): Ask | undefined {
  return hasOp(line, ['hello', 'unfit', 'ready', 'advance', 'ended']) ? (line as Ask) : undefined;
}

/** A line from the child's telling end; undefined where it is none of ours. */
export function childTellOf(line: unknown): ChildTell | undefined {
  return hasOp(line, ['flowing', 'wake']) ? (line as ChildTell) : undefined;
}

function hasOp(line: unknown, ops: readonly string[]): boolean {
  return typeof line === 'object' && line !== null && ops.includes((line as { readonly op?: string }).op ?? '');
}
