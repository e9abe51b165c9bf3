/**
 * The state machines of an account, and their executions.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
import type { Scheduler } from '../ports';
import { ServiceError } from '../ports';
import type { StateMachineDefinition } from './definition';
import { Execution, MAX_PAYLOAD_BYTES, type TaskEnd } from './execution';
import type { Json } from './paths';

export interface StateMachineModel {
  readonly name: string;
  readonly arn: string;
  /** ARN of the role that runs its tasks. */
  readonly roleArn: string;
  readonly definition: StateMachineDefinition;
}

export interface StateMachinesOptions {
  readonly scheduler: Scheduler;
  /** Date of virtual zero by the clock of Step Functions. */
  readonly epochMs: number;
  /** @throws ServiceError for one that cannot be played */
  machine(arn: string): StateMachineModel | undefined;
  /** Runs a function for a task of this machine. Rejects only when the simulator itself fails. */
  runTask(machine: StateMachineModel, resource: string, input: Json): Promise<TaskEnd>;
}

export interface StartedExecution {
  readonly arn: string;
  readonly name: string;
  readonly machine: StateMachineModel;
  readonly input: string;
  readonly startedAt: number;
  readonly execution: Execution;
}

const MAX_NAME_LENGTH = 80;
/** Characters that a name must not have, besides control characters. */
const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]/u;

export class StateMachines {
  readonly #options: StateMachinesOptions;
  readonly #executions = new Map<string, StartedExecution>();
  readonly #listeners = new Set<() => void>();

  constructor(options: StateMachinesOptions) {
    this.#options = options;
  }

  /** In the order of their starts. */
  get executions(): readonly StartedExecution[] {
    return [...this.#executions.values()];
  }

  get running(): number {
    return this.executions.filter(({ execution }) => execution.status === 'RUNNING').length;
  }

  /** Told when an execution is over. */
  onEnd(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /**
   * Starts an execution, or answers the one that runs under this name with this input.
   * @throws ServiceError as StartExecution refuses
   */
  start({ arn, name, input }: { readonly arn: string; readonly name: string; readonly input: string }): StartedExecution {
    const machine = this.#options.machine(arn);
    if (machine === undefined) {
      throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    }
    if (name.length < 1 || name.length > MAX_NAME_LENGTH || FORBIDDEN.test(name)) {
      throw new ServiceError('InvalidName', `Invalid Name: '${name}'`);
    }
    const parsed = parsedInput(input);
    const executionArn = `${arn.replace(':stateMachine:', ':execution:')}:${name}`;
    const known = this.#executions.get(executionArn);
    if (known !== undefined) {
      if (known.input === input && known.execution.status === 'RUNNING') {
        return known;
      }
      throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
    }
    return this.#begin({ arn: executionArn, name, machine, input, parsed });
  }

  #begin({ arn, name, machine, input, parsed }: Omit<StartedExecution, 'startedAt' | 'execution'> & { readonly parsed: Json }): StartedExecution {
    const { scheduler, epochMs } = this.#options;
    const startedAt = scheduler.now();
    const execution = new Execution({
      definition: machine.definition,
      input: parsed,
      context: { Execution: { Id: arn, Name: name, StartTime: new Date(epochMs + startedAt).toISOString() } },
      scheduler,
      runTask: (resource, taskInput) => this.#options.runTask(machine, resource, taskInput),
      ended: () => this.#listeners.forEach((listener) => listener()),
    });
    const started = { arn, name, machine, input, startedAt, execution };
    this.#executions.set(arn, started);
    return started;
  }
}

function parsedInput(input: string): Json {
  const bytes = new TextEncoder().encode(input).length;
  if (bytes > MAX_PAYLOAD_BYTES) {
    throw new ServiceError('InvalidExecutionInput', `Invalid State Machine Execution Input: the input has ${bytes} bytes, and may have ${MAX_PAYLOAD_BYTES}`);
  }
  try {
    return JSON.parse(input) as Json;
  } catch {
    throw new ServiceError('InvalidExecutionInput', 'Invalid State Machine Execution Input: the input is not valid JSON');
  }
}
