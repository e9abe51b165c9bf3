/** Keeps the provisioned concurrency of a version for CloudFormation: provisions what no hook does, and releases what is no longer of use. */
import type { ResourceRequest, StepEvent, StepReturn } from '../../../lib/model/deployment-request';
import type { DeploymentPorts } from '../deployment/facts';
import type { CallFailure } from '../deployment/trouble';
import { mayPass } from '../deployment/trouble';
import { within } from '../deadline';
import { ConfigurationError, describeError, Overdue, ServiceFailure } from '../failures';
import { describeAllocation, progressOf, provision } from './allocation';
import type { ProvisionedTask } from './task';
import { provisionedTaskOf } from './task';

/** Longest call; a step makes two. */
const CALL_MS = 6_000;

/** Between two looks at an allocation. */
const LOOK_SECONDS = 10;

/** Pauses after calls that did not work, one after the other. After the last one no other is tried. */
const MISS_SECONDS = [5, 10, 20, 30, 60] as const;

export interface ProvisionedMemory {
  /** Whether it has been asked for. */
  readonly asked: boolean;
  /** Calls in a row that did not work. */
  readonly misses: number;
}

const NOTHING_YET: ProvisionedMemory = { asked: false, misses: 0 };

type Step = Extract<StepEvent, { readonly action: 'step' }>;
type Ports = Pick<DeploymentPorts, 'clock' | 'log' | 'concurrency'>;

interface Room {
  readonly ports: Ports;
  readonly request: ResourceRequest;
  readonly memory: ProvisionedMemory;
  /** Since the request came. */
  readonly seconds: number;
}

export async function keepProvisioned({ request, startedAt, memory }: Step, ports: Ports): Promise<StepReturn> {
  const room: Room = { ports, request, memory: { ...NOTHING_YET, ...memory }, seconds: (ports.clock.epoch() - Date.parse(startedAt)) / 1_000 };
  try {
    return await play(room, provisionedTaskOf(request));
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return failed(room, `bad configuration: ${error.message}`);
    }
    if (error instanceof ServiceFailure || error instanceof Overdue) {
      return missed(room, error);
    }
    throw error;
  }
}

async function play(room: Room, task: ProvisionedTask): Promise<StepReturn> {
  const { concurrency } = room.ports;
  switch (task.kind) {
    case 'nothing':
      return succeeded(room, task.why);
    case 'release': {
      const { version } = task;
      await call(room, (signal) => concurrency.release(version, signal));
      return succeeded(room, `the provisioned concurrency of ${version.functionName}:${version.version} is released`);
    }
    case 'provision':
      return allocate(room, task);
  }
}

async function allocate(room: Room, { version, executions, timeoutSeconds }: Extract<ProvisionedTask, { readonly kind: 'provision' }>): Promise<StepReturn> {
  const { ports, memory } = room;
  const { allocation, asked } = await provision(ports.concurrency, { ...version, executions, asked: memory.asked }, (make) => call(room, make));
  const text = describeAllocation(version, allocation);
  switch (progressOf(allocation)) {
    case 'ready':
      return succeeded(room, text);
    case 'failed':
      return failed(room, text);
    case 'pending':
      return room.seconds >= timeoutSeconds
        ? failed(room, `after ${Math.round(room.seconds)} seconds, of ${timeoutSeconds} that there are: ${text}`)
        : { done: false, waitSeconds: LOOK_SECONDS, memory: { ...memory, asked, misses: 0 } };
  }
}

/** Tries again a little later, or gives up: what is not released costs money, so that somebody must see it. */
function missed({ memory, ...room }: Room, failure: CallFailure): StepReturn {
  const again = mayPass(failure) ? MISS_SECONDS[memory.misses] : undefined;
  if (again === undefined) {
    return failed({ memory, ...room }, describeError(failure));
  }
  room.ports.log.warn('a call did not work', { ...ids(room.request), error: describeError(failure) });
  return { done: false, waitSeconds: again, memory: { ...memory, misses: memory.misses + 1 } };
}

const call = <T>({ ports: { clock } }: Room, make: (signal: AbortSignal) => Promise<T>): Promise<T> => within(clock, { ms: CALL_MS }, make);

function succeeded({ ports, request, memory }: Room, why: string): StepReturn {
  ports.log.info('answer SUCCESS', { ...ids(request), why });
  return { done: true, memory, answer: { Status: 'SUCCESS' } };
}

function failed({ ports, request, memory }: Room, reason: string): StepReturn {
  ports.log.error('answer FAILED', { ...ids(request), reason });
  return { done: true, memory, answer: { Status: 'FAILED', Reason: reason } };
}

const ids = ({ LogicalResourceId, RequestId }: ResourceRequest): { readonly resource: string; readonly requestId: string } => ({ resource: LogicalResourceId, requestId: RequestId });
