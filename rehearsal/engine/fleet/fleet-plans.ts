/** Plans of the deployments that nobody requests: rollbacks, and what Auto Scaling brings about. */
import type { MinimumHealthyHosts } from '../../../lib/model/server/healthy-hosts';
import { ROLLBACK_CREATOR } from '../../../lib/model/status';
import type { ServiceBehaviour } from '../service-behaviour';
import type { FleetBehaviour } from './fleet-behaviour';
import type { FleetGroupModel } from './fleet-group';
import type { FleetDeploymentPlan } from './fleet-plan';
import { resolveFleetRequest } from './fleet-request';
import type { RevisionModel } from './revision';

/** What is remembered of the last deployment that succeeded. */
export type SuccessfulPlan = Pick<FleetDeploymentPlan, 'revision' | 'fileExistsBehavior'>;

/** What a deployment to a single instance needs: that it succeeds. */
const SINGLE: MinimumHealthyHosts = { type: 'HOST_COUNT', value: 0 };

export class FleetPlans {
  readonly #group: FleetGroupModel;
  readonly #service: ServiceBehaviour;
  readonly #fleet: FleetBehaviour;

  constructor(group: FleetGroupModel, service: ServiceBehaviour, fleet: FleetBehaviour) {
    // Replacements are never named by these.
    this.#group = { ...group, deployment: { type: 'IN_PLACE' } };
    this.#service = service;
    this.#fleet = fleet;
  }

  /** A deployment of the last revision that succeeded; of the failed one where none has, since blue/green installs nothing then. */
  rollback(failed: FleetDeploymentPlan, before: SuccessfulPlan | undefined, deploymentId: string): FleetDeploymentPlan {
    const { deploymentConfigName, minimum, zonal, rollback, alarms, ignoreApplicationStopFailures } = failed;
    const last = before ?? failed;
    return {
      deploymentId,
      creator: ROLLBACK_CREATOR,
      deploymentConfigName,
      minimum,
      ...(zonal !== undefined && this.#fleet.rollbackIsZonal ? { zonal } : {}),
      revision: last.revision,
      previousRevision: failed.revision,
      rollback,
      alarms: this.#service.rollbackIgnoresAlarms ? { ...alarms, enabled: false } : alarms,
      fileExistsBehavior: (this.#fleet.rollbackFileExistsBehavior === 'failed' ? failed : last).fileExistsBehavior,
      ignoreApplicationStopFailures,
      updateOutdatedInstancesOnly: false,
    };
  }

  /** A deployment to one instance that Auto Scaling launches or ends. */
  scaling(revision: RevisionModel, creator: 'autoscaling' | 'autoscalingTermination', deploymentId: string): FleetDeploymentPlan {
    const plan = resolveFleetRequest({ revision, creator }, this.#group);
    return { ...plan, deploymentId, minimum: SINGLE, zonal: undefined, rollback: { enabled: false, events: [] }, alarms: { ...plan.alarms, enabled: false } };
  }

  /** A deployment to instances that have an older revision. */
  update(revision: RevisionModel, deploymentId: string): FleetDeploymentPlan {
    return { ...resolveFleetRequest({ revision, creator: 'CodeDeployAutoUpdate', updateOutdatedInstancesOnly: true }, this.#group), deploymentId, previousRevision: revision };
  }
}
