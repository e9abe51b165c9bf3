/** What stands behind the target groups: the built-in service, or a real one, of which a small sample of traffic stands for all users. */
import { performance } from 'node:perf_hooks';
import type { ObservedRequest } from '../engine/background-traffic';
import type { ReleaseId } from '../engine/ports';
import type { ServiceProfile } from '../scenario/scenario';
import { forwardTo } from './forward';

export type Upstream =
  /** `upSince`: virtual time at which the version came up. */
  | { readonly kind: 'synthetic'; readonly profile: ServiceProfile; readonly upSince: number }
  /** A URL of the user's, or a program that was started for the version. */
  | { readonly kind: 'real'; readonly origin: URL };

/** Real requests in a virtual minute, all versions together. */
const DEFAULT_PER_MINUTE = 60;
const MINUTE_MS = 60_000;
const AT_ONCE = 4;
/** Wall time after which a sampled request counts as a 504. */
const DEFAULT_TIMEOUT_MS = 10_000;

export interface TrafficSamplerOptions {
  /** @default 60 */
  readonly perMinute?: number;
  /** Asked for in turn. @default the root */
  readonly paths?: readonly string[];
  /** @default 10,000 */
  readonly timeoutMs?: number;
  /** Name of the production host, as the service would see it. @default the upstream's own */
  readonly host?: string;
}

/** Sends a bounded number of real requests; the background traffic scales what they show. */
export class TrafficSampler {
  private readonly samples = new Map<ReleaseId, readonly ObservedRequest[]>();
  private minute = -1;
  private sentSoFar = 0;

  constructor(private readonly options: TrafficSamplerOptions = {}) {}

  /** What the version last showed; empty before its first sample. */
  sample(release: ReleaseId): readonly ObservedRequest[] {
    return this.samples.get(release) ?? [];
  }

  /** Real requests sent so far: the fidelity statement names them. */
  get sent(): number {
    return this.sentSoFar;
  }

  /**
   * Samples each version anew, once in a virtual minute; later calls within it send nothing, unless a version has no sample yet.
   * Takes wall time: call it as work of the engine's own.
   */
  async refresh(at: number, upstreams: readonly { readonly release: ReleaseId; readonly origin: URL }[]): Promise<void> {
    const minute = Math.floor(at / MINUTE_MS);
    const due = minute === this.minute ? upstreams.filter(({ release }) => !this.samples.has(release)) : upstreams;
    this.minute = minute;
    const each = Math.max(1, Math.floor((this.options.perMinute ?? DEFAULT_PER_MINUTE) / Math.max(1, upstreams.length)));
    for (const { release, origin } of due) {
      this.samples.set(release, await this.send(origin, each));
    }
  }

  private async send(origin: URL, count: number): Promise<readonly ObservedRequest[]> {
    const results: ObservedRequest[] = [];
    const indexes = Array.from({ length: count }, (_, index) => index).values();
    const worker = async (): Promise<void> => {
      for (const index of indexes) {
        results[index] = await this.one(origin, index);
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, worker));
    this.sentSoFar += count;
    return results;
  }

  private async one(origin: URL, index: number): Promise<ObservedRequest> {
    const { paths = ['/'], host, timeoutMs = DEFAULT_TIMEOUT_MS } = this.options;
    const started = performance.now();
    const result = await forwardTo(
      origin,
      {
        method: 'GET',
        url: paths[index % paths.length],
        headers: host === undefined ? {} : { host },
        body: Buffer.alloc(0),
        protocol: 'HTTP',
        port: 80,
      },
      timeoutMs,
    );
    if (result.kind === 'answer') {
      return { status: result.status, latencyMs: performance.now() - started };
    }
    return { elb: result.kind === 'timeout' ? 504 : 502 };
  }
}
