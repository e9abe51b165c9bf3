/** A deployment that the service starts to take a blue/green one back: nothing is installed; originals get the traffic again, and replacements lose it. */
import { FleetDeployment } from './fleet-deployment';
import { MAX_BLUE_GREEN_HOURS } from '../../../lib/model/server/quotas';
import { TOO_MANY_FAILED_MESSAGE } from './fleet-messages';
import type { FleetDeploymentPlan, FleetPorts } from './fleet-plan';
import type { Section } from './targets';

export interface RolledBackEnvironments {
  readonly originals: readonly number[];
  readonly replacements: readonly number[];
  /** Ends the replacements. */
  terminate(): void;
}

export class BlueGreenRollback extends FleetDeployment {
  readonly #environments: RolledBackEnvironments;

  constructor(plan: FleetDeploymentPlan, environments: RolledBackEnvironments, ports: FleetPorts) {
    super(plan, ports);
    this.#environments = environments;
  }

  protected override get longestHours(): number {
    return MAX_BLUE_GREEN_HOURS;
  }

  protected override run(): void {
    const originals = this.targets.add('blueGreenRollbackOriginal', this.#environments.originals, 'Blue');
    const replacements = this.targets.add('blueGreenRollbackReplacement', this.#environments.replacements, 'Green');
    this.targets.noteTraffic();
    this.#all(originals, () => this.#all(replacements, () => this.#done()));
  }

  #done(): void {
    if (this.ports.fleetBehaviour.replacementsAfterRollback === 'terminated') {
      this.#environments.terminate();
    }
    this.finish('Succeeded');
  }

  #all(section: Section, done: () => void): void {
    this.targets.playAll(section, (failed) => (failed === 0 ? done() : this.fail(this.ports.fleetBehaviour.tooManyFailedCode, TOO_MANY_FAILED_MESSAGE)));
  }
}
