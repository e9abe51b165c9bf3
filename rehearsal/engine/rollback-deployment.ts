/** A deployment that the service starts to take another one back: it makes no task set, and only gives the original its traffic again. */
import { ecsLifecycleEvents, type EcsLifecycleEvent } from '../../lib/model/lifecycle';
import { EcsDeployment } from './ecs-deployment';

export class RollbackDeployment extends EcsDeployment {
  protected override get createdMs(): number {
    return this.ports.behaviour.rollbackCreatedMs;
  }

  protected override get gapMs(): number {
    return 0;
  }

  protected override play(event: EcsLifecycleEvent): void {
    this.wait(this.#eventMs(), event, () => {
      this.#apply(event);
      this.succeed(event);
    });
  }

  protected override afterEvents(): void {
    const { targets } = this.ports;
    if (targets.taskSet(this.plan.replacement)?.deploymentId === this.plan.replacementMadeBy) {
      targets.drain(this.plan.replacement);
    }
    this.finish('Succeeded');
  }

  #apply(event: EcsLifecycleEvent): void {
    const { targets } = this.ports;
    const { original } = this.plan;
    if (event === 'AllowTestTraffic' && targets.test !== original) {
      targets.pointTestAt(original);
      this.emit({ kind: 'testTraffic', targetGroup: original });
    }
    if (event === 'AllowTraffic') {
      targets.shift(original, 100);
      targets.makePrimary(original);
      this.noteTraffic();
    }
  }

  /** What is known is how long the whole takes; its events share that evenly. */
  #eventMs(): number {
    const { behaviour, group } = this.ports;
    const events = ecsLifecycleEvents(group.testListenerArn !== undefined).length;
    return Math.round((behaviour.rollbackDurationMs - behaviour.rollbackCreatedMs) / events);
  }
}
