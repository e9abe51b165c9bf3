/** Plays the stack updates of a scenario beside its releases: CloudFormation's player, with the real functions behind custom resources. */
import type { ListenerWriteReport, StackUpdateReport, StackUpdateStatus } from '../../lib/model/report';
import type { Finding } from '../../lib/model/rollout';
import { SERVICE_SETTINGS_RESOURCE_TYPE } from '../../lib/model/service-settings';
import type { Assembly } from '../assembly/assembly';
import type { JsonObject } from '../assembly/read-json';
import type { AnyRollout, FoundRollout } from '../assembly/rollouts';
import { ResponseBucket } from '../endpoints/response-bucket';
import { wholeMilliseconds } from '../engine/deployment-report';
import type { ListenerName } from '../engine/ports';
import { UserError } from '../report/user-error';
import type { Scenario, StackUpdateScenario } from '../scenario/scenario';
import type { CodeDeployRollout } from '../stage/codedeploy-rollout';
import type { World, WorldOptions } from '../stage/world';
import { CustomResources } from './custom-resources';
import { deployedAssembly, PLAYED_ANYWAY, REACHED_BY_CHANGES, REACHED_BY_TEMPLATE, serviceTokens } from './reached';
import { StackPlay, type StackEvent } from './stack-play';
import type { TemplateVersion } from './stack-version';
import { targetOf } from './target-group';
import { TaskDefinitions } from './task-definitions';
import { changed } from './template-change';
import { unplayable } from './unplayable';
import { updateFindings } from './update-findings';
import { UpdatePlans, type TakenAsDone } from './update-plans';

/** Stack updates in a rehearsal, whatever is released. */
export interface PlayedUpdates {
  readonly platform: 'ECS' | 'Lambda';
  /** What the world needs so that they can be played. */
  readonly needs: Partial<Pick<WorldOptions, 'functions' | 'hosts' | 'taskDefinitions'>>;
  /** Resources that are not played. */
  readonly takenAsDone: readonly TakenAsDone[];
  readonly reports: readonly StackUpdateReport[];
  /** What the play has shown. Once everything is over. */
  readonly findings: readonly Finding[];
  /** Takes the stack of the rollout for deployed, in this world. */
  open(world: World): void;
  /** Before the first release. */
  prepare(): Promise<void>;
  /** Begins an update. @throws UserError while another one runs */
  begin(update: StackUpdateScenario): RunningUpdate;
}

export interface StackUpdatesOptions<Found extends AnyRollout = AnyRollout> {
  readonly assembly: Assembly;
  readonly found: Found;
  readonly scenario: Scenario;
  /** Date of virtual zero, in milliseconds since 1970. */
  readonly epochMs: number;
}

/** Why an update that the scenario lets fail does so. */
export const FAILING = 'The following resource(s) failed to update: [another resource of this update, which the scenario lets fail].';

const STATUS = { updated: 'UPDATE_COMPLETE', rolledBack: 'UPDATE_ROLLBACK_COMPLETE' } as const;

/** An update that has begun. */
export interface RunningUpdate {
  readonly over: boolean;
}

export class StackUpdates implements PlayedUpdates {
  readonly platform = 'ECS';
  private readonly done: StackUpdateReport[] = [];
  private readonly bucket: ResponseBucket;
  private play: { readonly world: World; readonly rollout: CodeDeployRollout; readonly stack: StackPlay } | undefined;
  private readonly plans: UpdatePlans;
  private readonly taskDefinitions = new TaskDefinitions();
  /** Whether an update goes to another assembly. */
  private readonly toAssemblies: boolean;
  /** The template that is deployed. */
  private template: TemplateVersion;
  private writes: ListenerWriteReport[] = [];
  private running = false;

  /** @throws UserError where an update of the scenario cannot be played */
  constructor(private readonly options: StackUpdatesOptions<FoundRollout>) {
    const { assembly, found, scenario, epochMs } = options;
    const told = scenario.stackUpdates.find(({ version }) => version !== undefined);
    if (told !== undefined) {
      throw new UserError(`${scenario.file}: stack update "${told.name}" says by "version" how a new version behaves, and updates of an ECS service bring none: say it by "releases"`);
    }
    this.template = { assembly, stack: found.stack };
    this.toAssemblies = scenario.stackUpdates.some(({ to }) => to !== undefined);
    this.plans = new UpdatePlans(scenario, found, this.template, {
      playedTypes: [...PLAYED_ANYWAY, ...REACHED_BY_TEMPLATE],
      refuse: (update) => unplayable({ description: found.description, ...update }),
      change: changed,
    });
    this.bucket = new ResponseBucket({ region: found.stack.region, epochMs, now: () => this.play?.world.conductor.now() ?? 0 });
  }

  /** What the world needs so that custom resources can be asked, and can answer. */
  get needs(): Pick<WorldOptions, 'functions' | 'hosts' | 'taskDefinitions'> {
    return {
      functions: serviceTokens(this.template),
      hosts: [{ host: this.bucket.host, handle: (request) => this.bucket.handle(request) }],
      ...(this.toAssemblies ? { taskDefinitions: this.taskDefinitions } : {}),
    };
  }

  /** Resources that are not played. */
  get takenAsDone(): readonly TakenAsDone[] {
    return this.plans.takenAsDone;
  }

