/** What goes wrong on instances, as a scenario says it: data, and which instances it is about. */
import type { ServerHookEvent } from '../../../lib/model/lifecycle';
import type { ServerLifecycleEvent } from '../../../lib/model/server/events';
import type { RandomFor, ReleaseId } from '../ports';
import type { Instance } from './fleet';

/** Which instances: those of an id, of a zone, a share of all that are chosen by the seed, or all that fit the others that are given. */
export interface FaultSelector {
  readonly ids?: readonly string[];
  readonly zone?: string;
  readonly autoScalingGroup?: string;
  /** From 0 to 1. */
  readonly share?: number;
  /** The first so many of those that fit, in the order in which deployments come to them: in blue/green those are replacements. */
  readonly first?: number;
}

export interface ScriptFault {
  readonly kind: 'scriptFails';
  readonly event: ServerHookEvent;
  /** 1 where absent. */
  readonly exitCode?: number;
  /** What the script said. */
  readonly log?: string;
}

export interface LostHostFault {
  readonly kind: 'hostLost';
  /** The host is gone from this event on, which its agent does not fetch any more; from the first event where absent. */
  readonly event?: ServerLifecycleEvent;
  /** `during`: it fetches this event, and never tells its end. `before` where absent. */
  readonly when?: 'before' | 'during';
}

/** Everything on the host takes this many times as long. */
export interface SlowFault {
  readonly kind: 'slow';
  readonly factor: number;
}

/** The load balancer never finds it healthy. */
export interface UnhealthyFault {
  readonly kind: 'unhealthy';
}

export type Fault = (ScriptFault | LostHostFault | SlowFault | UnhealthyFault) & {
  readonly instances: FaultSelector;
  /** The revision of which it happens; of all where absent. */
  readonly release?: ReleaseId;
};

const NONE: readonly Fault[] = [];

/** The faults of each instance, found once. */
export class FaultProfile {
  readonly #faults: readonly Fault[];
  readonly #random: RandomFor;
  readonly #byInstance = new Map<number, readonly Fault[]>();
  /** Indices of the instances that were the first ones of a fault. */
  readonly #first = new Map<Fault, Set<number>>();

  constructor(faults: readonly Fault[], random: RandomFor) {
    this.#faults = faults;
    this.#random = random;
  }

  /** Those that an instance has with a release. */
  of(instance: Instance, release: ReleaseId): readonly Fault[] {
    if (this.#faults.length === 0) {
      return NONE;
    }
    let own = this.#byInstance.get(instance.index);
    if (own === undefined) {
      own = this.#faults.filter((fault, number) => this.#isAbout(fault.instances, instance, number));
      this.#byInstance.set(instance.index, own.length === 0 ? NONE : own);
    }
    return own.length === 0 ? NONE : own.filter((fault) => (fault.release === undefined || fault.release === release) && this.#isAmongFirst(fault, instance));
  }

  #isAmongFirst(fault: Fault, { index }: Instance): boolean {
    const { first } = fault.instances;
    if (first === undefined) {
      return true;
    }
    const known = this.#first.get(fault) ?? new Set();
    this.#first.set(fault, known);
    return known.has(index) || (known.size < first && known.add(index).has(index));
  }

  #isAbout({ ids, zone, autoScalingGroup, share }: FaultSelector, instance: Instance, number: number): boolean {
    return (
      (ids === undefined || ids.includes(instance.id)) &&
      (zone === undefined || zone === instance.zone) &&
      (autoScalingGroup === undefined || autoScalingGroup === instance.autoScalingGroup) &&
      (share === undefined || this.#random(`fault ${number} ${instance.id}`) < share)
    );
  }
}
