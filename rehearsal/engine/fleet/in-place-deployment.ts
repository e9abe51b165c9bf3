/** A deployment to the instances that run already, or to one that Auto Scaling launches or ends. */
import type { InstanceDeploymentKind } from '../../../lib/model/server/events';
import { MAX_IN_PLACE_HOURS } from '../../../lib/model/server/quotas';
import type { FleetDeploymentPlan, FleetPorts } from './fleet-plan';
import { WaveDeployment } from './wave-deployment';

export class InPlaceDeployment extends WaveDeployment {
  readonly #kind: InstanceDeploymentKind;
  readonly #find: () => readonly number[];

  /** @param targets the instances in the order of picking, found when it starts */
  constructor(plan: FleetDeploymentPlan, ports: FleetPorts, targets: () => readonly number[], kind: InstanceDeploymentKind = 'inPlace') {
    super(plan, ports);
    this.#find = targets;
    this.#kind = kind;
  }

  protected override get longestHours(): number {
    return MAX_IN_PLACE_HOURS;
  }

  protected override run(): void {
    const order = this.#find();
    const section = this.targets.add(this.#kind, order);
    const refusal = this.refusal(order.length);
    if (refusal !== undefined) {
      this.fail(refusal.code, refusal.message);
      return;
    }
    const { health } = this.ports;
    const { revision } = this.plan;
    this.inBatches({
      section,
      order,
      from: 0,
      to: section.log.events.length,
      zonal: true,
      rerouting: false,
      each: (instance, row, succeeded) => {
        if (succeeded) {
          health.succeeded(instance, revision);
        } else {
          health.failed(instance);
        }
        this.targets.closeTarget(section, row, succeeded);
      },
      done: () => this.finish('Succeeded'),
    });
  }
}
