/** Which hosts a child can reach, and where on this machine they really are. */
import type { WireNetwork } from './protocol';

export interface NetworkMap {
  /** `to` is a port on 127.0.0.1. Names are compared without case. */
  readonly routes: readonly { readonly host: string; readonly port: number; readonly to: number }[];
  /** Private addresses from one to another, of hosts that go without a name; the first range that holds an address counts. */
  readonly ranges?: readonly AddressRange[];
  /** Ports on 127.0.0.1 that a child may reach under that address, such as the AWS endpoints'. */
  readonly loopback: readonly number[];
  /** Hosts that are reached for real, by name or address. */
  readonly allowHosts?: readonly string[];
}

export interface AddressRange {
  readonly first: string;
  readonly last: string;
  readonly port: number;
  /** A port on 127.0.0.1; absent: connections are refused. */
  readonly to?: number;
}

/** Private addresses that the names resolve to: 10.64.0.1 and up, in the order in which the names appear first. */
const FIRST_ADDRESS = { a: 10, b: 64 };

/** The private address of each name, in lower case. */
export function privateAddresses(network: NetworkMap): ReadonlyMap<string, string> {
  const addresses = new Map<string, string>();
  for (const { host } of network.routes) {
    const name = host.toLowerCase();
    if (!addresses.has(name)) {
      const number = addresses.size + 1;
      addresses.set(name, `${FIRST_ADDRESS.a}.${FIRST_ADDRESS.b}.${number >> 8}.${number & 255}`);
    }
  }
  return addresses;
}

/** The network in the form in which a child takes it. */
export function toWire(network: NetworkMap): WireNetwork {
  const addresses = privateAddresses(network);
  return {
    hosts: [...addresses].map(([name, address]) => ({ name, address })),
    routes: network.routes.map(({ host, port, to }) => ({ address: addresses.get(host.toLowerCase()) ?? '', port, to })),
    ranges: network.ranges ?? [],
    loopback: network.loopback,
    allowHosts: (network.allowHosts ?? []).map((host) => host.toLowerCase()),
  };
}
