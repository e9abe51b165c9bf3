/** What the releases of a scenario are on instances: revisions with their scripts, and the faults that come with them. */
import { SERVER_HOOK_EVENTS, type ServerHookEvent } from '../../lib/model/lifecycle';
import { EVENT_TIMEOUT_SECONDS } from '../../lib/model/limits';
import type { BundleScript } from '../assembly/server-bundle';
import type { ServerRolloutModel } from '../assembly/server-rollout-model';
import type { Fault } from '../engine/fleet/faults';
import type { RevisionModel } from '../engine/fleet/revision';
import type { ReleaseId } from '../engine/ports';
import { UserError } from '../report/user-error';
import type { InstanceFault } from '../scenario/fleet-scenario';
import type { ReleaseScenario } from '../scenario/scenario';
import { GATE_SCRIPT } from './gated-scripts';
import type { StagedFleet } from './staged-fleet';

export const releaseId = (index: number): ReleaseId => `r${index + 1}`;

/** The version before has the bundle of the template, as every release has. */
export function revisionOf(model: ServerRolloutModel, release: ReleaseId, scenario?: ReleaseScenario): RevisionModel {
  const { bundle, revision } = model;
  const durations = scenario?.scriptDurations ?? {};
  return {
    release,
    ...(revision === undefined ? {} : { location: revision }),
    scripts: Object.fromEntries(
      SERVER_HOOK_EVENTS.flatMap((event) => {
        const scripts = scriptsAt(model, event, scenario);
        const durationMs = durations[event];
        return scripts.length === 0 ? [] : [[event, scripts.map((script) => ({ ...script, ...(durationMs === undefined ? {} : { durationMs }) }))]];
      }),
    ),
    files: bundle?.files ?? [],
    ...(bundle?.fileExistsBehavior === undefined ? {} : { fileExistsBehavior: bundle.fileExistsBehavior }),
  };
}

/** Of a bundle that nobody has looked into, there is a script where the scenario says what becomes of it, and the one that asks the gate. */
function scriptsAt({ bundle, gates }: ServerRolloutModel, event: ServerHookEvent, scenario: ReleaseScenario | undefined): readonly BundleScript[] {
  if (bundle !== undefined) {
    return bundle.scripts[event] ?? [];
  }
  if (gates.some((gate) => gate.gate === 'instance' && gate.event === event)) {
    return [{ location: GATE_SCRIPT, timeoutSeconds: EVENT_TIMEOUT_SECONDS }];
  }
  return scenario !== undefined && eventsNamed(scenario).includes(event) ? [{ location: `(the script of ${event})`, timeoutSeconds: EVENT_TIMEOUT_SECONDS }] : [];
}

function eventsNamed({ instanceFaults = [], scriptDurations = {} }: ReleaseScenario): readonly string[] {
  return [...instanceFaults.flatMap(({ effect }) => (effect.kind === 'scriptFails' ? [effect.event] : [])), ...Object.keys(scriptDurations)];
}

/** @throws UserError where a release says of scripts, or of a load balancer, what the rollout does not have */
export function checkRelease(model: ServerRolloutModel, release: ReleaseScenario, file: string): void {
  const { bundle, loadBalancers, name } = model;
  const none = bundle === undefined ? undefined : eventsNamed(release).find((event) => !Object.hasOwn(bundle.scripts, event));
  if (none !== undefined) {
    const events = Object.keys(bundle!.scripts).join(', ') || 'no event';
    throw new UserError(`${file}: release ${release.name} says what becomes of scripts at ${none}, and the bundle of rollout ${name} runs none there; it has scripts at ${events}`);
  }
  const faults = release.instanceFaults ?? [];
  if (loadBalancers.length === 0 && faults.some(({ effect }) => effect.kind === 'unhealthy')) {
    throw new UserError(`${file}: release ${release.name} has an instance fault "unhealthy", which is what a load balancer finds, and rollout ${name} has none; take it out`);
  }
}

/** @throws UserError where a fault names instances that there are not */
export function faultsOf(fleet: StagedFleet, { description }: ServerRolloutModel, { name, instanceFaults = [] }: ReleaseScenario, release: ReleaseId): readonly Fault[] {
  const select = description.deployment.type === 'BLUE_GREEN' ? replacementsOf : selectorOf;
  return instanceFaults.map((fault) => ({ ...fault.effect, instances: select(fleet, fault, `an instance fault of release ${name}`), release }));
}

/** In blue/green the instances are not there yet that a release is installed on: those that are counted are found when it comes to them. */
function replacementsOf(fleet: StagedFleet, fault: InstanceFault, what: string): Fault['instances'] {
  const { count, ...others } = fault.instances;
  const known = fault.instances.ids === undefined ? selectionOf(fleet, others) : selectorOf(fleet, { ...fault, instances: others }, what);
  return { ...known, ...(count === undefined ? {} : { first: count }) };
}

/** Only those that are counted are told one by one, so that a fault of a zone is one of what is launched there later, too. */
function selectorOf(fleet: StagedFleet, { instances: selector }: InstanceFault, what: string): Fault['instances'] {
  const selected = fleet.selected(selector, what);
  const { count, ...others } = selector;
  return { ...selectionOf(fleet, others), ...(count === undefined ? {} : { ids: selected.map(({ id }) => id) }) };
}

function selectionOf(fleet: StagedFleet, { ids, zone, share, autoScalingGroup: wanted }: InstanceFault['instances']): Fault['instances'] {
  const autoScalingGroup = fleet.groupName(wanted);
  return {
    ...(ids === undefined ? {} : { ids }),
    ...(zone === undefined ? {} : { zone }),
    ...(autoScalingGroup === undefined ? {} : { autoScalingGroup }),
    ...(share === undefined ? {} : { share }),
  };
}
