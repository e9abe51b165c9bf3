/** A rollout of an ECS service whose deployments CodeDeploy plays, whether a deployment group or CloudFormation has them made. */
import type { PlayedModel } from '../assembly/rollout-model';
import type { AsyncInvocations } from '../engine/async-invocations';
import type { DeploymentGroupModel } from '../engine/deployment-group';
import { Deployments } from '../engine/deployments';
import type { Cancel, HookInvoker } from '../engine/ports';
import type { ReleaseAction, Scenario } from '../scenario/scenario';
import { BalancedRollout, type BalancedRolloutOptions } from './balanced-rollout';
import { DeploymentsPlay, type Reported } from './deployments-play';
import type { PlayedDeployments, ReportContext, Say } from './staged-rollout';
import { FIRST_RELEASE } from './versions';

export interface PlayedRolloutOptions extends BalancedRolloutOptions {
  readonly hooks: HookInvoker;
  readonly reported: Reported;
}

export abstract class PlayedRollout extends BalancedRollout {
  readonly deployments: Deployments;
  private readonly play: DeploymentsPlay;

  protected constructor(
    override readonly model: PlayedModel,
    readonly group: DeploymentGroupModel,
    options: PlayedRolloutOptions,
  ) {
    const { conductor, random, hooks, alarms } = options;
    const deployments = new Deployments({ group, scheduler: conductor.scheduler, random, hooks, alarms, initialRelease: FIRST_RELEASE });
    super(model, options, deployments.routing);
    this.deployments = deployments;
    this.play = new DeploymentsPlay(model, deployments, options.reported);
  }

  override get settled(): boolean {
    return this.deployments.settled;
  }

  override act(id: string, action: ReleaseAction['action']): void {
    this.play.act(id, action);
  }

  override onEventStart(listener: (deploymentId: string, event: string) => void): Cancel {
    return this.play.onEventStart(listener);
  }

  override follow(say: Say): void {
    this.play.follow(say);
  }

  override throttle(throttle: Scenario['throttle'][number], file: string, invocations: AsyncInvocations): void {
    this.play.throttle(throttle, file, invocations);
  }

  /** The deployments, and what only the play shows of their hooks. */
  protected playedBasis(context: ReportContext): Pick<PlayedDeployments, 'deployments' | 'findings'> {
    return this.play.played(context);
  }

  protected override onChange(listener: () => void): Cancel {
    return this.deployments.onChange(listener);
  }
}
