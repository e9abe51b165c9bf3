/** What runs on the instances, as far as gates ask it: one server on loopback for each protocol, which tells the instances apart by the Host header. */
import type { InstanceListener } from '../assembly/server-gates';
import type { CertificateAuthority } from '../endpoints/certificates';
import { startLoopbackServer, type LoopbackAnswer, type LoopbackRequest, type LoopbackServer } from '../endpoints/loopback-server';
import { privateAddressOf } from '../engine/fleet/addresses';
import type { Fleet, Instance } from '../engine/fleet/fleet';
import type { RevisionModel } from '../engine/fleet/revision';
import type { RandomFor, ReleaseId } from '../engine/ports';
import { answer } from '../engine/synthetic-service';
import type { Conductor } from '../sandbox/conductor';
import type { AddressRange } from '../sandbox/network-map';
import type { ServiceProfile } from '../scenario/scenario';

/** The application of one rollout on the instances. */
export interface InstanceApplication {
  readonly listeners: readonly InstanceListener[];
  /** What is installed on an instance; undefined: nothing is. */
  installed(index: number): RevisionModel | undefined;
  /** When it was. */
  installedAt(index: number): number;
  profile(release: ReleaseId): ServiceProfile;
  /** Times that everything takes longer on the instance. */
  slowness(instance: Instance, release: ReleaseId): number;
}

export interface InstanceServicesOptions {
  readonly conductor: Conductor;
  readonly random: RandomFor;
  readonly fleet: Fleet;
  readonly applications: readonly InstanceApplication[];
  /** Absent where no listener speaks HTTPS. */
  readonly authority?: CertificateAuthority;
}

type Protocol = InstanceListener['protocol'];

/** Addresses that the certificate holds: each costs it some bytes, and clients read 100 kB of a chain at most. */
const MAX_CERTIFIED = 4096;

/** Room for instances that are launched later. */
const LAUNCHED_LATER = 256;

const NOT_TOLD_APART = 'the rehearsal tells instances apart by the Host header, and this one names no address of an instance';

export class InstanceServices {
  readonly #options: InstanceServicesOptions;
  readonly #servers = new Map<Protocol, LoopbackServer>();
  readonly #seen = new Map<string, number>();
  readonly #byAddress = new Map<string, number>();
  #known = 0;

  constructor(options: InstanceServicesOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { conductor } = this.#options;
    for (const protocol of new Set(this.#listeners.map((listener) => listener.protocol))) {
      const tls = protocol === 'HTTPS' ? await this.#certificate() : undefined;
      const handle = (request: LoopbackRequest): LoopbackAnswer => this.#handle(protocol, request);
      this.#servers.set(protocol, await startLoopbackServer({ name: `instances by ${protocol}`, conductor, handle, ...(tls === undefined ? {} : { tls }) }));
    }
  }

  /** Where the addresses of instances lead at present: connections to one that answers and has nothing installed are refused. */
  ranges(): readonly AddressRange[] {
    return this.#options.applications.flatMap((application) =>
      application.listeners.flatMap(({ port, protocol }) => {
        const to = this.#servers.get(protocol)?.port;
        const refuses = (index: number): boolean => this.#options.fleet.answers(index) && application.installed(index) === undefined;
        return to === undefined ? [] : ranges(this.#options.fleet.instances, port, (index) => (refuses(index) ? undefined : to));
      }),
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.#servers.values()].map((server) => server.close()));
  }

  get #listeners(): readonly InstanceListener[] {
    return this.#options.applications.flatMap(({ listeners }) => listeners);
  }

  #certificate(): Promise<{ readonly key: string; readonly cert: string }> | undefined {
    const { authority, fleet } = this.#options;
    const count = Math.min(MAX_CERTIFIED, 2 * fleet.instances.length + LAUNCHED_LATER);
    const addresses = Array.from({ length: count }, (_, index) => privateAddressOf({ index, platform: 'ec2' })!);
    return authority?.issue(addresses);
  }

  #handle(protocol: Protocol, request: LoopbackRequest): LoopbackAnswer {
    const { fleet, applications } = this.#options;
    const [, address = '', port] = /^([\d.]+)(?::(\d+))?$/.exec(String(request.headers.host ?? '')) ?? [];
    const instance = this.#instanceAt(address);
    const listener: InstanceListener = { protocol, port: Number(port ?? (protocol === 'HTTPS' ? 443 : 80)) };
    const there = applications.filter(({ listeners }) => listeners.some((one) => one.protocol === listener.protocol && one.port === listener.port));
    if (instance === undefined || there.length === 0) {
      return { status: 421, headers: { 'content-type': 'text/plain' }, body: NOT_TOLD_APART };
    }
    if (!fleet.answers(instance.index)) {
      return { hang: true };
    }
    const application = there.find(({ installed }) => installed(instance.index) !== undefined);
    return application === undefined ? { reset: true } : this.#answer(application, instance, request);
  }

  #answer(application: InstanceApplication, instance: Instance, request: LoopbackRequest): LoopbackAnswer {
    const { release } = application.installed(instance.index)!;
    const { method, url: path, headers, arrivedAt } = request;
    // Who asks, and the how-manieth time: the same for every run, whatever came first.
    const key = `${String(headers['user-agent'] ?? '')}|${instance.id}|${method} ${path}`;
    const times = (this.#seen.get(key) ?? 0) + 1;
    this.#seen.set(key, times);
    const sinceUpMs = arrivedAt - application.installedAt(instance.index);
    const made = answer(application.profile(release), { listener: 'test', method, path, identity: `${key}|${times}`, sinceUpMs, release }, this.#options.random);
    if (made.kind !== 'answer') {
      return made.kind === 'hang' ? { hang: true } : { reset: true };
    }
    return { status: made.status, headers: made.headers, body: made.body, afterMs: made.latencyMs * application.slowness(instance, release) };
  }

  #instanceAt(address: string): Instance | undefined {
    const { instances } = this.#options.fleet;
    for (; this.#known < instances.length; this.#known++) {
      const own = privateAddressOf(instances[this.#known]!);
      if (own !== undefined) {
        this.#byAddress.set(own, this.#known);
      }
    }
    const index = this.#byAddress.get(address);
    return index === undefined ? undefined : instances[index];
  }
}

/** Neighbours that lead to the same port are one range, so that ten thousand instances are a few. */
export function ranges(instances: readonly Pick<Instance, 'index' | 'platform'>[], port: number, to: (index: number) => number | undefined): readonly AddressRange[] {
  const made: { first: string; last: string; readonly port: number; readonly to?: number }[] = [];
  for (const instance of instances) {
    const address = privateAddressOf(instance);
    if (address === undefined) {
      continue;
    }
    const target = to(instance.index);
    const last = made.at(-1);
    if (last !== undefined && last.to === target) {
      last.last = address;
    } else {
      made.push({ first: address, last: address, port, ...(target === undefined ? {} : { to: target }) });
    }
  }
  return made;
}
