/** What a rehearsal modelled, approximated and left out: said with every report. */
import type { Fidelity } from '../../lib/model/report';
import { CLOUDFORMATION_BEHAVIOUR } from '../cloudformation/behaviour';
import { isNetworkLoadBalancer } from '../engine/alb-metrics';
import { NATIVE_ASSUMPTIONS, NATIVE_BEHAVIOUR } from '../engine/native/native-behaviour';
import { SERVICE_BEHAVIOUR, type BehaviourEntry } from '../engine/service-behaviour';
import type { StagedRollout } from './staged-rollout';
import type { World } from './world';

const HOOKS_MODELLED = 'hooks: the bytes of the assembly, under the Lambda contract, in processes of their own';
const ALARMS_MODELLED = 'alarms: M of N, missing data, SetAlarmState, composite alarms';

const MODELLED = {
  CODE_DEPLOY: [
    'lifecycle events, traffic shift, waits, stop, rollback and their texts, as CodeDeploy plays them for ECS',
    HOOKS_MODELLED,
    'asynchronous invocation: retries, age of events, throttling, destinations',
    ALARMS_MODELLED,
    'permissions of hooks, and the service role invoking hooks and reading alarms',
  ],
  ECS: [
    'stages, steps of the traffic shift, waits, bake time, stop and rollback, as ECS plays them in deployments that it controls',
    HOOKS_MODELLED,
    'the contract of lifecycle hooks: hookStatus, callBackDelay, hookDetails, time-out and its action',
    ALARMS_MODELLED,
    'permissions of hooks, and the role under which ECS invokes them',
  ],
} as const;

const APPROXIMATED = [
  "a handler's own CPU time and cold start take no virtual time",
  'metrics arrive without delay',
];

const NETWORK_APPROXIMATED = ['the Network Load Balancer: played request by request, and one without a target answers 503, where it would close the connection'];

const NOT_MODELLED = {
  CODE_DEPLOY: [
    'tasks, images and health checks of ECS: a version becomes healthy after its start-up time',
    "permissions of the service role for ECS and load balancers, and every principal's policies outside the template",
    'networks: security groups, subnets and routes',
  ],
  ECS: [
    'tasks, images and health checks of ECS: a version becomes healthy after its start-up time; the deployment circuit breaker',
    "permissions of ECS for load balancers and alarms, and every principal's policies outside the template",
    'networks: security groups, subnets and routes',
  ],
} as const;

export function fidelity(world: World, { model, versions, load, controller, notModelled }: StagedRollout): Fidelity {
  const traffic =
    load === 0
      ? []
      : versions.real
        ? [`production traffic: scaled from ${versions.sampled} real requests to ${load} a second`]
        : [`production traffic of ${load} requests a second: drawn from the profile of each version, without sockets`];
  return {
    modelled: [...MODELLED[controller]],
    approximated: [
      ...APPROXIMATED,
      ...traffic,
      ...world.options.assembly.approximated.map((what) => `made up, since the assembly does not tell it: ${what}`),
      ...world.runs.realTime.map((reason) => `fell back to real time: ${reason}`),
      ...[...world.upstreamFailures].map((reason) => `a real version did not answer: ${reason}`),
      ...(isNetworkLoadBalancer(model.loadBalancer.fullName) ? NETWORK_APPROXIMATED : []),
      ...assumptions(controller === 'ECS' ? NATIVE_BEHAVIOUR : SERVICE_BEHAVIOUR),
      ...(controller === 'ECS' ? fixedAssumptions() : []),
    ],
    notModelled: [
      ...NOT_MODELLED[controller],
      ...notModelled,
      ...(isNetworkLoadBalancer(model.loadBalancer.fullName) ? ['metrics of Network Load Balancers'] : []),
      ...world.alarms.outside().map(({ name, reason }) => `alarm ${name}: ${reason}`),
      ...world.notModelled.map(({ service, operation }) => `${service} ${operation}, which a function asked for`),
      ...model.hookFunctions.flatMap(({ function: name }) => world.functions.find(name)?.notModelled ?? []),
      ...builds(world),
      ...world.calendars.untold.map((name) => `events of change calendar ${name}: it is taken for what it is outside of them`),
    ],
  };
}

/** What is said besides where stack updates were played. */
export function withStackUpdates({ modelled, approximated, notModelled }: Fidelity): Fidelity {
  return {
    modelled: [...modelled, 'stack updates: order, custom resources, rollback, and what CloudFormation writes to listeners'],
    approximated: [...approximated, ...assumptions(CLOUDFORMATION_BEHAVIOUR)],
    notModelled: [...notModelled, 'stack updates: resources other than listeners, their guards and services take no time and do not fail'],
  };
}

/** What the service does where no source settles it. */
function assumptions(behaviour: Readonly<Record<string, BehaviourEntry<unknown>>>): readonly string[] {
  return Object.entries(behaviour)
    .filter(([, { certainty }]) => certainty === 'assumed' || certainty === 'inferred')
    .map(([name, { what, value, certainty }]) => `${certainty} of the service: ${what} (${name}: ${String(value)})`);
}

function builds(world: World): readonly string[] {
  const names = [...new Set(world.builds.list().map(({ project }) => project.name))];
  return names.map((name) => `builds of CodeBuild project ${name}: none was run, and what came of them is what the scenario says`);
}

function fixedAssumptions(): readonly string[] {
  return NATIVE_ASSUMPTIONS.filter(({ certainty }) => certainty === 'assumed' || certainty === 'inferred').map(({ what, certainty }) => `${certainty} of the service: ${what}`);
}
