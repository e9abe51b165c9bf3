/** Moments of a release, as a scenario writes them. */
import type { Node } from 'yaml';

import { suggestion } from '../../lib/model/did-you-mean';
import { ECS_NATIVE_STAGES } from '../../lib/model/ecs-native';
import { ECS_LIFECYCLE_EVENTS, SERVER_LIFECYCLE_EVENTS } from '../../lib/model/lifecycle';
import type { Reader } from './reader';
import type { Moment } from './scenario';
import { DURATION } from './service-profile';
import { parseDuration } from './units';

/** Lifecycle events of CodeDeploy, those of instances included, and stages of ECS. */
const MOMENTS = [...new Set([...ECS_LIFECYCLE_EVENTS, ...SERVER_LIFECYCLE_EVENTS, ...ECS_NATIVE_STAGES])];

/** `5m` after the deployment was created, or `AllowTraffic`, or `AllowTraffic+90s` after that event has started. */
export function readMoment(reader: Reader, node: Node): Moment | undefined {
  const text = String(reader.scalar(node) ?? '');
  const [, name, , delay] = /^([A-Za-z_]+)(\s*\+\s*(\S+))?$/.exec(text) ?? [];
  if (name === undefined) {
    const wanted = `a time since the start such as 5m, or a lifecycle event with or without a delay, such as AllowTraffic+90s`;
    return reader.parsed(node, '"at"', wanted, (value) => moment(parseDuration(String(value))));
  }
  const event = MOMENTS.find((one) => one === name);
  if (event === undefined) {
    const nearest = suggestion(name, MOMENTS) || `; CodeDeploy has ${ECS_LIFECYCLE_EVENTS.join(', ')}, and ECS itself ${ECS_NATIVE_STAGES.join(', ')}`;
    return reader.problem(node, `"${name}" is not a lifecycle event of an ECS deployment${nearest}`);
  }
  const delayMs = delay === undefined ? 0 : parseDuration(delay);
  return delayMs === undefined ? reader.problem(node, `the delay "${delay}" must be ${DURATION}`) : moment(delayMs, event);
}

function moment(delayMs: number | undefined, event?: Moment['event']): Moment | undefined {
  return delayMs === undefined ? undefined : { ...(event === undefined ? {} : { event }), delayMs };
}
