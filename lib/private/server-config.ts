/** The deployment configurations of EC2/on-premises. */
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type { Duration } from 'aws-cdk-lib/core';
import { Duration as Time } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { MinimumHealthyHosts, MinimumHealthyHostsPerZone, ZonalConfiguration } from '../model/server/healthy-hosts';
import { HealthyHosts } from '../server/healthy-hosts';
import type { ServerInPlaceOptions, ServerZonalOptions } from '../server/server-deployment';
import { requireKind } from './kinds';
import { literalNameWith } from './names';
import { requireDuration } from './numbers';

export interface HealthyHostsConfiguration {
  readonly minimum: MinimumHealthyHosts;
  readonly zonal?: ZonalConfiguration;
  /** Of the service's own configuration, if it is one. */
  readonly predefined?: string;
}

/** No limit is documented; a wait that is longer leaves no time for the deployment itself, which may take 12 hours. */
const MAX_MONITOR_SECONDS = 86_400;

const SUCH = 'take such as HealthyHosts.count(1) or HealthyHosts.percent(50)';

/** As it is for deployments of both kinds; zones are those of deployments in place alone. */
export function healthyHostsConfiguration(healthyHosts: HealthyHosts = HealthyHosts.oneAtATime()): HealthyHostsConfiguration {
  requireKind("'healthyHosts'", healthyHosts, '_minimum', SUCH);
  const { _minimum: minimum, _configName: predefined } = healthyHosts;
  return { minimum, ...(predefined === undefined ? {} : { predefined }) };
}

/** @throws for what no deployment configuration can say */
export function inPlaceConfiguration({ healthyHosts, zonal }: ServerInPlaceOptions): HealthyHostsConfiguration {
  const config = healthyHostsConfiguration(healthyHosts);
  if (zonal === undefined) {
    return config;
  }
  const { minimum } = config;
  if (minimum.type === 'MOST_CONCURRENCY') {
    throw new Error(
      "'zonal' takes a deployment configuration of your own, and 'oneAtATime' is one of the service's own that no other can say; " +
        "give 'healthyHosts' as a count of one less than the fleet has instances, or as a percentage",
    );
  }
  return { minimum, zonal: zonalConfiguration(zonal) };
}

function zonalConfiguration({ monitorDuration, firstZoneMonitorDuration, minimumHealthyHostsPerZone }: ServerZonalOptions): ZonalConfiguration {
  return {
    ...(monitorDuration === undefined ? {} : { monitorDurationSeconds: seconds('monitorDuration', monitorDuration) }),
    ...(firstZoneMonitorDuration === undefined ? {} : { firstZoneMonitorDurationSeconds: seconds('firstZoneMonitorDuration', firstZoneMonitorDuration) }),
    ...(minimumHealthyHostsPerZone === undefined ? {} : { minimumHealthyHostsPerZone: perZone(minimumHealthyHostsPerZone) }),
  };
}

function seconds(prop: string, duration: Duration): number {
  requireDuration(prop, duration, 'seconds', 0, MAX_MONITOR_SECONDS);
  return duration.toSeconds();
}

function perZone(healthyHosts: HealthyHosts): MinimumHealthyHostsPerZone {
  requireKind("'minimumHealthyHostsPerZone'", healthyHosts, '_minimum', SUCH);
  const { type, value } = healthyHosts._minimum;
  if (type === 'MOST_CONCURRENCY') {
    throw new Error("'minimumHealthyHostsPerZone' is a count or a percentage, got 'oneAtATime'; give a count of one less than the zone has instances");
  }
  return { type, value };
}

/** A configuration of the service is taken by its name; any other is made, under a name that changes with what it says, since no configuration can be changed. */
export function bindConfig(scope: Construct, { minimum, zonal, predefined }: HealthyHostsConfiguration): codedeploy.IServerDeploymentConfig {
  if (predefined !== undefined) {
    return codedeploy.ServerDeploymentConfig.fromServerDeploymentConfigName(scope, 'DeploymentConfig', predefined);
  }
  const { count, percentage } = codedeploy.MinimumHealthyHosts;
  return new codedeploy.ServerDeploymentConfig(scope, 'DeploymentConfig', {
    deploymentConfigName: literalNameWith(scope, label(minimum, zonal)),
    minimumHealthyHosts: minimum.type === 'HOST_COUNT' ? count(minimum.value) : percentage(minimum.value),
    ...(zonal === undefined ? {} : { zonalConfig: zonalConfig(zonal) }),
  });
}

function zonalConfig({ monitorDurationSeconds, firstZoneMonitorDurationSeconds, minimumHealthyHostsPerZone: zone }: ZonalConfiguration): codedeploy.ZonalConfig {
  const { count, percentage } = codedeploy.MinimumHealthyHostsPerZone;
  return {
    ...(monitorDurationSeconds === undefined ? {} : { monitorDuration: Time.seconds(monitorDurationSeconds) }),
    ...(firstZoneMonitorDurationSeconds === undefined ? {} : { firstZoneMonitorDuration: Time.seconds(firstZoneMonitorDurationSeconds) }),
    ...(zone === undefined ? {} : { minimumHealthyHostsPerZone: zone.type === 'HOST_COUNT' ? count(zone.value) : percentage(zone.value) }),
  };
}

function label(minimum: MinimumHealthyHosts, zonal: ZonalConfiguration | undefined): string {
  const parts = [hostsLabel(minimum)];
  if (zonal !== undefined) {
    const { monitorDurationSeconds: each, firstZoneMonitorDurationSeconds: first, minimumHealthyHostsPerZone: zone } = zonal;
    parts.push('Zonal', ...(first === undefined ? [] : [`First${first}Seconds`]), ...(each === undefined ? [] : [`Each${each}Seconds`]), ...(zone === undefined ? [] : [hostsLabel(zone)]));
  }
  return parts.join('-');
}

const hostsLabel = ({ type, value }: MinimumHealthyHosts): string => (type === 'HOST_COUNT' ? `${value}Hosts` : `${value}Percent`);
