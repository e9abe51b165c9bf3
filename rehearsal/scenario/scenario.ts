/** A scenario: the releases that a rehearsal plays, and how the world misbehaves meanwhile. Durations are virtual milliseconds. */
import type { EcsNativeHookStage, EcsNativeStageName } from '../../lib/model/ecs-native';
import type { EcsHookEvent, EcsLifecycleEvent } from '../../lib/model/lifecycle';
import type { Outcome } from '../../lib/model/report';
import type { ServerGateEvent } from '../../lib/model/server/gates';
import type { ServerLifecycleEvent } from '../../lib/model/server/events';
import type { AlarmState, HookReportStatus } from '../../lib/model/status';
import type { BesideRelease, FleetScenario, InstanceFault, ScalingAction, ScriptDurations } from './fleet-scenario';

export interface Scenario {
  /** File name as given, for messages and reports. */
  readonly file: string;
  readonly description?: string;
  /** Name of the rollout that it is for. */
  readonly rollout?: string;
  readonly seed?: number;
  /** What is to come out, where the scenario states it. */
  readonly expect?: { readonly outcome: Outcome };
  /** Production requests in a second; otherwise the rollout's own expectation. */
  readonly requestsPerSecond?: number;
  /** How the version behaves that runs before the first release. */
  readonly service: ServiceProfile;
  /** Played one after the other. Never empty. */
  readonly releases: readonly ReleaseScenario[];
  /** Updates of the rollout's stack beside the releases, in the order in which they begin. */
  readonly stackUpdates: readonly StackUpdateScenario[];
  /** State that an alarm is held in from the start, by the alarm's name or logical id. */
  readonly alarms: readonly { readonly alarm: string; readonly state: AlarmState; readonly forMs?: number }[];
  /** Lambda misbehaving: invocations of a hook that are throttled. */
  readonly throttle: readonly { readonly hook: EcsHookEvent | ServerGateEvent; readonly forMs: number }[];
  /** Actions taken away from a hook's role, as if the statement were missing. */
  readonly deny: readonly { readonly hook: EcsHookEvent | EcsNativeHookStage | ServerGateEvent | 'guardian'; readonly action: string }[];
  /** What comes of builds in CodeBuild. */
  readonly builds: readonly BuildScenario[];
  /** States of change calendars. */
  readonly calendars: readonly CalendarScenario[];
  /** Parameters of Systems Manager by their names: those that the template does not make, and other values of those that it does. */
  readonly parameters: readonly ParameterScenario[];
  /** Values of secrets, by the name, the logical id or a piece of the construct path. */
  readonly secrets: readonly { readonly name: string; readonly text: string }[];
  /** The instances, for a rollout to EC2/on-premises. */
  readonly fleet?: FleetScenario;
}

export interface CalendarScenario {
  /** By the name of its document, its logical id, its construct path or a piece of them; or the name or ARN of one that is made elsewhere. */
  readonly calendar: string;
  readonly state: 'open' | 'closed';
  /** Then it is the other; absent: for good. */
  readonly forMs?: number;
}

/** What comes of a build; several of one project are played one after the other, and the last one stays. */
export interface BuildScenario {
  /** By its name, its logical id, its construct path or a piece of them. */
  readonly project: string;
  readonly afterMs: number;
  readonly status: 'SUCCEEDED' | 'FAILED' | 'FAULT' | 'TIMED_OUT' | 'STOPPED';
  /** Absent: it makes no test report. */
  readonly cases?: readonly {
    readonly name: string;
    readonly status: 'passed' | 'failed' | 'errored' | 'skipped';
    readonly durationMs?: number;
    readonly message?: string;
  }[];
}

export interface ParameterScenario {
  readonly name: string;
  readonly value: string;
  /** ARN, logical id or construct path of the customer's key that it is encrypted with. */
  readonly key?: string;
}

