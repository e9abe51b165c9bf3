/**
 * Plays what CloudFormation does to one stack: creates, updates, rolls back, cleans up, deletes, and sends the custom resources their requests meanwhile.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
 */
import type { Assembly } from '../assembly/assembly';
import type { JsonObject } from '../assembly/read-json';
import type { Made } from '../assembly/resolver';
import type { Stack } from '../assembly/stack';
import type { Scheduler } from '../engine/ports';
import type { StackRecord, Stacks, StackStatus } from '../engine/stacks';
import type { CustomResources, ResourceOutcome } from './custom-resources';
import { serviceUpdateRefusal } from './ecs-service';
import { sameProperties } from './properties';
import { StackVersion, type PlayedResource } from './stack-version';
import type { TaskDefinitions } from './task-definitions';

export interface StackPlayOptions {
  readonly assembly: Assembly;
  readonly scheduler: Scheduler;
  readonly stacks: Stacks;
  readonly customResources: CustomResources;
  readonly taskDefinitions: TaskDefinitions;
  /** Types of custom resources whose functions are run. */
  readonly customTypes: readonly string[];
}

/** A resource as it stands. */
interface Deployed {
  readonly resource: PlayedResource;
  readonly physicalId: string;
  readonly properties: JsonObject;
  /** Attributes that a custom resource has answered. */
  readonly data: JsonObject;
}

/** What happened to a resource, or to the stack itself. */
export interface StackEvent {
  readonly at: number;
  /** The stack's name for the stack itself. */
  readonly logicalId: string;
  readonly status: string;
  readonly reason?: string;
}

/** What a resource did in one operation. */
interface Touched {
  readonly resource: PlayedResource;
  /** Undefined for a new one. */
  readonly before: Deployed | undefined;
  /** Properties that it was, or was to be, given. */
  readonly properties: JsonObject;
}

class Failed extends Error {}

const CANCELLED = 'Resource update cancelled';

export class StackPlay {
  readonly events: StackEvent[] = [];
  readonly #options: StackPlayOptions;
  readonly #deployed = new Map<string, Deployed>();
  readonly #touched = new Map<string, Touched>();
  /** Physical ids that are to be deleted once the operation has succeeded. */
  readonly #leftovers: Deployed[] = [];
  #record: StackRecord | undefined;
  #order: readonly PlayedResource[] = [];
  /** Number of the run of resources that counts; what an earlier one still hears is of no interest to the stack. */
  #run = 0;
  #cancel: () => void = () => undefined;

  constructor(options: StackPlayOptions) {
    this.#options = options;
  }

  get status(): StackStatus | undefined {
    return this.#record?.status;
  }

  /** Makes the stack. Resolves when it is made, or rolled back. */
  async create(stack: Stack): Promise<void> {
    const version = this.#version(stack);
    this.#record = { stackName: stack.stackName, stackId: version.stackId, status: 'CREATE_IN_PROGRESS', createdAt: this.#now() };
    const failure = await this.#play('CREATE', version);
    if (failure === undefined) {
      this.#set('CREATE_COMPLETE');
      return;
    }
    this.#set('ROLLBACK_IN_PROGRESS', failure);
    const undone = await this.#deleteAll(this.#undo());
    this.#set(undone ? 'ROLLBACK_COMPLETE' : 'ROLLBACK_FAILED');
  }

