import type { BlueGreenFleetConfiguration, OriginalFleetConfiguration } from '../private/server-blue-green';
import { alternatingFleet } from '../private/server-blue-green';
import { requireKind } from '../private/kinds';
import { OriginalFleet } from './original-fleet';

/** Two Auto Scaling groups that alternate. */
export interface AlternatingFleetOptions {
  /**
   * How many instances the first of the two groups is given when the deployment group is made, a whole number from 1 to the `maxCapacity` of each. Later deployments give the
   * replacement as many as the one that serves has at that time, whatever has scaled it.
   *
   * @default 1
   */
  readonly capacity?: number;

  /**
   * What becomes of the instances that served before a deployment.
   *
   * @default - their group is scaled down to no instance after a wait of one hour
   */
  readonly originals?: OriginalFleet;
}

/** An Auto Scaling group of which the service makes a copy for each deployment. */
export interface CopiedAutoScalingGroupOptions {
  /**
   * What becomes of the group that served before a deployment, and of its instances. The first of them is the group of the stack.
   *
   * @default OriginalFleet.keepAlive()
   */
  readonly originals?: OriginalFleet;
}

/** Where the replacement instances of a blue/green deployment come from. */
export class BlueGreenFleet {
  /**
   * Two Auto Scaling groups of the app, both in `targets`, of which one serves at a time and the other one is the replacement of the next deployment (`DISCOVER_EXISTING`).
   * CloudFormation goes on owning both, and what refers to them stays true.
   *
   * Both groups have `minCapacity` 0 and no `desiredCapacity`, so that an update of the stack scales neither, and no load balancer is attached to them: CodeDeploy registers the
   * instances when they have been deployed to. Anything else is an error at synth.
   *
   * @throws for a capacity that is no whole number from 1
   */
  public static alternating(options: AlternatingFleetOptions = {}): BlueGreenFleet {
    return new BlueGreenFleet(alternatingFleet(options.capacity ?? 1, configOf(options.originals ?? OriginalFleet.terminate())));
  }

  /**
   * One Auto Scaling group, of which the service makes a copy for each deployment (`COPY_AUTO_SCALING_GROUP`), named `CodeDeploy_GROUP_DEPLOYMENT`.
   *
   * **From the first deployment on, the group of the stack does not serve any more**: its updates do not reach the instances that do, and scaling policies, schedules, alarms and
   * permissions that name it are about instances without traffic. Take it where the service's own way is wanted all the same. Destroying the stack deletes the copies.
   *
   * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/integrations-aws-auto-scaling.html
   */
  public static copyAutoScalingGroup(options: CopiedAutoScalingGroupOptions = {}): BlueGreenFleet {
    return new BlueGreenFleet({ type: 'COPIED', originals: configOf(options.originals ?? OriginalFleet.keepAlive()) });
  }

  private constructor(private readonly config: BlueGreenFleetConfiguration) {}

  /** @internal */
  public get _fleet(): BlueGreenFleetConfiguration {
    return this.config;
  }
}

function configOf(originals: OriginalFleet): OriginalFleetConfiguration {
  requireKind("'originals'", originals, '_config', 'take OriginalFleet.keepAlive() or OriginalFleet.terminate(...)');
  return originals._config;
}
