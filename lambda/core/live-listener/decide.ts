/** Which target group a listener that is about to be written has to forward to: the one that is live on its port. */
import type { ListenerFacts } from '../deployment/facts';
import { phaseOf } from '../deployment/phase';
import type { Action, Situation } from '../deployment/situation';
import { fail, look, wait } from '../deployment/situation';
import type { ListenerPlace, LiveListenerTask } from './task';

/** Between two looks at a shift whose end a rollback waits for. */
const PAUSE_SECONDS = 15;

export function liveListener(s: Situation, task: LiveListenerTask): Action {
  // Where two ports come into question, the stack tells from which one the listener comes.
  if (task.places.length > 1 && s.facts.stack === undefined) {
    return look(s, { at: 'stack' });
  }
  const places = isRollback(s) ? [...task.places].reverse() : task.places;
  for (const place of places) {
    const listeners = s.facts.listeners?.[place.loadBalancerArn];
    if (listeners === undefined) {
      return look(s, { at: 'listeners', loadBalancerArn: place.loadBalancerArn });
    }
    const listener = listeners.find(({ port }) => port === place.port);
    if (listener !== undefined) {
      return onListener(s, task, { listener, place });
    }
  }
  return onNoListener(task);
}

/** A new listener begins where the template says. One that is there already is adopted, together with its traffic. */
function onNoListener({ request, places, targetGroups }: LiveListenerTask): Action {
  return request.RequestType === 'Create'
    ? answer(targetGroups[0], 'the listener is new')
    : fail(`there is no listener on ${places.map(where).join(', nor on ')}; was it deleted by hand? Make it again on that port, with the target group that is live, and update the stack again`);
}

interface Found {
  readonly listener: ListenerFacts;
  readonly place: ListenerPlace;
}

function onListener(s: Situation, task: LiveListenerTask, { listener, place }: Found): Action {
  const { forwards = [] } = listener;
  const live = forwards.length === 1 ? forwards : forwards.filter(({ weight }) => weight > 0);
  const [first] = live;
  if (first === undefined) {
    return fail(`the default action of ${where(place)} forwards to no target group, and which one is live cannot be told; let it forward to the live one, and update the stack again`);
  }
  if (live.length > 1) {
    return onShift(s, `a deployment is shifting traffic on ${where(place)}: ${live.map(({ arn, weight }) => `weight ${weight} on ${nameOf(arn)}`).join(', ')}`);
  }
  return task.targetGroups.includes(first.arn)
    ? answer(first.arn, `live on port ${place.port}`)
    : fail(`${where(place)} forwards to ${nameOf(first.arn)}, which is neither ${task.targetGroups.map(nameOf).join(' nor ')}; let it forward to the one of them that is live, and update the stack again`);
}

/** An update can be made later. A rollback that is refused leaves the stack stuck, so that it waits. */
function onShift(s: Situation, shift: string): Action {
  if (s.facts.stack === undefined) {
    return look(s, { at: 'stack' });
  }
  return isRollback(s)
    ? wait(s, { seconds: PAUSE_SECONDS, otherwise: `${shift}; continue the rollback of the stack when the deployment has ended` })
    : fail(`${shift}; writing the listener now would end the shift, so update the stack again when the deployment has ended`);
}

const isRollback = ({ facts: { stack } }: Situation): boolean => stack !== undefined && phaseOf(stack) === 'rollback';

const answer = (TargetGroupArn: string, why: string): Action => ({ do: 'answer', answer: { Status: 'SUCCESS', Data: { TargetGroupArn } }, why: `${nameOf(TargetGroupArn)}: ${why}` });

const where = ({ loadBalancerArn, port }: ListenerPlace): string => `port ${port} of load balancer ${nameOf(loadBalancerArn)}`;

/** `web` of `...:targetgroup/web/0123`, and of `...:loadbalancer/app/web/0123`: names are unique in a region. */
const nameOf = (arn: string): string => /:(?:targetgroup|loadbalancer\/[a-z]+)\/([^/]+)\//.exec(arn)?.[1] ?? arn;
