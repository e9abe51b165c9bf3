/** One rollout on the stage, whatever its versions run on, and whoever controls its deployments. */
import type { AutoScalingGroupReport, DeploymentReport, Outcome, Report } from '../../lib/model/report';
import type { Finding } from '../../lib/model/rollout';
import type { StagedModel } from '../assembly/staged-model';
import type { AsyncInvocations } from '../engine/async-invocations';
import type { Cancel, ListenerName } from '../engine/ports';
import type { ReleaseAction, ReleaseScenario, Scenario } from '../scenario/scenario';
import type { FunctionLibrary } from './functions';
import type { HookInspections } from './hook-inspection';
import type { HookRuns } from './hook-runs';

/** What is known of functions and their runs, for the report. */
export interface ReportContext {
  readonly functions: FunctionLibrary;
  readonly runs: HookRuns;
  readonly inspections: HookInspections;
}

/** What a report tells of the deployments. */
export interface PlayedDeployments {
  readonly outcome: Outcome;
  readonly deployments: readonly DeploymentReport[];
  /** What only the play shows. */
  readonly findings: readonly Finding[];
  /** For instances in blue/green. */
  readonly autoScalingGroups?: readonly AutoScalingGroupReport[];
}

export interface ListenerAddress {
  readonly host: string;
  readonly port: number;
  readonly listener: ListenerName;
}

/** What happened, as it is said while it happens. */
export type Say = (at: number, deploymentId: string, text: string) => void;

/** `LAMBDA`: CodeDeploy, for an alias. `SERVER`: CodeDeploy, for instances. */
export type Controller = Report['controller'] | 'LAMBDA' | 'SERVER';

export abstract class StagedRollout {
  abstract readonly controller: Controller;

  protected constructor(readonly model: StagedModel) {}

  /** What is said of its traffic and of what stands in for real things. */
  abstract get approximated(): readonly string[];

  /** What the rollout has and a rehearsal does not play. */
  get notModelled(): readonly string[] {
    return [];
  }

  /** Names by which the listeners are asked. */
  get addresses(): readonly ListenerAddress[] {
    return [];
  }

  /** Port on this machine of a listener, once started. */
  port(_listener: ListenerName): number | undefined {
    return undefined;
  }

  /** @throws UserError where the scenario's versions behave as those of this platform cannot */
  abstract checkProfiles(scenario: Scenario): void;

  /** Lambda refuses to run the hook of this event for so long from the start. */
  abstract throttle(throttle: Scenario['throttle'][number], file: string, invocations: AsyncInvocations): void;

  /** Whether nothing more happens by itself. */
  abstract get settled(): boolean;

  /** @throws UserError where a release of the scenario asks for what this rollout does not have */
  abstract check(release: ReleaseScenario, file: string): void;

  /** Begins to deploy a release. @returns the id of the deployment */
  abstract release(release: ReleaseScenario): string;

  /** The same, where something has to be done before the deployment can be created; `started` is told its id once it is, which may be at once. */
  begin(release: ReleaseScenario, started: (deploymentId: string) => void): void {
    started(this.release(release));
  }

  /** What somebody does to a deployment. @throws ServiceError where the service refuses */
  abstract act(deploymentId: string, action: ReleaseAction['action']): void;

  /** Told of every lifecycle event or stage that begins. */
  abstract onEventStart(listener: (deploymentId: string, event: string) => void): Cancel;

  /** Says what happens. */
  abstract follow(say: Say): void;

  /** What came of everything; every deployment is over. */
  abstract played(context: ReportContext): PlayedDeployments;

  /** Production requests in a second; 0 where neither scenario nor rollout says any. */
  abstract get load(): number;

  abstract start(): Promise<void>;

  abstract close(): Promise<void>;
}
