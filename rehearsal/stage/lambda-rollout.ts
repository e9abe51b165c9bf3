/** A rollout for Lambda: an alias that CloudFormation has CodeDeploy move, and the function behind it. */
import type { Finding } from '../../lib/model/rollout';
import { ROLLBACK_CREATOR } from '../../lib/model/status';
import type { LambdaRolloutModel } from '../assembly/lambda-rollout-model';
import { appSpecRevision, stringRevision } from '../endpoints/codedeploy-revision';
import type { AsyncInvocations } from '../engine/async-invocations';
import type { LambdaGroupModel } from '../engine/deployment-group';
import { LambdaDeployments } from '../engine/alias/lambda-deployments';
import { LambdaMetrics } from '../engine/alias/lambda-metrics';
import { ProvisionedConcurrency } from '../engine/alias/provisioned-concurrency';
import { LambdaTraffic } from '../engine/alias/lambda-traffic';
import { outcomeOf } from '../engine/outcome';
import type { AlarmStates, Cancel, HookInvoker, MetricSink, RandomFor, ReleaseId } from '../engine/ports';
import { UserError } from '../report/user-error';
import type { Conductor } from '../sandbox/conductor';
import type { ReleaseAction, ReleaseScenario, Scenario } from '../scenario/scenario';
import { DeploymentsPlay, type Reported } from './deployments-play';
import { FOREIGN } from './foreign-function';
import { aliasAppSpec, deploymentAppSpec, lambdaGroupModel } from './lambda-models';
import { checkFunctionProfiles } from './profiles';
import { ReleasedFunction, type ReleasedFunctionOptions } from './released-function';
import { StagedRollout, type PlayedDeployments, type ReportContext, type Say } from './staged-rollout';
import { FIRST_RELEASE } from './versions';

export interface LambdaRolloutOptions extends Pick<ReleasedFunctionOptions, 'function' | 'run' | 'folders'> {
  readonly scenario: Scenario;
  readonly conductor: Conductor;
  readonly random: RandomFor;
  readonly alarms: AlarmStates;
  readonly metrics: MetricSink;
  readonly hooks: HookInvoker;
  readonly reported: Reported;
  /** Has the alarms of the template watch a version. */
  readonly watch: (version: string) => void;
}

export interface AliasUpdateRequest {
  readonly description: string;
  readonly currentVersion: string;
  readonly targetVersion: string;
  readonly hooks: LambdaRolloutModel['hooks'];
  /** The deployment whose update is rolled back; undefined for a release. */
  readonly takesBack: string | undefined;
}

export class LambdaRollout extends StagedRollout {
  readonly controller = 'LAMBDA';
  readonly group: LambdaGroupModel;
  readonly deployments: LambdaDeployments;
  readonly function: ReleasedFunction;
  readonly provisioned: ProvisionedConcurrency;
  override readonly load: number;
  private readonly play: DeploymentsPlay;
  private readonly traffic: LambdaTraffic;
  private readonly cancels: Cancel[] = [];
  /** Deployments that CloudFormation took back by another one, and that one. */
  private readonly takenBack = new Map<string, string>();
  /** Where the alias pointed in the stretch that is being played. */
  private shares: ReturnType<LambdaDeployments['alias']['shares']>;
  /** The version that alarms of the template watch. */
  private watched: string;

  constructor(
    override readonly model: LambdaRolloutModel,
    private readonly options: LambdaRolloutOptions,
  ) {
    super(model);
    const { conductor, random, hooks, alarms, scenario, reported } = options;
    const metrics = new LambdaMetrics(model.released.name, options.metrics);
    this.group = lambdaGroupModel(model);
    this.deployments = new LambdaDeployments({ group: this.group, scheduler: conductor.scheduler, random, hooks, alarms, initialRelease: FIRST_RELEASE });
    this.play = new DeploymentsPlay(model, this.deployments, reported);
    this.function = new ReleasedFunction({ ...options, model, metrics, timeoutMs: model.timeoutMs }, this.deployments.alias);
    this.provisioned = new ProvisionedConcurrency({ now: () => conductor.now(), provisioning: (version) => this.function.provisioning(version) });
    this.load = scenario.requestsPerSecond ?? model.expectedRequestsPerSecond ?? 0;
    this.shares = this.deployments.alias.shares();
    this.watched = this.group.initialVersion;
    options.watch(this.watched);
    // Once it is decided what comes of the change.
    this.deployments.onChange(({ kind }) => kind === 'status' && conductor.scheduler.after(0, 'alarms of the template', () => this.goBack()));
    this.traffic = new LambdaTraffic({
      requestsPerSecond: this.load,
      aliasName: model.aliasName,
      shares: () => this.shares,
      version: (version) => this.function.traffic(version),
      timeoutMs: model.timeoutMs,
      metrics,
      random,
    });
  }

