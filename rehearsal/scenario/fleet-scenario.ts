/** What a scenario says of instances of EC2/on-premises. Durations are virtual milliseconds. */
import type { ServerHookEvent } from '../../lib/model/lifecycle';
import type { Outcome } from '../../lib/model/report';
import type { ServerLifecycleEvent } from '../../lib/model/server/events';
import type { Moment, ReleaseScenario } from './scenario';

export interface FleetScenario {
  /** Absent: as many as the Auto Scaling groups of the template have. */
  readonly instances?: readonly FleetInstances[];
  /** The quota, where AWS has raised it; absent: that of the region. */
  readonly instancesPerDeployment?: number;
  /** Whether the version before has been deployed to every instance; absent: it has. */
  readonly deployed?: boolean;
}

/** Instances that are alike; what is absent is as the rollouts' targets have it. */
export interface FleetInstances {
  readonly count: number;
  readonly zone?: string;
  /** By its name, its logical id, its construct path or a piece of them. */
  readonly autoScalingGroup?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** As many as `count`; absent: made up. */
  readonly ids?: readonly string[];
  readonly onPremises?: boolean;
  /** Files that lie on them, and that no deployment has brought. */
  readonly files?: readonly string[];
}

/** All that fit everything that is given. */
export interface InstanceSelector {
  readonly ids?: readonly string[];
  readonly zone?: string;
  readonly autoScalingGroup?: string;
  /** From 0 to 1, chosen by the seed. */
  readonly share?: number;
  /** The first so many of those that fit the others. */
  readonly count?: number;
}

export interface InstanceFault {
  readonly instances: InstanceSelector;
  readonly effect:
    | { readonly kind: 'scriptFails'; readonly event: ServerHookEvent; readonly exitCode?: number; readonly log?: string }
    | { readonly kind: 'hostLost'; readonly event: ServerLifecycleEvent; readonly when: 'before' | 'during' }
    | { readonly kind: 'slow'; readonly factor: number }
    | { readonly kind: 'unhealthy' };
}

/** What each script of an event takes, in milliseconds. */
export type ScriptDurations = Partial<Record<ServerHookEvent, number>>;

/** What Auto Scaling does. */
export type ScalingAction =
  | { readonly kind: 'launch'; readonly count: number; readonly zone?: string; readonly autoScalingGroup?: string }
  | { readonly kind: 'scaleIn'; readonly count: number; readonly zone?: string; readonly autoScalingGroup?: string };

/** A release of another rollout that begins during one. */
export interface BesideRelease {
  readonly rollout: string;
  readonly moment: Moment;
  readonly expect?: { readonly outcome: Outcome };
  readonly release: ReleaseScenario;
}
