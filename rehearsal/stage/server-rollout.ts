/** A rollout to EC2/on-premises: a fleet on which CodeDeploy installs revisions in place, or a second one that takes the place of the first. */
import type { DeploymentCreator } from '../../lib/model/status';
import type { ServerRolloutModel } from '../assembly/server-rollout-model';
import { FaultProfile } from '../engine/fleet/faults';
import { fleetBehaviour, type FleetBehaviour } from '../engine/fleet/fleet-behaviour';
import { FleetDeployments } from '../engine/fleet/fleet-deployments';
import type { FleetGroupModel } from '../engine/fleet/fleet-group';
import type { FleetChange } from '../engine/fleet/fleet-record';
import type { TargetInstances } from '../engine/fleet/fleet-request';
import type { ServerGroup, ServerGroups } from '../engine/fleet/server-groups';
import type { RevisionLocation } from '../engine/deployment-record';
import type { AsyncInvocations } from '../engine/async-invocations';
import { outcomeOf } from '../engine/outcome';
import type { AlarmStates, Cancel, RandomFor } from '../engine/ports';
import { UserError } from '../report/user-error';
import type { Conductor } from '../sandbox/conductor';
import type { ServerHosts } from '../sandbox/servers/server-hosts';
import type { ReleaseAction, ReleaseScenario, Scenario } from '../scenario/scenario';
import { DEFAULT_PROFILE } from '../scenario/service-profile';
import type { NotifyingRollout } from './event-bus';
import { ServerGates, type GateStage } from './server-gates';
import { prepareReplacement } from './alternation';
import { checkInstanceProfiles } from './profiles';
import { checkRelease, faultsOf, releaseId, revisionOf } from './server-releases';
import { groupSettingsOf } from './server-models';
import { ServerReport } from './server-report';
import { realScripts, saidOfRealScripts } from './server-scripts';
import { ServerRevisions } from './server-revisions';
import type { StagedFleet } from './staged-fleet';
import { StagedRollout, type PlayedDeployments, type Say } from './staged-rollout';
import { FIRST_RELEASE } from './versions';

export interface ServerRolloutOptions {
  readonly scenario: Scenario;
  /** Those of this rollout, in their order. */
  readonly releases: readonly ReleaseScenario[];
  readonly conductor: Conductor;
  readonly random: RandomFor;
  readonly alarms: AlarmStates;
  /** The same for all rollouts. */
  readonly fleet: StagedFleet;
  /** Where scripts run for real; absent: they are simulated. */
  readonly hosts?: ServerHosts;
  readonly gates: GateStage;
  readonly groups: ServerGroups;
  /** Whether the deployment group has been made. @default true */
  readonly groupIsThere?: boolean;
  /** Whether nothing brings a fleet up or down any more that no deployment does. @default true */
  readonly isFleetSettled?: () => boolean;
  /** Whether what lies at a place is the bundle of the next release, besides the place that the template has. @default nowhere */
  readonly isBundle?: ((location: RevisionLocation) => boolean) | undefined;
  /** Behaviours of the service that are switched. @default none */
  readonly behaviour?: Partial<FleetBehaviour>;
}

/** What a deployment group does by itself, which is no release. */
const BY_ITSELF: readonly DeploymentCreator[] = ['autoscaling', 'autoscalingTermination', 'CodeDeployAutoUpdate'];

const ROLLBACK_EVENTS = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] as const;

export class ServerRollout extends StagedRollout {
  readonly controller = 'SERVER';
  /** The deployment group, whether it is there or not. */
  readonly slot: ServerGroup;
  override readonly load = 0;
  readonly gates: ServerGates;
  private readonly revisions: ServerRevisions;
  private readonly random: RandomFor;
  private faults: FaultProfile | undefined;
  /** Releases whose replacements are not there yet. */
  private preparing = 0;

  constructor(
    override readonly model: ServerRolloutModel,
    private readonly options: ServerRolloutOptions,
  ) {
    super(model);
    const { groups, groupIsThere = true, random: common, releases } = options;
    // Every rollout of a rehearsal has deployments of its own.
    this.random = (identity) => common(`${model.name} ${identity}`);
    this.revisions = new ServerRevisions(model, releases, options.isBundle);
    this.gates = this.makeGates();
    const { fileExistsBehavior, ignoreApplicationStopFailures } = model.description;
    this.slot = groups.expect(
      { applicationName: model.application.name, deploymentGroupName: model.deploymentGroup.name },
      { defaults: { fileExistsBehavior, ignoreApplicationStopFailures }, make: (group, begins) => this.make(group, begins), revisionAt: (location) => this.revisions.at(location) },
    );
    this.gates.follow(this.slot);
    if (groupIsThere) {
      this.slot.create(groupSettingsOf(model), true);
    }
  }

