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
import type { Room } from './room';
import { failed, missed, NOTHING_YET, succeeded } from './room';

export async function keepServerGroup({ request, startedAt, memory }: Extract<StepEvent, { readonly action: 'step' }>, ports: Room['ports']): Promise<StepReturn> {
  const known = { ...NOTHING_YET, ...memory };
  const room: Room = { ports, request, memory: known, elapsed: known.late + Math.max(0, (ports.clock.epoch() - Date.parse(startedAt)) / 1_000) };
  try {
    const task = serverGroupTask(request);
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
