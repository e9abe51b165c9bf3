/** How one version of a function behaves when it is invoked, drawn from its profile by the identity of the invocation. */
import type { ServiceProfile } from '../../scenario/scenario';
import { logNormalQuantile } from '../draws';
import type { RandomFor, ReleaseId } from '../ports';

export interface DrawnInvocation {
  readonly release: ReleaseId;
  /** Who invokes, and the how-manieth time: equal identities get equal answers. */
  readonly identity: string;
  /** Time since the version was published. */
  readonly sincePublishedMs: number;
}

/** `run`: as the function itself does, this much later. */
export type FunctionBehaviour =
  | { readonly kind: 'run'; readonly latencyMs: number }
  | { readonly kind: 'error'; readonly message: string; readonly latencyMs: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'throttled' };

export function behaviourOf(profile: ServiceProfile, { release, identity, sincePublishedMs }: DrawnInvocation, random: RandomFor): FunctionBehaviour {
  const draw = (what: string): number => random(`function|${release}|${identity}|${what}`);
  const effect = profile.faults.find(({ afterMs, rate }, index) => sincePublishedMs >= afterMs && draw(`fault ${index}`) < rate)?.effect;
  const latencyMs = logNormalQuantile(profile.latency, draw('latency'));
  switch (effect?.kind) {
    case 'hang':
    case 'throttled':
      return { kind: effect.kind };
    case 'error':
      return { kind: 'error', message: effect.message, latencyMs };
    case 'latency':
      return { kind: 'run', latencyMs: latencyMs + effect.addMs };
    default:
      return { kind: 'run', latencyMs };
  }
}
