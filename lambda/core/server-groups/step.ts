/**
 * The deployment group of blue/green on EC2 for CloudFormation, which cannot make it.
 *
 * A step looks before it acts, and makes one change: it may be repeated at any moment, also where the answer to its call was lost.
 */
import type { StepEvent, StepReturn } from '../../../lib/model/deployment-request';
import { ConfigurationError, Overdue, ServiceFailure } from '../failures';
import { keep } from './keep';
import { remove } from './remove';
import { serverGroupTask } from './request';
import type { GroupMemory, Room } from './room';
import { failed, missed, NOTHING_YET, succeeded } from './room';

type Step = Extract<StepEvent, { readonly action: 'step' }>;

/** The hour by two clocks, of which the further one counts: what the waits have taken, and the wall clock. */
export async function keepServerGroup({ request, startedAt, memory }: Step, ports: Room['ports']): Promise<StepReturn> {
  const begun = ports.clock.now();
  const known: GroupMemory = { ...NOTHING_YET, ...memory };
  const elapsed = Math.max(known.clock, known.late + (ports.clock.epoch() - Date.parse(startedAt)) / 1_000);
  const returned = await take({ ports, request, memory: known, elapsed });
  if (returned.done) {
    return returned;
  }
  const own = (ports.clock.now() - begun) / 1_000;
  return { ...returned, memory: { ...returned.memory, clock: elapsed + own + returned.waitSeconds } };
}

async function take(room: Room): Promise<StepReturn> {
  try {
    const task = serverGroupTask(room.request);
    switch (task.kind) {
      case 'keep':
        return await keep(room, task);
      case 'remove':
        return await remove(room, task);
      case 'nothing':
        return succeeded(room, task.why);
    }
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
