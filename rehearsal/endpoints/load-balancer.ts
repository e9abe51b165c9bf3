/**
 * An Application Load Balancer on loopback: a production and a test listener, target groups by weight, metrics of what went through.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/introduction.html
 */
import { performance } from 'node:perf_hooks';
import type { Conductor } from '../sandbox/conductor';
import type { SingleRequest } from '../engine/background-traffic';
import type { ListenerName, RandomFor, ReleaseId, Routing } from '../engine/ports';
import { answer as syntheticAnswer } from '../engine/synthetic-service';
import { wildcard } from './ec2';
import { forwardTo } from './forward';
import type { LoopbackAnswer, LoopbackRequest, LoopbackResponse, LoopbackServer } from './loopback-server';
import { startLoopbackServer } from './loopback-server';
import type { Upstream } from './upstreams';

/** How long the load balancer waits for a target. */
export const ALB_IDLE_TIMEOUT_MS = 60_000;

/** A rule that forwards to this rollout's target groups. Without any rule the default action does. */
export interface ListenerRule {
  readonly priority: number;
  /** May hold `*` and `?`; case counts. */
  readonly paths?: readonly string[];
  /** May hold `*` and `?`; case does not count. */
  readonly hosts?: readonly string[];
}

export interface BalancerListener {
  readonly name: ListenerName;
  readonly protocol: 'HTTP' | 'HTTPS';
  /** Port as deployed: what the targets see in `X-Forwarded-Port`. */
  readonly port: number;
  readonly rules?: readonly ListenerRule[];
}

export interface BalancerPorts {
  readonly routing: Routing;
  readonly random: RandomFor;
  upstream(release: ReleaseId): Upstream;
  /** Told of every request, for the metrics. */
  record(request: SingleRequest): void;
  /** Who sends: stays the same whatever the order of arrival, such as the invocation behind a port. */
  client(request: LoopbackRequest): string;
  /** Told why a real upstream could not answer. */
  upstreamFailed?(release: ReleaseId, reason: string): void;
}

/** One listener as a function of requests. */
export function listenerHandler(listener: BalancerListener, ports: BalancerPorts): (request: LoopbackRequest) => LoopbackAnswer {
  const seen = new Map<string, number>();
  return (request) => {
    const at = request.arrivedAt;
    if (!ruleMatches(listener.rules, request)) {
      ports.record({ at, outcome: { kind: 'elb', status: 404 } });
      return { status: 404, headers: OWN_HEADERS, body: '' };
    }
    const key = `${ports.client(request)}|${listener.name}|${request.method} ${request.url}`;
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    return route({ listener, ports, request, identity: `${key}|${times}` });
  };
}

interface Passing {
  readonly listener: BalancerListener;
  readonly ports: BalancerPorts;
  readonly request: LoopbackRequest;
  readonly identity: string;
}

function route(passing: Passing): LoopbackAnswer {
  const { listener, ports, request, identity } = passing;
  const targetGroup = chooseTarget(ports.routing.targets(listener.name), ports.random(`balancer|${identity}`));
  const release = targetGroup === undefined ? undefined : ports.routing.release(targetGroup);
  if (targetGroup === undefined || release === undefined) {
    return ownAnswer(passing, targetGroup, 503);
  }
  const upstream = ports.upstream(release);
  if (upstream.kind === 'real') {
    return { forward: () => forwardRequest(passing, targetGroup, release, upstream.origin) };
  }
  const sinceUpMs = request.arrivedAt - upstream.upSince;
  const asked = { listener: listener.name, method: request.method, path: request.url, identity, sinceUpMs, release };
  const answer = syntheticAnswer(upstream.profile, asked, ports.random);
  if (answer.kind !== 'answer' || answer.latencyMs >= ALB_IDLE_TIMEOUT_MS) {
    // A client never sees the connection between load balancer and target: silence is a 504, a broken connection a 502.
    return answer.kind === 'reset' ? ownAnswer(passing, targetGroup, 502) : ownAnswer(passing, targetGroup, 504, ALB_IDLE_TIMEOUT_MS);
  }
  const { status, headers, body, latencyMs } = answer;
  ports.record({ at: request.arrivedAt, targetGroup, outcome: { kind: 'target', status, latencyMs } });
  return { status, headers, body, afterMs: latencyMs };
}

