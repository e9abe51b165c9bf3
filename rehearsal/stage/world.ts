/** Everything that a rehearsal plays with, put together: one clock, one AWS, the functions of the assembly, and its rollouts. */
import { join } from 'node:path';

import type { Assembly } from '../assembly/assembly';
import { resolveRollout, type RolloutModel } from '../assembly/rollout-model';
import type { FoundRollout } from '../assembly/rollouts';
import { startAwsEndpoint, type AwsEndpoint } from '../endpoints/aws-endpoint';
import { createCertificateAuthority, type CertificateAuthority } from '../endpoints/certificates';
import { codeDeployBackend, type CodeDeployBackend } from '../endpoints/codedeploy-backend';
import type { LoopbackRequest } from '../endpoints/loopback-server';
import { Alarms } from '../engine/alarms';
import { AsyncInvocations } from '../engine/async-invocations';
import { MetricStore } from '../engine/metrics';
import type { AlarmStates, RandomFor } from '../engine/ports';
import { seededRandom } from '../engine/random';
import { EventScheduler } from '../engine/scheduler';
import { Conductor } from '../sandbox/conductor';
import { LambdaSandbox } from '../sandbox/lambda-runner';
import { privateAddresses, type NetworkMap } from '../sandbox/network-map';
import { preloadPath } from '../sandbox/preload-path';
import type { Scenario } from '../scenario/scenario';
import { StagedFunctions } from './functions';
import { HookRuns } from './hook-runs';
import { countPending, playedFunctions, watchHooks } from './hooks';
import { alarmDefinition, alarmView } from './models';
import { Permissions } from './permissions';
import { removedActions } from './scenario-effects';
import { StagedRollout } from './staged-rollout';
import { suiteHosts } from './suite-hosts';
import { Versions } from './versions';

/** Virtual zero of a rehearsal in which nothing real answers, so that equal seeds give equal reports. */
export const SYNTHETIC_EPOCH_MS = Date.UTC(2026, 0, 5, 9);

/** A gap between two requests that is shorter than this is really waited with real versions, so that they see them spaced as sent. */
const REAL_GAP_MS = 1000;

export interface WorldOptions {
  readonly assembly: Assembly;
  readonly rollouts: readonly FoundRollout[];
  readonly scenario: Scenario;
  readonly seed: number;
  /** Date of virtual zero, in milliseconds since 1970. */
  readonly epochMs: number;
  /** Virtual seconds in a second of wall time. @default as fast as it goes */
  readonly paceFactor?: number;
  /** Port of the AWS endpoint. @default a free one */
  readonly port?: number;
  readonly allowHosts: readonly string[];
  readonly urls?: { readonly blue: URL; readonly green: URL };
  /** Working directory: commands of a scenario run here, and functions find what Lambda provides in its `node_modules`. */
  readonly directory: string;
  /** PATH of such commands. */
  readonly path: string;
}

export class World {
  readonly conductor: Conductor;
  readonly alarms: Alarms;
  readonly permissions: Permissions;
  readonly functions: StagedFunctions;
  readonly invocations: AsyncInvocations;
  readonly runs = new HookRuns();
  readonly rollouts: readonly StagedRollout[];
  readonly codeDeploy: CodeDeployBackend;
  /** Why a real version could not answer, each once. */
  readonly upstreamFailures = new Set<string>();
  /** Functions that fell back to real time, and why. */
  readonly realTime = new Set<string>();
  /** Asynchronous events that are not over. */
  readonly pending: () => number;
  private readonly random: RandomFor;
  private readonly metrics = new MetricStore();
  private readonly sandbox: LambdaSandbox;
  private endpoint: AwsEndpoint | undefined;
  private synchronous = 0;

