/** A rollout behind a load balancer: listeners, versions and the traffic of its users. How it is deployed is up to the controllers below it. */
import type { BalancedModel } from '../assembly/staged-model';
import type { CertificateAuthority, ServerCertificate } from '../endpoints/certificates';
import { startLoadBalancer, type LoadBalancer } from '../endpoints/load-balancer';
import type { LoopbackRequest } from '../endpoints/loopback-server';
import { isNetworkLoadBalancer } from '../engine/alb-metrics';
import { BackgroundTraffic } from '../engine/background-traffic';
import type { AlarmStates, Cancel, ListenerName, MetricSink, RandomFor, ReleaseId, Routing } from '../engine/ports';
import type { Conductor } from '../sandbox/conductor';
import type { Scenario } from '../scenario/scenario';
import { checkServiceProfiles } from './profiles';
import { StagedRollout, type ListenerAddress } from './staged-rollout';
import type { Versions } from './versions';

export interface BalancedRolloutOptions {
  readonly scenario: Scenario;
  readonly conductor: Conductor;
  readonly random: RandomFor;
  readonly alarms: AlarmStates;
  readonly metrics: MetricSink;
  readonly versions: Versions;
  /** Absent where no listener speaks HTTPS. */
  readonly authority?: CertificateAuthority;
  /** Names that the load balancer's certificate is to hold. */
  readonly hosts: readonly string[];
  readonly upstreamFailed: (release: ReleaseId, reason: string) => void;
}

const NETWORK_APPROXIMATED = 'the Network Load Balancer: played request by request, and one without a target answers 503, where it would close the connection';

export abstract class BalancedRollout extends StagedRollout {
  readonly versions: Versions;
  private readonly traffic: BackgroundTraffic;
  private readonly requestsPerSecond: number;
  private readonly cancels: Cancel[] = [];
  private balancer: LoadBalancer | undefined;
  private snapshot: RoutingSnapshot;

  protected constructor(
    override readonly model: BalancedModel,
    private readonly options: BalancedRolloutOptions,
    private readonly routing: Routing,
  ) {
    super(model);
    const { scenario, random, metrics, versions } = options;
    this.versions = versions;
    this.snapshot = new RoutingSnapshot(routing, model);
    this.requestsPerSecond = scenario.requestsPerSecond ?? model.expectedRequestsPerSecond ?? 0;
    const fullNames = new Map(model.targetGroups.map(({ name, fullName }) => [name, fullName]));
    this.traffic = new BackgroundTraffic({
      requestsPerSecond: this.requestsPerSecond,
      routing: {
        targets: (listener) => this.snapshot.targets(listener),
        release: (targetGroup) => this.snapshot.release(targetGroup),
      },
      source: (release) => versions.source(release),
      sink: metrics,
      random,
      loadBalancer: model.loadBalancer.fullName,
      targetGroupDimension: (targetGroup) => fullNames.get(targetGroup) ?? targetGroup,
    });
  }

  /** Names by which the listeners are asked. */
  override get addresses(): readonly ListenerAddress[] {
    const { loadBalancer, listeners } = this.model;
    const { production, test } = listeners;
    const at = (port: number, listener: ListenerName): ListenerAddress => ({ host: loadBalancer.dnsName, port, listener });
    return [at(production.port, 'production'), ...(test === undefined ? [] : [at(test.port, 'test')])];
  }

  override get approximated(): readonly string[] {
    const { load, versions } = this;
    const network = isNetworkLoadBalancer(this.model.loadBalancer.fullName) ? [NETWORK_APPROXIMATED] : [];
    if (load === 0) {
      return network;
    }
    return [
      versions.real
        ? `production traffic: scaled from ${versions.sampled} real requests to ${load} a second`
        : `production traffic of ${load} requests a second: drawn from the profile of each version, without sockets`,
      ...network,
    ];
  }

