/** The function that is released: its versions as a scenario has them behave, and as its own bundle runs. */
import type { LambdaRolloutModel } from '../assembly/lambda-rollout-model';
import type { Alias } from '../engine/alias/alias';
import { behaviourOf, type FunctionBehaviour } from '../engine/alias/function-profile';
import type { LambdaMetrics } from '../engine/alias/lambda-metrics';
import type { Provisioning } from '../engine/alias/provisioned-concurrency';
import type { TrafficVersion } from '../engine/alias/lambda-traffic';
import { ServiceError, type FunctionInvocation, type InvocationResult, type RandomFor, type ReleaseId } from '../engine/ports';
import type { Conductor, Done } from '../sandbox/conductor';
import { UserError } from '../report/user-error';
import type { Scenario, ServiceProfile } from '../scenario/scenario';
import { DEFAULT_PROFILE } from '../scenario/service-profile';
import type { StagedFunction } from './functions';

export interface ReleasedFunctionOptions {
  readonly model: LambdaRolloutModel;
  readonly scenario: Scenario;
  readonly conductor: Conductor;
  readonly random: RandomFor;
  readonly metrics: LambdaMetrics;
  /** Resolved when it is first invoked: a function that cannot run here may still be released. @throws UserError where it cannot */
  readonly function: () => StagedFunction;
  readonly timeoutMs: number;
  /** Runs a function once. */
  readonly run: (found: StagedFunction, invocation: FunctionInvocation) => Promise<InvocationResult>;
  /** Folders of the old version's code and of every new one's. @default what the template deploys, for all */
  readonly folders?: { readonly blue: string; readonly green: string };
}

interface PublishedVersion {
  readonly at: number;
  readonly release: ReleaseId;
  readonly profile: ServiceProfile;
  /** Where it may differ from what is deployed. */
  code?: () => StagedFunction;
}

/** One invocation that has been taken. */
export interface ReleasedInvocation extends FunctionInvocation {
  readonly version: string;
  /** The alias or version by which it was invoked. */
  readonly qualifier: string;
  /** Whose it is, and the how-manieth: equal identities are drawn alike. */
  readonly identity: string;
}

export class ReleasedFunction {
  private readonly published = new Map<string, PublishedVersion>();
  private readonly run = new Set<string>();
  /** Why its code ran in real time, each reason once. */
  readonly realTime = new Set<string>();
  /** Why its code cannot be run here, once somebody invoked it. */
  private unrunnable: string | undefined;
  /** Versions and releases of the scenario so far: a stack update publishes versions that no release brings. */
  private newest = 0;
  private released = 0;
  /** Whether versions are published by the template alone, and not by whoever names them. */
  private closed = false;

  constructor(
    private readonly options: ReleasedFunctionOptions,
    private readonly alias: Alias,
  ) {
    this.published.set(this.versionOf(0), { at: 0, release: 'r0', profile: options.scenario.service });
  }

  /** The release that a version is, which is published with it where it was not yet. */
  releaseOf(version: string): ReleaseId {
    const known = this.published.get(version);
    if (known !== undefined) {
      return known.release;
    }
    const index = this.indexOf(version);
    if (this.closed) {
      return `r${index}`;
    }
    this.newest = Math.max(this.newest, index);
    this.released = Math.max(this.released, index);
    return this.publish(version, `r${index}`, this.profileOf(index));
  }

  /** Publishes the version of the next release. */
  next(): { readonly release: ReleaseId; readonly version: string } {
    this.released += 1;
    this.newest += 1;
    const version = this.versionOf(this.newest);
    return { release: this.publish(version, `r${this.released}`, this.profileOf(this.released)), version };
  }

  /** Publishes what is deployed as another version that no release of the scenario brings. */
  publishDeployed(profile: ServiceProfile): string {
    this.newest += 1;
    const version = this.versionOf(this.newest);
    this.publish(version, `u${this.newest}`, profile);
    this.keepCode();
    return version;
  }

  /** Before another template is deployed: versions keep the code that they were published with. */
  keepCode(): void {
    this.published.forEach((version) => (version.code ??= settled(this.options.function)));
  }

  /** The version of the template is there besides the one that runs, and no other one: nobody publishes any. */
  publishTemplate(): void {
    this.next();
    this.closed = true;
  }

  /** Whether a deployment can bring a version. */
  isPublished(version: string): boolean {
    return !this.closed || this.published.has(version);
  }

  /** Deletes a version. Numbers are not given again. */
  remove(version: string): void {
    this.published.delete(version);
  }

  /** Number of the version that was published last of those that are there. */
  get newestVersion(): string {
    return [...this.published.keys()].at(-1)!;
  }

  /** Numbers of the versions that are there, in the order in which they were published. */
  get versions(): readonly string[] {
    return [...this.published.keys()];
  }

  /** The version of the last release. */
  get lastReleased(): string {
    return [...this.published].findLast(([, { release }]) => release === `r${this.released}`)?.[0] ?? this.versionOf(this.released);
  }

  /** How its provisioned concurrency is allocated, where the scenario says. */
  provisioning(version: string): Partial<Provisioning> {
    return this.options.scenario.releases[this.indexOf(version) - 1]?.provisioning ?? {};
  }

  /** Versions whose code was run. */
  get versionsRun(): readonly string[] {
    return [...this.run].sort();
  }

