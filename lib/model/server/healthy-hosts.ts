/**
 * Minimum healthy hosts: how many instances a deployment to EC2/on-premises takes at a time, when it has failed, when it has succeeded.
 *
 * One calculation serves deployments in place, the installation on a replacement fleet and the rerouting of traffic to it: all follow the same rules on the fleet
 * that they are about.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/instances-health.html
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
 */

/** A minimum as deployment configurations state it; MOST_CONCURRENCY is the service's own, and nobody else can set it. */
export interface MinimumHealthyHosts {
  readonly type: 'HOST_COUNT' | 'FLEET_PERCENT' | 'MOST_CONCURRENCY';
  /** Instances, percent, or instances at a time. */
  readonly value: number;
}

/** Minimum of an Availability Zone. */
export interface MinimumHealthyHostsPerZone {
  readonly type: 'HOST_COUNT' | 'FLEET_PERCENT';
  readonly value: number;
}

/** One Availability Zone after the other, with waits between them. */
export interface ZonalConfiguration {
  /** Seconds to wait after a zone; absent: none. */
  readonly monitorDurationSeconds?: number;
  /** Seconds to wait after the first zone; absent: as after the others. */
  readonly firstZoneMonitorDurationSeconds?: number;
  /** Absent: 0 percent, so that a whole zone is deployed to at a time where the minimum of the fleet allows it. */
  readonly minimumHealthyHostsPerZone?: MinimumHealthyHostsPerZone;
}

/** Every configuration for EC2/on-premises that the service brings along, by name; none is zonal. */
export const PREDEFINED_SERVER_CONFIGS: Readonly<Record<string, MinimumHealthyHosts>> = {
  'CodeDeployDefault.AllAtOnce': { type: 'HOST_COUNT', value: 0 },
  'CodeDeployDefault.HalfAtATime': { type: 'FLEET_PERCENT', value: 50 },
  'CodeDeployDefault.OneAtATime': { type: 'MOST_CONCURRENCY', value: 1 },
};

/** The one that the service takes where none is named. */
export const DEFAULT_SERVER_CONFIG = 'CodeDeployDefault.OneAtATime';

/** How many of `total` instances must be healthy: percentages are rounded up when the deployment starts. */
export function requiredHealthy({ type, value }: MinimumHealthyHosts, total: number): number {
  switch (type) {
    case 'HOST_COUNT':
      return value;
    case 'FLEET_PERCENT':
      return Math.ceil((total * value) / 100);
    case 'MOST_CONCURRENCY':
      return Math.max(0, total - value);
  }
}

/** How many instances of a fleet of this size are deployed to at a time while nothing has failed; 0 where the deployment cannot start. */
export function concurrency(minimum: MinimumHealthyHosts, total: number): number {
  return Math.max(0, total - requiredHealthy(minimum, total));
}

/** Whether a deployment to a fleet of this size fails before it begins: no instance may be taken down. */
export function failsAtOnce(minimum: MinimumHealthyHosts, total: number): boolean {
  return concurrency(minimum, total) === 0;
}

/** Where a deployment, or its part in one zone, stands. */
export interface FleetProgress {
  /** Instances that it is to deploy to, those that it has finished included. */
  readonly total: number;
  /** What `requiredHealthy` said when it started. */
  readonly required: number;
  /** Instances to which it has failed. */
  readonly failed: number;
  /** Instances that it works on now. */
  readonly inProgress: number;
  /** Instances that it has not begun with. */
  readonly remaining: number;
}

/** How many more instances may be begun with now: those down by failure and those down by work leave the minimum untouched. */
export function mayBegin({ total, required, failed, inProgress, remaining }: FleetProgress): number {
  return Math.max(0, Math.min(remaining, total - failed - required - inProgress));
}

/**
 * The same where instances are only given traffic, which takes none of them down: one may always be begun with. It matters where replacements whose installation
 * failed are missing, and no more are left than the minimum.
 */
export function mayReroute(progress: FleetProgress): number {
  return mayBegin({ ...progress, required: Math.min(progress.required, progress.total - progress.failed - 1) });
}

/**
 * Whether failures have broken the deployment off: the healthy instances have fallen to the minimum while there is still an instance to deploy to. This is why the
 * failure of the last instance is forgiven, and no other one at a minimum of all but one.
 */
export function brokenOff({ total, required, failed, remaining }: Omit<FleetProgress, 'inProgress'>): boolean {
  return failed > 0 && remaining > 0 && total - failed <= required;
}

/** Whether a deployment that has been to every instance has succeeded: on as many as the minimum, and on one at least. */
export function hasSucceeded(succeeded: number, required: number): boolean {
  return succeeded >= Math.max(1, required);
}

/** What the service knows of an instance from the deployments before. */
export interface InstanceHealth {
  /** Whether the last deployment to it succeeded; without one it is not healthy. */
  readonly healthy: boolean;
  /** `current`: the revision of the group's last successful deployment; `unknown`: none has been installed with success. */
  readonly revision: 'current' | 'old' | 'unknown';
}

const REVISION_RANK = { unknown: 1, old: 2, current: 3 } as const;

/** Place in the order of picking, the lowest first: unhealthy, then of unknown, old and current revision. */
export function pickingRank({ healthy, revision }: InstanceHealth): number {
  return healthy ? REVISION_RANK[revision] : 0;
}
