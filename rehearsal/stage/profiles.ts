/** How the versions of a scenario behave, and what of it a platform can play. */
import { UserError } from '../report/user-error';
import type { FaultProfile, Scenario, ServiceProfile } from '../scenario/scenario';
import { DEFAULT_PROFILE } from '../scenario/service-profile';

type EffectKind = FaultProfile['effect']['kind'];

const OF_FUNCTIONS: readonly EffectKind[] = ['error', 'throttled'];
const OF_SERVICES: readonly EffectKind[] = ['status', 'reset'];

/** @throws UserError where a service is to behave as only a function can */
export function checkServiceProfiles(scenario: Scenario, rollout: string): void {
  refuseInstances(scenario, rollout);
  for (const { where, profile } of profiles(scenario)) {
    const wrong = profile.faults.find(({ effect }) => OF_FUNCTIONS.includes(effect.kind));
    if (wrong !== undefined) {
      throw new UserError(`${scenario.file}: ${where} has a fault with "${wrong.effect.kind}", which is for functions, and rollout ${rollout} is for a service; use "status", "latency", "hang" or "reset"`);
    }
  }
}

/** @throws UserError where a function is to behave as only a service can */
export function checkFunctionProfiles(scenario: Scenario, rollout: string): void {
  refuseInstances(scenario, rollout);
  for (const { where, profile } of profiles(scenario)) {
    const wrong = serviceOnly(profile);
    if (wrong !== undefined) {
      throw new UserError(`${scenario.file}: ${where} has ${wrong}, which is for services, and rollout ${rollout} is for a function; it has "latency", and faults with "error", "latency", "hang" or "throttled"`);
    }
  }
}

/**
 * @param asked whether a gate asks the instances
 * @throws UserError where instances are to answer otherwise than they are asked: as a function, as a program of the user's own, or at all where nobody asks
 */
export function checkInstanceProfiles(scenario: Scenario, rollout: string, asked: boolean): void {
  for (const { where, profile } of profiles(scenario)) {
    if (asked) {
      checkAnswers(scenario, rollout, where, profile);
      continue;
    }
    const key = PROFILE_PARTS.find(([part]) => JSON.stringify(profile[part]) !== JSON.stringify(DEFAULT_PROFILE[part]))?.[1];
    if (key !== undefined) {
      throw new UserError(`${scenario.file}: ${where} has "${key}", which is for services, and rollout ${rollout} is for instances; a release has "instanceFaults" and "scriptDurations" there`);
    }
  }
  if ((scenario.requestsPerSecond ?? 0) > 0) {
    throw new UserError(`${scenario.file}: "requestsPerSecond" is for services and functions, and no traffic is played to the instances of rollout ${rollout}; leave it out`);
  }
}

function checkAnswers({ file }: Scenario, rollout: string, where: string, profile: ServiceProfile): void {
  const wrong = profile.faults.find(({ effect }) => OF_FUNCTIONS.includes(effect.kind));
  if (wrong !== undefined) {
    throw new UserError(`${file}: ${where} has a fault with "${wrong.effect.kind}", which is for functions, and rollout ${rollout} is for instances; use "status", "latency", "hang" or "reset"`);
  }
  const listener = profile.faults.find((fault) => fault.listener === 'production');
  if (listener !== undefined) {
    throw new UserError(`${file}: ${where} has a fault of the production listener, and the instances of rollout ${rollout} are asked by its gates only; leave "listener" out`);
  }
  const key = PROFILE_PARTS.find(([part]) => !ANSWERS.includes(part) && JSON.stringify(profile[part]) !== JSON.stringify(DEFAULT_PROFILE[part]))?.[1];
  if (key !== undefined) {
    throw new UserError(`${file}: ${where} has "${key}", which is for services, and rollout ${rollout} is for instances, whose scripts start them; a release has "scriptDurations" there`);
  }
}

/** What gates hear of an instance. */
const ANSWERS: readonly (keyof ServiceProfile)[] = ['latency', 'routes', 'faults'];

const PROFILE_PARTS: readonly (readonly [keyof ServiceProfile, string])[] = [['latency', 'latency'], ['startupMs', 'startup'], ['routes', 'routes'], ['faults', 'faults'], ['command', 'command'], ['environment', 'environment']];

/** @throws UserError where a scenario is about instances, and the rollout is not */
function refuseInstances({ file, fleet, releases }: Scenario, rollout: string): void {
  const refuse = (what: string): never => {
    throw new UserError(`${file}: ${what}, which is for rollouts to EC2/on-premises, and ${rollout} is none; take it out`);
  };
  if (fleet !== undefined) {
    refuse('the scenario has "fleet"');
  }
  for (const { name, actions, ...release } of releases) {
    const key = (['instanceFaults', 'scriptDurations', 'beside'] as const).find((one) => release[one] !== undefined);
    if (key !== undefined) {
      refuse(`release ${name} has "${key}"`);
    }
    const action = actions.find(({ action: { kind } }) => kind === 'launch' || kind === 'scaleIn');
    if (action !== undefined) {
      refuse(`release ${name} has the action "${action.action.kind}"`);
    }
  }
}

function serviceOnly({ routes, command, environment, faults }: ServiceProfile): string | undefined {
  const [key] = Object.entries({ routes: routes.length > 0, command: command !== undefined, environment: environment !== undefined }).find(([, there]) => there) ?? [];
  if (key !== undefined) {
    return `"${key}"`;
  }
  const parts = faults.flatMap(({ effect, listener, path }) => [
    ...(OF_SERVICES.includes(effect.kind) ? [effect.kind] : []),
    ...(listener === undefined ? [] : ['listener']),
    ...(path === undefined ? [] : ['path']),
  ]);
  return parts.length === 0 ? undefined : `a fault with "${parts[0]}"`;
}

function profiles({ service, releases, stackUpdates }: Scenario): readonly { readonly where: string; readonly profile: ServiceProfile }[] {
  return [{ where: '"service"', profile: service }, ...releases.map(({ name, profile }) => ({ where: `release ${name}`, profile })), ...stackUpdates.flatMap(({ name, version }) => (version === undefined ? [] : [{ where: `stack update ${name}`, profile: version }]))];
}
