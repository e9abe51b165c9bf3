/** A deployment to the alias of a function: three events, and the alias moved by the traffic steps, or set back. */
import { LAMBDA_LIFECYCLE_EVENTS, type EcsLifecycleEvent } from '../../../lib/model/lifecycle';
import { trafficSteps, type TrafficRouting, type TrafficStep } from '../../../lib/model/traffic';
import { DeploymentMachine } from '../deployment-machine';
import type { DeploymentPlan, MachinePorts } from '../deployment-plan';
import { LAMBDA_ALIAS_MESSAGE, lambdaVersionMessage } from '../messages';
import type { LambdaGroupModel } from '../deployment-group';
import type { ReleaseId } from '../ports';
import type { Alias } from './alias';

export interface LambdaDeploymentPlan extends DeploymentPlan {
  readonly release: ReleaseId;
  readonly currentVersion: string;
  readonly targetVersion: string;
  /** Set where there is no such version. */
  readonly unpublished?: true;
}

export interface LambdaMachinePorts extends MachinePorts {
  readonly group: LambdaGroupModel;
  readonly alias: Alias;
}

/** The code of a deployment whose alias is not as its AppSpec says. */
export const LAMBDA_ALIAS_CODE = 'INVALID_LAMBDA_CONFIGURATION';

/** That of one whose target version is not there. */
export const LAMBDA_FUNCTION_CODE = 'INVALID_LAMBDA_FUNCTION';

export abstract class LambdaDeployment extends DeploymentMachine<LambdaDeploymentPlan, LambdaMachinePorts> {
  #finalWeight: number | undefined;

  constructor(plan: LambdaDeploymentPlan, ports: LambdaMachinePorts) {
    super(plan, ports, LAMBDA_LIFECYCLE_EVENTS);
  }

  /** Share of the target version, in percent; as it was at its end once the deployment is over. */
  get targetVersionWeight(): number {
    return this.#finalWeight ?? this.ports.alias.percentOf(this.plan.targetVersion);
  }

  /** A version that is neither of the two counts as the original. */
  protected override get shares(): { readonly original: number; readonly replacement: number } {
    const replacement = this.ports.alias.percentOf(this.plan.targetVersion);
    return { original: 100 - replacement, replacement };
  }

  protected override keepTarget(): void {
    this.#finalWeight = this.targetVersionWeight;
  }
}

/** Brings a new version. */
export class LambdaForwardDeployment extends LambdaDeployment {
  readonly #steps: readonly TrafficStep[];

  constructor(plan: LambdaDeploymentPlan, traffic: TrafficRouting, ports: LambdaMachinePorts) {
    super(plan, ports);
    this.#steps = trafficSteps(traffic);
  }

  protected override get createdMs(): number {
    return this.ports.behaviour.createdToInProgressMs;
  }

  protected override get gapMs(): number {
    return this.ports.behaviour.gapMs;
  }

  protected override next(): void {
    const { alias, behaviour, group } = this.ports;
    if (this.log.next === behaviour.aliasCheckedBefore && !alias.isAt(this.plan.currentVersion)) {
      this.finish('Failed', { code: LAMBDA_ALIAS_CODE, message: LAMBDA_ALIAS_MESSAGE }, { event: 'DEPLOYMENT_FAILURE', aliasMoved: true });
    } else if (this.log.next === behaviour.aliasCheckedBefore && this.plan.unpublished === true) {
      const message = lambdaVersionMessage(group.functionName, this.plan.targetVersion);
      this.finish('Failed', { code: LAMBDA_FUNCTION_CODE, message }, { event: 'DEPLOYMENT_FAILURE', aliasMoved: true });
    } else {
      super.next();
    }
  }

  protected override play(event: EcsLifecycleEvent): void {
    if (event === 'AllowTraffic') {
      this.#shift(0);
    } else {
      this.wait(this.ports.behaviour.eventMs, event, () => this.succeed(event));
    }
  }

  protected override afterEvents(): void {
    this.finish('Succeeded');
  }

  #shift(index: number): void {
    const { alias, behaviour } = this.ports;
    const { targetVersion } = this.plan;
    const step = this.#steps[index];
    const following = this.#steps[index + 1];
    if (following === undefined) {
      alias.point(targetVersion);
    } else {
      alias.shift(targetVersion, step.replacementPercent);
    }
    this.noteTraffic();
    if (following === undefined) {
      this.wait(behaviour.eventMs, 'AllowTraffic', () => this.succeed('AllowTraffic'));
    } else {
      this.wait((following.atSeconds - step.atSeconds) * 1000, 'AllowTraffic', () => this.#shift(index + 1));
    }
  }
}

/** Sets the alias back. Its target version is the one that is gone back to, which stays the original of its traffic as in the deployment that it takes back. */
export class LambdaRollbackDeployment extends LambdaDeployment {
  protected override get shares(): { readonly original: number; readonly replacement: number } {
    const original = this.ports.alias.percentOf(this.plan.targetVersion);
    return { original, replacement: 100 - original };
  }

  protected override get createdMs(): number {
    return this.ports.behaviour.rollbackCreatedMs;
  }

  protected override get gapMs(): number {
    return 0;
  }

  /** What is known is how long the whole takes; its events share that evenly. */
  protected override play(event: EcsLifecycleEvent): void {
    const { alias, behaviour } = this.ports;
    const eventMs = Math.round((behaviour.rollbackDurationMs - behaviour.rollbackCreatedMs) / LAMBDA_LIFECYCLE_EVENTS.length);
    this.wait(eventMs, event, () => {
      if (event === 'AllowTraffic') {
        alias.point(this.plan.targetVersion);
        this.noteTraffic();
      }
      this.succeed(event);
    });
  }

  protected override afterEvents(): void {
    this.finish('Succeeded');
  }
}