  private constructor(
    private readonly options: WorldOptions,
    models: readonly RolloutModel[],
    private readonly authority: CertificateAuthority | undefined,
  ) {
    const { assembly, rollouts, scenario, seed, epochMs, paceFactor } = options;
    const scheduler = new EventScheduler();
    this.conductor = new Conductor({
      scheduler,
      epochMs,
      ...(paceFactor === undefined ? {} : { pace: { factor: paceFactor } }),
      ...(this.isReal() ? { dwellMs: REAL_GAP_MS } : {}),
    });
    this.random = seededRandom(seed);
    this.functions = new StagedFunctions(assembly, rollouts[0]!.stack);
    this.permissions = new Permissions(assembly, removedActions(models, this.functions, scenario));
    const alarms = new Map(models.flatMap(({ evaluatedAlarms }) => evaluatedAlarms.map((alarm) => [alarm.arn, alarmDefinition(alarm)])));
    this.alarms = new Alarms({ scheduler, metrics: this.metrics, definitions: [...alarms.values()], epochMs });
    this.sandbox = this.makeSandbox();
    this.invocations = new AsyncInvocations({
      scheduler,
      random: this.random,
      runner: { run: (spec, invocation) => this.sandbox.run(spec, invocation).catch((error: unknown) => this.failed(error)) },
      functions: playedFunctions(models, this.functions),
      authorize: (roleArn, action, resource) => this.permissions.decideFor({ roleArn, session: 'lambda' }, { action, resource, context: {} }).allowed,
      epochMs,
    });
    this.rollouts = models.map((model) => this.stage(model));
    const configs = models.map(({ deploymentConfig, description }) => ({ deploymentConfigName: deploymentConfig.name, routing: description.traffic }));
    this.codeDeploy = codeDeployBackend(
      this.rollouts.map(({ group, deployments, versions }) => ({ group, deployments, release: () => versions.next() })),
      configs,
    );
    watchHooks(this.invocations, this.runs);
    this.pending = countPending(this.invocations);
  }

