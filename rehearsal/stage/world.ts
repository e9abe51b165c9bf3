/** Everything that a rehearsal plays with, put together: one clock, one AWS, the functions of the assembly, and its rollouts. */
import type { EcsAppSpecDocument } from '../../lib/model/appspec';
import { alarmNamed } from '../assembly/alarms';
import type { Assembly } from '../assembly/assembly';
import type { CloudFormationRolloutModel } from '../assembly/cloudformation-rollout-model';
import type { LambdaRolloutModel } from '../assembly/lambda-rollout-model';
import type { NativeRolloutModel } from '../assembly/native-rollout-model';
import type { ServerRolloutModel } from '../assembly/server-rollout-model';
import type { Stack } from '../assembly/stack';
import type { RolloutModel } from '../assembly/rollout-model';
import type { AnyRollout } from '../assembly/rollouts';
import type { AwsEndpoint, AwsEndpointOptions } from '../endpoints/aws-endpoint';
import { uuidOf } from '../endpoints/aws-service';
import { createCertificateAuthority, type CertificateAuthority } from '../endpoints/certificates';
import { codeDeployBackend, type CodeDeployBackend } from '../endpoints/codedeploy-backend';
import type { TaskDefinitionsView } from '../endpoints/ecs-task-definitions';
import type { StoredSecret } from '../endpoints/secrets-manager';
import { Alarms } from '../engine/alarms';
import { VersionAlarms } from '../engine/alias/version-alarms';
import { AsyncInvocations } from '../engine/async-invocations';
import type { FleetBehaviour } from '../engine/fleet/fleet-behaviour';
import { MetricStore } from '../engine/metrics';
import type { Builds } from '../engine/builds';
import type { LogGroups } from '../engine/log-groups';
import type { ParameterStore } from '../engine/parameter-store';
import type { FunctionInvocation, InvocationResult, RandomFor } from '../engine/ports';
import { seededRandom } from '../engine/random';
import { EventScheduler } from '../engine/scheduler';
import type { Stacks } from '../engine/stacks';
import type { StateMachines } from '../engine/state-machine/state-machines';
import { Conductor } from '../sandbox/conductor';
import type { LambdaSandbox } from '../sandbox/lambda-runner';
import type { NetworkMap } from '../sandbox/network-map';
import type { FoundTool } from '../sandbox/servers/find-tool';
import type { ServerHosts } from '../sandbox/servers/server-hosts';
import type { Scenario } from '../scenario/scenario';
import { playsRealVersions } from '../scenario/real-versions';
import { startAws } from './aws';
import { stagedBuilds } from './builds';
import { stagedCalendars, type StagedCalendars } from './calendars';
import { BalancedRollout, type BalancedRolloutOptions } from './balanced-rollout';
import { findPython } from './find-python';
import { foreignFunction } from './foreign-function';
import { FunctionLibrary, type StagedFunction } from './functions';
import { HookRuns } from './hook-runs';
import { EventBus } from './event-bus';
import { GateRuns } from './gate-runs';
import { HookInspections } from './hook-inspection';
import { InstanceServices } from './instance-services';
import { countPending, hookNames, playedFunctions, watchHooks } from './hooks';
import { CloudFormationRollout } from './cloudformation-rollout';
import { CodeDeployRollout } from './codedeploy-rollout';
import { LambdaRollout } from './lambda-rollout';
import { keepLog, logGroupsIn, stagedLogs } from './logs';
import { alarmDefinition, resolveAny, type AnyModel } from './models';
import { nativeInvocation } from './native-invocation';
import { NativeRollout } from './native-rollout';
import { Permissions } from './permissions';
import { PlayedRollout, type PlayedRolloutOptions } from './played-rollout';
import { makeSandbox } from './sandbox';
import { removedActions } from './scenario-effects';
import { startHosts, type RunningHost, type ServedHost } from './served-hosts';
import { ServerRollout, type ServerRolloutOptions } from './server-rollout';
import { openServerHosts } from './server-scripts';
import { serviceAlarms, serviceInvocation } from './service-role';
import { StagedServers } from './staged-servers';
import { stagedStacks } from './stacks';
import type { StagedRollout } from './staged-rollout';
import { stagedStateMachines } from './state-machines';
import { storedParameters, storedSecrets } from './stored-values';
import { suiteHosts } from './suite-hosts';
import { Versions } from './versions';

