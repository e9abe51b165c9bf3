/** What a report tells of a rollout to instances: its deployments, what the size of its fleet means, and its Auto Scaling groups. */
import type { AutoScalingGroupReport, DeploymentReport } from '../../lib/model/report';
import type { Finding } from '../../lib/model/rollout';
import { predictBatches, type Batch } from '../../lib/model/server/batches';
import { copiedGroupPrefix } from '../../lib/model/server/deployment-group-request';
import { fleetFindings } from '../../lib/model/server/fleet-findings';
import type { ZonalConfiguration } from '../../lib/model/server/healthy-hosts';
import { ROLLBACK_CREATOR, type DeploymentCreator } from '../../lib/model/status';
import type { ServerRolloutModel } from '../assembly/server-rollout-model';
import { wholeMilliseconds } from '../engine/deployment-report';
import { fleetBehaviour } from '../engine/fleet/fleet-behaviour';
import type { FleetDeployments } from '../engine/fleet/fleet-deployments';
import type { FleetDeploymentRecord, InstanceTargetRecord } from '../engine/fleet/fleet-record';
import { fleetDeploymentReport } from '../engine/fleet/fleet-report';
import type { ServerGroup, ServerGroups } from '../engine/fleet/server-groups';
import type { ReleaseId } from '../engine/ports';
import type { StagedFleet } from './staged-fleet';

export interface ServerReportOptions {
  readonly model: ServerRolloutModel;
  readonly slot: ServerGroup;
  readonly groups: ServerGroups;
  readonly fleet: StagedFleet;
  readonly releaseName: (release: ReleaseId) => string;
}

export class ServerReport {
  readonly #options: ServerReportOptions;

  constructor(options: ServerReportOptions) {
    this.#options = options;
  }

  get deployments(): readonly DeploymentReport[] {
    return this.#options.slot.all.flatMap((deployments) => deployments.list().map((record) => this.#report(deployments, record)));
  }

  /** Those of the rollout, with their copies. */
  get autoScalingGroups(): readonly AutoScalingGroupReport[] {
    const { model, slot, fleet } = this.#options;
    const { autoScaling } = fleet;
    const own = model.autoScalingGroups.map(({ name }) => name);
    const copies = copiedGroupPrefix(model.deploymentGroup.name);
    const serving = slot.exists ? slot.settings.targets.autoScalingGroups : [];
    return autoScaling.groups
      .filter(({ name }) => own.includes(name) || name.startsWith(copies))
      .map(({ name }) => ({ name, instances: autoScaling.instances(name).length, isOfDeploymentGroup: serving.includes(name), desired: autoScaling.desiredOf(name).map(({ at, desired }) => ({ at: wholeMilliseconds(at), instances: desired })) }));
  }

  /** What the size of the fleet means for the configuration, as far as synth could not tell. */
  get findings(): readonly Finding[] {
    const { model, slot, fleet } = this.#options;
    if (!slot.exists) {
      return [];
    }
    const { minimumHealthyHosts: minimum, zonal, instancesPerDeployment: quota, deployment } = slot.deployments.group;
    const instances = slot.deployments.instances.map((index) => fleet.fleet.instance(index));
    const known = model.findings.map(({ id }) => id);
    return fleetFindings({ fleet: sizeOf(instances), minimum, ...(zonal === undefined ? {} : { zonal }), inPlace: deployment.type === 'IN_PLACE', quota }).filter(({ id }) => !known.includes(id));
  }

  #report(deployments: FleetDeployments, record: FleetDeploymentRecord): DeploymentReport {
    const { releaseName, fleet } = this.#options;
    const { deploymentId } = record;
    const targets = deployments.targetIds(deploymentId).map((id) => deployments.target(deploymentId, id));
    const installedOn = targets.filter(({ instanceLabel }) => instanceLabel !== 'Blue');
    return fleetDeploymentReport(record, {
      targets,
      predicted: installedOn.length > deployments.group.instancesPerDeployment ? [] : this.#predicted(record, installedOn),
      zonal: this.#zonalOf(record) !== undefined,
      releaseName,
      autoScalingGroupOf: (id) => fleet.autoScalingGroupOf(id),
    });
  }

  /** Those of the installation; in blue/green on the replacements, and a rollback of it installs nothing. */
  #predicted(record: FleetDeploymentRecord, targets: readonly InstanceTargetRecord[]): readonly Batch[] {
    const { deploymentConfigName, creator, blueGreen } = record;
    if (blueGreen !== undefined && creator === ROLLBACK_CREATOR) {
      return [];
    }
    const minimum = isForOne(creator) ? SINGLE : this.#options.groups.config(deploymentConfigName).minimumHealthyHosts;
    return predictBatches(sizeOf(targets), minimum, this.#zonalOf(record));
  }

  #zonalOf({ creator, deploymentConfigName }: FleetDeploymentRecord): ZonalConfiguration | undefined {
    const applies = !isForOne(creator) && (creator !== ROLLBACK_CREATOR || fleetBehaviour().rollbackIsZonal);
    return applies ? this.#options.groups.config(deploymentConfigName).zonal : undefined;
  }
}

const SINGLE = { type: 'HOST_COUNT', value: 0 } as const;

const isForOne = (creator: DeploymentCreator): boolean => creator === 'autoscaling' || creator === 'autoscalingTermination';

function sizeOf(instances: readonly { readonly zone: string }[]): Readonly<Record<string, number>> {
  const size: Record<string, number> = {};
  instances.forEach(({ zone }) => (size[zone] = (size[zone] ?? 0) + 1));
  return size;
}