  get notModelled(): readonly string[] {
    return this.unrunnable === undefined ? [] : [this.unrunnable];
  }

  isQualifier(qualifier: string): boolean {
    return qualifier === '$LATEST' || qualifier === this.options.model.aliasName || this.published.has(qualifier);
  }

  /** The version that a qualifier stands for; undefined where there is none. */
  versionFor(qualifier: string, identity: string): string | undefined {
    if (qualifier === this.options.model.aliasName) {
      return this.alias.draw(this.options.random(`alias|${identity}`));
    }
    return this.published.has(qualifier) ? qualifier : undefined;
  }

  traffic(version: string): TrafficVersion {
    const known = this.published.get(version);
    return { profile: known?.profile ?? this.profileOf(this.indexOf(version)), publishedAt: known?.at ?? 0 };
  }

  /** The function as this version of it runs. @throws ServiceError UnknownOperationException where its code cannot be run here */
  staged(version: string): StagedFunction {
    const { folders } = this.options;
    const found = this.code(version);
    const directory = folders === undefined || this.published.get(version)?.release.startsWith('u') === true ? found.spec.directory : this.indexOf(version) === 0 ? folders.blue : folders.green;
    return { ...found, spec: { ...found.spec, directory, version } };
  }

  /** @throws ServiceError TooManyRequestsException where its profile has it throttled */
  async invoke({ version, identity, ...invocation }: ReleasedInvocation): Promise<InvocationResult> {
    const { conductor, random, metrics } = this.options;
    const { profile, publishedAt } = this.traffic(version);
    const startedAt = conductor.now();
    const behaviour = behaviourOf(profile, { release: this.published.get(version)?.release ?? `r${this.indexOf(version)}`, identity, sincePublishedMs: startedAt - publishedAt }, random);
    const base = { at: startedAt, version, qualifier: invocation.qualifier };
    if (behaviour.kind === 'throttled') {
      metrics.record({ ...base, errors: 0, throttles: 1, durations: [] });
      throw new ServiceError('TooManyRequestsException', 'Rate Exceeded.', 429);
    }
    const result = await this.play(behaviour, version, invocation);
    const value = conductor.now() - startedAt;
    if (result.realTime !== undefined) {
      this.realTime.add(result.realTime);
    }
    metrics.record({ ...base, errors: result.end === 'returned' ? 0 : 1, throttles: 0, durations: [{ value, count: 1 }] });
    return { ...result, startedAt };
  }

  private async play(behaviour: Exclude<FunctionBehaviour, { kind: 'throttled' }>, version: string, invocation: FunctionInvocation): Promise<InvocationResult> {
    const { timeoutMs, run } = this.options;
    const latencyMs = behaviour.kind === 'hang' ? timeoutMs : Math.min(behaviour.latencyMs, timeoutMs);
    const done = await this.pass(latencyMs);
    // Under way before time may go on.
    try {
      return this.failure(behaviour, latencyMs, invocation) ?? run(this.ran(version), invocation);
    } finally {
      done();
    }
  }

  private code(version: string): StagedFunction {
    try {
      return (this.published.get(version)?.code ?? this.options.function)();
    } catch (error) {
      if (!(error instanceof UserError)) {
        throw error;
      }
      this.unrunnable = error.message;
      throw new ServiceError('UnknownOperationException', `the invocation is not modelled by the rehearsal: ${error.message}`, 501);
    }
  }

  /** An end that its profile decides; undefined where the function itself does. */
  private failure(behaviour: FunctionBehaviour, latencyMs: number, { requestId }: FunctionInvocation): InvocationResult | undefined {
    const { timeoutMs } = this.options;
    if (latencyMs >= timeoutMs) {
      return this.failed('timedOut', 'Sandbox.Timedout', `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`);
    }
    return behaviour.kind === 'error' ? this.failed('threw', 'Error', behaviour.message) : undefined;
  }

  private failed(end: 'timedOut' | 'threw', errorType: string, errorMessage: string): InvocationResult {
    const now = this.options.conductor.now();
    return { end, error: { errorType, errorMessage }, log: [], startedAt: now, endedAt: now, wallMs: 0 };
  }

  /** The function as this version of it runs, of which it is noted that it did. */
  private ran(version: string): StagedFunction {
    this.run.add(version);
    return this.staged(version);
  }

  /** Time stands still again, once it has passed, until the returned function is called. */
  private pass(ms: number): Promise<Done> {
    const { conductor, model } = this.options;
    const what = `latency of ${model.released.name}`;
    return new Promise((resolve) => conductor.scheduler.after(ms, what, () => resolve(conductor.busy(what))));
  }

  private publish(version: string, release: ReleaseId, profile: ServiceProfile): ReleaseId {
    this.published.set(version, { at: this.options.conductor.now(), release, profile });
    return release;
  }

  /** The first one is the version before. */
  private profileOf(index: number): ServiceProfile {
    const { service, releases } = this.options.scenario;
    return index === 0 ? service : (releases[index - 1]?.profile ?? DEFAULT_PROFILE);
  }

  private versionOf(index: number): string {
    return String(this.options.model.version - 1 + index);
  }

  private indexOf(version: string): number {
    return Number(version) - (this.options.model.version - 1);
  }
}

/** What it comes to now, an error included. */
function settled<T>(resolve: () => T): () => T {
  try {
    const found = resolve();
    return () => found;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