/** Virtual zero of a rehearsal in which nothing real answers, so that equal seeds give equal reports. */
export const SYNTHETIC_EPOCH_MS = Date.UTC(2026, 0, 5, 9);

/** A gap between two requests that is shorter than this is really waited with real versions, so that they see them spaced as sent. */
const REAL_GAP_MS = 1000;

export interface WorldOptions {
  readonly assembly: Assembly;
  /** At least one; all in one account and region. */
  readonly rollouts: readonly AnyRollout[];
  readonly scenario: Scenario;
  readonly seed: number;
  /** Date of virtual zero, in milliseconds since 1970. */
  readonly epochMs: number;
  /** The real date in milliseconds since 1970, by which certificates are judged in TLS. @default that of virtual zero */
  readonly today?: number;
  /** Virtual seconds in a second of wall time. @default as fast as it goes */
  readonly paceFactor?: number;
  /** Port of the AWS endpoint. @default a free one */
  readonly port?: number;
  readonly allowHosts: readonly string[];
  /** The user's own versions: before the first release, and of every release. */
  readonly urls?: { readonly blue: URL; readonly green: URL };
  /** The same for a function: folders of its code. */
  readonly folders?: { readonly blue: string; readonly green: string };
  /** Working directory: commands of a scenario run here, and functions find what Lambda provides in its `node_modules`. */
  readonly directory: string;
  /** PATH of such commands. */
  readonly path: string;
  /** What keeps scripts of bundles apart from this machine, which then run for real. @default they are simulated */
  readonly serverTool?: FoundTool;
  /** Resolves when somebody asks for the end: commands that do not listen yet are not waited for any longer. @default nobody does */
  readonly interrupted?: Promise<void>;
  /** Names or ARNs of functions that are invoked asynchronously by others than the hooks' service. @default none */
  readonly functions?: readonly string[];
  /** Further servers that functions reach. @default none */
  readonly hosts?: readonly ServedHost[];
  /** Stands between the functions' calls and their answers. @default nothing does */
  readonly around?: AwsEndpointOptions['around'];
  /** Which release a deployment brings, where its AppSpec tells. @default each one the next */
  readonly releaseOf?: (appSpec: EcsAppSpecDocument) => { readonly number: number; readonly refused?: string } | undefined;
  /** Task definitions that can be listed and deregistered. @default none */
  readonly taskDefinitions?: TaskDefinitionsView;
  /** Whether the deployment groups of instances have been made when the rehearsal begins. @default true */
  readonly groupsAreThere?: boolean;
  /** Whether the Auto Scaling groups of the template have been made then. @default true */
  readonly fleetIsThere?: boolean;
  /** Whether what lies at a place is the bundle of the next release to instances, besides the place that the template has. @default nowhere */
  readonly isBundle?: ServerRolloutOptions['isBundle'];
  /** Behaviours of the service with instances that are switched. @default none */
  readonly fleetBehaviour?: Partial<FleetBehaviour>;
  /** How far the clock of Step Functions is ahead of the others, in milliseconds. @default 0 */
  readonly statesSkewMs?: number;
}

