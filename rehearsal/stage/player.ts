/** Plays the releases of a scenario one after the other, with what people do meanwhile. */
import type { Finding } from '../../lib/model/rollout';
import { ServiceError, type Cancel } from '../engine/ports';
import { UserError } from '../report/user-error';
import type { ReleaseAction, ReleaseScenario, Scenario } from '../scenario/scenario';
import type { StagedRollout } from './staged-rollout';
import type { World } from './world';

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
    const id = this.rollout.release(release);
    const prepared = release.actions.map((action) => ({ action, ...this.prepare(id, action) }));
    await this.world.conductor.run(() => this.rollout.settled && this.world.pending() === 0);
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
      cancel = this.rollout.onEventStart((deploymentId, event) => {
        if (deploymentId === id && event === action.event) {
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
      this.rollout.act(id, action);
    } catch (error) {
      throw error instanceof ServiceError ? new UserError(`the scenario's action "${action.kind}" comes at the wrong time: ${error.code}: ${error.message}`) : error;
    }
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
