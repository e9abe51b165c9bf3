/** What CloudFormation does with the Auto Scaling groups of a stack: it makes them with their instances, changes their sizes, and ends them with whatever runs in them. */
import type { JsonObject } from '../assembly/read-json';
import type { GroupSizes } from '../engine/fleet/auto-scaling';
import { ServiceError, type Scheduler } from '../engine/ports';
import type { StagedFleet } from '../stage/staged-fleet';

const LOOK_MS = 10_000;

/** The player's side of Auto Scaling; each rejects with `ServiceError`, or tells why it was refused. */
export class PlayedFleets {
  readonly #fleet: StagedFleet;
  readonly #scheduler: Scheduler;

  constructor(fleet: StagedFleet, scheduler: Scheduler) {
    this.#fleet = fleet;
    this.#scheduler = scheduler;
  }

  /**
   * Makes a group, and waits for its instances: one that does not get them "did not stabilize".
   *
   * @returns why it cannot be
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
   */
  make(name: string, properties: JsonObject): Promise<string | undefined> {
    return this.#bring(name, properties, () => this.#fleet.make(name));
  }

  /** Gives it the sizes that the template says; the number of instances only where it says one. @returns why it cannot be */
  resize(name: string, properties: JsonObject): Promise<string | undefined> {
    return this.#bring(name, properties);
  }

  /** By force. One that is gone already, as after a service has ended it, is as good as deleted. */
  async remove(name: string): Promise<void> {
    const { autoScaling } = this.#fleet;
    if (autoScaling.find(name) !== undefined) {
      autoScaling.delete(name, true);
      await this.#until(() => autoScaling.find(name) === undefined);
    }
  }

  async #bring(name: string, properties: JsonObject, first: () => void = () => undefined): Promise<string | undefined> {
    const { autoScaling } = this.#fleet;
    try {
      first();
      autoScaling.update(name, sizesOf(properties));
    } catch (error) {
      if (error instanceof ServiceError) {
        return `Resource handler returned message: "${error.message} (Service: AutoScaling, Status Code: 400)" (HandlerErrorCode: InvalidRequest)`;
      }
      throw error;
    }
    await this.#until(() => autoScaling.inService(name) >= (autoScaling.find(name)?.desired ?? 0));
    return undefined;
  }

  #until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (holds()) {
          resolve();
        } else {
          this.#scheduler.after(LOOK_MS, 'CloudFormation looks at an Auto Scaling group', look);
        }
      };
      look();
    });
  }
}

function sizesOf({ MinSize, MaxSize, DesiredCapacity }: JsonObject): GroupSizes {
  return { min: Number(MinSize), max: Number(MaxSize), ...(DesiredCapacity === undefined ? {} : { desired: Number(DesiredCapacity) }) };
}
