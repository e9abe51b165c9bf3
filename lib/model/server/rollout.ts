/** The description of a rollout to EC2/on-premises: what the construct writes into the `Metadata` of the deployment group, and the rehearsal reads. */
import type { Finding, ResourceReference } from '../rollout';
import type { AutoRollbackEvent } from '../status';
import type { FileExistsBehavior } from './events';
import type { MinimumHealthyHosts, ZonalConfiguration } from './healthy-hosts';
import type { TargetSelection } from './tag-groups';

export interface ServerRolloutDescription {
  readonly schemaVersion: 1;
  readonly platform: 'Server';
  /** Path of the construct in the app, such as `ServerInPlace/Fleet`: what users name on the command line. */
  readonly name: string;
  readonly application: ResourceReference;
  /** For blue/green the custom resource that makes it, since CloudFormation cannot. */
  readonly deploymentGroup: ResourceReference;
  readonly deploymentConfigName: ResourceReference;
  readonly serviceRole: ResourceReference;
  readonly targets: TargetSelection<ResourceReference>;
  readonly loadBalancers: ServerLoadBalancers;
  readonly deployment: InPlaceDescription | BlueGreenDescription;
  readonly minimumHealthyHosts: MinimumHealthyHosts;
  /** Absent: all zones at the same time. Never with blue/green. */
  readonly zonal?: ZonalConfiguration;
  /** UPDATE: what joined during a deployment with the revision before is deployed to afterwards. */
  readonly outdatedInstances: 'UPDATE' | 'IGNORE';
  /** Whether instances that Auto Scaling ends are deployed to first, for their scripts to stop the application. */
  readonly terminationHook: boolean;
  readonly fileExistsBehavior: FileExistsBehavior;
  readonly ignoreApplicationStopFailures: boolean;
  /** Absent: revisions come from elsewhere, such as a pipeline. */
  readonly revision?: ServerRevisionDescription;
  /** The custom resource that starts a deployment with each new revision; absent: none does. */
  readonly trigger?: ResourceReference;
  readonly rollbackEvents: readonly AutoRollbackEvent[];
  readonly alarms: readonly ResourceReference[];
  /** The rollout's own alarm; one of `alarms`. */
  readonly verdictAlarm: ResourceReference;
  readonly gates: ServerGates;
  /** The function that holds what a gate should have held that died; absent: no gate is started by events. */
  readonly guardian?: ResourceReference;
  /** Requests in a second to the whole fleet that the user expects; drives the background traffic of a rehearsal. */
  readonly expectedRequestsPerSecond?: number;
  readonly findings: readonly Finding[];
}

/** Empty lists: no load balancer, and no events of traffic. */
export interface ServerLoadBalancers {
  readonly targetGroups: readonly ResourceReference[];
  readonly classic: readonly ResourceReference[];
}

export interface InPlaceDescription {
  readonly type: 'IN_PLACE';
}

export interface BlueGreenDescription {
  readonly type: 'BLUE_GREEN';
  /** How long it waits for ContinueDeployment before it reroutes, and ends as Stopped after; absent: it goes on by itself. */
  readonly readyWaitMinutes?: number;
  readonly originals:
    | { readonly action: 'KEEP_ALIVE' }
    /** Minutes from the end of the rerouting. */
    | { readonly action: 'TERMINATE'; readonly waitMinutes: number };
  readonly fleet: BlueGreenFleet;
}

/** Two Auto Scaling groups of the template of which one serves at a time, or one that the service copies for each deployment. */
export type BlueGreenFleet =
  | {
      readonly type: 'ALTERNATING';
      /** The first one serves first. */
      readonly autoScalingGroups: readonly [ResourceReference, ResourceReference];
      /** Instances of the one that serves, as long as nothing has scaled it. */
      readonly capacity: number;
      /** Minutes that the originals live on after a deployment; absent: they are kept alive. The group itself keeps them: the stack's own state machine scales them down. */
      readonly terminationWaitMinutes?: number;
    }
  | { readonly type: 'COPIED'; readonly autoScalingGroup: ResourceReference };

/** Where the bundle is, as far as the template tells. */
export type ServerRevisionDescription =
  | {
      readonly source: 'asset' | 'bucket';
      readonly bucket: ResourceReference;
      readonly key: string;
      readonly bundleType: 'zip' | 'tar' | 'tgz';
      /** Of the object; absent: the newest. */
      readonly version?: string;
      /** For an asset: path of the directory or of the zip, relative to the cloud assembly. */
      readonly path?: string;
    }
  | { readonly source: 'gitHub'; readonly repository: string; readonly commitId: string };

/** A function that runs checks, in the place of the Lambda hooks that EC2/on-premises does not have; each absent where there is none. */
export interface ServerGates {
  /** Holds the ready wait of blue/green, checks the replacements, and continues or stops. */
  readonly readyWait?: ResourceReference;
  /** Is asked by a script of the bundle about each instance, in its ValidateService. */
  readonly instance?: ResourceReference;
  /** Runs when a deployment changes its state, and drives the verdict alarm. */
  readonly fleet?: ResourceReference;
}
