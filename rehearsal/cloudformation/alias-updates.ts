/** Plays the stack updates of a scenario for a rollout of an alias: an update that gives the alias another version is a release. */
import type { StackUpdateReport, StackUpdateStatus } from '../../lib/model/report';
import type { Finding } from '../../lib/model/rollout';
import type { LambdaRolloutModel } from '../assembly/lambda-rollout-model';
import type { FoundLambdaRollout } from '../assembly/rollouts';
import { ResponseBucket } from '../endpoints/response-bucket';
import { UserError } from '../report/user-error';
import type { StackUpdateScenario } from '../scenario/scenario';
import type { LambdaRollout } from '../stage/lambda-rollout';
import type { World } from '../stage/world';
import { AliasReleases } from './alias-releases';
import { aliasRules, modelIn, PLAYED_OF_ALIASES, versionedProperties } from './alias-rules';
import { cloudFormationBehaviour } from './behaviour';
import { CustomResources } from './custom-resources';
import { needed } from './dependencies';
import { deployedAssembly } from './reached';
import { StackPlay } from './stack-play';
import { FAILING, updateReport, type PlayedUpdates, type RunningUpdate, type StackUpdatesOptions } from './stack-updates';
import type { TemplateVersion } from './stack-version';
import { TaskDefinitions } from './task-definitions';
import { otherEnds } from './update-findings';
import { UpdatePlans, type TakenAsDone } from './update-plans';

interface Play {
  readonly world: World;
  readonly rollout: LambdaRollout;
  readonly stack: StackPlay;
  readonly releases: AliasReleases;
}

export class AliasUpdates implements PlayedUpdates {
  readonly platform = 'Lambda';
  readonly needs = {};
  readonly reports: StackUpdateReport[] = [];
  private readonly plans: UpdatePlans;
  private play: Play | undefined;
  /** The template that is deployed. */
  private template: TemplateVersion;
  /** The template whose functions that come after the alias are not there yet. */
  private pending: TemplateVersion | undefined;
  private running = false;

  /** @throws UserError where an update of the scenario cannot be played */
  constructor(private readonly options: StackUpdatesOptions<FoundLambdaRollout>) {
    const { assembly, found, scenario } = options;
    const early = scenario.stackUpdates.find(({ moment }) => moment !== undefined);
    if (early !== undefined) {
      throw new UserError(
        `${scenario.file}: stack update "${early.name}" begins during release ${early.release}, which is an update of the stack itself, and CloudFormation refuses a second one; leave its "at" out, so that it follows the release`,
      );
    }
    this.template = { assembly, stack: found.stack };
    this.plans = new UpdatePlans(scenario, found, this.template, aliasRules(found));
  }

  get takenAsDone(): readonly TakenAsDone[] {
    return this.plans.takenAsDone;
  }

  get findings(): readonly Finding[] {
    return otherEnds(this.reports);
  }

  open(world: World): void {
    const { assembly, found, epochMs } = this.options;
    const { conductor, stacks, invocations } = world;
    const rollout = world.lambdaRollouts[0]!;
    const releases = new AliasReleases({ rollout, behaviour: cloudFormationBehaviour(), now: () => conductor.now(), passed: () => this.deployLate() });
    const bucket = new ResponseBucket({ region: found.stack.region, epochMs, now: () => conductor.now() });
    const stack = new StackPlay({
      assembly,
      scheduler: conductor.scheduler,
      stacks,
      customResources: new CustomResources({ scheduler: conductor.scheduler, bucket, invoke: (serviceToken, event) => invocations.invoke(serviceToken, event) }),
      taskDefinitions: new TaskDefinitions(),
      customTypes: PLAYED_OF_ALIASES,
      aliases: releases,
      stack: found.stack,
      deployed: (version) => this.deployed(version),
    });
    this.play = { world, rollout, stack, releases };
    stack.adopt();
  }

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  begin(update: StackUpdateScenario): RunningUpdate {
    const { world, stack, releases } = this.play!;
    if (this.running) {
      throw new UserError(`the scenario's stack update "${update.name}" begins while another one runs, which CloudFormation refuses; let it follow another release`);
    }
    const { version, changes } = this.plans.plan(this.template, update);
    const [before, after] = [this.template, version].map((each) => versionedProperties(each, this.options.found));
    stack.renumber();
    releases.begin({ name: update.name, profile: update.version ?? this.options.scenario.service, hooks: this.model(version).hooks, differs: before === undefined || before !== after });
    const start = world.conductor.now();
    const told = stack.events.length;
    this.running = true;
    const state = { over: false };
    stack.update(version.stack, update.fails ? FAILING : undefined, version.assembly).then(
      () => {
        this.running = false;
        this.deployLate();
        const status = stack.status as StackUpdateStatus;
        this.template = status === 'UPDATE_COMPLETE' ? version : this.template;
        const course = { stackName: this.options.found.stack.stackName, status, changes, start, end: world.conductor.now(), events: stack.events.slice(told) };
        this.reports.push({ ...updateReport(update, course), deployments: [...releases.deployments] });
        state.over = true;
      },
      (error: unknown) => world.conductor.fail(error),
    );
    return state;
  }

  private model(version: TemplateVersion): LambdaRolloutModel {
    return modelIn(version, this.options.found)!;
  }

  /** From the beginning of an update, or of its rollback: functions that wait for the alias are those of before until CloudFormation is past it. */
  private deployed(version: TemplateVersion): void {
    const late = this.lateFunctions(version);
    this.pending = late.length === 0 ? undefined : version;
    this.deploy(version, late);
  }

  private deployLate(): void {
    const { pending } = this;
    this.pending = undefined;
    if (pending !== undefined) {
      this.deploy(pending, []);
    }
  }

  private deploy(version: TemplateVersion, late: readonly string[]): void {
    const { world, rollout, releases } = this.play!;
    const { hooks, hookFunctions, guardianName, hookInspector } = this.model(version);
    // Versions that are published already keep their code.
    rollout.function.keepCode();
    world.deploy(deployedAssembly(version), version.stack, [...hookFunctions.map(({ function: name }) => name), ...(guardianName === undefined ? [] : [guardianName]), ...(hookInspector === undefined ? [] : [hookInspector.name])], late);
    releases.deployed(hooks);
  }

  /** Names and ARNs of functions that CloudFormation comes to after the alias. */
  private lateFunctions(version: TemplateVersion): readonly string[] {
    const { alias } = this.options.found.description;
    if ('value' in alias) {
      return [];
    }
    const { stack } = version;
    const assembly = deployedAssembly(version);
    const late = assembly.resources('AWS::Lambda::Function').filter((place) => place.stack === stack && needed(stack.template, place.logicalId).has(alias.logicalId));
    return late.flatMap(({ logicalId }) => [assembly.ref(stack, logicalId), assembly.attribute(stack, logicalId, 'Arn')]);
  }
}
