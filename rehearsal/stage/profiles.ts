/** How the versions of a scenario behave, and what of it a platform can play. */
import { UserError } from '../report/user-error';
import type { FaultProfile, Scenario, ServiceProfile } from '../scenario/scenario';

type EffectKind = FaultProfile['effect']['kind'];

const OF_FUNCTIONS: readonly EffectKind[] = ['error', 'throttled'];
const OF_SERVICES: readonly EffectKind[] = ['status', 'reset'];

/** @throws UserError where a service is to behave as only a function can */
export function checkServiceProfiles(scenario: Scenario, rollout: string): void {
  for (const { where, profile } of profiles(scenario)) {
    const wrong = profile.faults.find(({ effect }) => OF_FUNCTIONS.includes(effect.kind));
    if (wrong !== undefined) {
      throw new UserError(`${scenario.file}: ${where} has a fault with "${wrong.effect.kind}", which is for functions, and rollout ${rollout} is for a service; use "status", "latency", "hang" or "reset"`);
    }
  }
}

/** @throws UserError where a function is to behave as only a service can */
export function checkFunctionProfiles(scenario: Scenario, rollout: string): void {
  for (const { where, profile } of profiles(scenario)) {
    const wrong = serviceOnly(profile);
    if (wrong !== undefined) {
      throw new UserError(`${scenario.file}: ${where} has ${wrong}, which is for services, and rollout ${rollout} is for a function; it has "latency", and faults with "error", "latency", "hang" or "throttled"`);
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
