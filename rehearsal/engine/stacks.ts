/** The stacks of CloudFormation, with their statuses and events. */

/** What a stack itself is among its resources. */
const STACK = 'AWS::CloudFormation::Stack';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html */
export type StackStatus =
  | 'CREATE_IN_PROGRESS'
  | 'CREATE_COMPLETE'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_COMPLETE'
  | 'ROLLBACK_FAILED'
  | 'UPDATE_IN_PROGRESS'
  | 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'
  | 'UPDATE_COMPLETE'
  | 'UPDATE_ROLLBACK_IN_PROGRESS'
  | 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'
  | 'UPDATE_ROLLBACK_COMPLETE'
  | 'UPDATE_ROLLBACK_FAILED'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_COMPLETE'
  | 'DELETE_FAILED';

export interface StackRecord {
  readonly stackName: string;
  /** The ARN. */
  readonly stackId: string;
  readonly status: StackStatus;
  readonly statusReason?: string;
  /** Virtual milliseconds. */
  readonly createdAt: number;
  readonly updatedAt?: number;
}

/** What happened to a resource of a stack, or to the stack itself. */
export interface StackEventRecord {
  /** Virtual milliseconds. */
  readonly at: number;
  /** The stack's name for the stack itself. */
  readonly logicalId: string;
  /** The stack's id for the stack itself; empty for what is not there yet. */
  readonly physicalId: string;
  readonly resourceType: string;
  readonly status: string;
  readonly reason?: string;
  /** JSON of the properties that the resource was, or is to be, given. */
  readonly properties?: string;
}

export class Stacks {
  readonly #events = new Map<string, StackEventRecord[]>();
  readonly #records = new Map<string, StackRecord>();

  constructor(existing: readonly StackRecord[] = []) {
    existing.forEach((stack) => this.put(stack));
  }

  list(): readonly StackRecord[] {
    return [...this.#records.values()];
  }

  /** A stack by its id, or by its name: one that is deleted is found by its id only. */
  find(nameOrId: string): StackRecord | undefined {
    const named = this.list().find(({ stackName, status }) => stackName === nameOrId && status !== 'DELETE_COMPLETE');
    return this.#records.get(nameOrId) ?? named;
  }

  /** Events of a stack, the first one first. */
  events(stackId: string): readonly StackEventRecord[] {
    return this.#events.get(stackId) ?? [];
  }

  /** A resource as its last event has it; undefined where the stack has had none of that id. */
  resource(stackId: string, logicalId: string): StackEventRecord | undefined {
    return this.events(stackId).findLast((event) => event.logicalId === logicalId && event.resourceType !== STACK);
  }

  note(stackId: string, event: StackEventRecord): void {
    this.#events.set(stackId, [...this.events(stackId), event]);
  }

  /** Adds a stack, or takes the place of what was known of it. */
  put(stack: StackRecord): void {
    this.#records.set(stack.stackId, stack);
  }
}