/** Weights need not sum to 100. Undefined where no target group has any. */
export function chooseTarget(
  targets: readonly { readonly targetGroup: string; readonly weight: number }[],
  uniform: number,
): string | undefined {
  let left = uniform * targets.reduce((sum, { weight }) => sum + weight, 0);
  for (const { targetGroup, weight } of targets) {
    left -= weight;
    if (left < 0) {
      return targetGroup;
    }
  }
  return undefined;
}

async function forwardRequest(passing: Passing, targetGroup: string, release: ReleaseId, origin: URL): Promise<LoopbackResponse> {
  const { listener, ports, request } = passing;
  const started = performance.now();
  const result = await forwardTo(origin, { ...request, protocol: listener.protocol, port: listener.port }, ALB_IDLE_TIMEOUT_MS);
  if (result.kind !== 'answer') {
    ports.upstreamFailed?.(release, result.kind === 'timeout' ? `no answer within ${ALB_IDLE_TIMEOUT_MS / 1000} s` : result.reason);
    return ownAnswer(passing, targetGroup, result.kind === 'timeout' ? 504 : 502);
  }
  const { status, headers, body } = result;
  ports.record({ at: request.arrivedAt, targetGroup, outcome: { kind: 'target', status, latencyMs: performance.now() - started } });
  return { status, headers, body };
}

const OWN_HEADERS = { server: 'awselb/2.0', 'content-type': 'text/html' } as const;

const TITLES: Readonly<Record<number, string>> = {
  502: '502 Bad Gateway',
  503: '503 Service Temporarily Unavailable',
  504: '504 Gateway Time-out',
};

/** An error that no target gave. */
function ownAnswer({ ports, request }: Passing, targetGroup: string | undefined, status: 502 | 503 | 504, afterMs = 0): LoopbackResponse {
  ports.record({ at: request.arrivedAt, targetGroup, outcome: { kind: 'elb', status } });
  const title = TITLES[status];
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  return { status, headers: OWN_HEADERS, body, afterMs };
}

/** Whether a request is for this rollout; where several rules match, they all lead to the same target groups. */
export function ruleMatches(rules: readonly ListenerRule[] | undefined, request: Pick<LoopbackRequest, 'url' | 'headers'>): boolean {
  if (rules === undefined || rules.length === 0) {
    return true;
  }
  const path = request.url.split('?')[0];
  const host = String(request.headers.host ?? '')
    .replace(/:\d+$/, '')
    .toLowerCase();
  return rules.some(
    ({ paths, hosts }) =>
      (paths === undefined || paths.some((pattern) => wildcard(pattern).test(path))) &&
      (hosts === undefined || hosts.some((pattern) => wildcard(pattern.toLowerCase()).test(host))),
  );
}

export interface LoadBalancerOptions extends BalancerPorts {
  readonly conductor: Conductor;
  /** For messages, such as `app/web/50dc6c495c0c9188`. */
  readonly name: string;
  readonly production: BalancerListener;
  readonly test?: BalancerListener;
  /** Key and certificate, where a listener speaks HTTPS. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface LoadBalancer {
  readonly production: LoopbackServer;
  readonly test?: LoopbackServer;
  close(): Promise<void>;
}

/** Starts a server for each listener, on free ports: clients are led there from the ports as deployed. */
export async function startLoadBalancer(options: LoadBalancerOptions): Promise<LoadBalancer> {
  const start = (listener: BalancerListener): Promise<LoopbackServer> => {
    const secure = listener.protocol === 'HTTPS';
    if (secure && options.tls === undefined) {
      throw new Error(
        `the ${listener.name} listener of ${options.name} speaks HTTPS and needs a certificate; issue one from the certificate authority`,
      );
    }
    return startLoopbackServer({
      name: `${options.name} ${listener.name} listener`,
      conductor: options.conductor,
      handle: listenerHandler(listener, options),
      ...(secure && { tls: options.tls }),
    });
  };
  const production = await start(options.production);
  try {
    const test = options.test && (await start(options.test));
    return { production, ...(test && { test }), close: async () => void (await Promise.all([production.close(), test?.close()])) };
  } catch (error) {
    await production.close();
    throw error;
  }
}
