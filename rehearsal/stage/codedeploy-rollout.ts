/** A rollout that a deployment group of CodeDeploy releases. */
import type { EcsHookEvent } from '../../lib/model/lifecycle';
import type { RolloutModel } from '../assembly/rollout-model';
import { appSpecRevision } from '../endpoints/codedeploy-revision';
import type { CreateRequest } from '../engine/deployment-record';
import { outcomeOf } from '../engine/outcome';
import type { ListenerName } from '../engine/ports';
import { UserError } from '../report/user-error';
import type { ReleaseScenario } from '../scenario/scenario';
import { deploymentGroupModel } from './models';
import { PlayedRollout, type PlayedRolloutOptions } from './played-rollout';
import type { PlayedDeployments, ReportContext } from './staged-rollout';

/** What a release says about rollback where its deployment group names no events. */
const ROLLBACK_EVENTS = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] as const;

export class CodeDeployRollout extends PlayedRollout {
  readonly controller = 'CODE_DEPLOY';

  constructor(
    override readonly model: RolloutModel,
    options: PlayedRolloutOptions,
  ) {
    super(model, deploymentGroupModel(model), options);
  }

  override check({ name, leaveOut }: ReleaseScenario, file: string): void {
    const events = this.model.hookFunctions.map(({ event }) => event);
    const unknown = leaveOut.find((event) => !events.includes(event));
    if (unknown !== undefined) {
      throw new UserError(`${file}: release ${name} leaves out ${unknown}, which rollout ${this.model.name} has no hook for; it has ${events.join(', ') || 'no hook'}`);
    }
  }

  override release(release: ReleaseScenario): string {
    const events = this.group.rollbackEvents.length === 0 ? ROLLBACK_EVENTS : this.group.rollbackEvents;
    return this.deployments.create({
      ...appSpecWithout(this.model, release.leaveOut),
      description: release.name,
      release: this.versions.next(),
      ...(release.rollback === undefined ? {} : { autoRollbackConfiguration: { enabled: release.rollback, events } }),
    });
  }

  /** A stack update lets a listener forward to one target group; one that is neither of the pair goes by its ARN. */
  writeListener(listener: ListenerName, targetGroup: string): void {
    this.deployments.writeListener(listener, targetGroup);
    this.routed();
  }

  override played(context: ReportContext): PlayedDeployments {
    const records = this.deployments.list();
    const ids = records.map(({ deploymentId }) => deploymentId);
    const { deployments, findings } = this.playedBasis(context);
    return { outcome: outcomeOf(records), deployments, findings: [...findings, ...context.inspections.findings(this.model, `start deployments with the AppSpec of the stack output ${this.model.description.appSpecOutput}, which names every hook`, ids)] };
  }
}

/** The AppSpec of a release: that of the stack output, or what somebody who leaves hooks out makes of it. */
function appSpecWithout({ appSpec, appSpecContent }: RolloutModel, leaveOut: readonly EcsHookEvent[]): Pick<CreateRequest, 'appSpec' | 'revision'> {
  if (leaveOut.length === 0) {
    return { appSpec, revision: appSpecRevision(appSpecContent) };
  }
  const { Hooks = [], ...rest } = appSpec;
  const kept = Hooks.filter((entry) => !leaveOut.some((event) => event in entry));
  const document = { ...rest, ...(kept.length === 0 ? {} : { Hooks: kept }) };
  return { appSpec: document, revision: appSpecRevision(JSON.stringify(document)) };
}
