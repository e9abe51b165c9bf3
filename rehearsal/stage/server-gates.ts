/** The gates of one rollout to EC2/on-premises on the stage: who is asked, what their instances answer, and what came of it. */
import type { DeploymentReport } from '../../lib/model/report';
import type { InstanceQuestion, ServerGateName } from '../../lib/model/server/gates';
import type { ServerRolloutModel } from '../assembly/server-rollout-model';
import type { InstanceListener } from '../assembly/server-gates';
import { wholeMilliseconds } from '../engine/deployment-report';
import { fleetBehaviour } from '../engine/fleet/fleet-behaviour';
import type { Fleet, Instance } from '../engine/fleet/fleet';
import type { FleetChange } from '../engine/fleet/fleet-record';
import type { RevisionModel } from '../engine/fleet/revision';
import { simulatedScripts, type ScriptRunner } from '../engine/fleet/scripts';
import type { AsyncInvocations } from '../engine/async-invocations';
import type { InvocationResult, ReleaseId } from '../engine/ports';
import { UserError } from '../report/user-error';
import type { Conductor } from '../sandbox/conductor';
import type { ReleaseScenario, Scenario, ServiceProfile } from '../scenario/scenario';
import { DEFAULT_PROFILE } from '../scenario/service-profile';
import { ASKED_AT_ONCE, GatedScripts, isGateScript } from './gated-scripts';
import type { FunctionLibrary } from './functions';
import type { GateRuns } from './gate-runs';
import type { InstanceApplication } from './instance-services';
import { FIRST_RELEASE } from './versions';

/** What gates need of the stage. */
export interface GateStage {
  readonly functions: FunctionLibrary;
  readonly runs: GateRuns;
  /** Invokes a function of the assembly, and waits for its answer. */
  ask(functionName: string, question: InstanceQuestion): Promise<InvocationResult>;
}

export interface ServerGatesOptions {
  readonly stage: GateStage;
  readonly conductor: Conductor;
  readonly fleet: Fleet;
  /** How the version before answers. */
  readonly service: ServiceProfile;
  readonly releases: readonly ReleaseScenario[];
  /** Runs the scripts that ask no gate. @default they are simulated */
  readonly others?: ScriptRunner;
  releaseName(release: ReleaseId): string;
  /** Revision that is installed on an instance. */
  installed(index: number): RevisionModel | undefined;
  /** Times that everything takes longer on an instance. */
  slowness(instance: Instance, release: ReleaseId): number;
}

interface Wait {
  readonly start: number;
  end?: number;
}

export class ServerGates {
  readonly #model: ServerRolloutModel;
  readonly #options: ServerGatesOptions;
  readonly #scripts: GatedScripts | undefined;
  readonly #installedAt = new Map<number, number>();
  readonly #waits = new Map<string, Wait>();

  constructor(model: ServerRolloutModel, options: ServerGatesOptions) {
    this.#model = model;
    this.#options = options;
    this.#scripts = this.#gatedScripts();
  }

  /** Runs the scripts of the bundle; absent where all of them are simulated. */
  get scripts(): { readonly scripts?: ScriptRunner } {
    const scripts = this.#scripts ?? this.#options.others;
    return scripts === undefined ? {} : { scripts };
  }

  get settled(): boolean {
    return this.#scripts === undefined || this.#scripts.asking === 0;
  }

