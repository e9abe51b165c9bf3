/** A deployment group of EC2/on-premises on a virtual clock. */
import type { ServerHookEvent } from '../../../../lib/model/lifecycle';
import type { AlarmState } from '../../../../lib/model/status';
import { FaultProfile, type Fault } from '../../../../rehearsal/engine/fleet/faults';
import { Fleet, type InstanceSpec } from '../../../../rehearsal/engine/fleet/fleet';
import { fleetBehaviour, type FleetBehaviour } from '../../../../rehearsal/engine/fleet/fleet-behaviour';
import { FleetDeployments } from '../../../../rehearsal/engine/fleet/fleet-deployments';
import type { FleetGroupModel } from '../../../../rehearsal/engine/fleet/fleet-group';
import type { FleetChange, FleetDeploymentRecord, InstanceTargetRecord } from '../../../../rehearsal/engine/fleet/fleet-record';
import type { FleetCreateRequest } from '../../../../rehearsal/engine/fleet/fleet-request';
import { Agents } from '../../../../rehearsal/engine/fleet/host-states';
import type { RevisionModel } from '../../../../rehearsal/engine/fleet/revision';
import type { HostFiles, ScriptExecution, ScriptRunner } from '../../../../rehearsal/engine/fleet/scripts';
import { simulatedScripts } from '../../../../rehearsal/engine/fleet/scripts';
import { seededRandom } from '../../../../rehearsal/engine/random';
import type { AutoScaling } from '../../../../rehearsal/engine/fleet/auto-scaling';
import { EventScheduler } from '../../../../rehearsal/engine/scheduler';
import { serviceBehaviour, type ServiceBehaviour } from '../../../../rehearsal/engine/service-behaviour';

export const GROUP: FleetGroupModel = {
  applicationName: 'shop',
  deploymentGroupName: 'web',
  applicationArn: 'arn:aws:codedeploy:eu-central-1:111122223333:application:shop',
  deploymentGroupArn: 'arn:aws:codedeploy:eu-central-1:111122223333:deploymentgroup:shop/web',
  deploymentConfigName: 'CodeDeployDefault.OneAtATime',
  minimumHealthyHosts: { type: 'MOST_CONCURRENCY', value: 1 },
  serviceRoleArn: 'arn:aws:iam::111122223333:role/deployer',
  targets: { autoScalingGroups: ['asg'], ec2TagGroups: [], onPremisesTagGroups: [] },
  loadBalancers: [],
  deployment: { type: 'IN_PLACE' },
  outdatedInstances: 'UPDATE',
  terminationHook: false,
  fileExistsBehavior: 'DISALLOW',
  ignoreApplicationStopFailures: false,
  instancesPerDeployment: 1000,
  rollbackEvents: [],
  alarmNames: [],
  ignorePollAlarmFailure: false,
};

/** Everything that is done to instances takes a second, and nothing lies between. */
export const PLAIN: Partial<FleetBehaviour> = {
  commandGapMs: 0,
  emptyEventMs: 1000,
  downloadMs: 1000,
  installMs: 1000,
  scriptMs: 1000,
  blockTrafficMs: 1000,
  allowTrafficMs: 1000,
};

export const instances = (count: number, more: Partial<InstanceSpec> = {}, prefix = 'i'): InstanceSpec[] =>
  Array.from({ length: count }, (_, index) => ({ id: `${prefix}-${index + 1}`, zone: 'a', platform: 'ec2', tags: {}, autoScalingGroup: 'asg', ...more }));

export const script = (location: string, timeoutSeconds = 3600) => ({ location, timeoutSeconds });

export function revision(release: string, events: readonly ServerHookEvent[] = [], more: Partial<RevisionModel> = {}): RevisionModel {
  return {
    release,
    location: { revisionType: 'S3', s3Location: { key: release } },
    scripts: Object.fromEntries(events.map((event) => [event, [script(`${event}.sh`)]])),
    files: ['/srv/app'],
    ...more,
  };
}