  /** Of the group that is there, or was last. */
  get deployments(): FleetDeployments {
    return this.slot.deployments;
  }

  /** What EventBridge hears of: every group of the name, from when it is made. */
  get notifying(): NotifyingRollout {
    const { application, deploymentGroup } = this.model;
    const group = { applicationName: application.name, applicationArn: application.arn, deploymentGroupName: deploymentGroup.name, deploymentGroupArn: deploymentGroup.arn };
    return { model: this.model, group, deployments: this.slot };
  }

  /** What people call the revision that is installed on an instance; undefined where none is. */
  revisionOn(instance: number): string | undefined {
    const installed = this.deployments.installed(instance);
    return installed === undefined ? undefined : this.revisions.name(installed.release);
  }

  get group(): FleetGroupModel {
    return this.deployments.group;
  }

  override get approximated(): readonly string[] {
    const { bundle } = this.model;
    return [
      ...this.options.fleet.approximated,
      ...this.gates.approximated,
      ...(this.realScripts?.approximated ?? [`scripts of the bundle of ${this.model.name} are not run: they take what the scenario or the behaviours say, and fail where the scenario says so`]),
      ...(bundle === undefined ? [`the bundle of ${this.model.name} is not in the assembly: its files are not known, and scripts only where the scenario names their events`] : []),
    ];
  }

  override get notModelled(): readonly string[] {
    const scripts = this.realScripts?.notModelled ?? ['scripts of the bundle, operating systems and agents: what scripts do to a host, permissions of files, users, versions of the agent'];
    return [...scripts, ...this.gates.notModelled];
  }

  override get settled(): boolean {
    const fleet = this.options.fleet.fleet;
    return this.preparing === 0 && this.gates.settled && this.slot.all.every(({ settled }) => settled) && fleet.instances.every(({ state }) => state !== 'pending') && (this.options.isFleetSettled?.() ?? true);
  }

  override checkProfiles(scenario: Scenario): void {
    checkInstanceProfiles(scenario, this.model.name, this.gates.application !== undefined);
    this.options.releases.forEach((release) => checkRelease(this.model, release, scenario.file));
  }

  override check({ name, leaveOut }: ReleaseScenario, file: string): void {
    if (leaveOut.length > 0) {
      throw new UserError(`${file}: release ${name} sets "leaveOut", which is about Lambda hooks, and rollout ${this.model.name} has scripts on instances; leave it out`);
    }
  }

  override throttle(throttle: Scenario['throttle'][number], file: string, invocations: AsyncInvocations): void {
    this.gates.throttle(throttle, file, invocations);
  }

  /** A release to a fleet that alternates begins with its replacements. */
  override begin(release: ReleaseScenario, started: (deploymentId: string) => void): void {
    const { alternating, name } = this.model;
    if (alternating === undefined) {
      super.begin(release, started);
      return;
    }
    const { fleet, conductor } = this.options;
    const serving = this.group.targets.autoScalingGroups.find((each) => alternating.includes(each)) ?? alternating[0];
    this.preparing += 1;
    prepareReplacement({ groups: alternating, serving, rollout: name }, fleet.autoScaling, conductor.scheduler, (replacement) => {
      this.preparing -= 1;
      started(this.create(release, { autoScalingGroups: [replacement] }));
    });
  }

  override release(release: ReleaseScenario): string {
    return this.create(release);
  }

  private create(release: ReleaseScenario, targetInstances?: TargetInstances): string {
    const { fileExistsBehavior, ignoreApplicationStopFailures } = this.model.description;
    const events = this.group.rollbackEvents.length === 0 ? ROLLBACK_EVENTS : this.group.rollbackEvents;
    return this.deployments.create({
      revision: this.revisions.next(release),
      description: release.name,
      fileExistsBehavior,
      ignoreApplicationStopFailures,
      ...(targetInstances === undefined ? {} : { targetInstances }),
      ...(release.rollback === undefined ? {} : { autoRollbackConfiguration: { enabled: release.rollback, events } }),
    });
  }

