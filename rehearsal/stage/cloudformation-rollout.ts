/** A rollout whose deployments CloudFormation performs, as updates of its stack. */
import type { CloudFormationRolloutModel } from '../assembly/cloudformation-rollout-model';
import { stackOutcome } from '../engine/outcome';
import { UserError } from '../report/user-error';
import type { ReleaseAction, ReleaseScenario } from '../scenario/scenario';
import { stackDeploymentModel } from './models';
import { PlayedRollout, type PlayedRolloutOptions } from './played-rollout';
import type { PlayedDeployments, ReportContext } from './staged-rollout';

export class CloudFormationRollout extends PlayedRollout {
  readonly controller = 'CLOUDFORMATION';

  constructor(
    override readonly model: CloudFormationRolloutModel,
    options: PlayedRolloutOptions,
  ) {
    super(model, stackDeploymentModel(model), options);
  }

  override check({ name, leaveOut }: ReleaseScenario, file: string): void {
    if (leaveOut.length > 0) {
      throw new UserError(`${file}: release ${name} sets "leaveOut", which takes hooks out of an AppSpec, and CloudFormation deploys ${this.model.name} without one; leave it out`);
    }
  }

  override release({ name, rollback }: ReleaseScenario): string {
    if (rollback !== undefined) {
      throw new UserError(`release ${name} sets "rollback", which is a setting of deployment groups: CloudFormation always rolls a failed update back; leave it out for ${this.model.name}`);
    }
    return this.deployments.create({ appSpec: this.model.appSpec, description: name, release: this.versions.next() });
  }

  /** Stopping is CancelUpdateStack. */
  override act(id: string, action: ReleaseAction['action']): void {
    if (action.kind === 'continue') {
      throw new UserError(`the scenario's action "continue" is for deployments that wait for somebody, and those that CloudFormation performs do not; leave it out for ${this.model.name}`);
    }
    if (action.kind === 'stop' && action.rollback === false) {
      throw new UserError(`the scenario's action "stop" leaves the rollback out, and CloudFormation always rolls a cancelled update back; leave "rollback" out for ${this.model.name}`);
    }
    super.act(id, action);
  }

  override played(context: ReportContext): PlayedDeployments {
    const { deployments, findings } = this.playedBasis(context);
    return { outcome: stackOutcome(this.deployments.list()), deployments, findings };
  }
}
