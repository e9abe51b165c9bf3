/** A rollout to EC2/on-premises: a fleet on which CodeDeploy installs revisions in place. */
import type { DeploymentReport } from '../../lib/model/report';
import type { Finding } from '../../lib/model/rollout';
import { predictBatches, type Batch } from '../../lib/model/server/batches';
import { fleetFindings } from '../../lib/model/server/fleet-findings';
import { PREDEFINED_SERVER_CONFIGS } from '../../lib/model/server/healthy-hosts';
import { ROLLBACK_CREATOR, type DeploymentCreator } from '../../lib/model/status';
import type { ServerRolloutModel } from '../assembly/server-rollout-model';
import { FaultProfile } from '../engine/fleet/faults';
import { fleetBehaviour } from '../engine/fleet/fleet-behaviour';
import { FleetDeployments } from '../engine/fleet/fleet-deployments';
import type { FleetGroupModel } from '../engine/fleet/fleet-group';
import type { FleetChange, FleetDeploymentRecord, InstanceTargetRecord } from '../engine/fleet/fleet-record';
import { fleetDeploymentReport } from '../engine/fleet/fleet-report';
import { outcomeOf } from '../engine/outcome';
import type { AlarmStates, Cancel, RandomFor, ReleaseId } from '../engine/ports';
import { UserError } from '../report/user-error';
import type { Conductor } from '../sandbox/conductor';
import type { ServerHosts } from '../sandbox/servers/server-hosts';
import type { ReleaseAction, ReleaseScenario, Scenario } from '../scenario/scenario';
import { checkInstanceProfiles } from './profiles';
import { checkRelease, faultsOf, releaseId, revisionOf } from './server-releases';
import { fleetGroupModel } from './server-models';
import { realScripts, saidOfRealScripts } from './server-scripts';
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
}

/** What a deployment group does by itself, which is no release. */
const BY_ITSELF: readonly DeploymentCreator[] = ['autoscaling', 'autoscalingTermination', 'CodeDeployAutoUpdate'];

const ROLLBACK_EVENTS = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] as const;

export class ServerRollout extends StagedRollout {
  readonly controller = 'SERVER';
  readonly group: FleetGroupModel;
  readonly deployments: FleetDeployments;
  override readonly load = 0;
  private released = 0;

  constructor(
    override readonly model: ServerRolloutModel,
    private readonly options: ServerRolloutOptions,
  ) {
    super(model);
    const { scenario, releases, conductor, random: common, alarms, fleet } = options;
    // Every rollout of a rehearsal has deployments of its own.
    const random: RandomFor = (identity) => common(`${model.name} ${identity}`);
    this.group = fleetGroupModel(model, scenario.fleet);
    this.deployments = new FleetDeployments({
      group: this.group,
      agents: fleet.agents,
      scheduler: conductor.scheduler,
      random,
      alarms,
      faults: new FaultProfile(releases.flatMap((release, index) => faultsOf(fleet, release, releaseId(index))), random),
      ...(options.hosts === undefined ? {} : { scripts: realScripts(options.hosts, model, conductor) }),
      ...(scenario.fleet?.deployed === false ? {} : { initialRevision: revisionOf(model, FIRST_RELEASE) }),
    });
  }

  override get approximated(): readonly string[] {
    const { bundle } = this.model;
    return [
      ...this.options.fleet.approximated,
      ...(this.realScripts?.approximated ?? [`scripts of the bundle of ${this.model.name} are not run: they take what the scenario or the behaviours say, and fail where the scenario says so`]),
      ...(bundle === undefined ? [`the bundle of ${this.model.name} is not in the assembly: its files are not known, and scripts only where the scenario names their events`] : []),
    ];
  }

  override get notModelled(): readonly string[] {
    const { gates } = this.model.description;
    const names = Object.entries({ instance: 'of each instance', fleet: 'of the fleet' }).flatMap(([gate, whose]) => (gates[gate as keyof typeof gates] === undefined ? [] : [whose]));
    const scripts = this.realScripts?.notModelled ?? ['scripts of the bundle, operating systems and agents: what scripts do to a host, permissions of files, users, versions of the agent'];
    return [...scripts, ...names.map((whose) => `the gate ${whose}: its function is not asked`)];
  }

  override get settled(): boolean {
    const fleet = this.options.fleet.fleet;
    return this.deployments.settled && fleet.instances.every(({ state }) => state !== 'pending');
  }

