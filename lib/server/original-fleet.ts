import { Duration } from 'aws-cdk-lib/core';

import type { OriginalFleetConfiguration } from '../private/server-blue-green';
import { terminateOriginals } from '../private/server-blue-green';

/** When the original instances end. */
export interface OriginalFleetTerminationOptions {
  /**
   * How long the original instances live on, in whole minutes, from none to two days. Until then the traffic can be given back to them.
   *
   * @default Duration.hours(1)
   * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BlueInstanceTerminationOption.html
   */
  readonly wait?: Duration;
}

/** What becomes of the original instances of a blue/green deployment that has succeeded, which have no traffic any more. */
export class OriginalFleet {
  /** They are left running, and cost what they cost, until somebody ends them or, with alternating groups, until they are the replacement of the next deployment. */
  public static keepAlive(): OriginalFleet {
    return new OriginalFleet({ action: 'KEEP_ALIVE' });
  }

  /**
   * They end after a wait. Of alternating groups the one that does not serve any more is scaled down to no instance by a state machine of the stack, and stays; a group that the service
   * has copied is deleted by the service with its instances, and so is the group of the stack that the first copy was made of.
   *
   * @throws for a wait that is no whole number of minutes, or longer than two days
   */
  public static terminate(options: OriginalFleetTerminationOptions = {}): OriginalFleet {
    return new OriginalFleet(terminateOriginals(options.wait ?? Duration.hours(1)));
  }

  private constructor(private readonly config: OriginalFleetConfiguration) {}

  /** @internal */
  public get _config(): OriginalFleetConfiguration {
    return this.config;
  }
}
