/** A world in which CloudFormation deploys a stack with a rollout: the real provider and the real hooks, CodeDeploy's engine, and CloudFormation's player. */
import { DEPLOYMENT_RESOURCE_TYPE, DEPLOYMENT_WAIT_RESOURCE_TYPE, LAMBDA_DEPLOYMENT_RESOURCE_TYPE, SERVER_DEPLOYMENT_RESOURCE_TYPE } from '../../lib/model/deployment-request';
import { SERVER_DEPLOYMENT_GROUP_RESOURCE_TYPE } from '../../lib/model/server/deployment-group-request';
import { SERVICE_SETTINGS_RESOURCE_TYPE } from '../../lib/model/service-settings';
import { ROLLBACK_CREATOR } from '../../lib/model/status';
import { TASK_DEFINITIONS_RESOURCE_TYPE } from '../../lib/model/task-definitions-request';
import type { Assembly } from '../assembly/assembly';
import type { FoundLambdaRollout, FoundRollout, FoundServerRollout } from '../assembly/rollouts';
import { sameEnvironment, type Stack } from '../assembly/stack';
import type { AwsEndpointOptions } from '../endpoints/aws-endpoint';
import { ResponseBucket } from '../endpoints/response-bucket';
import type { LoopbackAnswer, LoopbackRequest } from '../endpoints/loopback-server';
import type { DeploymentRecord } from '../engine/deployment-record';
import { UserError } from '../report/user-error';
import type { Scenario } from '../scenario/scenario';
import { servicesOf } from '../stage/services';
import { SYNTHETIC_EPOCH_MS, World, type WorldOptions } from '../stage/world';
import type { CloudFormationBehaviour } from './behaviour';
import { CustomResources } from './custom-resources';
import { movedTo, released } from './edits';
import { PlayedFleets } from './auto-scaling-groups';
import { everywhere, revised, servingOnServers, startedOnServers } from './server-replay';
import { StackPlay } from './stack-play';
import { AUTO_SCALING_GROUP } from './stack-version';
import { TaskDefinitions } from './task-definitions';

/** Custom resources whose functions are run. */
const PLAYED_TYPES = [
  DEPLOYMENT_RESOURCE_TYPE,
  LAMBDA_DEPLOYMENT_RESOURCE_TYPE,
  SERVER_DEPLOYMENT_RESOURCE_TYPE,
  SERVER_DEPLOYMENT_GROUP_RESOURCE_TYPE,
  DEPLOYMENT_WAIT_RESOURCE_TYPE,
  SERVICE_SETTINGS_RESOURCE_TYPE,
  TASK_DEFINITIONS_RESOURCE_TYPE,
];

/** Those that start deployments. */
const DEPLOYING_TYPES = [DEPLOYMENT_RESOURCE_TYPE, LAMBDA_DEPLOYMENT_RESOURCE_TYPE, SERVER_DEPLOYMENT_RESOURCE_TYPE];

type StartedDeployment = Pick<DeploymentRecord, 'deploymentId' | 'status' | 'createTime' | 'completeTime' | 'description' | 'revision'>;

type Replayed = FoundRollout | FoundLambdaRollout | FoundServerRollout;

export interface ReplayOptions {
  readonly assembly: Assembly;
  readonly rollout: Replayed;
  /** How the versions behave: the first one that is made, and those that each further task definition brings; for instances each of its releases is a revision, the first one included. */
  readonly scenario: Scenario;
  readonly directory: string;
  readonly behaviour?: CloudFormationBehaviour;
  /** Stands between the functions' calls and their answers. @default nothing does */
  readonly around?: AwsEndpointOptions['around'];
  /** The same for what is put to the response URLs. @default nothing does */
  readonly aroundAnswers?: (request: LoopbackRequest, answer: () => LoopbackAnswer) => LoopbackAnswer;
  /** How far the clock of Step Functions is ahead, in milliseconds. @default 0 */
  readonly statesSkewMs?: number;
  /** Behaviours of the service with instances that are switched. @default none */
  readonly fleetBehaviour?: WorldOptions['fleetBehaviour'];
}

export class ReplayWorld {
  readonly customResources: CustomResources;
  readonly taskDefinitions: TaskDefinitions;

  private constructor(
    readonly options: ReplayOptions,
    readonly world: World,
    readonly bucket: ResponseBucket,
    taskDefinitions: TaskDefinitions,
  ) {
    const { conductor, invocations } = world;
    this.taskDefinitions = taskDefinitions;
    this.customResources = new CustomResources({ scheduler: conductor.scheduler, bucket, invoke: (serviceToken, event) => invocations.invoke(serviceToken, event) });
  }

