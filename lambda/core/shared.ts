/** Functions that several rollouts share: which of them a deployment is of, it says itself. */
import { ENV } from '../../lib/model/hook-contract';
import { memberOf, memberPath, verdictAlarmName } from '../../lib/model/rollout-set';
import type { LookUpPorts } from './deployment-facts';
import { ConfigurationError, describeError } from './failures';
import type { DeploymentGroup, Environment } from './ports';
import { retrying } from './retry';
import { requiredVariable } from './settings';
import { quoted } from './text';

/** Without the answer nothing can be played, so that it is asked for more often than what a hook can do without. */
const ATTEMPTS = 6;

export type Owner = { readonly environment: Environment } | { readonly problem: string };

export const isShared = (environment: Environment): boolean => (environment.variable(ENV.deploymentGroups) ?? '') !== '';

/**
 * The environment as a function of the deployment's own rollout has it; the same one where it is the function of one rollout.
 *
 * @param until moment of the clock after which nothing new is asked
 */
export async function ownerOf(ports: LookUpPorts, environment: Environment, deploymentId: string, until: number): Promise<Owner> {
  if (!isShared(environment)) {
    return { environment };
  }
  try {
    const group = await retrying(ports, { until, attempts: ATTEMPTS }, (signal) => ports.deployments.groupOf(deploymentId, signal));
    return { environment: ownedBy(environment, group) };
  } catch (error) {
    return { problem: `the rollout of ${deploymentId} is unknown, and with it what is to be validated: ${describeError(error)}` };
  }
}

function ownedBy(environment: Environment, { application, group }: DeploymentGroup): Environment {
  const own = environmentOf(environment, { application, group });
  if (own === undefined) {
    const [ours, groups] = [requiredVariable(environment, ENV.application), requiredVariable(environment, ENV.deploymentGroups)];
    throw new ConfigurationError(`its group is ${quoted(group)} of application ${quoted(application)}, and this function is for groups of ${quoted(ours)} whose names begin with ${quoted(groups)}`);
  }
  return own;
}

/** The environment as a function of the group's own rollout has it; undefined where this function is not for that group. */
export function environmentOf(environment: Environment, { application, group }: DeploymentGroup): Environment | undefined {
  if (application !== requiredVariable(environment, ENV.application)) {
    return undefined;
  }
  if (!isShared(environment)) {
    return group === requiredVariable(environment, ENV.deploymentGroup) ? environment : undefined;
  }
  const member = memberOf(requiredVariable(environment, ENV.deploymentGroups), group);
  if (member === undefined) {
    return undefined;
  }
  const own: Readonly<Record<string, string>> = {
    [ENV.rollout]: memberPath(requiredVariable(environment, ENV.rollout), member),
    [ENV.deploymentGroup]: group,
    [ENV.verdictAlarm]: verdictAlarmName(application, group),
  };
  return { ...environment, variable: (name) => own[name] ?? environment.variable(name) };
}
