/** The child's network: known hosts lie on loopback under private addresses, everything else is refused. */
import type { WireNetwork } from '../protocol';

export const LOOPBACK = '127.0.0.1';

export type Decision = { readonly port: number; readonly address: string; readonly allowed?: true } | { readonly refused: string } | { readonly closed: true };

interface Range {
  readonly first: number;
  readonly last: number;
  readonly port: number;
  /** Absent: nobody listens. */
  readonly to: number | undefined;
}

/** Of an IPv4 address; NaN of anything else, which no range holds. */
const numberOf = (address: string): number => (/^\d+(\.\d+){3}$/.test(address) ? address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) : Number.NaN);

/** What a child may reach at present. */
export class Network {
  private addresses = new Map<string, string>();
  private targets = new Map<string, number>();
  private ranges: readonly Range[] = [];
  private loopback = new Set<number>();
  private allowed = new Set<string>();
  /** Addresses that names of the allow-list resolved to. */
  private readonly resolved = new Set<string>();

  use(network: WireNetwork): void {
    this.addresses = new Map(network.hosts.map(({ name, address }) => [name, address]));
    this.targets = new Map(network.routes.map(({ address, port, to }) => [`${address}:${port}`, to]));
    this.ranges = network.ranges.map(({ first, last, port, to }) => ({ first: numberOf(first), last: numberOf(last), port, to }));
    this.loopback = new Set(network.loopback);
    this.allowed = new Set(network.allowHosts);
  }

  address(host: string): string | undefined {
    return this.addresses.get(host.toLowerCase());
  }

  isAllowed(host: string): boolean {
    return this.allowed.has(host.toLowerCase());
  }

  remember(address: string): void {
    this.resolved.add(address);
  }

  decide(address: string, port: number): Decision {
    const to = this.targets.get(`${address}:${port}`);
    if (to !== undefined) {
      return { address: LOOPBACK, port: to };
    }
    const range = this.rangeOf(address, port);
    if (range !== undefined) {
      return range.to === undefined ? { closed: true } : { address: LOOPBACK, port: range.to };
    }
    if (address === LOOPBACK && this.loopback.has(port)) {
      return { address, port };
    }
    if (this.isAllowed(address) || this.resolved.has(address)) {
      return { address, port, allowed: true };
    }
    return { refused: this.reason(address, port) };
  }

  private rangeOf(address: string, port: number): Range | undefined {
    const number = numberOf(address);
    return this.ranges.find((range) => range.port === port && number >= range.first && number <= range.last);
  }

  private reason(address: string, port: number): string {
    const name = [...this.addresses].find(([, known]) => known === address)?.[0];
    return name === undefined
      ? `${address} port ${port} is outside the assembly; allow it with --allow-host ${address}`
      : `'${name}' does not listen on port ${port}`;
  }
}