  /** Takes the stack for deployed, in this world. */
  open(world: World): void {
    const rollout = world.codeDeployRollouts[0]!;
    const { conductor, invocations, stacks } = world;
    const { assembly, found } = this.options;
    const { scheduler } = conductor;
    const stack = new StackPlay({
      assembly,
      scheduler,
      stacks,
      customResources: new CustomResources({ scheduler, bucket: this.bucket, invoke: (serviceToken, event) => invocations.invoke(serviceToken, event) }),
      taskDefinitions: this.taskDefinitions,
      customTypes: this.toAssemblies ? REACHED_BY_TEMPLATE : REACHED_BY_CHANGES,
      writeListener: (arn, properties) => this.write(arn, properties),
      stack: found.stack,
      ...(this.toAssemblies ? { deployed: (version: TemplateVersion) => world.deploy(deployedAssembly(version), version.stack, serviceTokens(version)) } : {}),
    });
    stack.adopt();
    this.play = { world, rollout, stack };
  }

  /** Before the first release: what another template may change has to be known as the functions answered it. */
  async prepare(): Promise<void> {
    if (this.toAssemblies) {
      await this.play!.stack.recall(SERVICE_SETTINGS_RESOURCE_TYPE);
    }
  }

  /** Begins an update. @throws UserError while another one runs */
  begin(update: StackUpdateScenario): RunningUpdate {
    const { world, stack } = this.play!;
    if (this.running) {
      throw new UserError(`the scenario's stack update "${update.name}" begins while another one runs, which CloudFormation refuses; give it a later "at"`);
    }
    const { version, changes } = this.plans.plan(this.template, update);
    const start = world.conductor.now();
    const told = stack.events.length;
    this.writes = [];
    this.running = true;
    const state = { over: false };
    stack.update(version.stack, update.fails ? FAILING : undefined, version.assembly).then(
      () => {
        this.running = false;
        this.template = stack.status === 'UPDATE_COMPLETE' ? version : this.template;
        this.done.push(this.report(update, { changes, start, events: stack.events.slice(told) }));
        state.over = true;
      },
      (error: unknown) => world.conductor.fail(error),
    );
    return state;
  }

  get reports(): readonly StackUpdateReport[] {
    return this.done;
  }

  /** What the play has shown. Once everything is over. */
  get findings(): readonly Finding[] {
    const { rollout } = this.play!;
    const { deployments } = rollout;
    const production = deployments.routing.targets('production').filter(({ weight }) => weight > 0);
    return updateFindings(this.done, {
      load: rollout.load,
      primary: this.versionIn(deployments.primaryTargetGroup),
      production: production.map(({ targetGroup }) => ({ name: this.colour(targetGroup), version: this.versionIn(targetGroup) })),
    });
  }

  /** CloudFormation writes every property of a listener, its default action included. */
  private write(arn: string, { DefaultActions: actions }: JsonObject): void {
    const { rollout, world, stack } = this.play!;
    const { production, test, targetGroups } = rollout.model;
    const listener: ListenerName | undefined = arn === production.arn ? 'production' : arn === test?.arn ? 'test' : undefined;
    const wanted = targetOf(actions);
    // A listener of something else in the stack, or one whose rules are the rollout's and not its default action.
    if (listener === undefined || wanted === undefined || rollout.model.listeners[listener]?.rules !== undefined) {
      return;
    }
    // A new target group goes by its ARN.
    const target = targetGroups.find(({ arn: group }) => group === wanted)?.name ?? wanted;
    const [main] = rollout.deployments.routing.targets(listener).toSorted((a, b) => b.weight - a.weight);
    const versionBefore = main === undefined ? null : this.versionIn(main.targetGroup);
    rollout.writeListener(listener, target);
    this.writes.push({
      at: wholeMilliseconds(world.conductor.now()),
      listener,
      targetGroup: this.colour(target),
      version: this.versionIn(target),
      versionBefore,
      ...(stack.status === 'UPDATE_ROLLBACK_IN_PROGRESS' ? { rollback: true } : {}),
    });
  }

  private colour(targetGroup: string): ListenerWriteReport['targetGroup'] {
    const [blue, green] = this.play!.rollout.model.targetGroups;
    return blue.name === targetGroup ? 'blue' : green.name === targetGroup ? 'green' : 'other';
  }

  private versionIn(targetGroup: string): string | null {
    const release = this.play!.rollout.deployments.routing.release(targetGroup);
    return release === undefined ? null : (this.options.scenario.releases[Number(release.slice(1)) - 1]?.name ?? 'the version before');
  }

  private report(update: StackUpdateScenario, course: Pick<UpdateCourse, 'changes' | 'start' | 'events'>): StackUpdateReport {
    const { world, stack } = this.play!;
    return { ...updateReport(update, { ...course, status: stack.status as StackUpdateStatus, stackName: this.options.found.stack.stackName, end: world.conductor.now() }), listeners: this.writes };
  }
}

/** How an update went. */
export interface UpdateCourse {
  readonly stackName: string;
  readonly status: StackUpdateStatus;
  readonly changes: StackUpdateReport['changes'];
  readonly start: number;
  readonly end: number;
  readonly events: readonly StackEvent[];
}

/** What is reported of an update, whatever is released. */
export function updateReport(update: StackUpdateScenario, { stackName, status, changes, start, end, events }: UpdateCourse): StackUpdateReport {
  const reason =
    events.find(({ status: of, logicalId, reason: why }) => of.endsWith('_FAILED') && logicalId !== stackName && why !== undefined) ?? events.find(({ status: of }) => of === 'UPDATE_ROLLBACK_IN_PROGRESS');
  return {
    name: update.name,
    stackName,
    status,
    expected: STATUS[update.expect],
    ...(status === 'UPDATE_COMPLETE' || reason?.reason === undefined ? {} : { reason: reason.reason }),
    start: wholeMilliseconds(start),
    end: wholeMilliseconds(end),
    changes,
    listeners: [],
    events: events.map(({ at, ...event }) => ({ at: wholeMilliseconds(at), ...event })),
  };
}