  /** Reads what has to be known and starts every server; nothing is played yet. */
  static async open(options: WorldOptions): Promise<World> {
    const models = options.rollouts.map((found) => resolveRollout(options.assembly, found));
    const secure = models.some(({ production, test }) => production.protocol === 'HTTPS' || test?.protocol === 'HTTPS');
    const authority = secure ? await createCertificateAuthority({ now: new Date(options.epochMs) }) : undefined;
    const world = new World(options, models, authority);
    try {
      await world.start();
      return world;
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  /** URL of the AWS endpoint. */
  get url(): string {
    return this.endpoint!.url;
  }

  get notModelled(): AwsEndpoint['notModelled'] {
    return this.endpoint?.notModelled ?? [];
  }

  get seed(): number {
    return this.options.seed;
  }

  /** Whether versions of the user's own answer. */
  isReal(): boolean {
    const { urls, scenario } = this.options;
    return urls !== undefined || [scenario.service, ...scenario.releases.map(({ profile }) => profile)].some(({ command }) => command !== undefined);
  }

  async close(): Promise<void> {
    this.alarms.stop();
    await this.sandbox.close();
    await Promise.all([...this.rollouts.map((rollout) => rollout.close()), this.endpoint?.close()]);
    this.functions.close();
    await this.authority?.remove();
  }

  private async start(): Promise<void> {
    const { port, scenario } = this.options;
    const [first] = this.rollouts;
    this.endpoint = await startAwsEndpoint({
      conductor: this.conductor,
      place: { partition: 'aws', region: first!.model.region, accountId: first!.model.account },
      ...(port === undefined ? {} : { port }),
      authorizer: this.permissions,
      codeDeploy: {
        ...this.codeDeploy,
        putHookStatus: (report) => {
          this.codeDeploy.putHookStatus(report);
          const by = report.accessKeyId === undefined ? undefined : this.permissions.principalOf(report.accessKeyId)?.session;
          this.runs.reported(report.lifecycleEventHookExecutionId, { status: report.status, by, at: this.conductor.now() });
        },
      },
      cloudWatch: {
        put: (datum) => this.metrics.put(datum),
        alarms: () => this.alarms.describe().map(alarmView),
        setState: (name, state, reason, data) => this.alarms.setState(name, state, reason, data),
      },
      lambda: {
        find: (name) => this.functions.find(name)?.spec,
        invoke: (arn, payload) => this.sandbox.run(this.functions.find(arn)!.spec, { requestId: `synchronous-${++this.synchronous}`, payload }),
        invokeLater: (arn, payload) => this.invocations.invoke(arn, payload),
      },
      loadBalancers: () =>
        this.rollouts.map(({ model }) => ({
          fullName: model.loadBalancer.fullName,
          privateAddresses: [privateAddresses(this.network()).get(model.loadBalancer.dnsName.toLowerCase())].filter((address) => address !== undefined),
        })),
    });
    for (const rollout of this.rollouts) {
      await rollout.start();
    }
    this.alarms.start();
    this.disturb(scenario);
  }

  /** What the scenario holds or throttles from the start. */
  private disturb(scenario: Scenario): void {
    for (const { alarm, state, forMs } of scenario.alarms) {
      this.alarms.holdState(alarm, state, forMs);
    }
    for (const { hook, forMs } of scenario.throttle) {
      for (const rollout of this.rollouts) {
        const name = rollout.hookFunctions().get(hook);
        if (name !== undefined) {
          this.invocations.throttle(name, 0, forMs);
        }
      }
    }
  }

  private stage(model: RolloutModel): StagedRollout {
    const { scenario, urls, directory, path } = this.options;
    const hosts = suiteHosts(model, this.functions);
    return new StagedRollout({
      model,
      scenario,
      conductor: this.conductor,
      random: this.random,
      hooks: { invoke: (name, payload) => this.invokeHook(model, name, payload) },
      alarms: this.alarmsSeenBy(model),
      metrics: this.metrics,
      versions: new Versions({ scenario, conductor: this.conductor, directory, path, ...(urls === undefined ? {} : { urls }) }),
      client: (request) => this.clientOf(request),
      ...(this.authority === undefined ? {} : { authority: this.authority }),
      hosts,
      upstreamFailed: (release, reason) => this.upstreamFailures.add(`version ${release}: ${reason}`),
    });
  }

  /** The service invokes under its own role, and only what the template lets it. */
  private invokeHook(model: RolloutModel, name: string, payload: { DeploymentId: string; LifecycleEventHookExecutionId: string }) {
    const found = this.functions.find(name);
    const service = { roleArn: model.serviceRole.arn, session: 'CodeDeploy' };
    const allowed = this.permissions.decideFor(service, { action: 'lambda:InvokeFunction', resource: found?.spec.arn ?? name, context: {} });
    if (!allowed.allowed) {
      const message = `The IAM role ${model.serviceRole.arn} does not give you permission to perform operations in the following AWS service: AWSLambda.`;
      return { accepted: false, message } as const;
    }
    // A function that is made elsewhere cannot run here; its report may still come, from the scenario or from outside.
    return found === undefined ? ({ accepted: true } as const) : this.invocations.invoke(name, payload);
  }

  /** The service reads alarms under its role too; what it may not read is unreadable to it. */
  private alarmsSeenBy(model: RolloutModel): AlarmStates {
    const service = { roleArn: model.serviceRole.arn, session: 'CodeDeploy' };
    const arns = new Map(model.alarms.map(({ name, arn }) => [name, arn]));
    const readable = new Map<string, boolean>();
    return {
      state: (name) => {
        const known = readable.get(name) ?? this.permissions.decideFor(service, { action: 'cloudwatch:DescribeAlarms', resource: arns.get(name) ?? name, context: {} }).allowed;
        readable.set(name, known);
        return known ? this.alarms.state(name) : undefined;
      },
    };
  }

  /** Every process of a function sends from its own ports; they all belong to one client, whatever came first. */
  private clientOf(request: LoopbackRequest): string {
    const agent = request.headers['user-agent'];
    return Array.isArray(agent) ? (agent[0] ?? '') : (agent ?? '');
  }

  private network(): NetworkMap {
    const routes = this.rollouts.flatMap(({ model }, index) =>
      (['production', 'test'] as const).flatMap((listener) => {
        const to = this.rollouts[index]!.port(listener);
        const described = model[listener];
        return to === undefined || described === undefined ? [] : [{ host: model.loadBalancer.dnsName, port: described.port, to }];
      }),
    );
    return { routes, loopback: this.endpoint === undefined ? [] : [this.endpoint.port], allowHosts: this.options.allowHosts };
  }

  private makeSandbox(): LambdaSandbox {
    const { seed, directory, rollouts } = this.options;
    const environment = { NODE_PATH: join(directory, 'node_modules') };
    const world = this;
    return new LambdaSandbox({
      conductor: this.conductor,
      seed,
      preloadFile: preloadPath(),
      network: () => this.network(),
      region: rollouts[0]!.stack.region,
      get environment() {
        return { ...environment, AWS_ENDPOINT_URL: world.url };
      },
      credentials: (spec) => ({
        accessKeyId: this.permissions.accessKeyOf({ roleArn: spec.roleArn, session: spec.name }),
        secretAccessKey: 'rehearsal',
        sessionToken: 'rehearsal',
      }),
      ...(this.authority === undefined ? {} : { caFile: this.authority.file }),
    });
  }

  private failed(error: unknown): never {
    this.conductor.fail(error);
    throw error;
  }
}
