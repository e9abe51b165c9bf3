/** Puts the network under every look-up of a name. */
import dns from 'node:dns';
import net from 'node:net';
import { promisify } from 'node:util';

import { LOOPBACK } from './network';
import type { Network } from './network';

type LookupCallback = (error: Error | null, address?: unknown, family?: number) => void;

/** What a name leads to without a question to the real network; undefined for an allowed host. */
function known(network: Network, host: string, family: number): string | Error | undefined {
  if (net.isIP(host) !== 0) {
    return host;
  }
  const address = host === 'localhost' ? LOOPBACK : network.address(host);
  if (address !== undefined && family !== 6) {
    return address;
  }
  if (address === undefined && network.isAllowed(host)) {
    return undefined;
  }
  const reason = address === undefined ? `'${host}' is outside the assembly; allow it with --allow-host ${host}` : `'${host}' has no IPv6 address`;
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}: ${reason}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: host });
}

function familyOf(options: unknown): number {
  const family = typeof options === 'object' && options !== null ? (options as dns.LookupOptions).family : options;
  return family === 6 || family === 'IPv6' ? 6 : 0;
}

function wantsAll(options: unknown): boolean {
  return typeof options === 'object' && options !== null && (options as dns.LookupOptions).all === true;
}

export function installLookup(network: Network): void {
  const lookup = dns.lookup as unknown as (host: string, options: unknown, callback: LookupCallback) => unknown;
  const virtual = (host: string, ...rest: unknown[]): unknown => {
    const callback = rest.pop() as LookupCallback;
    const options = rest[0];
    const answer = known(network, host, familyOf(options));
    if (answer === undefined) {
      return lookup(host, options ?? {}, (error, address, family) => {
        for (const entry of [address].flat()) {
          network.remember(typeof entry === 'string' ? entry : String((entry as dns.LookupAddress | undefined)?.address));
        }
        callback(error, address, family);
      });
    }
    if (answer instanceof Error) {
      process.nextTick(callback, answer);
    } else if (wantsAll(options)) {
      process.nextTick(callback, null, [{ address: answer, family: net.isIP(answer) }]);
    } else {
      process.nextTick(callback, null, answer, net.isIP(answer));
    }
    return {};
  };
  const promised = (host: string, options?: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      virtual(host, options, (error: Error | null, address: unknown, family?: number) => {
        if (error) {
          reject(error);
        } else {
          resolve(wantsAll(options) ? address : { address, family });
        }
      });
    });
  Object.assign(dns, { lookup: Object.assign(virtual, { [promisify.custom]: promised }) });
  Object.assign(dns.promises, { lookup: promised });
}

/** The other questions to a name server: known hosts have one A record, and only allowed hosts are asked for really. */
export function installResolve(network: Network): void {
  const names = ['resolve', 'resolve4', 'resolve6', 'resolveAny', 'resolveCaa', 'resolveCname', 'resolveMx', 'resolveNaptr', 'resolveNs'];
  names.push('resolvePtr', 'resolveSoa', 'resolveSrv', 'resolveTlsa', 'resolveTxt', 'reverse');
  const answer = (name: string, host: string, args: readonly unknown[]): string[] | Error | undefined => {
    const found = known(network, host, 0);
    const isA = name === 'resolve4' || (name === 'resolve' && (typeof args[0] !== 'string' || args[0] === 'A'));
    if (typeof found !== 'string') {
      return found;
    }
    return isA ? [found] : Object.assign(new Error(`query ENODATA ${host}`), { code: 'ENODATA', syscall: name, hostname: host });
  };
  for (const owner of [dns, dns.Resolver.prototype, dns.promises, dns.promises.Resolver.prototype] as unknown as Record<string, unknown>[]) {
    for (const name of names) {
      const original = owner[name] as ((...args: unknown[]) => unknown) | undefined;
      if (original) {
        owner[name] = owner === (dns as unknown) || owner === (dns.Resolver.prototype as unknown) ? called(name, original, answer) : awaited(name, original, answer);
      }
    }
  }
}

type Answerer = (name: string, host: string, args: readonly unknown[]) => string[] | Error | undefined;
type Resolve = (this: unknown, host: string, ...args: unknown[]) => unknown;

function called(name: string, original: (...args: unknown[]) => unknown, answer: Answerer): Resolve {
  return function (host, ...args) {
    const found = answer(name, host, args);
    const callback = args.at(-1) as (error: Error | null, records?: string[]) => void;
    if (found === undefined) {
      return original.call(this, host, ...args);
    }
    process.nextTick(() => (found instanceof Error ? callback(found) : callback(null, found)));
    return {};
  };
}

function awaited(name: string, original: (...args: unknown[]) => unknown, answer: Answerer): Resolve {
  return async function (host, ...args) {
    const found = answer(name, host, args);
    if (found instanceof Error) {
      throw found;
    }
    return found ?? original.call(this, host, ...args);
  };
}
