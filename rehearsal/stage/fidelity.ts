/** What a rehearsal modelled, approximated and left out: said with every report. */
import type { Fidelity } from '../../lib/model/report';
import { SERVICE_BEHAVIOUR } from '../engine/service-behaviour';
import type { StagedRollout } from './staged-rollout';
import type { World } from './world';

const MODELLED = [
  'lifecycle events, traffic shift, waits, stop, rollback and their texts, as CodeDeploy plays them for ECS',
  'hooks: the bytes of the assembly, under the Lambda contract, in processes of their own',
  'asynchronous invocation: retries, age of events, throttling, destinations',
  'alarms: M of N, missing data, SetAlarmState, composite alarms',
  'permissions of hooks, and the service role invoking hooks and reading alarms',
];

const APPROXIMATED = [
  "a handler's own CPU time and cold start take no virtual time",
  'metrics arrive without delay',
];

const NOT_MODELLED = [
  'tasks, images and health checks of ECS: a version becomes healthy after its start-up time',
  "permissions of the service role for ECS and load balancers, and every principal's policies outside the template",
  'networks: security groups, subnets and routes',
];

export function fidelity(world: World, { model, versions, load }: StagedRollout): Fidelity {
  const traffic =
    load === 0
      ? []
      : versions.real
        ? [`production traffic: scaled from ${versions.sampled} real requests to ${load} a second`]
        : [`production traffic of ${load} requests a second: drawn from the profile of each version, without sockets`];
  return {
    modelled: [...MODELLED],
    approximated: [
      ...APPROXIMATED,
      ...traffic,
      ...world.options.assembly.approximated.map((what) => `made up, since the assembly does not tell it: ${what}`),
      ...world.runs.realTime.map((reason) => `fell back to real time: ${reason}`),
      ...[...world.upstreamFailures].map((reason) => `a real version did not answer: ${reason}`),
      ...assumptions(),
    ],
    notModelled: [
      ...NOT_MODELLED,
      ...world.alarms.outside().map(({ name, reason }) => `alarm ${name}: ${reason}`),
      ...world.notModelled.map(({ service, operation }) => `${service} ${operation}, which a function asked for`),
      ...layers(world, model.appSpec.Hooks ?? []),
      ...builds(world),
    ],
  };
}

/** What the service does where no source settles it. */
function assumptions(): readonly string[] {
  return Object.entries(SERVICE_BEHAVIOUR)
    .filter(([, { certainty }]) => certainty === 'assumed' || certainty === 'inferred')
    .map(([name, { what, value, certainty }]) => `${certainty} of the service: ${what} (${name}: ${String(value)})`);
}

function builds(world: World): readonly string[] {
  const names = [...new Set(world.builds.list().map(({ project }) => project.name))];
  return names.map((name) => `builds of CodeBuild project ${name}: none was run, and what came of them is what the scenario says`);
}

function layers(world: World, hooks: readonly Readonly<Record<string, string>>[]): readonly string[] {
  return hooks.flatMap((entry) => Object.values(entry)).flatMap((name) => world.functions.find(name)?.notModelled ?? []);
}