  static async open(options: ReplayOptions): Promise<ReplayWorld> {
    const { assembly, rollout, scenario, directory, around, aroundAnswers, statesSkewMs, fleetBehaviour } = options;
    const taskDefinitions = new TaskDefinitions();
    let now = (): number => 0;
    const bucket = new ResponseBucket({ region: rollout.stack.region, epochMs: SYNTHETIC_EPOCH_MS, now: () => now() });
    const handle = (request: LoopbackRequest): LoopbackAnswer => bucket.handle(request);
    const world = await World.open({
      assembly,
      rollouts: [rollout],
      scenario,
      seed: scenario.seed ?? 1,
      epochMs: SYNTHETIC_EPOCH_MS,
      allowHosts: [],
      directory,
      path: '',
      functions: serviceTokens(assembly, rollout.stack),
      hosts: [{ host: bucket.host, handle: aroundAnswers === undefined ? handle : (request) => aroundAnswers(request, () => handle(request)) }],
      releaseOf: (appSpec) => {
        const { TaskDefinition, LoadBalancerInfo } = appSpec.Resources[0].TargetService.Properties;
        const number = taskDefinitions.number(TaskDefinition);
        const refused = taskDefinitions.refusal(TaskDefinition, LoadBalancerInfo.ContainerName);
        return number === undefined ? undefined : { number, ...(refused === undefined ? {} : { refused }) };
      },
      taskDefinitions,
      ...(around === undefined ? {} : { around }),
      ...(statesSkewMs === undefined ? {} : { statesSkewMs }),
      // The stack makes both, and releases the first revision to them.
      ...(rollout.controller === 'SERVER' ? { groupsAreThere: false, fleetIsThere: false, isBundle: everywhere } : {}),
      ...(fleetBehaviour === undefined ? {} : { fleetBehaviour }),
    });
    now = () => world.conductor.now();
    return new ReplayWorld(options, world, bucket, taskDefinitions);
  }

  /** A stack with the so-manieth version of what is released; the first one is what runs already. */
  version(number: number, stack: Stack = this.options.rollout.stack): Stack {
    const [alias] = this.world.lambdaRollouts;
    if (alias !== undefined) {
      return movedTo(stack, String(alias.model.version - 2 + number));
    }
    if (this.world.servers !== undefined) {
      return number === 1 ? stack : revised(stack, number);
    }
    return number === 1 ? stack : released(stack, `web:v${number}`);
  }

  /** A stack of the assembly for CloudFormation to play. */
  stack(stack: Stack = this.version(1)): StackPlay {
    const { assembly, behaviour } = this.options;
    const { conductor, stacks, servers } = this.world;
    return new StackPlay({
      assembly,
      scheduler: conductor.scheduler,
      stacks,
      customResources: this.customResources,
      taskDefinitions: this.taskDefinitions,
      customTypes: [...PLAYED_TYPES, ...(servers === undefined ? [] : [AUTO_SCALING_GROUP])],
      ...(servers === undefined ? {} : { fleets: new PlayedFleets(servers.fleet, conductor.scheduler) }),
      stack,
      running: () => servicesOf(this.world.codeDeployRollouts)[0]?.taskSets()[0]?.revision,
      ...(behaviour === undefined ? {} : { behaviour }),
    });
  }

  /** Deployments that somebody has started; those by which CodeDeploy itself rolls back are not among them. */
  get started(): readonly StartedDeployment[] {
    if (this.world.servers !== undefined) {
      return startedOnServers(this.world);
    }
    return this.world.codeDeploy.deployments().filter(({ creator }) => creator !== ROLLBACK_CREATOR);
  }

  /** The task definition of the primary task set, such as `web:2`; what the alias gives to which version, such as `live:1` or `live:1 90 %, 2 10 %`; or what the Auto Scaling group that serves runs, such as `FleetA:v2`. */
  get running(): string {
    if (this.world.servers !== undefined) {
      return servingOnServers(this.world);
    }
    const [alias] = this.world.lambdaRollouts;
    if (alias !== undefined) {
      const shares = alias.deployments.alias.shares();
      return `${alias.model.aliasName}:${shares.map(({ version, percent }) => (shares.length === 1 ? version : `${version} ${percent} %`)).join(', ')}`;
    }
    const [primary] = servicesOf(this.world.codeDeployRollouts)[0]?.taskSets() ?? [];
    return primary?.revision.TaskDefinition.split('/').at(-1) ?? 'nothing';
  }

  /** Plays until the operation has ended, and then until nothing happens by itself any more. */
  async play(operation: Promise<void>): Promise<void> {
    await this.world.conductor.run(operation);
    await this.settle();
  }

  /** Plays until nothing happens by itself any more. */
  settle(): Promise<void> {
    const { conductor, rollouts, pending, stateMachines } = this.world;
    return conductor.run(() => rollouts.every(({ settled }) => settled) && pending() === 0 && stateMachines.running === 0);
  }

  /** Plays for so long. */
  pass(ms: number): Promise<void> {
    let over = false;
    this.world.conductor.scheduler.after(ms, 'time passes', () => (over = true));
    return this.until(() => over);
  }

  /** Plays until this holds. */
  until(holds: () => boolean): Promise<void> {
    return this.world.conductor.run(holds);
  }

  close(): Promise<void> {
    return this.world.close();
  }
}

/** ARNs of the functions behind deployment resources, of all stacks beside this one. */
function serviceTokens(assembly: Assembly, stack: Stack): readonly string[] {
  const places = assembly.resources(...PLAYED_TYPES).filter((place) => sameEnvironment(place.stack, stack));
  if (!places.some((place) => place.stack === stack && DEPLOYING_TYPES.includes(place.resource.type))) {
    throw new UserError(`stack ${stack.path} has none of ${DEPLOYING_TYPES.join(', ')}: its deployments are not CloudFormation's; choose a stack with 'deployments: EcsDeployments.byCloudFormation()', or with a LambdaDeployment or a ServerDeploymentTrigger`);
  }
  return [...new Set(places.map((place) => String(assembly.properties(place).ServiceToken)))];
}
