/** Plays the releases of a scenario one after the other, with what people do meanwhile. */
import type { EcsHookEvent } from '../../lib/model/lifecycle';
import { ServiceError } from '../engine/ports';
import { UserError } from '../report/user-error';
import type { ReleaseAction, ReleaseScenario, Scenario } from '../scenario/scenario';
import type { StagedRollout } from './staged-rollout';
import type { World } from './world';

export class Player {

  constructor(
    private readonly world: World,
    private readonly rollout: StagedRollout,
  ) {}

  /** Returns when the last release is over, its rollback included, and no function runs any more. */
  async play(scenario: Scenario): Promise<void> {
    for (const [index, release] of scenario.releases.entries()) {
      if (index > 0) {
        await this.wait(release.afterMs);
      }
      await this.release(release);
    }
  }

  private async release(release: ReleaseScenario): Promise<void> {
    const { deployments, model, group } = this.rollout;
    const id = deployments.create({
      appSpec: model.appSpec,
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content: model.appSpecContent } },
      description: release.name,
      release: this.rollout.versions.next(),
      ...(release.rollback === undefined ? {} : { autoRollbackConfiguration: { enabled: release.rollback, events: group.rollbackEvents } }),
    });
    release.actions.forEach((action) => this.prepare(id, action));
    await this.world.conductor.run(() => deployments.settled && this.world.pending() === 0);
  }

  private wait(ms: number): Promise<void> {
    let over = false;
    this.world.conductor.scheduler.after(ms, 'next release', () => (over = true));
    return this.world.conductor.run(() => over);
  }

  /** An action counts from the start of its event, or from now where it names none. */
  private prepare(id: string, action: ReleaseAction): void {
    const { scheduler } = this.world.conductor;
    const schedule = (): void => void scheduler.after(action.delayMs, `scenario: ${action.action.kind}`, () => this.dare(id, action.action));
    if (action.event === undefined) {
      schedule();
      return;
    }
    const cancel = this.rollout.deployments.onChange((change) => {
      if (change.deploymentId === id && change.kind === 'event' && change.event === action.event && change.status === 'InProgress') {
        cancel();
        schedule();
      }
    });
  }

  /** What the service refuses is a mistake of the scenario, and not of the simulator. */
  private dare(id: string, action: ReleaseAction['action']): void {
    try {
      this.act(id, action);
    } catch (error) {
      throw error instanceof ServiceError ? new UserError(`the scenario's action "${action.kind}" comes at the wrong time: ${error.code}: ${error.message}`) : error;
    }
  }

  private act(id: string, action: ReleaseAction['action']): void {
    const { deployments } = this.rollout;
    switch (action.kind) {
      case 'stop':
        deployments.stop(id, action.rollback === undefined ? {} : { autoRollbackEnabled: action.rollback });
        break;
      case 'continue':
        deployments.continue(id);
        break;
      case 'report':
        this.report(id, action.hook, action.status);
    }
  }

  private report(id: string, hook: EcsHookEvent, status: 'Succeeded' | 'Failed'): void {
    const event = this.rollout.deployments.get(id).target.lifecycleEvents.find(({ lifecycleEventName }) => lifecycleEventName === hook);
    const executionId = event?.hook?.executionId;
    if (executionId === undefined) {
      throw new UserError(`the scenario reports ${status} for ${hook}, which no hook waits for at this time; give the action a later "at"`);
    }
    this.rollout.deployments.putHookStatus({ deploymentId: id, lifecycleEventHookExecutionId: executionId, status });
    this.world.runs.reported(executionId, { status, by: undefined, at: this.world.conductor.now() });
  }
}
