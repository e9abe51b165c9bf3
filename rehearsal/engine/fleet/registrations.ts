/** Which share of the registered instances of a deployment are originals and which replacements. */
import type { TrafficChange } from '../deployment-record';
import type { TargetLabel } from './target-log';

export class Registrations {
  readonly changes: TrafficChange[] = [];
  readonly #registered = { Blue: new Set<number>(), Green: new Set<number>() };

  set(label: TargetLabel, instance: number, registered: boolean): void {
    if (registered) {
      this.#registered[label].add(instance);
    } else {
      this.#registered[label].delete(instance);
    }
  }

  /** @returns the shares at this time where they differ from those before; none where nothing is registered */
  note(at: number): TrafficChange | undefined {
    const sum = this.#registered.Blue.size + this.#registered.Green.size;
    const replacement = sum === 0 ? undefined : Math.round((100 * this.#registered.Green.size) / sum);
    if (replacement === undefined || this.changes.at(-1)?.replacement === replacement) {
      return undefined;
    }
    const change = { at, original: 100 - replacement, replacement };
    this.changes.push(change);
    return change;
  }
}
