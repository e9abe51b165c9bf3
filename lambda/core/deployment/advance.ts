/** The next thing to do for a request. Pure: equal situations come to equal actions. */
import { liveListener } from '../live-listener/decide';
import { begin } from './begin';
import { follow } from './follow';
import { remove } from './remove';
import type { Action, Situation } from './situation';
import { succeed } from './situation';

export function advance(s: Situation): Action {
  const { task, memory } = s;
  switch (task.kind) {
    case 'nothing':
      return succeed('', task.why);
    case 'settings':
      return { do: 'answer', answer: task.answer, why: task.why };
    case 'delete':
      return remove(s, task);
    case 'live listener':
      return liveListener(s, task);
    case 'wait':
      return follow(s, task, task.deploymentId);
    case 'deploy':
    case 'deploy alias':
    case 'deploy servers':
      return memory.deploymentId === undefined ? begin(s, task) : follow(s, task, memory.deploymentId);
  }
}
