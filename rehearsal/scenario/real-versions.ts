import type { Scenario } from './scenario';

/** Whether a scenario starts programs, so that results hang on the world outside. */
export function playsRealVersions({ service, releases }: Scenario): boolean {
  return [service, ...releases.map(({ profile }) => profile)].some(({ command }) => command !== undefined);
}