export interface FleetStageOptions {
  readonly group?: Partial<FleetGroupModel>;
  readonly fleet?: Partial<FleetBehaviour>;
  readonly service?: Partial<ServiceBehaviour>;
  readonly faults?: readonly Fault[];
  readonly initialRevision?: RevisionModel;
  /** Shares fleet, agents and time with another one. */
  readonly beside?: FleetStage;
  /** Files that are more than names. */
  readonly files?: (scheduler: EventScheduler) => HostFiles;
  /** Whose fleet it plays on, with its time. */
  readonly autoScaling?: AutoScaling;
  readonly scheduler?: EventScheduler;
}

export class FleetStage {
  readonly scheduler: EventScheduler;
  readonly fleet: Fleet;
  readonly agents: Agents;
  readonly alarms: Record<string, AlarmState | undefined> = {};
  readonly changes: FleetChange[] = [];
  readonly scripts: string[] = [];
  readonly deployments: FleetDeployments;

  constructor(specs: readonly InstanceSpec[], { group, fleet, service, faults = [], initialRevision, beside, autoScaling, scheduler, files }: FleetStageOptions = {}) {
    this.scheduler = beside?.scheduler ?? scheduler ?? new EventScheduler();
    this.fleet = beside?.fleet ?? autoScaling?.fleet ?? new Fleet(specs);
    this.agents = beside?.agents ?? new Agents(this.fleet);
    const random = seededRandom(1);
    this.deployments = new FleetDeployments({
      group: { ...GROUP, ...group },
      agents: this.agents,
      scheduler: this.scheduler,
      random,
      alarms: { state: (name) => this.alarms[name] },
      faults: new FaultProfile(faults, random),
      scripts: { ...this.#recording(simulatedScripts(this.scheduler, fleetBehaviour({ ...PLAIN, ...fleet }).scriptMs)), ...(files === undefined ? {} : { files: files(this.scheduler) }) },
      behaviour: serviceBehaviour({ createdToInProgressMs: 0, ...service }),
      fleetBehaviour: fleetBehaviour({ ...PLAIN, ...fleet }),
      ...(initialRevision === undefined ? {} : { initialRevision }),
      ...(autoScaling === undefined ? {} : { autoScaling }),
    });
    this.deployments.onChange((change) => this.changes.push(change));
  }

  create(release: string | RevisionModel = 'r1', more: Partial<FleetCreateRequest> = {}): string {
    return this.deployments.create({ revision: typeof release === 'string' ? revision(release) : release, ...more });
  }

  /** Plays until nothing happens by itself any more. */
  play(): void {
    while (!this.deployments.settled && this.scheduler.runNext()) {
      // time passes
    }
  }

  /** Creates a deployment and plays it. */
  deploy(release: string | RevisionModel = 'r1', more: Partial<FleetCreateRequest> = {}): FleetDeploymentRecord {
    const id = this.create(release, more);
    this.play();
    return this.deployments.get(id);
  }

  rollbackOf({ rollbackInfo }: FleetDeploymentRecord): FleetDeploymentRecord {
    return this.deployments.get(rollbackInfo?.rollbackDeploymentId ?? '');
  }

  targets(id: string): readonly InstanceTargetRecord[] {
    return this.deployments.targetIds(id).map((target) => this.deployments.target(id, target));
  }

  /** `ID STATUS` of each. */
  statuses(id: string): string[] {
    return this.targets(id).map(({ targetId, status }) => `${targetId} ${status}`);
  }

  /** When each instance began and ended, in seconds. */
  times(id: string): string[] {
    return this.targets(id).map(({ targetId, lifecycleEvents }) => `${targetId} ${(lifecycleEvents[0].startTime ?? Number.NaN) / 1000}-${(lifecycleEvents.at(-1)?.endTime ?? Number.NaN) / 1000}`);
  }

  /** Release on each instance. */
  installed(): string {
    return this.fleet.instances.map(({ index }) => this.deployments.installed(index)?.release ?? '-').join(' ');
  }

  #recording(runner: ScriptRunner): ScriptRunner {
    return {
      run: (execution: ScriptExecution, done) => {
        this.scripts.push(`${execution.instance.id} ${execution.event} of ${execution.revision.release}`);
        runner.run(execution, done);
      },
    };
  }
}

export const eventLines = ({ lifecycleEvents }: InstanceTargetRecord): string[] =>
  lifecycleEvents.map(({ lifecycleEventName, status, startTime, endTime }) => `${lifecycleEventName} ${status}${startTime === undefined ? '' : ` ${startTime}-${endTime ?? ''}`}`);