  override get approximated(): readonly string[] {
    const { name } = this.model.released;
    const { versionsRun: run, realTime } = this.function;
    const { aliasName, aliasIsImported, functionIsMade, version } = this.model;
    return [
      ...(aliasIsImported ? [`alias ${aliasName} of ${name} is made elsewhere: it begins at version ${version - 1}, and nobody else moves it`] : []),
      ...(functionIsMade || this.options.folders === undefined || run.length === 0 ? [] : [FOREIGN.settings(name)]),
      ...[...realTime].map((reason) => `ran in real time: ${reason}`),
      ...(this.load === 0 ? [] : [`${this.load} invocations of the alias a second by users: drawn from the profile of each version, whatever its code does`]),
      ...(run.length === 0 ? [] : [`invocations of ${name} by hooks: the code of version ${run.join(' and ')} is run, after the latency that the profile of the version draws and in place of no fault of it`]),
      ...(this.options.folders === undefined && run.length > 1 ? [`both versions of ${name} run the code of the template: name your own by --blue and --green`] : []),
    ];
  }

  override get notModelled(): readonly string[] {
    const { functionIsMade, released } = this.model;
    return [...this.function.notModelled, ...(functionIsMade || this.function.versionsRun.length === 0 ? [] : [FOREIGN.role(released.name)])];
  }

  override get settled(): boolean {
    return this.deployments.settled;
  }

  override checkProfiles(scenario: Scenario): void {
    checkFunctionProfiles(scenario, this.model.name);
  }

  override check({ name, leaveOut, rollback }: ReleaseScenario, file: string): void {
    const refuse = (key: string, why: string): never => {
      throw new UserError(`${file}: release ${name} sets "${key}", ${why}; leave it out for ${this.model.name}`);
    };
    const by = this.model.aliasIsImported ? 'LambdaDeployment' : 'CloudFormation';
    const unknown = leaveOut.find((event) => !this.model.hookFunctions.some((hook) => hook.event === event));
    if (unknown !== undefined) {
      throw new UserError(`${file}: release ${name} leaves out ${unknown}, which rollout ${this.model.name} has no hook for; it has ${this.model.hookFunctions.map(({ event }) => event).join(', ') || 'no hook'}`);
    }
    if (rollback !== undefined) {
      refuse('rollback', `which is a setting of CreateDeployment, and ${by} starts the deployments of an alias with those of the group`);
    }
  }

  /** Hooks can be left out by hand only: somebody has published the version, and starts the deployment. That of an imported alias is started by the provider of LambdaDeployment. */
  override release({ name, leaveOut }: ReleaseScenario): string {
    const { release, version } = this.function.next();
    const currentVersion = this.deployments.releasedVersion;
    const byHand = leaveOut.length > 0 || this.model.aliasIsImported;
    // CloudFormation comes to the alarms first, as the rollout has ordered it.
    this.watch(version);
    const hooks = Object.fromEntries(Object.entries(this.model.hooks).filter(([event]) => !leaveOut.some((left) => left === event)));
    const model = { ...this.model, hooks };
    return this.deployments.create({
      release,
      currentVersion,
      targetVersion: version,
      hooks,
      revision: byHand ? appSpecRevision(deploymentAppSpec(model, currentVersion, version)) : stringRevision(aliasAppSpec(model, currentVersion, version)),
      ...(byHand ? { creator: 'user' as const } : {}),
      description: name,
    });
  }

