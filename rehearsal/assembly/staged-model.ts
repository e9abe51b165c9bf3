/** What the stage has to know of a rollout, whoever controls its deployments. */
import type { Finding } from '../../lib/model/rollout';
import type { ListenerRule } from '../endpoints/load-balancer';
import type { ResolvedAlarm } from './alarms';

/** A listener of the load balancer, as clients see it. */
export interface StagedListener {
  readonly port: number;
  readonly protocol: 'HTTP' | 'HTTPS';
  readonly rules?: readonly ListenerRule[];
}

export interface StagedTargetGroup {
  readonly name: string;
  readonly fullName: string;
  readonly arn: string;
}

/** A function that the service invokes, and at which lifecycle event or stage. */
export interface HookFunction {
  readonly event: string;
  /** Name or ARN. */
  readonly function: string;
}

export interface StagedModel {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** Alarms that the service watches. */
  readonly alarms: readonly ResolvedAlarm[];
  /** Those, every other alarm of the same stack, which a check may read, and every alarm that a composite one among them is made of. */
  readonly evaluatedAlarms: readonly ResolvedAlarm[];
  readonly hookFunctions: readonly HookFunction[];
  /** What the constructs found. */
  readonly findings: readonly Finding[];
  /** Production requests in a second that the user expects. */
  readonly expectedRequestsPerSecond?: number;
}

/** One whose versions are behind a load balancer. */
export interface BalancedModel extends StagedModel {
  readonly loadBalancer: { readonly arn: string; readonly fullName: string; readonly dnsName: string };
  readonly listeners: { readonly production: StagedListener; readonly test?: StagedListener };
  /** Blue and green before the first release. */
  readonly targetGroups: readonly [StagedTargetGroup, StagedTargetGroup];
}
