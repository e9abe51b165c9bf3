/** What CloudFormation asks of the live listener guard. */
import type { ResourceRequest } from '../../../lib/model/deployment-request';
import type { LiveListenerProperties } from '../../../lib/model/live-listener';
import { ConfigurationError } from '../failures';
import { quoted } from '../text';

/** Where a listener may be found. */
export interface ListenerPlace {
  readonly loadBalancerArn: string;
  readonly port: number;
}

export interface LiveListenerTask {
  readonly kind: 'live listener';
  readonly request: ResourceRequest;
  /** Where it is now, the likeliest first: an update may move it to another port, and a rollback back from there. */
  readonly places: readonly ListenerPlace[];
  readonly targetGroups: readonly [string, string];
}

type GuardTask = LiveListenerTask | { readonly kind: 'nothing'; readonly request: ResourceRequest; readonly why: string };

/** @throws ConfigurationError */
export function liveListenerTask(request: ResourceRequest): GuardTask {
  const { RequestType, ResourceProperties: now, OldResourceProperties: before } = request as unknown as ResourceRequest<LiveListenerProperties>;
  if (RequestType === 'Delete') {
    return { kind: 'nothing', request, why: 'a live listener guard owns nothing' };
  }
  const targetGroups = pairOf(now);
  const wanted = placeOf(now);
  const places = before === undefined ? [wanted] : [placeOf(before), wanted];
  return { kind: 'live listener', request, places: distinct(places), targetGroups };
}

function placeOf({ Listener: listener }: LiveListenerProperties): ListenerPlace {
  const { LoadBalancerArn: loadBalancerArn, Port: port } = (listener ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof loadBalancerArn !== 'string' || loadBalancerArn === '') {
    throw new ConfigurationError(`'Listener.LoadBalancerArn' must be a text that is not empty, got ${loadBalancerArn === '' ? '""' : typeof loadBalancerArn}`);
  }
  if (!/^\d{1,5}$/.test(String(port))) {
    throw new ConfigurationError(`'Listener.Port' must be a whole number from 1 to 65535, got ${quoted(String(port))}`);
  }
  return { loadBalancerArn, port: Number(port) };
}

function pairOf({ TargetGroupArns: arns }: LiveListenerProperties): readonly [string, string] {
  const [first, second, ...more] = Array.isArray(arns) ? (arns as readonly unknown[]) : [];
  if (typeof first !== 'string' || typeof second !== 'string' || more.length > 0) {
    throw new ConfigurationError(`'TargetGroupArns' must be two texts, got ${quoted(JSON.stringify(arns) ?? 'nothing')}`);
  }
  return [first, second];
}

function distinct(places: readonly ListenerPlace[]): readonly ListenerPlace[] {
  return places.filter((place, index) => places.findIndex((other) => other.loadBalancerArn === place.loadBalancerArn && other.port === place.port) === index);
}
