/** A deployment to an ECS service: two task sets behind a pair of target groups. */
import { ecsLifecycleEvents } from '../../lib/model/lifecycle';
import { DeploymentMachine } from './deployment-machine';
import type { EcsDeploymentPlan, EcsMachinePorts } from './deployment-plan';
import type { TaskSetInfo } from './deployment-record';
import { taskSetsInfo } from './task-sets';

export abstract class EcsDeployment extends DeploymentMachine<EcsDeploymentPlan, EcsMachinePorts> {
  #finalTaskSets: readonly TaskSetInfo[] | undefined;

  constructor(plan: EcsDeploymentPlan, ports: EcsMachinePorts) {
    super(plan, ports, ecsLifecycleEvents(ports.group.testListenerArn !== undefined));
  }

  get terminationWaitStarted(): boolean {
    return false;
  }

  /** As they are now; as they were at its end once the deployment is over. */
  get taskSets(): readonly TaskSetInfo[] {
    return this.#finalTaskSets ?? taskSetsInfo(this.ports.targets, this.plan, this.ports.group.desiredCount ?? 1);
  }

  /** The stack goes back to what it was, and this deployment with it. */
  rollStackBack(rollbackMessage: string): void {
    const { targets } = this.ports;
    const { original, replacement, replacementMadeBy } = this.plan;
    targets.shift(original, 100);
    targets.pointTestAt(original);
    targets.makePrimary(original);
    if (targets.taskSet(replacement)?.deploymentId === replacementMadeBy) {
      targets.drain(replacement);
    }
    this.noteTraffic();
    this.noteStackRollback(rollbackMessage);
  }

  protected override get shares(): { readonly original: number; readonly replacement: number } {
    const { targets } = this.ports;
    const { original, replacement } = this.plan;
    return { original: targets.weight(original), replacement: targets.weight(replacement) };
  }

  protected override keepTarget(): void {
    this.#finalTaskSets = this.taskSets;
  }
}
