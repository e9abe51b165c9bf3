/** The versions of a service that a rehearsal plays, and what answers for each: the built-in service, a program, or a URL of the user's. */
import { startCommandUpstream, type CommandUpstream } from '../endpoints/command-upstream';
import { TrafficSampler, type Upstream } from '../endpoints/upstreams';
import { productionPaths, type TrafficSource } from '../engine/background-traffic';
import type { ReleaseId, ReleaseOfDeployment } from '../engine/ports';
import type { Conductor } from '../sandbox/conductor';
import type { Scenario, ServiceProfile } from '../scenario/scenario';
import { DEFAULT_PROFILE } from '../scenario/service-profile';

export interface VersionsOptions {
  readonly scenario: Scenario;
  readonly conductor: Conductor;
  /** The user's own two versions: the first runs before the first release, the second is every release. */
  readonly urls?: { readonly blue: URL; readonly green: URL };
  /** Folder in which commands of a scenario run, and their PATH. */
  readonly directory: string;
  readonly path: string;
  /** Resolves when somebody asks for the end. */
  readonly interrupted?: Promise<void>;
}

/** Runs before the first deployment. */
export const FIRST_RELEASE: ReleaseId = 'r0';

export class Versions {
  private readonly upSince = new Map<ReleaseId, number>();
  private readonly origins = new Map<ReleaseId, URL>();
  private readonly commands: CommandUpstream[] = [];
  private readonly sampler: TrafficSampler;
  private released = 0;

  constructor(private readonly options: VersionsOptions) {
    this.sampler = new TrafficSampler({ paths: productionPaths(options.scenario.service) });
    this.upSince.set(FIRST_RELEASE, 0);
  }

  /** Whether anything real answers, so that results hang on the world outside. */
  get real(): boolean {
    return this.origins.size > 0;
  }

  /** Real requests that the background traffic was scaled from. */
  get sampled(): number {
    return this.sampler.sent;
  }

  /** Starts the programs of the scenario, all before anything is played. */
  async start(): Promise<void> {
    const { urls, scenario } = this.options;
    const profiles = [scenario.service, ...scenario.releases.map(({ profile }) => profile)];
    for (const [index, profile] of profiles.entries()) {
      const origin = urls === undefined ? await this.startCommand(releaseId(index), profile) : index === 0 ? urls.blue : urls.green;
      if (origin !== undefined) {
        this.origins.set(releaseId(index), origin);
      }
    }
  }

  /** The version that the next deployment brings. */
  next(): ReleaseOfDeployment {
    this.released += 1;
    return this.release(this.released);
  }

  /** A version by its number; 0 runs before the first deployment. */
  release(number: number): ReleaseOfDeployment {
    const id = releaseId(number);
    const { urls, scenario } = this.options;
    if (urls !== undefined && number > 0) {
      // Beyond the releases of the scenario too: whoever deploys by hand brings the same new version again.
      this.origins.set(id, urls.green);
    }
    return { id, startupMs: this.profile(id, scenario).startupMs };
  }

  /** From now on its tasks are healthy. */
  cameUp(release: ReleaseId): void {
    if (!this.upSince.has(release)) {
      this.upSince.set(release, this.options.conductor.now());
    }
  }

  upstream(release: ReleaseId): Upstream {
    const origin = this.origins.get(release);
    const upSince = this.upSince.get(release) ?? this.options.conductor.now();
    return origin === undefined ? { kind: 'synthetic', profile: this.profile(release, this.options.scenario), upSince } : { kind: 'real', origin };
  }

  source(release: ReleaseId): TrafficSource {
    const upstream = this.upstream(release);
    return upstream.kind === 'real' ? { kind: 'observed', sample: this.sampler.sample(release) } : upstream;
  }

  /** Samples the real versions anew, where there are any; takes wall time, in which virtual time stands still. */
  async sample(releases: readonly ReleaseId[]): Promise<void> {
    const real = releases.flatMap((release) => {
      const origin = this.origins.get(release);
      return origin === undefined ? [] : [{ release, origin }];
    });
    if (real.length > 0) {
      const done = this.options.conductor.busy('sampling the real versions');
      try {
        await this.sampler.refresh(this.options.conductor.now(), real);
      } finally {
        done();
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.commands.map((command) => command.stop()));
  }

  private async startCommand(release: ReleaseId, profile: ServiceProfile): Promise<URL | undefined> {
    if (profile.command === undefined) {
      return undefined;
    }
    const { directory, path, interrupted } = this.options;
    const { command, environment } = profile;
    const started = await startCommandUpstream({
      command,
      path,
      directory,
      release,
      ...(environment === undefined ? {} : { environment }),
      ...(interrupted === undefined ? {} : { interrupted }),
    });
    this.commands.push(started);
    return started.origin;
  }

  private profile(release: ReleaseId, { service, releases }: Scenario): ServiceProfile {
    const index = Number(release.slice(1));
    return index === 0 ? service : (releases[index - 1]?.profile ?? DEFAULT_PROFILE);
  }
}

function releaseId(index: number): ReleaseId {
  return `r${index}`;
}