  override checkProfiles(scenario: Scenario): void {
    checkInstanceProfiles(scenario, this.model.name);
    this.options.releases.forEach((release) => checkRelease(this.model, release, scenario.file));
  }

  override check({ name, leaveOut }: ReleaseScenario, file: string): void {
    if (leaveOut.length > 0) {
      throw new UserError(`${file}: release ${name} sets "leaveOut", which is about Lambda hooks, and rollout ${this.model.name} has scripts on instances; leave it out`);
    }
  }

  override throttle({ hook }: Scenario['throttle'][number], file: string): void {
    throw new UserError(`${file}: "throttle" names ${hook}, and rollout ${this.model.name} has no Lambda hook; take it out`);
  }

  override release(release: ReleaseScenario): string {
    const revision = revisionOf(this.model, releaseId(this.released++), release);
    const events = this.group.rollbackEvents.length === 0 ? ROLLBACK_EVENTS : this.group.rollbackEvents;
    return this.deployments.create({
      revision,
      description: release.name,
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
    return this.deployments.onChange((change) => {
      if (change.kind === 'instanceEvent' && change.status === 'InProgress') {
        listener(change.deploymentId, change.event);
      }
    });
  }

  override follow(say: Say): void {
    this.deployments.onChange((change) => {
      const text = changeText(change);
      if (text !== undefined) {
        say(change.at, change.deploymentId, text);
      }
    });
  }

  override played(): PlayedDeployments {
    const records = this.deployments.list();
    return {
      outcome: outcomeOf(records.filter(({ creator }) => !BY_ITSELF.includes(creator))),
      deployments: records.map((record) => this.report(record)),
      findings: this.fleetFindings(),
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

  private report(record: FleetDeploymentRecord): DeploymentReport {
    const { deploymentId } = record;
    const targets = this.deployments.targetIds(deploymentId).map((id) => this.deployments.target(deploymentId, id));
    return fleetDeploymentReport(record, {
      targets,
      predicted: this.predicted(record, targets),
      zonal: this.zonalOf(record) !== undefined,
      releaseName: (release) => this.releaseName(release),
      autoScalingGroupOf: (id) => this.options.fleet.autoScalingGroupOf(id),
    });
  }

  private releaseName(release: ReleaseId): string {
    return this.options.releases[Number(release.slice(1)) - 1]?.name ?? 'the version before';
  }

  private zonalOf({ creator, deploymentConfigName }: FleetDeploymentRecord): FleetGroupModel['zonal'] {
    const { zonal, deploymentConfigName: own } = this.group;
    const applies = deploymentConfigName === own && !isForOne(creator) && (creator !== ROLLBACK_CREATOR || fleetBehaviour().rollbackIsZonal);
    return applies ? zonal : undefined;
  }

  private predicted(record: FleetDeploymentRecord, targets: readonly InstanceTargetRecord[]): readonly Batch[] {
    const { deploymentConfigName, creator } = record;
    if (targets.length > this.group.instancesPerDeployment) {
      return [];
    }
    const minimum = isForOne(creator) ? SINGLE : deploymentConfigName === this.group.deploymentConfigName ? this.group.minimumHealthyHosts : PREDEFINED_SERVER_CONFIGS[deploymentConfigName]!;
    return predictBatches(sizeOf(targets), minimum, this.zonalOf(record));
  }

  /** What the size of the fleet means for the configuration, as far as synth could not tell. */
  private fleetFindings(): readonly Finding[] {
    const { minimumHealthyHosts: minimum, zonal, instancesPerDeployment: quota } = this.group;
    const instances = this.deployments.instances.map((index) => this.options.fleet.fleet.instance(index));
    const known = this.model.findings.map(({ id }) => id);
    return fleetFindings({ fleet: sizeOf(instances), minimum, ...(zonal === undefined ? {} : { zonal }), inPlace: true, quota }).filter(({ id }) => !known.includes(id));
  }
}

const SINGLE = { type: 'HOST_COUNT', value: 0 } as const;

const isForOne = (creator: DeploymentCreator): boolean => creator === 'autoscaling' || creator === 'autoscalingTermination';

function sizeOf(instances: readonly { readonly zone: string }[]): Readonly<Record<string, number>> {
  const size: Record<string, number> = {};
  instances.forEach(({ zone }) => (size[zone] = (size[zone] ?? 0) + 1));
  return size;
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
