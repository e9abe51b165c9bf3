/**
 * Plays what CloudFormation does to one stack: creates, updates, rolls back, cleans up, deletes.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
 */
import type { Assembly } from '../assembly/assembly';
import type { JsonObject } from '../assembly/read-json';
import type { Stack } from '../assembly/stack';
import type { Scheduler } from '../engine/ports';
import type { StackEventRecord, Stacks, StackStatus } from '../engine/stacks';
import { cloudFormationBehaviour, type CloudFormationBehaviour } from './behaviour';
import type { PlayedAliases } from './alias-place';
import type { PlayedFleets } from './auto-scaling-groups';
import type { CustomResources } from './custom-resources';
import type { Running } from './ecs-service';
import { Failed, StackResources } from './stack-resources';
import { StackVersion, type TemplateVersion } from './stack-version';
import type { TaskDefinitions } from './task-definitions';

export interface StackPlayOptions {
  readonly assembly: Assembly;
  readonly scheduler: Scheduler;
  readonly stacks: Stacks;
  readonly customResources: CustomResources;
  readonly taskDefinitions: TaskDefinitions;
  /** Types of custom resources whose functions are run; and those of listeners and target groups, where they are played. */
  readonly customTypes: readonly string[];
  /** Writes a listener. @default listeners are not played */
  readonly writeListener?: (arn: string, properties: JsonObject) => void;
  /** Versions of functions and aliases. @default they are taken to be done */
  readonly aliases?: PlayedAliases;
  /** Auto Scaling groups. @default they are taken to be done */
  readonly fleets?: PlayedFleets;
  /** The stack as it is first made; its later versions have its id. */
  readonly stack: Stack;
  readonly behaviour?: CloudFormationBehaviour;
  /** What the service runs now. @default it is not known */
  readonly running?: () => Running | undefined;
  /** Told of the template whose resources that are not played are there from now on. @default nobody is */
  readonly deployed?: (version: TemplateVersion) => void;
}

/** What happened to a resource, or to the stack itself. */
export interface StackEvent {
  readonly at: number;
  /** The stack's name for the stack itself. */
  readonly logicalId: string;
  readonly status: string;
  readonly reason?: string;
}

export class StackPlay {
  readonly stackId: string;
  readonly events: StackEvent[] = [];
  readonly #options: StackPlayOptions;
  readonly #resources: StackResources;
  readonly #behaviour: CloudFormationBehaviour;
  readonly #types = new Map<string, string>();
  #version: StackVersion;
  #status: StackStatus | undefined;
  #createdAt = 0;
  #cancel: ((why: Failed) => void) | undefined;

  constructor(options: StackPlayOptions) {
    const { assembly, stack, customResources, taskDefinitions, writeListener, aliases, fleets, behaviour = cloudFormationBehaviour() } = options;
    const running = behaviour.comparesWithWhatRuns ? options.running : undefined;
    this.#options = options;
    this.#behaviour = behaviour;
    this.stackId = assembly.text(stack, { Ref: 'AWS::StackId' });
    const note = (logicalId: string, status: string, reason?: string, properties?: JsonObject): void => this.#note(logicalId, status, reason, properties);
    const { notesWayBackOfFailed, comparesValues } = behaviour;
    const given = { ...(running === undefined ? {} : { running }), ...(writeListener === undefined ? {} : { writeListener }), ...(aliases === undefined ? {} : { aliases }), ...(fleets === undefined ? {} : { fleets }) };
    this.#resources = new StackResources({ stackName: stack.stackName, stackId: this.stackId, customResources, taskDefinitions, note, notesWayBackOfFailed, comparesValues, ...given });
    this.#version = this.#versionOf({ assembly, stack });
  }

  get status(): StackStatus | undefined {
    return this.#status;
  }

  /** Takes the stack for made, as its template says. */
  adopt(): void {
    this.#resources.adopt(this.#version);
    this.#set('CREATE_COMPLETE');
  }

  /** Asks the custom resources of a type of an adopted stack what they answered when they were made. @throws UserError where one of them fails */
  recall(type: string): Promise<void> {
    return this.#resources.recall(this.#version, type);
  }

  /** Versions and aliases are as releases of a scenario have left them. */
  renumber(): void {
    this.#resources.renumber(this.#version);
  }

