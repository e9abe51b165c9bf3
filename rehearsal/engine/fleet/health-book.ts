/**
 * Instance health and revision health of the instances of a deployment group, as the service keeps them.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/instances-health.html
 */
import { pickingRank } from '../../../lib/model/server/healthy-hosts';
import type { RevisionModel } from './revision';

export class HealthBook {
  readonly #healthy: boolean[] = [];
  readonly #deployed: (RevisionModel | undefined)[] = [];

  /** A deployment to the instance has succeeded. */
  succeeded(instance: number, revision: RevisionModel): void {
    this.#healthy[instance] = true;
    this.#deployed[instance] = revision;
  }

  failed(instance: number): void {
    this.#healthy[instance] = false;
  }

  /** The revision of the last deployment to an instance that succeeded. */
  deployed(instance: number): RevisionModel | undefined {
    return this.#deployed[instance];
  }

  isHealthy(instance: number): boolean {
    return this.#healthy[instance] === true;
  }

  /** Whether the last deployment to an instance has failed; one that was never deployed to has not. */
  hasFailed(instance: number): boolean {
    return this.#healthy[instance] === false;
  }

  /** Instances in the order of picking; equal ones stay as they are. */
  order(instances: readonly number[], current: RevisionModel | undefined): readonly number[] {
    const ranks: number[][] = [[], [], [], []];
    instances.forEach((instance) => ranks[this.#rank(instance, current)].push(instance));
    return ranks.flat();
  }

  #rank(instance: number, current: RevisionModel | undefined): number {
    const deployed = this.#deployed[instance];
    return pickingRank({ healthy: this.isHealthy(instance), revision: deployed === undefined ? 'unknown' : deployed === current ? 'current' : 'old' });
  }
}
