import type { TrafficRouting } from '../../lib/model/traffic';
import type { Assembly } from './assembly';
import { isObject } from './read-json';

export interface DeploymentConfig {
  readonly deploymentConfigName: string;
  readonly routing: TrafficRouting;
}

/** Deployment configurations that the assembly makes; the service's own are in `lib/model/traffic.ts`. */
export function deploymentConfigs(assembly: Assembly): readonly DeploymentConfig[] {
  return assembly.resources('AWS::CodeDeploy::DeploymentConfig').flatMap((place) => {
    const routing = trafficRouting(assembly.properties(place).TrafficRoutingConfig);
    return routing === undefined ? [] : [{ deploymentConfigName: assembly.ref(place.stack, place.logicalId), routing }];
  });
}

/** Undefined for a configuration that moves no traffic, such as one for EC2. */
function trafficRouting(config: unknown): TrafficRouting | undefined {
  if (!isObject(config)) {
    return undefined;
  }
  if (config.Type === 'TimeBasedCanary' && isObject(config.TimeBasedCanary)) {
    const { CanaryPercentage, CanaryInterval } = config.TimeBasedCanary;
    return { type: 'TimeBasedCanary', percentage: Number(CanaryPercentage), intervalMinutes: Number(CanaryInterval) };
  }
  if (config.Type === 'TimeBasedLinear' && isObject(config.TimeBasedLinear)) {
    const { LinearPercentage, LinearInterval } = config.TimeBasedLinear;
    return { type: 'TimeBasedLinear', percentage: Number(LinearPercentage), intervalMinutes: Number(LinearInterval) };
  }
  return config.Type === 'AllAtOnce' ? { type: 'AllAtOnce' } : undefined;
}
