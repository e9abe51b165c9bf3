/** What a rehearsal modelled, approximated and left out: said with every report. */
import type { Fidelity } from '../../lib/model/report';
import { CLOUDFORMATION_BEHAVIOUR } from '../cloudformation/behaviour';
import { isCustom } from '../cloudformation/custom-types';
import type { PlayedUpdates } from '../cloudformation/stack-updates';
import type { TakenAsDone } from '../cloudformation/update-plans';
import { LAMBDA_ASSUMPTIONS } from '../engine/alias/lambda-assumptions';
import { FLEET_ASSUMPTIONS, FLEET_BEHAVIOUR, SHARED_BEHAVIOUR } from '../engine/fleet/fleet-behaviour';
import { NATIVE_ASSUMPTIONS, NATIVE_BEHAVIOUR } from '../engine/native/native-behaviour';
import { SERVICE_BEHAVIOUR, type BehaviourEntry, type Certainty } from '../engine/service-behaviour';
import { STACK_ASSUMPTIONS, STACK_BEHAVIOUR } from '../engine/stack-behaviour';
import type { StagedRollout } from './staged-rollout';
import { unproducedMetrics } from './unproduced-metrics';
import type { World } from './world';

const HOOKS_MODELLED = 'hooks: the bytes of the assembly, under the Lambda contract, in processes of their own';
const ALARMS_MODELLED = 'alarms: M of N, missing data, SetAlarmState, composite alarms';

const ASYNC_MODELLED = 'asynchronous invocation: retries, age of events, throttling, destinations';

const MODELLED = {
  CODE_DEPLOY: [
    'lifecycle events, traffic shift, waits, stop, rollback and their texts, as CodeDeploy plays them for ECS',
    HOOKS_MODELLED,
    ASYNC_MODELLED,
    ALARMS_MODELLED,
    'permissions of hooks, and the service role invoking hooks and reading alarms',
  ],
  CLOUDFORMATION: [
    'lifecycle events, traffic shift, waits and texts, as CodeDeploy plays them for ECS, and the rollback of the stack',
    HOOKS_MODELLED,
    ASYNC_MODELLED,
    ALARMS_MODELLED,
    'permissions of hooks, and the service role invoking hooks',
  ],
  ECS: [
    'stages, steps of the traffic shift, waits, bake time, stop and rollback, as ECS plays them in deployments that it controls',
    HOOKS_MODELLED,
    'the contract of lifecycle hooks: hookStatus, callBackDelay, hookDetails, time-out and its action',
    ALARMS_MODELLED,
    'permissions of hooks, and the role under which ECS invokes them',
  ],
  LAMBDA: [
    'lifecycle events, weights of the alias, waits, stop, rollback and their texts, as CodeDeploy plays them for Lambda',
    HOOKS_MODELLED,
    ASYNC_MODELLED,
    ALARMS_MODELLED,
    'invocations by hooks of the function that is released, by version and by alias; provisioned concurrency of its versions, without an effect on how long they take',
    'permissions of hooks, and the service role invoking hooks and reading alarms',
  ],
  SERVER: [
    'lifecycle events of each instance and the revision whose scripts they run, batches, minimum healthy hosts, zones, blue/green with its waits and its traffic, stop, rollback and their texts, as CodeDeploy and its agent play them for EC2/on-premises',
    'files that deployments copy and clean up, and launches and ends of instances by Auto Scaling, whose groups have a desired capacity and limits',
    ALARMS_MODELLED,
    'permission of the service role to read alarms',
  ],
} as const;

const APPROXIMATED = [
  "a handler's own CPU time and cold start take no virtual time",
  'metrics arrive without delay',
];

const NOT_MODELLED = {
  CODE_DEPLOY: [
    'tasks, images and health checks of ECS: a version becomes healthy after its start-up time',
    "permissions of the service role for ECS and load balancers, and every principal's policies outside the template",
    'networks: security groups, subnets and routes',
  ],
  CLOUDFORMATION: [
    'tasks, images and health checks of ECS: a version becomes healthy after its start-up time',
    'the transform of the template, and updates that CloudFormation refuses since they change something else besides',
    'permissions of whoever deploys, which CloudFormation acts under',
    'networks: security groups, subnets and routes',
  ],
  ECS: [
    'tasks, images and health checks of ECS: a version becomes healthy after its start-up time; the deployment circuit breaker',
    "permissions of ECS for load balancers and alarms, and every principal's policies outside the template",
    'networks: security groups, subnets and routes',
  ],
  LAMBDA: [
    'concurrency, cold starts and event sources of the function that is released, and metrics of Lambda other than Invocations, Errors, Throttles and Duration',
    'what stands in front of the alias, such as an API, and its metrics',
    "permissions of the service role for the alias, the function's resource policy, and every principal's policies outside the template",
    'networks: security groups, subnets and routes',
  ],
  SERVER: [
    'scripts of the bundle, operating systems and agents: what scripts do to a host, permissions of files, users, versions of the agent',
    'requests of users to the instances, health checks and metrics of load balancers: an instance is healthy unless the scenario says otherwise',
    "permissions of the service role for instances, Auto Scaling and load balancers, of the instances for buckets and for asking their gate, and every principal's policies outside the template",
    'networks: security groups, subnets and routes',
  ],
} as const;

const BEHAVIOURS = { CODE_DEPLOY: [SERVICE_BEHAVIOUR], CLOUDFORMATION: [SERVICE_BEHAVIOUR, STACK_BEHAVIOUR], ECS: [NATIVE_BEHAVIOUR], LAMBDA: [SERVICE_BEHAVIOUR], SERVER: [SHARED_BEHAVIOUR, FLEET_BEHAVIOUR] } as const;