  /** Updates it to another template. Resolves when it is updated, or rolled back. */
  async update(stack: Stack): Promise<void> {
    const before = this.#order;
    this.#set('UPDATE_IN_PROGRESS');
    const version = this.#version(stack);
    const failure = await this.#play('UPDATE', version);
    if (failure === undefined) {
      this.#set('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
      await this.#deleteAll([...this.#leftovers.splice(0), ...this.#removed(version)]);
      this.#set('UPDATE_COMPLETE');
      return;
    }
    this.#order = before;
    this.#set('UPDATE_ROLLBACK_IN_PROGRESS', failure);
    if (!(await this.#rollBack())) {
      this.#set('UPDATE_ROLLBACK_FAILED');
      return;
    }
    this.#set('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
    await this.#deleteAll([...this.#leftovers.splice(0), ...this.#undo()]);
    this.#set('UPDATE_ROLLBACK_COMPLETE');
  }

  /** Ends an update that is under way: what is in progress is not waited for (no source says; from what stack events show), and the stack rolls back. */
  cancelUpdate(): void {
    this.#cancel();
  }

  async delete(): Promise<void> {
    this.#set('DELETE_IN_PROGRESS');
    const all = [...this.#order].reverse().flatMap(({ logicalId }) => this.#deployed.get(logicalId) ?? []);
    this.#set((await this.#deleteAll(all)) ? 'DELETE_COMPLETE' : 'DELETE_FAILED');
  }

  /** Plays every resource, each after those that it needs. @returns why it failed, if it did */
  async #play(verb: 'CREATE' | 'UPDATE', version: StackVersion): Promise<string | undefined> {
    const run = ++this.#run;
    this.#touched.clear();
    this.#order = version.resources;
    const done = new Map<string, Promise<void>>();
    for (const resource of inOrder(version.resources)) {
      const turn = Promise.all(resource.after.map((other) => done.get(other))).then(() => this.#turn(run, verb, version, resource));
      // A failure is heard of by way of the whole; nobody has to wait for this one.
      turn.catch(() => undefined);
      done.set(resource.logicalId, turn);
    }
    const cancelled = new Promise<void>((_resolve, reject) => (this.#cancel = () => reject(new Failed('User Initiated'))));
    try {
      await Promise.race([Promise.all(done.values()), ...(verb === 'UPDATE' ? [cancelled] : [])]);
      return undefined;
    } catch (error) {
      if (!(error instanceof Failed)) {
        throw error;
      }
      this.#abandon(verb);
      return error.message;
    } finally {
      this.#cancel = () => undefined;
      cancelled.catch(() => undefined);
    }
  }

  async #turn(run: number, verb: 'CREATE' | 'UPDATE', version: StackVersion, resource: PlayedResource): Promise<void> {
    if (run !== this.#run) {
      return;
    }
    const { logicalId } = resource;
    const before = this.#deployed.get(logicalId);
    const properties = version.properties(resource);
    if (before !== undefined && sameProperties(before.properties, properties)) {
      return;
    }
    this.#touched.set(logicalId, { resource, before, properties });
    const action = before === undefined ? 'CREATE' : verb;
    this.#note(logicalId, `${action}_IN_PROGRESS`);
    const outcome = await this.#apply(version, resource, before, properties);
    if (run !== this.#run) {
      return;
    }
    if (outcome.status === 'FAILED') {
      this.#note(logicalId, `${action}_FAILED`, outcome.reason);
      throw new Failed(`The following resource(s) failed to ${action.toLowerCase()}: [${logicalId}].`);
    }
    this.#settle({ resource, physicalId: outcome.physicalId, properties, data: outcome.data }, before);
    this.#note(logicalId, `${action}_COMPLETE`);
  }

  async #apply(version: StackVersion, resource: PlayedResource, before: Deployed | undefined, properties: JsonObject): Promise<ResourceOutcome> {
    const { logicalId, kind } = resource;
    const done = (physicalId: string): ResourceOutcome => ({ status: 'SUCCESS', physicalId, data: {}, answer: {} });
    switch (kind) {
      case 'taskDefinition':
        return done(this.#options.taskDefinitions.register(version.familyArn(logicalId), properties));
      case 'service': {
        const reason = before && serviceUpdateRefusal(before.properties, properties);
        return reason === undefined ? done(logicalId) : { status: 'FAILED', reason };
      }
      case 'custom':
        return this.#ask(before === undefined ? 'Create' : 'Update', resource, before?.physicalId, properties, before?.properties);
    }
  }

  /** Gives every resource that was touched what it had before, in the same order. */
  async #rollBack(): Promise<boolean> {
    const touched = [...this.#touched.values()].filter(({ before }) => before !== undefined);
    const done = new Map<string, Promise<boolean>>();
    for (const { resource, before, properties } of touched) {
      const needs = resource.after.flatMap((other) => done.get(other) ?? []);
      done.set(resource.logicalId, Promise.all(needs).then((oks) => oks.every(Boolean) && this.#restore(resource, before!, properties)));
    }
    return (await Promise.all(done.values())).every(Boolean);
  }

  async #restore(resource: PlayedResource, before: Deployed, tried: JsonObject): Promise<boolean> {
    const { logicalId } = resource;
    const now = this.#deployed.get(logicalId) ?? before;
    if (resource.kind !== 'custom') {
      this.#deployed.set(logicalId, before);
      return true;
    }
    this.#note(logicalId, 'UPDATE_IN_PROGRESS');
    const outcome = await this.#ask('Update', resource, now.physicalId, before.properties, tried);
    if (outcome.status === 'FAILED') {
      this.#note(logicalId, 'UPDATE_FAILED', outcome.reason);
      return false;
    }
    this.#settle({ ...before, physicalId: outcome.physicalId, data: outcome.data }, now);
    this.#note(logicalId, 'UPDATE_COMPLETE');
    return true;
  }

  async #deleteAll(resources: readonly Deployed[]): Promise<boolean> {
    let ok = true;
    for (const { resource, physicalId, properties } of resources) {
      const { logicalId, kind } = resource;
      if (kind === 'custom') {
        this.#note(logicalId, 'DELETE_IN_PROGRESS');
        const outcome = await this.#ask('Delete', resource, physicalId, properties);
        this.#note(logicalId, outcome.status === 'SUCCESS' ? 'DELETE_COMPLETE' : 'DELETE_FAILED', outcome.status === 'FAILED' ? outcome.reason : undefined);
        ok &&= outcome.status === 'SUCCESS';
      }
      if (this.#deployed.get(logicalId)?.physicalId === physicalId) {
        this.#deployed.delete(logicalId);
      }
    }
    return ok;
  }

  /** What the operation made that was not there before, the last one first. */
  #undo(): readonly Deployed[] {
    const made = [...this.#touched.values()].filter(({ before }) => before === undefined).reverse();
    return made.map(({ resource, properties }) => this.#deployed.get(resource.logicalId) ?? { resource, physicalId: `${this.#record!.stackName}-${resource.logicalId}`, properties, data: {} });
  }

  /** What is no longer in the template. */
  #removed({ resources }: StackVersion): readonly Deployed[] {
    return [...this.#deployed.values()].filter(({ resource }) => !resources.some(({ logicalId }) => logicalId === resource.logicalId)).reverse();
  }

  #ask(type: 'Create' | 'Update' | 'Delete', resource: PlayedResource, physicalId: string | undefined, properties: JsonObject, oldProperties?: JsonObject): Promise<ResourceOutcome> {
    return this.#options.customResources.send({
      type,
      stackId: this.#record!.stackId,
      resourceType: resource.type,
      logicalId: resource.logicalId,
      ...(physicalId === undefined ? {} : { physicalId }),
      properties,
      ...(oldProperties === undefined ? {} : { oldProperties }),
    });
  }

  /** Another physical id is another resource: the old one goes in the end. */
  #settle(deployed: Deployed, before: Deployed | undefined): void {
    if (before !== undefined && before.physicalId !== deployed.physicalId && deployed.resource.kind === 'custom') {
      this.#leftovers.push(before);
    }
    this.#deployed.set(deployed.resource.logicalId, deployed);
  }