  override act(id: string, action: ReleaseAction['action']): void {
    switch (action.kind) {
      case 'stop':
        this.deployments.stop(id, action.rollback === undefined ? {} : { autoRollbackEnabled: action.rollback });
        break;
      case 'continue':
        this.deployments.continue(id);
        break;
      case 'report':
        throw new UserError(`the scenario's action "report" is for Lambda hooks, and rollout ${this.model.name} has none; take it out`);
      default:
        this.options.fleet.scale(action);
    }
  }

  /** An event begins when it does on the first instance. */
  override onEventStart(listener: (deploymentId: string, event: string) => void): Cancel {
    return this.slot.onChange((change) => {
      if (change.kind === 'instanceEvent' && change.status === 'InProgress') {
        listener(change.deploymentId, change.event);
      }
    });
  }

  override follow(say: Say): void {
    this.slot.onChange((change) => {
      const text = changeText(change);
      if (text !== undefined) {
        say(change.at, change.deploymentId, text);
      }
    });
  }

  override played(): PlayedDeployments {
    const { model, slot, gates, revisions } = this;
    const { fleet, groups } = this.options;
    const report = new ServerReport({ model, slot, groups, fleet, releaseName: (release) => revisions.name(release) });
    const records = slot.all.flatMap((deployments) => deployments.list());
    return {
      outcome: outcomeOf(records.filter(({ creator }) => !BY_ITSELF.includes(creator))),
      deployments: report.deployments.map((deployment) => ({ ...deployment, ...gates.report(deployment.deploymentId) })),
      findings: report.findings,
      ...(model.description.deployment.type === 'BLUE_GREEN' ? { autoScalingGroups: report.autoScalingGroups } : {}),
    };
  }

  override start(): Promise<void> {
    return Promise.resolve();
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }

  private get realScripts(): ReturnType<typeof saidOfRealScripts> | undefined {
    const { hosts } = this.options;
    return hosts === undefined ? undefined : saidOfRealScripts(hosts.tool, this.model);
  }

  private make(group: FleetGroupModel, begins: boolean): FleetDeployments {
    const { scenario, releases, conductor, alarms, fleet } = this.options;
    const faults = releases.flatMap((release, index) => faultsOf(fleet, this.model, release, releaseId(index)));
    this.faults = new FaultProfile(faults, this.random);
    return new FleetDeployments({
      group,
      agents: fleet.agents,
      autoScaling: fleet.autoScaling,
      scheduler: conductor.scheduler,
      // A group that takes the place of another one of its name has deployments with ids of their own.
      random: this.slot.all.length === 0 ? this.random : (identity) => this.random(`${this.slot.identity} ${identity}`),
      alarms,
      faults: this.faults,
      ...this.gates.scripts,
      registers: begins,
      fleetBehaviour: fleetBehaviour(this.options.behaviour),
      ...(begins && scenario.fleet?.deployed !== false ? { initialRevision: revisionOf(this.model, FIRST_RELEASE) } : {}),
    });
  }

  private makeGates(): ServerGates {
    const { conductor, fleet, gates: stage, releases, scenario, hosts } = this.options;
    return new ServerGates(this.model, {
      stage,
      ...(hosts === undefined ? {} : { others: realScripts(hosts, this.model, conductor) }),
      conductor,
      fleet: fleet.fleet,
      service: releases === scenario.releases ? scenario.service : DEFAULT_PROFILE,
      releases,
      releaseName: (release) => this.revisions.name(release),
      installed: (index) => (this.slot.all.length === 0 ? undefined : this.deployments.installed(index)),
      slowness: (instance, release) => (this.faults?.of(instance, release) ?? []).reduce((times, fault) => (fault.kind === 'slow' ? times * fault.factor : times), 1),
    });
  }
}

function changeText(change: FleetChange): string | undefined {
  switch (change.kind) {
    case 'status':
      return change.status;
    case 'instance':
      return change.status === 'Failed' ? `${change.instanceId} ${change.status}` : undefined;
    case 'rollback':
      return `rolled back by ${change.rollbackDeploymentId}`;
    default:
      return undefined;
  }
}