  /** Makes the stack. Resolves when it is made, or rolled back. */
  async create(): Promise<void> {
    this.#createdAt = this.#options.scheduler.now();
    this.#set('CREATE_IN_PROGRESS');
    const failure = await failureOf(this.#resources.apply(this.#version));
    if (failure === undefined) {
      this.#set('CREATE_COMPLETE');
      return;
    }
    await this.#giveUp('Resource creation cancelled');
    this.#set('ROLLBACK_IN_PROGRESS', failure);
    this.#set((await this.#resources.undo()) ? 'ROLLBACK_COMPLETE' : 'ROLLBACK_FAILED');
  }

  /**
   * Updates it to another template. Resolves when it is updated, or rolled back.
   * @param failing why a resource that is not played fails in the end; absent: none does
   * @param assembly the one that the template is of. @default the first one
   */
  async update(stack: Stack, failing?: string, assembly = this.#options.assembly): Promise<void> {
    const version = this.#versionOf({ assembly, stack });
    this.#set('UPDATE_IN_PROGRESS');
    this.#options.deployed?.(version.source);
    const cancelled = new Promise<never>((_resolve, reject) => (this.#cancel = reject));
    const failure = await failureOf(Promise.race([this.#applied(version, failing), cancelled]));
    this.#cancel = undefined;
    if (failure !== undefined) {
      await this.#rollBack(failure);
      return;
    }
    this.#version = version;
    this.#set('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    await this.#resources.cleanUp(version.resources);
    this.#set('UPDATE_COMPLETE');
  }

  /** Somebody cancels an update that is under way. */
  cancelUpdate(): void {
    if (this.#cancel === undefined) {
      throw new Error(`stack ${this.#options.stack.stackName} is ${String(this.#status)}: only an update that is under way can be cancelled`);
    }
    this.#cancel(new Failed('User Initiated'));
  }

  async #applied(version: StackVersion, failing: string | undefined): Promise<void> {
    await this.#resources.apply(version);
    if (failing !== undefined) {
      throw new Failed(failing);
    }
  }

  async delete(): Promise<void> {
    this.#set('DELETE_IN_PROGRESS');
    this.#set((await this.#resources.cleanUp([])) ? 'DELETE_COMPLETE' : 'DELETE_FAILED');
  }

  async #rollBack(why: string): Promise<void> {
    await this.#giveUp('Resource update cancelled');
    this.#set('UPDATE_ROLLBACK_IN_PROGRESS', why);
    this.#options.deployed?.(this.#version.source);
    const { rollbackResolvesAttributes } = this.#options.behaviour ?? cloudFormationBehaviour();
    if (!(await this.#resources.rollBack(rollbackResolvesAttributes ? this.#version : undefined))) {
      this.#set('UPDATE_ROLLBACK_FAILED');
      return;
    }
    this.#set('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
    await this.#resources.undo();
    await this.#resources.cleanUp(this.#version.resources);
    this.#set('UPDATE_ROLLBACK_COMPLETE');
  }

  /** What is still in progress when a resource has failed, or somebody has cancelled. */
  async #giveUp(reason: string): Promise<void> {
    if (this.#behaviour.waitsForResources) {
      await this.#resources.waitForAll();
    }
    this.#resources.abandon(reason);
  }

  #versionOf(source: TemplateVersion): StackVersion {
    const version = new StackVersion(source, this.#resources.made(source.stack), this.#options.customTypes);
    version.resources.forEach(({ logicalId, type }) => this.#types.set(logicalId, type));
    return version;
  }

  #set(status: StackStatus, statusReason?: string): void {
    const { stacks, scheduler, stack } = this.#options;
    this.#status = status;
    const times = { createdAt: this.#createdAt, ...(status.startsWith('CREATE') ? {} : { updatedAt: scheduler.now() }) };
    stacks.put({ stackName: stack.stackName, stackId: this.stackId, status, ...times, ...(statusReason === undefined ? {} : { statusReason }) });
    this.#note(stack.stackName, status, statusReason);
  }

  #note(logicalId: string, status: string, reason?: string, properties?: JsonObject): void {
    const event = { at: this.#options.scheduler.now(), logicalId, status, ...(reason === undefined ? {} : { reason }) };
    this.events.push(event);
    this.#show({ ...event, ...this.#identity(logicalId), ...(properties === undefined || !this.#behaviour.showsProperties ? {} : { properties: JSON.stringify(properties) }) });
  }

  #identity(logicalId: string): Pick<StackEventRecord, 'physicalId' | 'resourceType'> {
    return logicalId === this.#options.stack.stackName
      ? { physicalId: this.stackId, resourceType: 'AWS::CloudFormation::Stack' }
      : { physicalId: this.#resources.physicalId(logicalId) ?? '', resourceType: this.#types.get(logicalId) ?? '' };
  }

  /** In DescribeStackEvents. */
  #show(event: StackEventRecord): void {
    const { stacks, scheduler } = this.#options;
    const { eventsShownAfterMs } = this.#behaviour;
    if (eventsShownAfterMs === 0) {
      stacks.note(this.stackId, event);
    } else {
      scheduler.after(eventsShownAfterMs, 'an event of the stack is shown', () => stacks.note(this.stackId, event));
    }
  }
}

/** Why an operation failed; undefined where it did not. The simulator's own failures are thrown on. */
async function failureOf(operation: Promise<void>): Promise<string | undefined> {
  try {
    await operation;
    return undefined;
  } catch (error) {
    if (error instanceof Failed) {
      return error.message;
    }
    throw error;
  }
}