export class World {
  readonly conductor: Conductor;
  readonly metrics = new MetricStore();
  readonly alarms: Alarms;
  readonly permissions: Permissions;
  readonly builds: Builds;
  readonly calendars: StagedCalendars;
  readonly parameters: ParameterStore;
  readonly secrets: readonly StoredSecret[];
  readonly logs: LogGroups;
  readonly stacks: Stacks;
  readonly stateMachines: StateMachines;
  readonly events: EventBus;
  readonly functions: FunctionLibrary;
  readonly invocations: AsyncInvocations;
  /** Asynchronous events, and those of EventBridge, that are not over. */
  readonly pending: () => number;
  readonly runs = new HookRuns();
  readonly gates = new GateRuns();
  readonly inspections: HookInspections;
  readonly rollouts: readonly StagedRollout[];
  readonly codeDeploy: CodeDeployBackend;
  /** Why a real version could not answer, each once. */
  readonly upstreamFailures = new Set<string>();
  /** The assembly whose functions, policies and state machines are deployed. */
  deployed: Assembly;
  private readonly instances: InstanceServices | undefined;
  /** Absent where no scripts run for real. */
  private readonly serverHosts: ServerHosts | undefined;
  /** Absent where no rollout is for instances. */
  readonly servers: StagedServers | undefined;
  private readonly random: RandomFor;
  private foundPython: { readonly path: string | undefined } | undefined;
  private endpoint: AwsEndpoint | undefined;
  private hosts: readonly RunningHost[] = [];
  private functionRunner: LambdaSandbox | undefined;

  private constructor(
    readonly options: WorldOptions,
    models: readonly AnyModel[],
    readonly authority: CertificateAuthority | undefined,
  ) {
    const { assembly, scenario, seed, epochMs, paceFactor, urls } = options;
    this.deployed = assembly;
    const scheduler = new EventScheduler();
    this.conductor = new Conductor({
      scheduler,
      epochMs,
      ...(paceFactor === undefined ? {} : { pace: { factor: paceFactor } }),
      ...(urls !== undefined || playsRealVersions(scenario) ? { dwellMs: REAL_GAP_MS } : {}),
    });
    this.random = seededRandom(seed);
    this.functions = new FunctionLibrary(assembly, options.rollouts[0]!.stack, () => this.python !== undefined);
    this.permissions = new Permissions(assembly, removedActions(models, this.functions, scenario));
    this.builds = stagedBuilds(assembly, options.rollouts[0]!.stack, scenario, () => this.conductor.now());
    this.calendars = stagedCalendars(assembly, options.rollouts[0]!.stack, scenario);
    this.parameters = storedParameters(assembly, options.rollouts[0]!.stack, scenario, () => this.conductor.now());
    this.secrets = storedSecrets(assembly, options.rollouts[0]!.stack, scenario);
    this.logs = stagedLogs(assembly, options.rollouts[0]!.stack);
    this.stacks = stagedStacks(assembly, options.rollouts[0]!.stack);
    this.stateMachines = stagedStateMachines(this);
    const alarms = new Map(models.flatMap(({ evaluatedAlarms }) => evaluatedAlarms.map((alarm) => [alarm.arn, alarmDefinition(alarm)])));
    this.alarms = new Alarms({ scheduler, metrics: this.metrics, definitions: [...alarms.values()], epochMs });
    this.invocations = new AsyncInvocations({
      scheduler,
      random: this.random,
      runner: { run: (spec, invocation) => this.run(this.functions.required(spec.arn), invocation) },
      functions: playedFunctions([...hookNames(models.filter(invoked)), ...(options.functions ?? [])], this.functions),
      authorize: (roleArn, action, resource) => this.permissions.decideFor({ roleArn, session: 'lambda' }, { action, resource, context: {} }).allowed,
      epochMs,
    });
    const servers = models.filter((model) => model.controller === 'SERVER');
    this.servers = servers.length === 0 ? undefined : new StagedServers(servers, { scenario, random: this.random, conductor: this.conductor, fleetIsThere: options.fleetIsThere, alarms: (model) => serviceAlarms(model, this) });
    this.serverHosts = this.servers === undefined || options.serverTool === undefined ? undefined : openServerHosts(options.serverTool, servers, this.servers.fleet.fleet.instances.length);
    this.rollouts = models.map((model) => this.stage(model));
    const configs = models.filter(byCodeDeploy).map(({ controller, deploymentConfig, description }) => ({ deploymentConfigName: deploymentConfig.name, routing: description.traffic, platform: controller === 'LAMBDA' ? ('Lambda' as const) : ('ECS' as const) }));
    this.codeDeploy = codeDeployBackend(
      this.playedRollouts.map(({ group, deployments, versions }) => ({
        group,
        deployments,
        release: ({ appSpec }) => {
          const { number, ...more } = options.releaseOf?.(appSpec) ?? {};
          return number === undefined ? versions.next() : { ...versions.release(number), ...more };
        },
      })),
      configs,
      this.lambdaRollouts,
      this.servers,
    );
    watchHooks(this.invocations, this.runs);
    this.inspections = new HookInspections(this.invocations);
    this.gates.watch(this.invocations, this.serverRollouts.flatMap(({ model }) => model.gates), (name) => this.functions.find(name)?.spec.name ?? name);
    this.instances = this.instanceServices();
    this.events = new EventBus(this, this.random);
    [...this.codeDeployRollouts, ...this.lambdaRollouts, ...this.serverRollouts.map(({ notifying }) => notifying)].forEach((rollout) => this.events.connect(rollout));
    const invocations = countPending(this.invocations);
    this.pending = () => invocations() + this.events.pending;
  }