  get approximated(): readonly string[] {
    const { name } = this.#model;
    return [
      ...(this.#listeners().length === 0 ? [] : [`instances of ${name} answer its gates as the profile of the revision says that is installed on them, from Install on, whatever its scripts do`]),
      ...(this.#scripts?.waited === true ? [`the gate of each instance: asked by ${ASKED_AT_ONCE} instances of ${name} at the same time at most, while others waited`] : []),
      ...this.#options.stage.runs.realTime.map((reason) => `a gate fell back to real time: ${reason}`),
    ];
  }

  get notModelled(): readonly string[] {
    const { gates, bundle, name } = this.#model;
    const outside = gates.filter(({ function: own }) => this.#options.stage.functions.find(own) === undefined);
    const isAsked = bundle === undefined || (bundle.scripts.ValidateService ?? []).some(isGateScript);
    return [
      ...outside.map(({ event, function: own }) => `gate ${event} of ${name}: its function ${own} is made outside of this assembly, so that its code did not run`),
      ...(gates.some(({ gate }) => gate === 'instance') && !isAsked ? [`gate ValidateService of ${name}: no script of the bundle asks it`] : []),
    ];
  }

  /** Undefined where no gate asks instances. */
  get application(): InstanceApplication | undefined {
    const { installed, slowness } = this.#options;
    const listeners = this.#listeners();
    return listeners.length === 0
      ? undefined
      : {
          listeners,
          installed,
          installedAt: (index) => this.#installedAt.get(index) ?? 0,
          profile: (release) => this.#profile(release),
          slowness,
        };
  }

  /** Notes what the report tells, and what instances answer by. */
  follow(deployments: { onChange(listener: (change: FleetChange) => void): unknown }): void {
    const { fleet } = this.#options;
    const asked = this.#listeners().length > 0;
    deployments.onChange((change) => {
      if (change.kind === 'status') {
        this.#noteStatus(change.deploymentId, change.status, change.at);
      } else if (asked && change.kind === 'instanceEvent' && change.event === 'Install' && change.status === 'Succeeded') {
        this.#installedAt.set(fleet.byId(change.instanceId)!.index, change.at);
      }
    });
  }

  /** Lambda refuses to run the function of a gate for so long from the start. @throws UserError where it is not invoked by an event */
  throttle({ hook, forMs }: Scenario['throttle'][number], file: string, invocations: AsyncInvocations): void {
    const found = this.#model.gates.find(({ event }) => event === hook);
    if (found === undefined || found.gate === 'instance') {
      const names = this.#model.gates.filter(({ gate }) => gate !== 'instance').map(({ event }) => event);
      throw new UserError(`${file}: "throttle" names ${hook}, which rollout ${this.#model.name} has no function for that an event invokes; it has ${names.join(', ') || 'none'}`);
    }
    invocations.throttle(found.function, 0, forMs);
  }

  /** What the report of a deployment tells besides. */
  report(deploymentId: string): Pick<DeploymentReport, 'readyWait' | 'gates'> {
    const wait = this.#waits.get(deploymentId);
    const gates = this.#options.stage.runs.report(deploymentId);
    return {
      ...(wait === undefined ? {} : { readyWait: { start: wholeMilliseconds(wait.start), end: wait.end === undefined ? null : wholeMilliseconds(wait.end) } }),
      ...(gates.length === 0 ? {} : { gates }),
    };
  }

  #noteStatus(deploymentId: string, status: string, at: number): void {
    const wait = this.#waits.get(deploymentId);
    if (status === 'Ready') {
      this.#waits.set(deploymentId, { start: at });
    } else if (wait !== undefined) {
      wait.end ??= at;
    }
  }

  #gatedScripts(): GatedScripts | undefined {
    const { stage, conductor } = this.#options;
    const { scheduler } = conductor;
    const gate = this.#gate('instance');
    const spec = gate === undefined ? undefined : stage.functions.find(gate.function)?.spec;
    if (gate === undefined || spec === undefined) {
      return undefined;
    }
    const ask = async (question: InstanceQuestion): Promise<InvocationResult> => {
      const result = await stage.ask(spec.name, question);
      stage.runs.note({ gate, function: spec.name, ...question, result });
      return result;
    };
    return new GatedScripts({ scheduler, others: this.#options.others ?? simulatedScripts(scheduler, fleetBehaviour().scriptMs), ask });
  }

  #gate(name: ServerGateName): ServerRolloutModel['gates'][number] | undefined {
    return this.#model.gates.find(({ gate }) => gate === name);
  }

  #listeners(): readonly InstanceListener[] {
    const all = this.#model.gates.flatMap(({ asks }) => (asks === undefined ? [] : [asks]));
    return [...new Map(all.map((listener) => [`${listener.protocol} ${listener.port}`, listener])).values()];
  }

  #profile(release: ReleaseId): ServiceProfile {
    const { service, releases, releaseName } = this.#options;
    const name = releaseName(release);
    return release === FIRST_RELEASE ? service : (releases.find((one) => one.name === name)?.profile ?? DEFAULT_PROFILE);
  }
}