export interface ReleaseScenario {
  readonly name: string;
  /** Time since the release before ended, its rollback included; of the first one, since the rehearsal began. Absent: a minute, and none. */
  readonly afterMs?: number;
  readonly profile: ServiceProfile;
  /** Overrides the group's automatic rollback for this deployment, as CreateDeployment can. */
  readonly rollback?: boolean;
  /** Hooks that its AppSpec does not name, as that of somebody who starts the deployment by hand may not. */
  readonly leaveOut: readonly EcsHookEvent[];
  /** How the provisioned concurrency of its version is allocated; absent: as usual. */
  readonly provisioning?: { readonly afterMs?: number; readonly fails?: string };
  /** What people, and Auto Scaling, do meanwhile. */
  readonly actions: readonly ReleaseAction[];
  /** What goes wrong on instances with this release; absent: nothing. */
  readonly instanceFaults?: readonly InstanceFault[];
  /** What scripts of it take; absent: as the behaviours say. */
  readonly scriptDurations?: ScriptDurations;
  /** Releases of other rollouts on the same fleet that begin meanwhile; absent: none. */
  readonly beside?: readonly BesideRelease[];
}

/** `delayMs` after a lifecycle event, or a stage of ECS, has started, or after the deployment was created where `event` is absent. */
export interface Moment {
  readonly event?: EcsLifecycleEvent | EcsNativeStageName | ServerLifecycleEvent;
  readonly delayMs: number;
}

/** The rollout's stack is deployed with a changed template. */
export interface StackUpdateScenario {
  readonly name: string;
  /** Name of the release that it follows, or during which it begins. */
  readonly release: string;
  /** When it begins; absent: once the release is over. */
  readonly moment?: Moment;
  /** Empty where `to` is there, and never otherwise. */
  readonly changes: readonly TemplateChange[];
  /** Directory of a cloud assembly, relative to the scenario file: the stack is updated to what it is there. */
  readonly to?: string;
  /** How the version behaves that it publishes, of a function that is released by an alias; absent: as that of before. */
  readonly version?: ServiceProfile;
  /** Whether another resource of the update fails after these, so that CloudFormation rolls it back. */
  readonly fails: boolean;
  readonly expect: 'updated' | 'rolledBack';
}

/** Another value for a property of a resource. */
export interface TemplateChange {
  /** By its logical id, its construct path or a piece of them. */
  readonly resource: string;
  /** Name, or names and places in lists with dots between them, such as `Certificates.0.CertificateArn`. */
  readonly property: string;
  readonly value: unknown;
}

export interface ReleaseAction extends Moment {
  readonly action:
    | { readonly kind: 'stop'; readonly rollback?: boolean }
    | { readonly kind: 'continue' }
    | { readonly kind: 'report'; readonly hook: EcsHookEvent; readonly status: HookReportStatus }
    | ScalingAction;
}

/** How one version of the service answers. */
export interface ServiceProfile {
  /** Server-side latency, log-normal through these two points. */
  readonly latency: { readonly p50Ms: number; readonly p99Ms: number };
  /** Healthy after so long in the replacement task set. */
  readonly startupMs: number;
  /** Answers by path; the first that matches. Without a match: 200 and a small JSON document that names the release. */
  readonly routes: readonly RouteProfile[];
  /** Faults drawn at random; the first that matches. */
  readonly faults: readonly FaultProfile[];
  /** A real program instead of the built-in service: started for this version with PORT in its environment. */
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export interface RouteProfile {
  /** Exact path, or a prefix that ends in `*`. */
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface FaultProfile {
  /** Only on this listener; absent: on both. */
  readonly listener?: 'production' | 'test';
  readonly path?: string;
  /** Share of the requests that it hits, 0 to 1. */
  readonly rate: number;
  /** Time since the version came up from which on it shows. */
  readonly afterMs: number;
  readonly effect:
    | { readonly kind: 'status'; readonly status: number; readonly body: string }
    | { readonly kind: 'latency'; readonly addMs: number }
    | { readonly kind: 'hang' }
    | { readonly kind: 'reset' }
    /** The function throws. */
    | { readonly kind: 'error'; readonly message: string }
    /** Lambda refuses to run the function. */
    | { readonly kind: 'throttled' };
}
