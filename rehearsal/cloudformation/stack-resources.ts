/** The resources of one stack as they stand, and what an operation of CloudFormation does to them. */
import type { JsonObject } from '../assembly/read-json';
import type { Made } from '../assembly/resolver';
import type { Stack } from '../assembly/stack';
import type { CustomResources, ResourceOutcome } from './custom-resources';
import { UserError } from '../report/user-error';
import type { PlayedFleets } from './auto-scaling-groups';
import { aliasPlace, type PlayedAliases } from './alias-place';
import { serviceUpdateRefusal, type Running } from './ecs-service';
import { sameProperties } from './properties';
import { inOrder, type PlayedResource, type StackVersion } from './stack-version';
import { replacedTargetGroup, targetGroupAttribute } from './target-group';
import { isSameRevision, type TaskDefinitions } from './task-definitions';

export interface StackResourcesOptions {
  readonly stackName: string;
  readonly stackId: string;
  readonly customResources: CustomResources;
  readonly taskDefinitions: TaskDefinitions;
  /** Told of what happens to a resource; of what begins, with the properties that it is to be given. */
  note(logicalId: string, status: string, reason?: string, properties?: JsonObject): void;
  readonly notesWayBackOfFailed: boolean;
  readonly comparesValues: boolean;
  /** What an update of a service is compared with, besides the template of before. @default nothing */
  readonly running?: () => Running | undefined;
  /** Writes a listener, by its ARN, as the template has it. @default listeners are not played */
  readonly writeListener?: (arn: string, properties: JsonObject) => void;
  /** Versions of functions and aliases. @default they are taken to be done */
  readonly aliases?: PlayedAliases;
  /** Auto Scaling groups. @default they are taken to be done */
  readonly fleets?: PlayedFleets;
}

/** A resource as it stands. */
export interface Deployed {
  readonly resource: PlayedResource;
  readonly physicalId: string;
  readonly properties: JsonObject;
  /** Attributes that a custom resource has answered. */
  readonly data: JsonObject;
  /** Set for a custom resource whose physical id is made up, since nobody has asked its function yet. */
  readonly unasked?: true;
}

/** What an operation did, or began to do, to a resource. */
interface Touched {
  readonly resource: PlayedResource;
  /** Undefined for a new one. */
  readonly before: Deployed | undefined;
  /** Properties that it was, or was to be, given. */
  readonly properties: JsonObject;
  state: 'in progress' | 'failed' | 'done';
  /** What a custom resource that could not be made has answered that it is called: it is deleted under that id. */
  failedId?: string | undefined;
}

/** Why an operation on a resource, or on the stack, has failed. */
export class Failed extends Error {}

export class StackResources {
  readonly #options: StackResourcesOptions;
  readonly #deployed = new Map<string, Deployed>();
  readonly #touched = new Map<string, Touched>();
  /** What was replaced, and goes once the operation has ended. */
  #replaced: Deployed[] = [];
  /** Number of the operation that counts: what an earlier one still hears is of no interest to the stack. */
  #operation = 0;
  #turns: readonly Promise<void>[] = [];
  /** Nothing more begins, and what is in progress is waited for. */
  #closing = false;

  constructor(options: StackResourcesOptions) {
    this.#options = options;
  }

  /** Its physical id; undefined as long as it is not there. */
  physicalId(logicalId: string): string | undefined {
    return this.#deployed.get(logicalId)?.physicalId;
  }

