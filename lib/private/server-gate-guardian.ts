/** One small function for the gates of a rollout that CodeDeploy's events start: it holds what a gate should have held that died, was killed, or could not be started. */
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

import { ENV } from '../model/hook-contract';
import { handlerCode } from './handler-code';
import { ownFunction } from './own-function';
import type { GatedRollout, GateFunction } from './server-gate-function';
import { gateEnvironment } from './server-gate-function';
import { guardianStatements } from './server-gate-statements';
import { invoke } from './statements';

const MEMORY_MIB = 256;

export interface GuardedGate {
  readonly gate: GateFunction;
  readonly maxEventAge: Duration;
  readonly runInRollback: boolean;
}

/** Makes it, and leads the asynchronous invocations that fail to it; nothing where there is no such gate. */
export function guardGates(rollout: Construct, gates: readonly GuardedGate[], subject: GatedRollout): lambda.Function | undefined {
  if (gates.length === 0) {
    return undefined;
  }
  const scope = new Construct(rollout, 'GateGuardian');
  const rolloutName = rollout.node.path;
  const guardian = ownFunction(scope, {
    description: `Guardian of the gates of rollout ${rolloutName}: stops what a gate that died should have decided`,
    code: handlerCode('server-gate-guardian'),
    timeout: Duration.seconds(60),
    memoryMiB: MEMORY_MIB,
    runtime: lambda.Runtime.NODEJS_24_X,
    logRetention: logs.RetentionDays.ONE_MONTH,
    environment: { ...gateEnvironment({ rolloutName }, subject), ...(gates.some(({ runInRollback }) => runInRollback) ? { [ENV.inRollback]: 'run' } : {}) },
    statements: guardianStatements(scope, subject, gates.some(({ gate }) => gate.context.event === 'ReadyWait')),
  });
  gates.forEach((gate) => leadTo(guardian, gate));
  return guardian;
}

/** The grant is a policy of its own: Lambda checks it when the destination is set, so that the configuration waits for it, and nothing else does. */
function leadTo(guardian: lambda.IFunction, { gate: { context, function: fn }, maxEventAge }: GuardedGate): void {
  const policy = new iam.Policy(context.scope, 'ToGuardian', { roles: [fn.role!], statements: [invoke(guardian.functionArn)] });
  const configuration = new lambda.EventInvokeConfig(context.scope, 'AsyncInvocation', {
    function: fn,
    retryAttempts: 0,
    maxEventAge,
    onFailure: { bind: () => ({ destination: guardian.functionArn }) },
  });
  configuration.node.addDependency(policy);
}
