/** The child's connections, and which of them wait for an answer that is declared to be withheld. */

/** What is used of Node's TCP handle. */
export interface TcpHandle {
  connect(request: unknown, address: string, port: number): number;
  connect6(request: unknown, address: string, port: number): number;
  getsockname(out: { port?: number }): number;
  getpeername(out: { address?: string; family?: string; port?: number }): number;
  ref(): void;
  unref(): void;
  hasRef(): boolean;
  close(callback?: () => void): void;
}

interface Tracked {
  readonly handle: TcpHandle;
  readonly serverPort: number;
  readonly holds: Set<number>;
  /** Whether the program wants it to keep the process alive. */
  counts: boolean;
}

export class HeldConnections {
  private readonly open = new Set<Tracked>();
  private readonly given = new Set<number>();

  /** Follows a handle that is about to connect. `onUse` runs now and whenever the program takes it up again after a rest. */
  track(handle: TcpHandle, serverPort: number, onUse: () => void): void {
    const tracked: Tracked = { handle, serverPort, holds: new Set(), counts: true };
    const { ref, unref, close } = Object.getPrototypeOf(handle) as TcpHandle;
    this.open.add(tracked);
    handle.ref = () => {
      tracked.counts = true;
      onUse();
      if (tracked.holds.size === 0) {
        ref.call(handle);
      }
    };
    handle.unref = () => {
      tracked.counts = false;
      unref.call(handle);
    };
    handle.close = (callback) => {
      this.open.delete(tracked);
      tracked.holds.forEach((id) => this.given.add(id));
      close.call(handle, callback);
    };
    onUse();
  }

  hold(id: number, clientPort: number, serverPort: number): void {
    for (const tracked of this.open) {
      if (tracked.serverPort === serverPort && localPort(tracked.handle) === clientPort) {
        tracked.holds.add(id);
        prototypeOf(tracked.handle).unref.call(tracked.handle);
      }
    }
  }

  release(id: number): void {
    this.given.delete(id);
    for (const tracked of this.open) {
      if (tracked.holds.delete(id) && tracked.counts && tracked.holds.size === 0) {
        prototypeOf(tracked.handle).ref.call(tracked.handle);
      }
    }
  }

  /** Whether an answer is awaited that keeps the program alive. */
  keepAlive(): boolean {
    return [...this.open].some((tracked) => tracked.counts && tracked.holds.size > 0);
  }

  held(): number[] {
    return [...this.open].flatMap((tracked) => [...tracked.holds]);
  }

  /** Holds whose connection was closed here; forgotten with the reading. */
  takeGone(): number[] {
    const gone = [...this.given];
    this.given.clear();
    return gone;
  }
}

function prototypeOf(handle: TcpHandle): TcpHandle {
  return Object.getPrototypeOf(handle) as TcpHandle;
}

function localPort(handle: TcpHandle): number | undefined {
  const name: { port?: number } = {};
  handle.getsockname(name);
  return name.port;
}
