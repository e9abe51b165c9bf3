/** One rollout on the stage: its load balancer, its versions and the traffic of its users. How it is deployed is up to the controllers below it. */
import type { DeploymentReport, Outcome, Report } from '../../lib/model/report';
import type { Finding } from '../../lib/model/rollout';
import type { StagedModel } from '../assembly/staged-model';
import type { CertificateAuthority, ServerCertificate } from '../endpoints/certificates';
import { startLoadBalancer, type LoadBalancer } from '../endpoints/load-balancer';
import type { LoopbackRequest } from '../endpoints/loopback-server';
import type { AsyncInvocations } from '../engine/async-invocations';
import { BackgroundTraffic } from '../engine/background-traffic';
import type { AlarmStates, Cancel, ListenerName, MetricSink, RandomFor, ReleaseId, Routing } from '../engine/ports';
import type { Conductor } from '../sandbox/conductor';
import type { ReleaseAction, ReleaseScenario, Scenario } from '../scenario/scenario';
import type { FunctionLibrary } from './functions';
import type { HookInspections } from './hook-inspection';
import type { HookRuns } from './hook-runs';
import type { Versions } from './versions';

export interface StagedRolloutOptions {
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

/** What is known of functions and their runs, for the report. */
export interface ReportContext {
  readonly functions: FunctionLibrary;
  readonly runs: HookRuns;
  readonly inspections: HookInspections;
}

/** What a report tells of the deployments. */
export interface PlayedDeployments {
  readonly outcome: Outcome;
  readonly deployments: readonly DeploymentReport[];
  /** What only the play shows. */
  readonly findings: readonly Finding[];
}

export interface ListenerAddress {
  readonly host: string;
  readonly port: number;
  readonly listener: ListenerName;
}

/** What happened, as it is said while it happens. */
export type Say = (at: number, deploymentId: string, text: string) => void;

export abstract class StagedRollout {
  abstract readonly controller: Report['controller'];
  readonly versions: Versions;
  private readonly traffic: BackgroundTraffic;
  private readonly requestsPerSecond: number;
  private readonly cancels: Cancel[] = [];
  private balancer: LoadBalancer | undefined;
  private snapshot: RoutingSnapshot;

  protected constructor(
    readonly model: StagedModel,
    private readonly options: StagedRolloutOptions,
    private readonly routing: Routing,
  ) {
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

  /** What the rollout has and a rehearsal does not play. */
  get notModelled(): readonly string[] {
    return [];
  }

  /** Names by which the listeners are asked. */
  get addresses(): readonly ListenerAddress[] {
    const { loadBalancer, listeners } = this.model;
    const { production, test } = listeners;
    const at = (port: number, listener: ListenerName): ListenerAddress => ({ host: loadBalancer.dnsName, port, listener });
    return [at(production.port, 'production'), ...(test === undefined ? [] : [at(test.port, 'test')])];
  }

  /** Lambda refuses to run the hook of this event for so long from the start. */
  abstract throttle(throttle: Scenario['throttle'][number], file: string, invocations: AsyncInvocations): void;

  /** Whether nothing more happens by itself. */
  abstract get settled(): boolean;

  /** @throws UserError where a release of the scenario asks for what this rollout does not have */
  abstract check(release: ReleaseScenario, file: string): void;

  /** Begins to deploy a release. @returns the id of the deployment */
  abstract release(release: ReleaseScenario): string;

  /** What somebody does to a deployment. @throws ServiceError where the service refuses */
  abstract act(deploymentId: string, action: ReleaseAction['action']): void;

  /** Told of every lifecycle event or stage that begins. */
  abstract onEventStart(listener: (deploymentId: string, event: string) => void): Cancel;

  /** Told of every change. */
  protected abstract onChange(listener: () => void): Cancel;

  /** Says what happens. */
  abstract follow(say: Say): void;

  /** What came of everything; every deployment is over. */
  abstract played(context: ReportContext): PlayedDeployments;

  /** Production requests in a second; 0 where neither scenario nor rollout says any. */
  get load(): number {
    return this.requestsPerSecond;
  }

  /** Ports on this machine of the listeners, once started. */
  port(listener: ListenerName): number | undefined {
    return listener === 'production' ? this.balancer?.production.port : this.balancer?.test?.port;
  }

  async start(): Promise<void> {
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

  async close(): Promise<void> {
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

  constructor(routing: Routing, { targetGroups }: Pick<StagedModel, 'targetGroups'>) {
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