  /** What intrinsic functions find out about them. */
  made(stack: Stack): Made {
    return {
      ref: (of, logicalId) => (of === stack ? this.#physicalId(logicalId) : undefined),
      attribute: (of, logicalId, name) => (of === stack ? this.#attribute(logicalId, name) : undefined),
    };
  }

  /** Takes the resources for made: each under the name that the template gives it, and with the attributes that it lets guess. */
  adopt(version: StackVersion): void {
    for (const resource of inOrder(version.resources)) {
      const properties = version.properties(resource);
      this.#deployed.set(resource.logicalId, { resource, physicalId: this.#adoptedId(version, resource, properties), properties, data: {}, ...(resource.kind === 'custom' ? { unasked: true } : {}) });
    }
  }

  #adoptedId(version: StackVersion, { logicalId, kind }: PlayedResource, properties: JsonObject): string {
    switch (kind) {
      case 'custom':
        return logicalId;
      case 'taskDefinition':
        return this.#options.taskDefinitions.register(version.familyArn(logicalId), properties);
      case 'functionVersion':
        return this.#options.aliases?.adopted(properties, version.ref(logicalId)) ?? version.ref(logicalId);
      default:
        return version.ref(logicalId);
    }
  }

  /** Sends adopted custom resources of a type the Create that made them, and lets what refers to them know what they answer. */
  async recall(version: StackVersion, type: string): Promise<void> {
    for (const resource of version.resources.filter((each) => each.type === type)) {
      const properties = version.properties(resource);
      const outcome = await this.#ask('Create', resource, { physicalId: undefined, properties });
      if (outcome.status === 'FAILED') {
        throw new UserError(`${resource.logicalId} (${type}) of stack ${this.#options.stackName} cannot be made: ${outcome.reason}`);
      }
      this.#deployed.set(resource.logicalId, { resource, physicalId: outcome.physicalId, properties, data: outcome.data });
    }
    for (const deployed of [...this.#deployed.values()].filter(({ resource }) => resource.type !== type)) {
      this.#deployed.set(deployed.resource.logicalId, { ...deployed, properties: version.properties(deployed.resource) });
    }
  }

  /** Begins to create or update every resource, each after those that it needs. Rejects with `Failed` at the first one that fails. */
  async apply(version: StackVersion): Promise<void> {
    const operation = ++this.#operation;
    this.#closing = false;
    this.#touched.clear();
    const done = new Map<string, Promise<void>>();
    for (const resource of inOrder(version.resources)) {
      const turn = Promise.all(resource.after.map((other) => done.get(other))).then(() => this.#turn(operation, version, resource));
      // Heard of by way of the whole.
      turn.catch(() => undefined);
      done.set(resource.logicalId, turn);
    }
    this.#turns = [...done.values()];
    await Promise.all(this.#turns);
  }

  /** Begins nothing more, and resolves when whatever is in progress has come to its end. */
  async waitForAll(): Promise<void> {
    this.#closing = true;
    await Promise.allSettled(this.#turns);
  }

  /** Gives up what is in progress: its answer no longer counts. */
  abandon(reason: string): void {
    this.#operation += 1;
    for (const touched of this.#touched.values()) {
      if (touched.state === 'in progress') {
        this.#options.note(touched.resource.logicalId, `${touched.before === undefined ? 'CREATE' : 'UPDATE'}_FAILED`, reason);
      }
    }
  }

  /**
   * Gives every resource that was touched what it had before.
   * @param version what was before, where attributes are resolved again
   * @returns whether all of it worked
   */
  async rollBack(version?: StackVersion): Promise<boolean> {
    const done = new Map<string, Promise<boolean>>();
    for (const { resource, before, properties } of this.#touched.values()) {
      if (before !== undefined) {
        const needs = resource.after.flatMap((other) => done.get(other) ?? []);
        done.set(resource.logicalId, Promise.all(needs).then((oks) => oks.every(Boolean) && this.#restore(before, properties, version)));
      }
    }
    return (await Promise.all(done.values())).every(Boolean);
  }

  /** Deletes what the operation made that was not there before. */
  undo(): Promise<boolean> {
    const made = [...this.#touched.values()].filter(({ before }) => before === undefined).reverse();
    return this.#deleteEach(
      made.map(
        ({ resource, properties, failedId }) => this.#deployed.get(resource.logicalId) ?? { resource, physicalId: failedId ?? `${this.#options.stackName}-${resource.logicalId}`, properties, data: {} },
      ),
    );
  }

  /** Deletes what was replaced, and what a version no longer has. */
  cleanUp(kept: readonly PlayedResource[]): Promise<boolean> {
    const removed = [...this.#deployed.values()].filter(({ resource }) => !kept.some(({ logicalId }) => logicalId === resource.logicalId));
    const replaced = this.#replaced;
    this.#replaced = [];
    return this.#deleteEach([...replaced, ...removed.reverse()]);
  }

  async #turn(operation: number, version: StackVersion, resource: PlayedResource): Promise<void> {
    const { logicalId } = resource;
    const before = this.#deployed.get(logicalId);
    const properties = version.properties(resource);
    if (operation !== this.#operation || this.#closing || (before !== undefined && sameProperties(before.properties, properties) && this.#isSaidAlike(before.resource, resource))) {
      return;
    }
    const touched: Touched = { resource, before, properties, state: 'in progress' };
    this.#touched.set(logicalId, touched);
    const action = before === undefined ? 'CREATE' : 'UPDATE';
    this.#options.note(logicalId, `${action}_IN_PROGRESS`, undefined, properties);
    const outcome = await this.#bring(version, touched);
    if (operation !== this.#operation) {
      return;
    }
    touched.state = outcome.status === 'FAILED' ? 'failed' : 'done';
    if (outcome.status === 'FAILED') {
      touched.failedId = outcome.physicalId;
      this.#options.note(logicalId, `${action}_FAILED`, outcome.reason);
      throw new Failed(`The following resource(s) failed to ${action.toLowerCase()}: [${logicalId}].`);
    }
    this.#keep({ resource, physicalId: outcome.physicalId, properties, data: outcome.data }, before);
    this.#options.note(logicalId, `${action}_COMPLETE`);
  }

  /** What stands in for versions of before the play: releases of a scenario bring some that the template does not tell. */
  renumber(version: StackVersion): void {
    for (const resource of inOrder(version.resources).filter(({ kind }) => kind === 'functionVersion' || kind === 'alias')) {
      const before = this.#deployed.get(resource.logicalId);
      if (before !== undefined) {
        const properties = version.properties(resource);
        this.#deployed.set(resource.logicalId, { ...before, properties, physicalId: this.#adoptedId(version, resource, properties) });
      }
    }
  }

  #isSaidAlike(before: PlayedResource, now: PlayedResource): boolean {
    return this.#options.comparesValues || sameProperties(before.written, now.written);
  }

  async #bring(version: StackVersion, { resource, before, properties }: Touched): Promise<ResourceOutcome> {
    const { logicalId, kind } = resource;
    const done = (physicalId: string): ResourceOutcome => ({ status: 'SUCCESS', physicalId, data: {}, answer: {} });
    switch (kind) {
      case 'taskDefinition':
        return done(before !== undefined && isSameRevision(before.properties, properties) ? before.physicalId : this.#options.taskDefinitions.register(version.familyArn(logicalId), properties));
      case 'targetGroup':
        return before === undefined ? done(version.ref(logicalId)) : replacedTargetGroup(before, properties);
      case 'service': {
        const reason = before && serviceUpdateRefusal(before.properties, properties, this.#options.running?.());
        return reason === undefined ? done(logicalId) : { status: 'FAILED', reason };
      }
      case 'listener':
        this.#options.writeListener?.(version.ref(logicalId), properties);
        return done(version.ref(logicalId));
      case 'functionVersion':
        return this.#options.aliases?.publish(properties) ?? done(version.ref(logicalId));
      case 'alias': {
        const reason = before && (await this.#options.aliases?.move(aliasPlace(before.properties), aliasPlace(properties)));
        return reason === undefined ? done(version.ref(logicalId)) : { status: 'FAILED', reason };
      }
      case 'autoScalingGroup': {
        const name = version.ref(logicalId);
        const reason = await (before === undefined ? this.#options.fleets?.make(name, properties) : this.#options.fleets?.resize(name, properties));
        return reason === undefined ? done(name) : { status: 'FAILED', reason };
      }
      case 'custom':
        return this.#ask(before === undefined ? 'Create' : 'Update', resource, { physicalId: before?.physicalId, properties, oldProperties: before?.properties });
    }
  }

  async #restore(before: Deployed, tried: JsonObject, version: StackVersion | undefined): Promise<boolean> {
    const { resource } = before;
    const { logicalId } = resource;
    if (resource.kind === 'listener') {
      const properties = version?.properties(resource) ?? before.properties;
      this.#options.note(logicalId, 'UPDATE_IN_PROGRESS');
      this.#options.writeListener?.(before.physicalId, properties);
      this.#deployed.set(logicalId, { ...before, properties });
      this.#options.note(logicalId, 'UPDATE_COMPLETE');
      return true;
    }
    if (resource.kind === 'alias' && this.#touched.get(logicalId)?.state === 'done') {
      this.#options.note(logicalId, 'UPDATE_IN_PROGRESS');
      const reason = await this.#options.aliases?.moveBack(aliasPlace(tried), aliasPlace(before.properties));
      this.#deployed.set(logicalId, before);
      this.#options.note(logicalId, reason === undefined ? 'UPDATE_COMPLETE' : 'UPDATE_FAILED', reason);
      return reason === undefined;
    }
    if (resource.kind === 'autoScalingGroup') {
      await this.#options.fleets?.resize(before.physicalId, before.properties);
    }
    if (resource.kind !== 'custom') {
      this.#deployed.set(logicalId, before);
      return true;
    }
    const now = this.#deployed.get(logicalId) ?? before;
    if (this.#options.notesWayBackOfFailed || this.#touched.get(logicalId)?.state === 'done') {
      this.#options.note(logicalId, 'UPDATE_IN_PROGRESS', undefined, before.properties);
    }
    const outcome = await this.#ask('Update', resource, { physicalId: now.physicalId, properties: before.properties, oldProperties: tried });
    if (outcome.status === 'FAILED') {
      this.#options.note(logicalId, 'UPDATE_FAILED', outcome.reason);
      return false;
    }
    this.#keep({ ...before, physicalId: outcome.physicalId, data: outcome.data }, now);
    this.#options.note(logicalId, 'UPDATE_COMPLETE');
    return true;
  }

  async #deleteEach(resources: readonly Deployed[]): Promise<boolean> {
    let ok = true;
    for (const { resource, physicalId, properties } of resources) {
      const { logicalId, kind } = resource;
      if (kind === 'custom') {
        this.#options.note(logicalId, 'DELETE_IN_PROGRESS');
        const outcome = await this.#ask('Delete', resource, { physicalId, properties });
        const failed = outcome.status === 'FAILED';
        this.#options.note(logicalId, failed ? 'DELETE_FAILED' : 'DELETE_COMPLETE', failed ? outcome.reason : undefined);
        ok &&= !failed;
      }
      if (kind === 'autoScalingGroup') {
        this.#options.note(logicalId, 'DELETE_IN_PROGRESS');
        await this.#options.fleets?.remove(physicalId);
        this.#options.note(logicalId, 'DELETE_COMPLETE');
      }
      if (kind === 'functionVersion') {
        this.#removeVersion(resource, physicalId);
      }
      if (this.#deployed.get(logicalId)?.physicalId === physicalId) {
        this.#deployed.delete(logicalId);
      }
    }
    return ok;
  }

  /** A version that cannot be deleted stays, and the operation is complete all the same. */
  #removeVersion({ logicalId, retained }: PlayedResource, physicalId: string): void {
    if (retained) {
      this.#options.note(logicalId, 'DELETE_SKIPPED');
      return;
    }
    this.#options.note(logicalId, 'DELETE_IN_PROGRESS');
    const reason = this.#options.aliases?.remove(physicalId);
    this.#options.note(logicalId, reason === undefined ? 'DELETE_COMPLETE' : 'DELETE_FAILED', reason);
  }

  #ask(type: 'Create' | 'Update' | 'Delete', resource: PlayedResource, of: { readonly physicalId: string | undefined; readonly properties: JsonObject; readonly oldProperties?: JsonObject | undefined }): Promise<ResourceOutcome> {
    const { physicalId, properties, oldProperties } = of;
    return this.#options.customResources.send({
      type,
      stackId: this.#options.stackId,
      resourceType: resource.type,
      logicalId: resource.logicalId,
      ...(physicalId === undefined ? {} : { physicalId }),
      properties,
      ...(oldProperties === undefined ? {} : { oldProperties }),
    });
  }

  /** Another physical id is another resource: the old one goes in the end. */
  #keep(deployed: Deployed, before: Deployed | undefined): void {
    if (before !== undefined && before.unasked === undefined && before.physicalId !== deployed.physicalId && ['custom', 'functionVersion'].includes(deployed.resource.kind)) {
      this.#replaced.push(before);
    }
    this.#deployed.set(deployed.resource.logicalId, deployed);
  }

  /** A service keeps the name that the template gives it. */
  #physicalId(logicalId: string): string | undefined {
    const deployed = this.#deployed.get(logicalId);
    return deployed?.resource.kind === 'service' ? undefined : deployed?.physicalId;
  }

  #attribute(logicalId: string, name: string): string | undefined {
    const deployed = this.#deployed.get(logicalId);
    if (deployed?.resource.kind === 'taskDefinition' && name === 'TaskDefinitionArn') {
      return deployed.physicalId;
    }
    if (deployed?.resource.kind === 'targetGroup') {
      return targetGroupAttribute(deployed.physicalId, name);
    }
    if (deployed?.resource.kind === 'functionVersion' && name === 'Version') {
      return deployed.physicalId.split(':').at(-1);
    }
    const value = deployed?.data[name];
    return value === undefined ? undefined : String(value);
  }
}
