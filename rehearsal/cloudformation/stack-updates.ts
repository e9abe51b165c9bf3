/** Plays the stack updates of a scenario beside its releases: CloudFormation's player, with the real functions behind custom resources. */
import { LIVE_LISTENER_RESOURCE_TYPE } from '../../lib/model/live-listener';
import type { ListenerWriteReport, StackUpdateReport, StackUpdateStatus } from '../../lib/model/report';
import type { Finding } from '../../lib/model/rollout';
import type { Assembly } from '../assembly/assembly';
import { isObject, type JsonObject } from '../assembly/read-json';
import type { AnyRollout } from '../assembly/rollouts';
import type { Stack } from '../assembly/stack';
import { ResponseBucket } from '../endpoints/response-bucket';
import { wholeMilliseconds } from '../engine/deployment-report';
import type { ListenerName } from '../engine/ports';
import { UserError } from '../report/user-error';
import type { Scenario, StackUpdateScenario } from '../scenario/scenario';
import type { CodeDeployRollout } from '../stage/codedeploy-rollout';
import type { World, WorldOptions } from '../stage/world';
import { CustomResources } from './custom-resources';
import { StackPlay, type StackEvent } from './stack-play';
import { LISTENER } from './stack-version';
import { TaskDefinitions } from './task-definitions';
import { changed } from './template-change';
import { updateFindings } from './update-findings';

export interface StackUpdatesOptions {
  readonly assembly: Assembly;
  readonly found: AnyRollout;
  readonly scenario: Scenario;
  /** Date of virtual zero, in milliseconds since 1970. */
  readonly epochMs: number;
}

/** Why an update that the scenario lets fail does so. */
const FAILING = 'The following resource(s) failed to update: [another resource of this update, which the scenario lets fail].';

const STATUS = { updated: 'UPDATE_COMPLETE', rolledBack: 'UPDATE_ROLLBACK_COMPLETE' } as const;

/** An update that has begun. */
export interface RunningUpdate {
  readonly over: boolean;
}

export class StackUpdates {
  private readonly done: StackUpdateReport[] = [];
  private readonly bucket: ResponseBucket;
  private play: { readonly world: World; readonly rollout: CodeDeployRollout; readonly stack: StackPlay } | undefined;
  /** The template that is deployed. */
  private template: Stack;
  private writes: ListenerWriteReport[] = [];
  private running = false;

  /** @throws UserError where an update of the scenario cannot be played */
  constructor(private readonly options: StackUpdatesOptions) {
    const { found, scenario, epochMs } = options;
    if (found.controller !== 'CODE_DEPLOY') {
      throw new UserError(`${scenario.file}: "stackUpdates" are played for rollouts of CodeDeploy, and ${found.controller === 'LAMBDA' ? 'an alias of Lambda has no listener that they could touch:' : 'ECS itself controls the deployments of'} ${found.name}`);
    }
    this.template = found.stack;
    scenario.stackUpdates.reduce((stack, update) => this.edit(stack, update).stack, found.stack);
    this.bucket = new ResponseBucket({ region: found.stack.region, epochMs, now: () => this.play?.world.conductor.now() ?? 0 });
  }

  /** What the world needs so that custom resources can be asked, and can answer. */
  get needs(): Pick<WorldOptions, 'functions' | 'hosts'> {
    const { assembly, found } = this.options;
    const guards = assembly.resources(LIVE_LISTENER_RESOURCE_TYPE).filter(({ stack }) => stack === found.stack);
    const tokens = guards.map((place) => String(assembly.properties(place).ServiceToken));
    return { functions: [...new Set(tokens)], hosts: [{ host: this.bucket.host, handle: (request) => this.bucket.handle(request) }] };
  }

  /** Takes the stack for deployed, in this world. */
  open(world: World, rollout: CodeDeployRollout): void {
    const { conductor, invocations, stacks } = world;
    const { assembly, found } = this.options;
    const { scheduler } = conductor;
    const stack = new StackPlay({
      assembly,
      scheduler,
      stacks,
      customResources: new CustomResources({ scheduler, bucket: this.bucket, invoke: (serviceToken, event) => invocations.invoke(serviceToken, event) }),
      taskDefinitions: new TaskDefinitions(),
      customTypes: [LIVE_LISTENER_RESOURCE_TYPE, LISTENER],
      writeListener: (arn, properties) => this.write(arn, properties),
      stack: found.stack,
    });
    stack.adopt();
    this.play = { world, rollout, stack };
  }