  override get notModelled(): readonly string[] {
    return isNetworkLoadBalancer(this.model.loadBalancer.fullName) ? ['metrics of Network Load Balancers'] : [];
  }

  override checkProfiles(scenario: Scenario): void {
    checkServiceProfiles(scenario, this.model.name);
  }

  /** Told of every change. */
  protected abstract onChange(listener: () => void): Cancel;

  override get load(): number {
    return this.requestsPerSecond;
  }

  override port(listener: ListenerName): number | undefined {
    return listener === 'production' ? this.balancer?.production.port : this.balancer?.test?.port;
  }

  override async start(): Promise<void> {
    const { conductor, versions, random, upstreamFailed } = this.options;
    const { model } = this;
    const { production, test } = model.listeners;
    await versions.start();
    this.balancer = await startLoadBalancer({
      conductor,
      name: model.loadBalancer.fullName,
      production: { name: 'production', ...production },
      ...(test === undefined ? {} : { test: { name: 'test' as const, ...test } }),
      ...(await this.certificate()),
      routing: this.routing,
      random,
      upstream: (release) => versions.upstream(release),
      record: (request) => this.traffic.recordRequest(request),
      client: userAgent,
      upstreamFailed,
    });
    this.cancels.push(this.onChange(() => this.routed()));
    await this.sample();
    if (this.requestsPerSecond > 0) {
      this.cancels.push(this.traffic.start(conductor.scheduler), this.startSampling());
    }
  }

  override async close(): Promise<void> {
    this.cancels.forEach((cancel) => cancel());
    await Promise.all([this.balancer?.close(), this.versions.close()]);
  }

  /** A stretch of traffic has one routing: what came before a change is played before the change is seen. */
  protected routed(): void {
    if (this.requestsPerSecond > 0) {
      this.traffic.playTo(this.options.conductor.now());
    }
    this.snapshot = new RoutingSnapshot(this.routing, this.model);
    this.snapshot.releases().forEach((release) => this.versions.cameUp(release));
  }

  private startSampling(): Cancel {
    const { scheduler } = this.options.conductor;
    let cancel: Cancel = () => undefined;
    const next = (): void => {
      cancel = scheduler.after(60_000, 'sample of the real versions', () => {
        this.sample().catch((error: unknown) => this.options.conductor.fail(error));
        next();
      });
    };
    if (this.versions.real) {
      next();
    }
    return () => cancel();
  }

  private sample(): Promise<void> {
    return this.versions.sample(this.snapshot.releases());
  }

  private async certificate(): Promise<{ readonly tls?: ServerCertificate }> {
    const { authority, hosts } = this.options;
    return authority === undefined ? {} : { tls: await authority.issue([this.model.loadBalancer.dnsName, ...hosts]) };
  }
}

/** Who sends, as far as the draw of a target group needs it: the same for every run, whatever came first. */
function userAgent({ headers }: LoopbackRequest): string {
  const agent = headers['user-agent'];
  return Array.isArray(agent) ? (agent[0] ?? '') : (agent ?? '');
}

/** Where the listeners pointed at one moment. */
class RoutingSnapshot implements Routing {
  private readonly listeners: Readonly<Record<ListenerName, ReturnType<Routing['targets']>>>;
  private readonly running: ReadonlyMap<string, ReleaseId | undefined>;

  constructor(routing: Routing, { targetGroups }: Pick<BalancedModel, 'targetGroups'>) {
    this.listeners = { production: routing.targets('production'), test: routing.targets('test') };
    this.running = new Map(targetGroups.map(({ name }) => [name, routing.release(name)]));
  }

  targets(listener: ListenerName): ReturnType<Routing['targets']> {
    return this.listeners[listener];
  }

  release(targetGroup: string): ReleaseId | undefined {
    return this.running.get(targetGroup);
  }

  releases(): readonly ReleaseId[] {
    return [...this.running.values()].filter((release) => release !== undefined);
  }
}