  /** A deployment that CloudFormation starts, since an update of the stack gives the alias another version. @throws ServiceError as CreateDeployment refuses */
  updateAlias({ description, currentVersion, targetVersion, hooks, takesBack }: AliasUpdateRequest): string {
    const revision = stringRevision(aliasAppSpec({ ...this.model, hooks }, currentVersion, targetVersion));
    const id = this.deployments.create({ release: this.function.releaseOf(targetVersion), currentVersion, targetVersion, hooks, revision, description });
    if (takesBack !== undefined) {
      this.takenBack.set(takesBack, id);
    }
    return id;
  }

  /** Somebody else than CodeDeploy points the alias at a version. */
  point(version: string): void {
    this.deployments.alias.point(version);
    if (this.load > 0) {
      this.moved();
    }
  }

  /** The release that a version is, for deployments that somebody else starts. */
  releaseOf(version: string): ReleaseId {
    return this.function.releaseOf(version);
  }

  /** Whether a version is there that somebody else names. */
  isPublished(version: string): boolean {
    return this.function.isPublished(version);
  }

  override act(id: string, action: ReleaseAction['action']): void {
    this.play.act(id, action);
  }

  override onEventStart(listener: (deploymentId: string, event: string) => void): Cancel {
    return this.play.onEventStart(listener);
  }

  override follow(say: Say): void {
    this.play.follow(say);
  }

  override throttle(throttle: Scenario['throttle'][number], file: string, invocations: AsyncInvocations): void {
    this.play.throttle(throttle, file, invocations);
  }

  override played(context: ReportContext): PlayedDeployments {
    const { deployments, findings } = this.play.played(context);
    const inspected = context.inspections.findings(this.model, 'let CloudFormation start deployments, by another version of the alias, or name the hooks of its update policy', deployments.map(({ deploymentId }) => deploymentId));
    return { outcome: this.outcome(), deployments, findings: [...findings, ...inspected, ...this.leftWeighted()] };
  }

  /** A deployment that takes another one back is no release. */
  private outcome(): PlayedDeployments['outcome'] {
    const back = [...this.takenBack.values()];
    const releases = this.deployments.list().filter(({ deploymentId }) => !back.includes(deploymentId));
    const last = releases.findLast(({ creator }) => creator !== ROLLBACK_CREATOR);
    const taker = last && this.takenBack.get(last.deploymentId);
    return taker === undefined ? outcomeOf(releases) : this.deployments.get(taker).status === 'Succeeded' ? 'rolledBack' : 'failed';
  }

  /** An alias that the last deployment left between two versions. */
  private leftWeighted(): readonly Finding[] {
    const { released, aliasName } = this.model;
    const { functionVersion } = this.deployments.alias.configuration;
    const shares = this.deployments.alias.shares();
    if (shares.length === 1) {
      return [];
    }
    const text = shares.map(({ version, percent }) => `version ${version} (${percent} %)`).join(' and ');
    return [
      {
        id: 'alias-weighted',
        level: 'warning',
        message: `alias ${aliasName} of ${released.name} stays between ${text}, and every deployment fails until somebody points it at one version`,
        remedy: `aws lambda update-alias --function-name ${released.name} --name ${aliasName} --function-version ${functionVersion} --routing-config AdditionalVersionWeights={}`,
      },
    ];
  }

  override start(): Promise<void> {
    if (this.load > 0) {
      this.cancels.push(this.deployments.onChange(() => this.moved()), this.traffic.start(this.options.conductor.scheduler));
    }
    return Promise.resolve();
  }

  override close(): Promise<void> {
    this.cancels.forEach((cancel) => cancel());
    return Promise.resolve();
  }

  /** A deployment that failed has CloudFormation take its update back, alarms included. */
  private goBack(): void {
    const { settled, releasedVersion } = this.deployments;
    if (settled && releasedVersion !== this.watched) {
      this.watch(releasedVersion);
    }
  }

  private watch(version: string): void {
    this.watched = version;
    this.options.watch(version);
  }

  /** A stretch of traffic has one routing: what came before a change is played before the change is seen. */
  private moved(): void {
    this.traffic.playTo(this.options.conductor.now());
    this.shares = this.deployments.alias.shares();
  }
}
