/** The built-in service: how one version answers one request, drawn from its profile by the request's identity. */
import type { FaultProfile, RouteProfile, ServiceProfile } from '../scenario/scenario';
import { logNormalQuantile } from './draws';
import type { ListenerName, RandomFor, ReleaseId } from './ports';

export interface SyntheticRequest {
  readonly listener: ListenerName;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Who asks, and the how-manieth time: equal identities get equal answers. */
  readonly identity: string;
  /** Time since the version came up. */
  readonly sinceUpMs: number;
  readonly release: ReleaseId;
}

export type SyntheticAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      readonly latencyMs: number;
    }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' };

export function answer(profile: ServiceProfile, request: SyntheticRequest, random: RandomFor): SyntheticAnswer {
  const draw = (what: string): number => random(`service|${request.release}|${request.identity}|${what}`);
  const path = pathOf(request.path);
  const effect = profile.faults.find(
    (fault, index) => faultApplies(fault, request.listener, path, request.sinceUpMs) && draw(`fault ${index}`) < fault.rate,
  )?.effect;
  if (effect?.kind === 'hang' || effect?.kind === 'reset') {
    return { kind: effect.kind };
  }
  const latencyMs = logNormalQuantile(profile.latency, draw('latency')) + (effect?.kind === 'latency' ? effect.addMs : 0);
  const plain = routeAnswer(profile.routes, path, request.release);
  const { status, headers, body } = effect?.kind === 'status' ? { ...plain, status: effect.status, body: effect.body } : plain;
  return { kind: 'answer', status, headers, body: request.method === 'HEAD' ? '' : body, latencyMs };
}

/** Whether a fault can hit a request; whether it does is drawn with its rate. */
export function faultApplies(fault: FaultProfile, listener: ListenerName, path: string, sinceUpMs: number): boolean {
  return (
    (fault.listener === undefined || fault.listener === listener) &&
    (fault.path === undefined || pathMatches(fault.path, path)) &&
    sinceUpMs >= fault.afterMs
  );
}

export function pathMatches(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}

const pathOf = (url: string): string => url.split(/[?#]/, 1)[0];

/** Without a route: 200, and a small document that names the release. */
export function routeAnswer(
  routes: readonly RouteProfile[],
  path: string,
  release: ReleaseId,
): { status: number; headers: Readonly<Record<string, string>>; body: string } {
  const version = { 'x-version': release };
  const route = routes.find((each) => pathMatches(each.path, path));
  if (route !== undefined) {
    return { status: route.status, headers: { ...version, ...route.headers }, body: route.body };
  }
  return {
    status: 200,
    headers: { 'content-type': 'application/json', ...version },
    body: JSON.stringify({ status: 'ok', version: release }),
  };
}
