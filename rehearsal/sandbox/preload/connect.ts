/** Puts the network under every connection of the process. */
import net from 'node:net';

import type { HeldConnections, TcpHandle } from './held-connections';
import { LOOPBACK } from './network';
import type { Network } from './network';

/** Told how an attempt to connect has ended. */
interface ConnectRequest {
  oncomplete(status: number, handle: TcpHandle, request: unknown, readable: boolean, writable: boolean): void;
}

export type InternalBinding = (name: string) => unknown;

/** Every TCP connection of a process passes here with a literal address. */
export function installHandles(network: Network, connections: HeldConnections, internalBinding: InternalBinding, onOutside: (host: string) => void): void {
  const { TCP } = internalBinding('tcp_wrap') as { TCP: { prototype: TcpHandle } };
  const { UV_EACCES, UV_ECONNREFUSED } = internalBinding('uv') as { UV_EACCES: number; UV_ECONNREFUSED: number };
  const { connect, connect6, getpeername } = TCP.prototype;
  const peers = new WeakMap<TcpHandle, { address: string; port: number }>();
  const through = (original: TcpHandle['connect']) =>
    function (this: TcpHandle, request: unknown, address: string, port: number): number {
      const decision = network.decide(address, port);
      if ('refused' in decision) {
        return UV_EACCES;
      }
      if ('closed' in decision) {
        // As the system says it: a moment later, and never at once.
        process.nextTick(() => (request as ConnectRequest).oncomplete(UV_ECONNREFUSED, this, request, false, false));
        return 0;
      }
      peers.set(this, { address, port });
      connections.track(this, decision.port, () => (decision.allowed ? onOutside(address) : undefined));
      return (decision.allowed ? original : connect).call(this, request, decision.address, decision.port);
    };
  TCP.prototype.connect = through(connect);
  TCP.prototype.connect6 = through(connect6);
  // A client that pins the address which it resolved finds it again at the other end.
  TCP.prototype.getpeername = function (out) {
    const result = getpeername.call(this, out);
    const peer = peers.get(this);
    return peer === undefined || result !== 0 ? result : (Object.assign(out, peer), result);
  };
}

/** Datagrams have no way into the rehearsal. */
export function refuseDatagrams(internalBinding: InternalBinding): void {
  const { UDP } = internalBinding('udp_wrap') as { UDP: { prototype: Record<string, () => number> } };
  const { UV_EACCES } = internalBinding('uv') as { UV_EACCES: number };
  for (const name of ['connect', 'connect6', 'send', 'send6']) {
    UDP.prototype[name] = () => UV_EACCES;
  }
}

/** What can be refused before a look-up is refused here, in words. */
export function installConnect(network: Network): void {
  const { connect } = net.Socket.prototype;
  const guarded = function (this: net.Socket, ...args: unknown[]): net.Socket {
    const { host, port, path } = target(args);
    const address = host === 'localhost' ? LOOPBACK : (network.address(host) ?? host);
    if (path === undefined && net.isIP(address) !== 0) {
      const decision = network.decide(address, port);
      if ('refused' in decision) {
        const error = Object.assign(new Error(`connect EACCES ${host}:${port}: ${decision.refused}`), {
          code: 'EACCES',
          syscall: 'connect',
          address: host,
          port,
        });
        process.nextTick(() => this.destroy(error));
        return this;
      }
    }
    return (connect as (...all: unknown[]) => net.Socket).apply(this, args);
  };
  net.Socket.prototype.connect = guarded as typeof net.Socket.prototype.connect;
}

/** Host and port of a call of `connect`, in any of its forms; Node itself hands on an array of the normalized ones. */
function target(args: readonly unknown[]): { host: string; port: number; path?: string } {
  const first: unknown = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (typeof first === 'object' && first !== null) {
    const { host, port, path } = first as { host?: string; port?: number | string; path?: string | null };
    return { host: host ?? 'localhost', port: Number(port), path: path ?? undefined };
  }
  if (typeof first === 'string' && !/^\d+$/.test(first)) {
    return { host: '', port: 0, path: first };
  }
  return { host: typeof args[1] === 'string' ? args[1] : 'localhost', port: Number(first) };
}
