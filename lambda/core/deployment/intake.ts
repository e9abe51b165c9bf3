/** The service token: takes a request of CloudFormation, and begins an execution for it. */
import { createHash } from 'node:crypto';

import type { ExecutionInput } from '../../../lib/model/deployment-request';
import { DEPLOYMENT_ENV } from '../../../lib/model/deployment-request';
import type { Clock, Environment, Log, Random } from '../ports';
import { retrying } from '../retry';
import { requiredVariable } from '../settings';
import { isRequest } from './answer';

/** Time of one invocation of the intake; Lambda invokes it again where it fails. */
const STARTING = { ms: 20_000, attempts: 5 } as const;

/** Longest piece of the resource's name in an execution's; with the digest the whole stays under 80 characters. */
const MAX_NAME = 40;
const DIGEST_LENGTH = 32;

export interface Executions {
  /** Starts an execution under a name that is taken once; one that is there already is as good. Rejects with `ServiceFailure`. */
  start(execution: { readonly stateMachine: string; readonly name: string; readonly input: string }, signal: AbortSignal): Promise<void>;
}

export interface IntakeDefinition {
  readonly environment: Environment;
  readonly ports: { readonly clock: Clock; readonly random: Random; readonly log: Pick<Log, 'info' | 'error'>; readonly executions: Executions };
}

/** Takes CloudFormation's request. Throws where no execution is known to have started: Lambda then tries it again, and its destination answers. */
export function makeIntake({ environment, ports }: IntakeDefinition): (event: unknown) => Promise<void> {
  return async (event) => {
    if (!isRequest(event)) {
      ports.log.error('not a request of CloudFormation; nothing is started');
      return;
    }
    const stateMachine = requiredVariable(environment, DEPLOYMENT_ENV.stateMachine);
    const { LogicalResourceId, StackId, RequestId } = event;
    const digest = createHash('sha256').update(JSON.stringify([StackId, LogicalResourceId, RequestId])).digest('hex');
    const name = `${LogicalResourceId.replace(/[^\w-]/g, '').slice(0, MAX_NAME)}-${digest.slice(0, DIGEST_LENGTH)}`;
    const input: ExecutionInput = { request: event, step: { memory: {} } };
    const bounds = { until: ports.clock.now() + STARTING.ms, attempts: STARTING.attempts };
    await retrying(ports, bounds, (signal) => ports.executions.start({ stateMachine, name, input: JSON.stringify(input) }, signal));
    ports.log.info('begun', { resource: LogicalResourceId, requestId: RequestId, execution: name });
  };
}
