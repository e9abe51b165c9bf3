/** One rollout on the stage: its deployments, its load balancer, its versions and the traffic of its users. */
import type { EcsHookEvent } from '../../lib/model/lifecycle';
import type { RolloutModel } from '../assembly/rollout-model';
import type { CertificateAuthority, ServerCertificate } from '../endpoints/certificates';
import { startLoadBalancer, type LoadBalancer } from '../endpoints/load-balancer';
import type { LoopbackRequest } from '../endpoints/loopback-server';
import type { AsyncInvocations } from '../engine/async-invocations';
import { BackgroundTraffic } from '../engine/background-traffic';
import type { DeploymentGroupModel } from '../engine/deployment-group';
import { Deployments } from '../engine/deployments';
import type { AlarmStates, Cancel, HookInvoker, ListenerName, MetricSink, RandomFor, ReleaseId, Routing } from '../engine/ports';
import { UserError } from '../report/user-error';
import type { Conductor } from '../sandbox/conductor';
import type { Scenario } from '../scenario/scenario';
import { deploymentGroupModel } from './models';
import { FIRST_RELEASE, type Versions } from './versions';

export interface StagedRolloutOptions {
  readonly model: RolloutModel;
  readonly scenario: Scenario;
  readonly conductor: Conductor;
  readonly random: RandomFor;
  readonly hooks: HookInvoker;
  readonly alarms: AlarmStates;
  readonly metrics: MetricSink;
  readonly versions: Versions;
  /** Absent where no listener speaks HTTPS. */
  readonly authority?: CertificateAuthority;
  /** Names that the load balancer's certificate is to hold. */
  readonly hosts: readonly string[];
  readonly upstreamFailed: (release: ReleaseId, reason: string) => void;
}

export class StagedRollout {
  readonly group: DeploymentGroupModel;
  readonly deployments: Deployments;
  readonly versions: Versions;
  private readonly traffic: BackgroundTraffic;
  private readonly requestsPerSecond: number;
  private readonly cancels: Cancel[] = [];
  private balancer: LoadBalancer | undefined;
  private snapshot: RoutingSnapshot;

  constructor(private readonly options: StagedRolloutOptions) {
    const { model, scenario, conductor, random, hooks, alarms, metrics, versions } = options;
    this.group = deploymentGroupModel(model);
    this.versions = versions;
    this.deployments = new Deployments({ group: this.group, scheduler: conductor.scheduler, random, hooks, alarms, initialRelease: FIRST_RELEASE });
    this.snapshot = new RoutingSnapshot(this.deployments.routing, this.group);
    this.requestsPerSecond = scenario.requestsPerSecond ?? model.description.expectedRequestsPerSecond ?? 0;
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

  get model(): RolloutModel {
    return this.options.model;
  }

  /** Production requests in a second; 0 where neither scenario nor rollout says any. */
  get load(): number {
    return this.requestsPerSecond;
  }

  /** Ports on this machine of the listeners, once started. */
  port(listener: ListenerName): number | undefined {
    return listener === 'production' ? this.balancer?.production.port : this.balancer?.test?.port;
  }

  /** Lambda refuses to run the hook of this event for so long from the start. */
  throttle(event: EcsHookEvent, forMs: number, invocations: AsyncInvocations): void {
    const name = this.model.appSpec.Hooks?.find((entry) => entry[event] !== undefined)?.[event];
    if (name === undefined) {
      throw new UserError(`${this.options.scenario.file}: "throttle" names ${event}, which rollout ${this.model.name} has no hook for`);
    }
    invocations.throttle(name, 0, forMs);
  }

  async start(): Promise<void> {
    const { model, conductor, versions, random, upstreamFailed } = this.options;
    const { production, test } = model.description;
    await versions.start();
    this.balancer = await startLoadBalancer({
      conductor,
      name: model.loadBalancer.fullName,
      production: { name: 'production', ...production },
      ...(test === undefined ? {} : { test: { name: 'test' as const, ...test } }),
      ...(await this.certificate()),
      routing: this.deployments.routing,
      random,
      upstream: (release) => versions.upstream(release),
      record: (request) => this.traffic.recordRequest(request),
      client: userAgent,
      upstreamFailed,
    });
    this.cancels.push(this.deployments.onChange(() => this.follow()));
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
  private follow(): void {
    if (this.requestsPerSecond > 0) {
      this.traffic.playTo(this.options.conductor.now());
    }
    this.snapshot = new RoutingSnapshot(this.deployments.routing, this.group);
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
    const { authority, model, hosts } = this.options;
    return authority === undefined ? {} : { tls: await authority.issue([model.loadBalancer.dnsName, ...hosts]) };
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

  constructor(routing: Routing, group: DeploymentGroupModel) {
    this.listeners = { production: routing.targets('production'), test: routing.targets('test') };
    this.running = new Map(group.targetGroups.map(({ name }) => [name, routing.release(name)]));
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
