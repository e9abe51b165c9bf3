/** Plays the releases of a scenario one after the other, with what people do meanwhile. */
import type { Finding } from '../../lib/model/rollout';
import { ServiceError, type Cancel } from '../engine/ports';
import { UserError } from '../report/user-error';
import type { ProvisionedCleanup } from '../cloudformation/provisioned-cleanup';
import type { PlayedUpdates, RunningUpdate } from '../cloudformation/stack-updates';
import type { Moment, ReleaseAction, ReleaseScenario, Scenario, StackUpdateScenario } from '../scenario/scenario';
import type { StagedRollout } from './staged-rollout';
import type { World } from './world';

/** From the end of a release to the next one, where a scenario says nothing. */
const BETWEEN_RELEASES_MS = 60_000;

/** Before a stack update that follows a release, and after it. */
const AROUND_UPDATES_MS = 60_000;

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
    /** Absent where the scenario has none. */
    private readonly stackUpdates?: PlayedUpdates,
    /** Absent where the rollout provisions nothing. */
    private readonly provisioned?: ProvisionedCleanup,
    /** Other rollouts, whose releases begin beside those of the first one. */
    private readonly others: readonly StagedRollout[] = [],
  ) {}

  /** Returns when the last release is over, its rollback included, and no function runs any more. */
  async play(scenario: Scenario): Promise<void> {
    if (this.stackUpdates !== undefined) {
      await this.world.conductor.run(this.stackUpdates.prepare());
      await this.settled([]);
    }
    for (const [index, release] of scenario.releases.entries()) {
      const afterMs = release.afterMs ?? (index === 0 ? 0 : BETWEEN_RELEASES_MS);
      if (afterMs > 0) {
        await this.wait(afterMs);
      }
      const updates = scenario.stackUpdates.filter((update) => update.release === release.name);
      await this.release(release, updates.filter(({ moment }) => moment !== undefined));
      if (this.provisioned !== undefined) {
        await this.world.conductor.run(this.provisioned.afterRelease());
        await this.settled([]);
      }
      for (const update of updates.filter(({ moment }) => moment === undefined)) {
        await this.update(update);
      }
    }
  }

  /** One that follows a release; then traffic is watched for a while. */
  private async update(update: StackUpdateScenario): Promise<void> {
    await this.wait(AROUND_UPDATES_MS);
    const running = this.stackUpdates!.begin(update);
    await this.settled([running]);
    await this.wait(AROUND_UPDATES_MS);
  }

  private settled(updates: readonly RunningUpdate[]): Promise<void> {
    const { conductor, stateMachines } = this.world;
    return conductor.run(() => [this.rollout, ...this.others].every(({ settled }) => settled) && this.world.pending() === 0 && stateMachines.running === 0 && updates.every(({ over }) => over));
  }

  private async release(release: ReleaseScenario, updates: readonly StackUpdateScenario[]): Promise<void> {
    const running: RunningUpdate[] = [];
    const prepared: (Prepared & { readonly what: string; readonly moment: Moment })[] = [];
    this.rollout.begin(release, (id) => prepared.push(...this.meanwhile(id, release, updates, running)));
    await this.settled(running);
    for (const { what, moment, cancel, missed } of prepared) {
      cancel();
      if (missed()) {
        this.findings.push(missedAction(what, moment));
      }
    }
  }

  /** What is to happen while a deployment runs. */
  private meanwhile(id: string, release: ReleaseScenario, updates: readonly StackUpdateScenario[], running: RunningUpdate[]): readonly (Prepared & { readonly what: string; readonly moment: Moment })[] {
    return [
      ...release.actions.map((action) => ({ what: `action "${action.action.kind}" of release ${release.name}`, moment: action, ...this.prepare(id, action, () => this.dare(id, action.action)) })),
      ...updates.map((update) => ({ what: `stack update "${update.name}" during release ${release.name}`, moment: update.moment!, ...this.prepare(id, update.moment!, () => running.push(this.stackUpdates!.begin(update))) })),
      ...(release.beside ?? []).map(({ rollout, moment, release: other }) => ({ what: `release ${other.name} of ${rollout}`, moment, ...this.prepare(id, moment, () => this.others.find(({ model }) => model.name === rollout)!.begin(other, () => undefined)) })),
    ];
  }

  private wait(ms: number): Promise<void> {
    let over = false;
    this.world.conductor.scheduler.after(ms, 'next release', () => (over = true));
    return this.world.conductor.run(() => over);
  }

  /** What is to happen counts from the start of its event, or from now where it names none. */
  private prepare(id: string, { event: wanted, delayMs }: Moment, act: () => void): Prepared {
    const { scheduler } = this.world.conductor;
    let missed = true;
    let cancel: Cancel = () => undefined;
    const schedule = (): void => {
      cancel = scheduler.after(delayMs, 'scenario', () => {
        missed = false;
        act();
      });
    };
    if (wanted === undefined) {
      schedule();
    } else {
      cancel = this.rollout.onEventStart((deploymentId, event) => {
        if (deploymentId === id && event === wanted) {
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

function missedAction(what: string, { event, delayMs }: Moment): Finding {
  const delay = `${delayMs / 1000} s`;
  const when = event === undefined ? `${delay} after the start` : `${delay} after the start of ${event}`;
  return {
    id: 'action-not-played',
    level: 'warning',
    message: `the scenario's ${what}, ${when}, was not played: the deployment was over before`,
    remedy: 'give it an earlier "at", or take it out of the scenario',
  };
}