  /** Begins an update. @throws UserError while another one runs */
  begin(update: StackUpdateScenario): RunningUpdate {
    const { world, stack } = this.play!;
    if (this.running) {
      throw new UserError(`the scenario's stack update "${update.name}" begins while another one runs, which CloudFormation refuses; give it a later "at"`);
    }
    const { stack: after, changes } = this.edit(this.template, update);
    const start = world.conductor.now();
    const told = stack.events.length;
    this.writes = [];
    this.running = true;
    const state = { over: false };
    stack.update(after, update.fails ? FAILING : undefined).then(
      () => {
        this.running = false;
        this.template = stack.status === 'UPDATE_COMPLETE' ? after : this.template;
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

  private edit(before: Stack, { changes, name }: StackUpdateScenario): { readonly stack: Stack; readonly changes: StackUpdateReport['changes'] } {
    const where = `${this.options.scenario.file}: stack update "${name}"`;
    const found: StackUpdateReport['changes'][number][] = [];
    const stack = changes.reduce((current, change) => {
      const { stack: after, logicalId } = changed(current, change, where);
      found.push({ logicalId, property: change.property });
      return after;
    }, before);
    return { stack, changes: found };
  }

  /** CloudFormation writes every property of a listener, its default action included. */
  private write(arn: string, { DefaultActions: actions }: JsonObject): void {
    const { rollout, world, stack } = this.play!;
    const { production, test, targetGroups } = rollout.model;
    const listener: ListenerName | undefined = arn === production.arn ? 'production' : arn === test?.arn ? 'test' : undefined;
    const target = targetGroups.find(({ arn: group }) => group === targetOf(actions));
    // A listener of something else in the stack, or one whose rules are the rollout's and not its default action.
    if (listener === undefined || target === undefined || rollout.model.listeners[listener]?.rules !== undefined) {
      return;
    }
    const [main] = rollout.deployments.routing.targets(listener).toSorted((a, b) => b.weight - a.weight);
    const versionBefore = main === undefined ? null : this.versionIn(main.targetGroup);
    rollout.writeListener(listener, target.name);
    this.writes.push({
      at: wholeMilliseconds(world.conductor.now()),
      listener,
      targetGroup: this.colour(target.name),
      version: this.versionIn(target.name),
      versionBefore,
      ...(stack.status === 'UPDATE_ROLLBACK_IN_PROGRESS' ? { rollback: true } : {}),
    });
  }

  private colour(targetGroup: string): 'blue' | 'green' {
    return this.play!.rollout.model.targetGroups[0].name === targetGroup ? 'blue' : 'green';
  }

  private versionIn(targetGroup: string): string | null {
    const release = this.play!.rollout.deployments.routing.release(targetGroup);
    return release === undefined ? null : (this.options.scenario.releases[Number(release.slice(1)) - 1]?.name ?? 'the version before');
  }

  private report(update: StackUpdateScenario, { changes, start, events }: { readonly changes: StackUpdateReport['changes']; readonly start: number; readonly events: readonly StackEvent[] }): StackUpdateReport {
    const { world, stack } = this.play!;
    const { stackName } = this.options.found.stack;
    const reason = events.find(({ status, logicalId, reason: why }) => status.endsWith('_FAILED') && logicalId !== stackName && why !== undefined) ?? events.find(({ status }) => status === 'UPDATE_ROLLBACK_IN_PROGRESS');
    return {
      name: update.name,
      stackName,
      status: stack.status as StackUpdateStatus,
      expected: STATUS[update.expect],
      ...(stack.status === 'UPDATE_COMPLETE' || reason?.reason === undefined ? {} : { reason: reason.reason }),
      start: wholeMilliseconds(start),
      end: wholeMilliseconds(world.conductor.now()),
      changes,
      listeners: this.writes,
      events: events.map(({ at, ...event }) => ({ at: wholeMilliseconds(at), ...event })),
    };
  }
}

/** The one target group that a default action forwards to. */
function targetOf(actions: unknown): unknown {
  const forward = (Array.isArray(actions) ? (actions as readonly unknown[]) : []).filter(isObject).find(({ Type }) => Type === 'forward');
  const groups = isObject(forward?.ForwardConfig) && Array.isArray(forward.ForwardConfig.TargetGroups) ? (forward.ForwardConfig.TargetGroups as readonly unknown[]) : [];
  const weighted = groups.filter(isObject).filter(({ Weight }) => Number(Weight ?? 1) > 0);
  return forward?.TargetGroupArn ?? (weighted.length === 1 ? weighted[0]?.TargetGroupArn : undefined);
}
