/** The state machines of the assembly on the stage: their tasks run functions under the role of the state machine. */
import type { Assembly } from '../assembly/assembly';
import { stateMachineNamed } from '../assembly/state-machines';
import { notModelled, uuidOf } from '../endpoints/aws-service';
import type { InvocationResult } from '../engine/ports';
import { stateMachineDefinition } from '../engine/state-machine/definition';
import type { TaskEnd } from '../engine/state-machine/execution';
import type { Json } from '../engine/state-machine/paths';
import { StateMachineError } from '../engine/state-machine/reader';
import { StateMachines, type StateMachineModel } from '../engine/state-machine/state-machines';
import type { World } from './world';

/** Session name of Step Functions. */
const SESSION = 'states';

type Staged = Pick<World, 'conductor' | 'functions' | 'permissions' | 'run' | 'deployed'> & { readonly options: Pick<World['options'], 'statesSkewMs'> };

export function stagedStateMachines(world: Staged): StateMachines {
  const { conductor, options } = world;
  const known = new WeakMap<Assembly, Map<string, StateMachineModel | undefined>>();
  const runs = new Map<string, number>();
  return new StateMachines({
    scheduler: conductor.scheduler,
    epochMs: conductor.epochMs + (options.statesSkewMs ?? 0),
    machine: (arn) => {
      const { deployed } = world;
      const machines = known.get(deployed) ?? new Map<string, StateMachineModel | undefined>();
      known.set(deployed, machines);
      if (!machines.has(arn)) {
        machines.set(arn, resolve(deployed, arn));
      }
      return machines.get(arn);
    },
    runTask: async (machine, resource, input) => {
      // By what is run and how often, never by the order of arrival.
      const key = `${machine.arn} ${resource} ${JSON.stringify(input)}`;
      const times = (runs.get(key) ?? 0) + 1;
      runs.set(key, times);
      return runTask(world, machine, resource, { payload: input, requestId: uuidOf(`${key} ${times}`) });
    },
  });
}

function resolve(assembly: Assembly, arn: string): StateMachineModel | undefined {
  const found = stateMachineNamed(assembly, arn);
  if (found === undefined) {
    return undefined;
  }
  const { type, definition, ...model } = found;
  if (type !== 'STANDARD') {
    throw notModelled(`StartExecution of ${arn}, which is of type ${type},`);
  }
  try {
    return { ...model, definition: stateMachineDefinition(definition) };
  } catch (error) {
    throw error instanceof StateMachineError ? notModelled(`StartExecution of ${arn} (${error.message})`) : error;
  }
}

async function runTask(world: Staged, { roleArn }: StateMachineModel, resource: string, invocation: { readonly payload: Json; readonly requestId: string }): Promise<TaskEnd> {
  const at = world.conductor.now();
  const decision = world.permissions.decideFor({ roleArn, session: SESSION }, { action: 'lambda:InvokeFunction', resource, context: {} });
  if (!decision.allowed) {
    return { at, error: 'Lambda.AWSLambdaException', cause: decision.message };
  }
  const found = world.functions.find(resource);
  return found === undefined
    ? { at, error: 'Lambda.ResourceNotFoundException', cause: `Function not found: ${resource}` }
    : taskEnd(await world.run(found, invocation));
}

/** A function's error keeps its type as its name; what it says is the cause. */
function taskEnd({ end, payload, error, endedAt: at }: InvocationResult): TaskEnd {
  if (end === 'returned') {
    return { at, output: (payload ?? null) as Json };
  }
  const { errorType, errorMessage, trace } = error ?? { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited without providing a reason', trace: undefined };
  return { at, error: errorType, cause: JSON.stringify({ errorType, errorMessage, ...(trace === undefined ? {} : { trace }) }) };
}
