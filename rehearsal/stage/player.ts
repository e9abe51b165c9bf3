/** Plays the releases of a scenario one after the other, with what people do meanwhile. */
import type { Finding } from '../../lib/model/rollout';
import type { EcsHookEvent } from '../../lib/model/lifecycle';
import { appSpecRevision } from '../endpoints/codedeploy-revision';
import { ServiceError, type Cancel } from '../engine/ports';
import { UserError } from '../report/user-error';
import type { ReleaseAction, ReleaseScenario, Scenario } from '../scenario/scenario';
import type { StagedRollout } from './staged-rollout';
import type { World } from './world';

/** What a release says about rollback where its deployment group names no events. */
const ROLLBACK_EVENTS = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] as const;

/** From the end of a release to the next one, where a scenario says nothing. */
const BETWEEN_RELEASES_MS = 60_000;

interface Prepared {
  readonly cancel: Cancel;
  readonly missed: () => boolean;
}

export class Player {
  /** What the scenario asked for and the deployments left no time for. */
  readonly findings: Finding[] = [];

  constructor(
    private readonly world: World,
    private readonly rollout: StagedRollout,
  ) {}

  /** Returns when the last release is over, its rollback included, and no function runs any more. */
  async play(scenario: Scenario): Promise<void> {
    for (const [index, release] of scenario.releases.entries()) {
      const afterMs = release.afterMs ?? (index === 0 ? 0 : BETWEEN_RELEASES_MS);
      if (afterMs > 0) {
        await this.wait(afterMs);
      }
      await this.release(release);
    }
  }

  private async release(release: ReleaseScenario): Promise<void> {
    const { deployments, model, group } = this.rollout;
    const events = group.rollbackEvents.length === 0 ? ROLLBACK_EVENTS : group.rollbackEvents;
    const id = deployments.create({
      appSpec: model.appSpec,
      revision: appSpecRevision(model.appSpecContent),
      description: release.name,
      release: this.rollout.versions.next(),
      ...(release.rollback === undefined ? {} : { autoRollbackConfiguration: { enabled: release.rollback, events } }),
    });
    const prepared = release.actions.map((action) => ({ action, ...this.prepare(id, action) }));
    await this.world.conductor.run(() => deployments.settled && this.world.pending() === 0);
    for (const { action, cancel, missed } of prepared) {
      cancel();
      if (missed()) {
        this.findings.push(missedAction(release.name, action));
      }
    }
  }

  private wait(ms: number): Promise<void> {
    let over = false;
    this.world.conductor.scheduler.after(ms, 'next release', () => (over = true));
    return this.world.conductor.run(() => over);
  }

  /** An action counts from the start of its event, or from now where it names none. */
  private prepare(id: string, action: ReleaseAction): Prepared {
    const { scheduler } = this.world.conductor;
    let missed = true;
    let cancel: Cancel = () => undefined;
    const schedule = (): void => {
      cancel = scheduler.after(action.delayMs, `scenario: ${action.action.kind}`, () => {
        missed = false;
        this.dare(id, action.action);
      });
    };
    if (action.event === undefined) {
      schedule();
    } else {
      cancel = this.rollout.deployments.onChange((change) => {
        if (change.deploymentId === id && change.kind === 'event' && change.event === action.event && change.status === 'InProgress') {
          cancel();
          schedule();
        }
      });
    }
    return { cancel: () => cancel(), missed: () => missed };
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

function missedAction(release: string, { event, delayMs, action }: ReleaseAction): Finding {
  const delay = `${delayMs / 1000} s`;
  const when = event === undefined ? `${delay} after the start` : `${delay} after the start of ${event}`;
  return {
    id: 'action-not-played',
    level: 'warning',
    message: `the scenario's action "${action.kind}" of release ${release}, ${when}, was not played: the deployment was over before`,
    remedy: 'give the action an earlier "at", or take it out of the scenario',
  };
}