const FIXED = { CODE_DEPLOY: [], CLOUDFORMATION: STACK_ASSUMPTIONS, ECS: NATIVE_ASSUMPTIONS, LAMBDA: LAMBDA_ASSUMPTIONS, SERVER: FLEET_ASSUMPTIONS } as const;

export function fidelity(world: World, { model, approximated, controller, notModelled }: StagedRollout): Fidelity {
  return {
    modelled: [...MODELLED[controller], ...world.events.modelled(model.name)],
    approximated: [
      ...APPROXIMATED,
      ...approximated,
      ...world.options.assembly.approximated.map((what) => `made up, since the assembly does not tell it: ${what}`),
      ...world.runs.realTime.map((reason) => `fell back to real time: ${reason}`),
      ...world.events.approximated,
      ...[...world.upstreamFailures].map((reason) => `a real version did not answer: ${reason}`),
      ...BEHAVIOURS[controller].flatMap(assumptions),
      ...FIXED[controller].filter(uncertain).map(({ what, certainty }) => `${certainty} of the service: ${what}`),
    ],
    notModelled: [
      ...NOT_MODELLED[controller],
      ...notModelled,
      ...unproducedMetrics(model, controller),
      ...world.alarms.outside().map(({ name, reason }) => `alarm ${name}: ${reason}`),
      ...world.notModelled.map(({ service, operation }) => `${service} ${operation}, which a function asked for`),
      ...model.hookFunctions.flatMap(({ function: name }) => world.functions.find(name)?.notModelled ?? []),
      ...world.events.notModelled,
      ...builds(world),
      ...world.calendars.untold.map((name) => `events of change calendar ${name}: it is taken for what it is outside of them`),
    ],
  };
}

const uncertain = ({ certainty }: { readonly certainty: Certainty }): boolean => certainty === 'assumed' || certainty === 'inferred';

/** Resources that a statement names. */
const MAX_NAMED = 20;

/** What is said besides where stack updates were played. */
export function withStackUpdates({ modelled, approximated, notModelled }: Fidelity, { platform, takenAsDone }: Pick<PlayedUpdates, 'platform' | 'takenAsDone'>): Fidelity {
  const said = OF_UPDATES[platform];
  return {
    modelled: [...modelled, said.modelled, ...(takenAsDone.length === 0 ? [] : [said.code])],
    approximated: [...approximated, ...assumptions(CLOUDFORMATION_BEHAVIOUR), ...takenAsDone.filter(({ beforeRelease }) => beforeRelease).map(({ update }) => `releases after stack update "${update}" ${said.after}`), ...said.approximated],
    notModelled: [...notModelled, said.notModelled, ...takenAsDone.flatMap(notPlayed)],
  };
}

const OF_UPDATES = {
  ECS: {
    modelled: 'stack updates: order, custom resources, rollback, and what CloudFormation writes to listeners',
    code: 'stack updates: functions, roles, policies and state machines are those of the cloud assembly that is deployed, from the beginning of an update, before custom resources are asked; those of before from the beginning of its rollback',
    after: 'run the functions of its cloud assembly, and have application, deployment group, configuration, AppSpec, listeners and alarms of the first one',
    approximated: [],
    notModelled: 'stack updates: resources other than listeners, target groups, services, task definitions and the custom resources of cdk-greenlight take no time and do not fail',
  },
  Lambda: {
    modelled: 'stack updates: order, versions of the function, deployments of the alias, and rollback',
    code: 'stack updates: functions, roles and policies are those of the template that is deployed, from the beginning of an update; functions that wait for the alias once CloudFormation is past it',
    after: 'run the functions of its cloud assembly, and have the hooks and alarms of the first one',
    approximated: ['deployments of stack updates have the hooks of the template that is deployed then, and application, deployment group, configuration and alarms of the first one'],
    notModelled: 'stack updates: resources other than versions of functions and aliases take no time and do not fail, and custom resources are not run',
  },
} as const;

function notPlayed({ update, differences }: TakenAsDone): readonly string[] {
  const custom = differences.filter(({ type }) => isCustom(type));
  const others = differences.filter((difference) => !custom.includes(difference));
  const one = `stack update "${update}"`;
  return [
    ...(others.length === 0 ? [] : [`${one}: taken to be done at once, under the names of before where CloudFormation would replace them: ${named(others)}`]),
    ...(custom.length === 0 ? [] : [`${one}: custom resources whose functions were not run: ${named(custom)}`]),
  ];
}

function named(differences: TakenAsDone['differences']): string {
  const more = differences.length > MAX_NAMED ? ` and ${differences.length - MAX_NAMED} more` : '';
  return `${differences.slice(0, MAX_NAMED).map(({ logicalId, type }) => `${logicalId} (${type})`).join(', ')}${more}`;
}

/** What the service does where no source settles it. */
function assumptions(behaviour: Readonly<Record<string, BehaviourEntry<unknown>>>): readonly string[] {
  return Object.entries(behaviour)
    .filter(([, entry]) => uncertain(entry))
    .map(([name, { what, value, certainty }]) => `${certainty} of the service: ${what} (${name}: ${String(value)})`);
}

function builds(world: World): readonly string[] {
  const names = [...new Set(world.builds.list().map(({ project }) => project.name))];
  return names.map((name) => `builds of CodeBuild project ${name}: none was run, and what came of them is what the scenario says`);
}
