/** The gates of fleets, in one function: which of them it is, its environment says. */
import type { InstanceAnswer, ServerGateEvent } from '../../../lib/model/server/gates';
import { SERVER_GATE_EVENTS } from '../../../lib/model/server/gates';
import { ENV } from '../../../lib/model/hook-contract';
import { ConfigurationError } from '../failures';
import type { HookContext } from '../hook';
import { requiredVariable } from '../settings';
import { quoted } from '../text';
import type { GateDefinition } from './gate';
import { makeInstanceSuccessGate } from './instance-success';
import { makeReadyWaitGate } from './ready-wait';
import { makeValidateServiceGate } from './validate-service';

export type GateHandler = (event: unknown, context: HookContext) => Promise<InstanceAnswer | void>;

/** Throws, when it is invoked, where its environment does not say which gate it is. */
export function makeServerGate(definition: GateDefinition): GateHandler {
  const gates: Readonly<Record<ServerGateEvent, GateHandler>> = {
    [SERVER_GATE_EVENTS.readyWait]: makeReadyWaitGate(definition),
    [SERVER_GATE_EVENTS.instance]: makeValidateServiceGate(definition),
    [SERVER_GATE_EVENTS.fleet]: makeInstanceSuccessGate(definition),
  };
  return async (event, context) => {
    const name = requiredVariable(definition.environment, ENV.event);
    const gate = Object.entries(gates).find(([known]) => known === name)?.[1];
    if (gate === undefined) {
      throw new ConfigurationError(`environment variable ${ENV.event} must be one of ${Object.keys(gates).join(', ')}, got ${quoted(name)}; deploy the rollout again`);
    }
    return gate(event, context);
  };
}