  /** What is still in progress when another resource has failed, or somebody has cancelled. */
  #abandon(verb: 'CREATE' | 'UPDATE'): void {
    this.#run += 1;
    for (const { resource, before } of this.#touched.values()) {
      const { logicalId } = resource;
      const last = this.events.findLast((event) => event.logicalId === logicalId);
      if (last?.status.endsWith('_IN_PROGRESS') === true) {
        this.#note(logicalId, `${before === undefined ? 'CREATE' : verb}_FAILED`, verb === 'CREATE' ? 'Resource creation cancelled' : CANCELLED);
      }
    }
  }

  #version(stack: Stack): StackVersion {
    const made: Made = {
      ref: (of, logicalId) => (of === stack ? this.#deployedId(logicalId) : undefined),
      attribute: (of, logicalId, name) => (of === stack ? this.#attribute(logicalId, name) : undefined),
    };
    return new StackVersion(this.#options.assembly, stack, made, this.#options.customTypes);
  }

  #deployedId(logicalId: string): string | undefined {
    const deployed = this.#deployed.get(logicalId);
    return deployed?.resource.kind === 'service' ? undefined : deployed?.physicalId;
  }

  #attribute(logicalId: string, name: string): string | undefined {
    const deployed = this.#deployed.get(logicalId);
    if (deployed?.resource.kind === 'taskDefinition' && name === 'TaskDefinitionArn') {
      return deployed.physicalId;
    }
    const value = deployed?.data[name];
    return value === undefined ? undefined : String(value);
  }

  #set(status: StackStatus, reason?: string): void {
    const { statusReason: _former, ...record } = this.#record!;
    this.#record = { ...record, status, updatedAt: this.#now(), ...(reason === undefined ? {} : { statusReason: reason }) };
    this.#publish();
    this.#note(record.stackName, status, reason);
  }

  #publish(): void {
    this.#options.stacks.put(this.#record!);
  }

  #note(logicalId: string, status: string, reason?: string): void {
    this.events.push({ at: this.#now(), logicalId, status, ...(reason === undefined ? {} : { reason }) });
  }

  #now(): number {
    return this.#options.scheduler.now();
  }
}

/** Those that are needed first. */
function inOrder(resources: readonly PlayedResource[]): readonly PlayedResource[] {
  const sorted: PlayedResource[] = [];
  const visit = (resource: PlayedResource): void => {
    if (!sorted.includes(resource)) {
      resources.filter(({ logicalId }) => resource.after.includes(logicalId)).forEach(visit);
      sorted.push(resource);
    }
  };
  resources.forEach(visit);
  return sorted;
}