  /** Reads what has to be known and starts every server; nothing is played yet. */
  static async open(options: WorldOptions): Promise<World> {
    const models = options.rollouts.map((found) => resolveAny(options.assembly, found));
    const secure = models.some((model) => 'listeners' in model && [model.listeners.production, model.listeners.test].some((listener) => listener?.protocol === 'HTTPS'));
    const authority = secure || models.some(asksByHttps) || (options.hosts ?? []).length > 0 ? await createCertificateAuthority({ now: new Date(options.epochMs), today: new Date(options.today ?? options.epochMs) }) : undefined;
    const world = new World(options, models, authority);
    try {
      await world.start();
      return world;
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  /** Those whose deployments the CodeDeploy endpoint knows. */
  get playedRollouts(): readonly PlayedRollout[] {
    return this.rollouts.filter((rollout) => rollout instanceof PlayedRollout);
  }

  /** Those of them that have a deployment group. */
  get codeDeployRollouts(): readonly CodeDeployRollout[] {
    return this.rollouts.filter((rollout) => rollout instanceof CodeDeployRollout);
  }

  get lambdaRollouts(): readonly LambdaRollout[] {
    return this.rollouts.filter((rollout) => rollout instanceof LambdaRollout);
  }

  get serverRollouts(): readonly ServerRollout[] {
    return this.rollouts.filter((rollout) => rollout instanceof ServerRollout);
  }

  get balancedRollouts(): readonly BalancedRollout[] {
    return this.rollouts.filter((rollout) => rollout instanceof BalancedRollout);
  }

  /** Python's executable, looked for when a function first needs it. */
  get python(): string | undefined {
    this.foundPython ??= { path: findPython(this.options.path) };
    return this.foundPython.path;
  }

  /** URL of the AWS endpoint. */
  get url(): string {
    return this.endpoint!.url;
  }

  get sandbox(): LambdaSandbox {
    return this.functionRunner!;
  }

  /** What functions or clients asked AWS for that is not modelled. */
  get notModelled(): AwsEndpoint['notModelled'] {
    return this.endpoint?.notModelled ?? [];
  }

  /** Runs a function once; what it writes goes to its log group. Rejects only when the simulator itself fails. */
  async run(found: StagedFunction, invocation: FunctionInvocation): Promise<InvocationResult> {
    const result = await this.sandbox.run(found.spec, invocation).catch((error: unknown) => this.failed(error));
    keepLog(this.logs, found, result);
    return result;
  }

  /**
   * From now on functions, their roles and policies, state machines and log groups are those of another version of the app. Everything else stays as it is.
   * @param names names or ARNs of functions of it that others than the hooks' service invoke asynchronously
   * @param late names and ARNs of functions that stay as they were until the next call
   */
  deploy(assembly: Assembly, stack: Stack, names: readonly string[], late: readonly string[] = []): void {
    this.deployed = assembly;
    this.functions.deploy(assembly, stack, late);
    this.permissions.deploy(assembly);
    this.logs.add(logGroupsIn(assembly, stack));
    this.invocations.deploy(playedFunctions([...hookNames([...this.codeDeployRollouts, ...this.lambdaRollouts].map(({ model }) => model)), ...names], this.functions));
  }

  /** What functions reach, and where on this machine it is. */
  network(): NetworkMap {
    const routes = this.rollouts.flatMap((rollout) =>
      rollout.addresses.flatMap(({ host, port, listener }) => {
        const to = rollout.port(listener);
        return to === undefined ? [] : [{ host, port, to }];
      }),
    );
    const hosts = this.hosts.map(({ host, server }) => ({ host, port: 443, to: server.port }));
    return { routes: [...routes, ...hosts], ranges: this.instances?.ranges() ?? [], loopback: this.endpoint === undefined ? [] : [this.endpoint.port], allowHosts: this.options.allowHosts };
  }

  /** Ends every process and server, and removes every temporary file. */
  async close(): Promise<void> {
    this.alarms.stop();
    await this.functionRunner?.close();
    await this.serverHosts?.close();
    await Promise.all([this.instances?.close(), ...this.rollouts.map((rollout) => rollout.close()), ...this.hosts.map(({ server }) => server.close()), this.endpoint?.close()]);
    this.functions.close();
    await this.authority?.remove();
  }

  private async start(): Promise<void> {
    this.endpoint = await startAws(this);
    this.hosts = await startHosts(this, this.options.hosts ?? []);
    this.functionRunner = makeSandbox(this);
    for (const rollout of this.rollouts) {
      await rollout.start();
    }
    await this.instances?.start();
    this.alarms.start();
    this.disturb(this.options.scenario);
  }

  /** What the scenario holds or throttles from the start. */
  private disturb(scenario: Scenario): void {
    this.rollouts.forEach((rollout) => rollout.checkProfiles(scenario));
    scenario.releases.forEach((release) => this.rollouts.forEach((rollout) => rollout.check(release, scenario.file)));
    const evaluated = this.rollouts.flatMap(({ model }) => model.evaluatedAlarms);
    for (const { alarm, state, forMs } of scenario.alarms) {
      this.alarms.holdState(alarmNamed(evaluated, alarm).name, state, forMs);
    }
    for (const { hook, forMs } of scenario.throttle) {
      this.rollouts.forEach((rollout) => rollout.throttle({ hook, forMs }, scenario.file, this.invocations));
    }
  }

  private stage(model: AnyModel): StagedRollout {
    switch (model.controller) {
      case 'ECS':
        return this.stageNative(model);
      case 'CLOUDFORMATION':
        // CloudFormation reads its rollback triggers under the role of whoever deploys, which is not in the template.
        return new CloudFormationRollout(model, { ...this.stagePlayed(model), alarms: this.alarms });
      case 'LAMBDA':
        return this.stageLambda(model);
      case 'SERVER':
        return this.stageServer(model);
      case 'CODE_DEPLOY':
        return new CodeDeployRollout(model, { ...this.stagePlayed(model), alarms: serviceAlarms(model, this) });
    }
  }

  private stagePlayed(model: RolloutModel | CloudFormationRolloutModel): Omit<PlayedRolloutOptions, 'alarms'> {
    return {
      ...this.stageOptions(model),
      hooks: serviceInvocation(model, this),
      reported: (executionId, status) => this.reported(executionId, status),
    };
  }

  private reported(executionId: string, status: 'Succeeded' | 'Failed'): void {
    this.runs.reported(executionId, { status, by: undefined, at: this.conductor.now() });
  }

  private stageLambda(model: LambdaRolloutModel): LambdaRollout {
    const { scenario, folders } = this.options;
    const { alarms } = this;
    const watched = new VersionAlarms({ alarms, functionName: model.released.name, templateVersion: String(model.version), madeAnew: model.versionAlarms });
    return new LambdaRollout(model, {
      watch: (version) => watched.watch(version),
      scenario,
      conductor: this.conductor,
      random: this.randomOf(model),
      metrics: this.metrics,
      alarms: serviceAlarms(model, this),
      hooks: serviceInvocation(model, this),
      reported: (executionId, status) => this.reported(executionId, status),
      function: () => this.functions.find(model.released.arn) ?? foreignFunction(model, folders, folders !== undefined && this.python !== undefined),
      run: (found, invocation) => this.run(found, invocation),
      ...(folders === undefined ? {} : { folders }),
    });
  }

  /** Rollouts that are played together draw for themselves: their deployments must not have the same ids. */
  private randomOf({ name }: Pick<AnyModel, 'name'>): RandomFor {
    return this.options.rollouts.length === 1 ? this.random : (identity) => this.random(`${name} ${identity}`);
  }

  private stageServer(model: ServerRolloutModel): ServerRollout {
    const { scenario, rollouts, groupsAreThere, fleetBehaviour } = this.options;
    const { fleet, groups } = this.servers!;
    const isFirst = rollouts[0]!.name === model.name;
    const beside = scenario.releases.flatMap((release) => release.beside ?? []).filter(({ rollout }) => rollout === model.name);
    return new ServerRollout(model, {
      scenario,
      releases: isFirst ? scenario.releases : beside.map(({ release }) => release),
      conductor: this.conductor,
      random: this.random,
      alarms: serviceAlarms(model, this),
      fleet,
      groups,
      isBundle: this.options.isBundle,
      ...(groupsAreThere === undefined ? {} : { groupIsThere: groupsAreThere }),
      ...(fleetBehaviour === undefined ? {} : { behaviour: fleetBehaviour }),
      gates: {
        functions: this.functions,
        runs: this.gates,
        ask: (name, question) => this.run(this.functions.required(name), { requestId: uuidOf(`${name} ${question.deploymentId} ${question.instanceId}`), payload: question }),
      },
      ...(this.serverHosts === undefined ? {} : { hosts: this.serverHosts }),
    });
  }

  private instanceServices(): InstanceServices | undefined {
    const applications = this.serverRollouts.flatMap(({ gates: { application } }) => application ?? []);
    return applications.length === 0 ? undefined : new InstanceServices({ conductor: this.conductor, random: this.random, fleet: this.servers!.fleet.fleet, applications, ...(this.authority === undefined ? {} : { authority: this.authority }) });
  }

  private stageNative(model: NativeRolloutModel): NativeRollout {
    return new NativeRollout(model, { ...this.stageOptions(model), hooks: nativeInvocation(this), alarms: this.alarms });
  }

  private stageOptions(model: Exclude<AnyModel, LambdaRolloutModel | ServerRolloutModel>): Omit<BalancedRolloutOptions, 'alarms'> {
    const { scenario, urls, directory, path, interrupted } = this.options;
    return {
      scenario,
      conductor: this.conductor,
      random: this.randomOf(model),
      metrics: this.metrics,
      versions: new Versions({
        scenario,
        conductor: this.conductor,
        directory,
        path,
        ...(urls === undefined ? {} : { urls }),
        ...(interrupted === undefined ? {} : { interrupted }),
      }),
      ...(this.authority === undefined ? {} : { authority: this.authority }),
      hosts: suiteHosts(model, this.functions),
      upstreamFailed: (release, reason) => this.upstreamFailures.add(`version ${release}: ${reason}`),
    };
  }

  private failed(error: unknown): never {
    this.conductor.fail(error);
    throw error;
  }
}

const byCodeDeploy = (model: AnyModel): model is RolloutModel | LambdaRolloutModel => model.controller === 'CODE_DEPLOY' || model.controller === 'LAMBDA';

/** Those whose functions are invoked asynchronously. */
const invoked = (model: AnyModel): model is Exclude<AnyModel, NativeRolloutModel> => model.controller !== 'ECS';

const asksByHttps = (model: AnyModel): boolean => model.controller === 'SERVER' && model.gates.some(({ asks }) => asks?.protocol === 'HTTPS');
