/** The gates of a rollout to EC2/on-premises: their functions, and where these ask instances. */
import type { ResourceReference } from '../../lib/model/rollout';
import { GATE_ENV, SERVER_GATE_EVENTS, type ServerGateEvent, type ServerGateName } from '../../lib/model/server/gates';
import type { ServerRolloutDescription } from '../../lib/model/server/rollout';
import type { Assembly } from './assembly';
import { isObject } from './read-json';
import { follow, referenceOf } from './rollouts';
import type { Stack } from './stack';

export interface GateModel {
  readonly gate: ServerGateName;
  readonly event: ServerGateEvent;
  /** Name or ARN of its function. */
  readonly function: string;
  /** Absent where no check asks an instance. */
  readonly asks?: InstanceListener;
}

/** What instances listen on. */
export interface InstanceListener {
  readonly protocol: 'HTTP' | 'HTTPS';
  readonly port: number;
}

export function gatesOf(assembly: Assembly, stack: Stack, { gates }: ServerRolloutDescription): readonly GateModel[] {
  return (Object.keys(SERVER_GATE_EVENTS) as ServerGateName[]).flatMap((gate) => {
    const reference = gates[gate];
    return reference === undefined ? [] : [{ gate, event: SERVER_GATE_EVENTS[gate], function: referenceOf(assembly, stack, reference), ...listenerOf(assembly, stack, reference) }];
  });
}

function listenerOf(assembly: Assembly, stack: Stack, reference: ResourceReference): Pick<GateModel, 'asks'> {
  const home = follow(assembly, stack, reference);
  const { Environment } = 'value' in home ? {} : assembly.properties(home);
  const variables = isObject(Environment) && isObject(Environment.Variables) ? Environment.Variables : {};
  const port = Number(variables[GATE_ENV.port]);
  return Number.isInteger(port) && port > 0 ? { asks: { protocol: variables[GATE_ENV.scheme] === 'https' ? 'HTTPS' : 'HTTP', port } } : {};
}
