/** The service token: takes a request of CloudFormation, and begins an execution for it. */
import { createHash } from 'node:crypto';

import type { ExecutionInput } from '../../../lib/model/deployment-request';
import { DEPLOYMENT_ENV } from '../../../lib/model/deployment-request';
import type { Clock, Environment, Log, Random } from '../ports';
import { retrying } from '../retry';
import { requiredVariable } from '../settings';
import { isRequest } from './answer';

/**
 * How long Step Functions is asked, in milliseconds: less than the longest time-out of a function. Nothing but this keeps a request alive through
 * a long throttling, since Lambda gives up an event that is old.
 */
const STARTING_MS = 780_000;

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

/**
 * Takes CloudFormation's request. Throws where no execution is known to have started: Lambda then tries it again, and its destination answers.
 *
 * The name is of the response URL too: CloudFormation was seen to use a request's id again when it tries an operation again, with another URL, and
 * each URL wants its answer. A deployment carries the id alone, so that such a request joins it.
 *
 * @see https://github.com/aws/aws-cdk/issues/35957
 */
export function makeIntake({ environment, ports }: IntakeDefinition): (event: unknown) => Promise<void> {
  return async (event) => {
    if (!isRequest(event)) {
      ports.log.error('not a request of CloudFormation; nothing is started');
      return;
    }
    const stateMachine = requiredVariable(environment, DEPLOYMENT_ENV.stateMachine);
    const { LogicalResourceId, StackId, RequestId, ResponseURL } = event;
    const digest = createHash('sha256').update(JSON.stringify([StackId, LogicalResourceId, RequestId, ResponseURL])).digest('hex');
    const name = `${LogicalResourceId.replace(/[^\w-]/g, '').slice(0, MAX_NAME)}-${digest.slice(0, DIGEST_LENGTH)}`;
    const begun = ports.clock.now();
    const inputNow = (): ExecutionInput => ({ request: event, step: { memory: { late: Math.ceil((ports.clock.now() - begun) / 1_000) } } });
    await retrying(ports, { until: begun + STARTING_MS }, (signal) => ports.executions.start({ stateMachine, name, input: JSON.stringify(inputNow()) }, signal));
    ports.log.info('begun', { resource: LogicalResourceId, requestId: RequestId, execution: name });
  };
}
