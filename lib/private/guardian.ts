/** One small function for each rollout: it reports Failed for a hook that died, was killed, or returned without reporting. */
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

import type { GuardedHook } from '../model/hook-contract';
import { ENV } from '../model/hook-contract';
import { handlerCode } from './handler-code';
import type { AnyRolloutContext, BoundHook, Guard } from './hook-context';
import { breakGlassEnvironment, rolloutEnvironment, verdictAlarmEnvironment } from './hook-context';
import { ownFunction } from './own-function';
import { invoke, lookUpDeployment, publishVerdict, report, sendEvents, setVerdictAlarm } from './statements';

const MEMORY_MIB = 256;

type Guarded = BoundHook & { readonly guard: Guard };

/** Makes the guardian of these hooks and leads their asynchronous invocations to it; nothing where none of them is ours to configure. */
export function guard(rollout: Construct, context: AnyRolloutContext, hooks: readonly BoundHook[]): lambda.Function | undefined {
  const guarded = hooks.filter((hook): hook is Guarded => hook.guard !== undefined);
  if (guarded.length === 0) {
    return undefined;
  }
  const scope = new Construct(rollout, 'Guardian');
  const watched: GuardedHook[] = guarded.map((hook) => ({
    functionArn: hook.guard.function.functionArn,
    event: hook.event,
    reportsLater: hook.reportsLater,
  }));
  const guardian = ownFunction(scope, {
    description: `Guardian of rollout ${context.rolloutName}: reports Failed for hooks that die without reporting`,
    code: handlerCode('guardian'),
    timeout: Duration.seconds(60),
    memoryMiB: MEMORY_MIB,
    runtime: lambda.Runtime.NODEJS_24_X,
    logRetention: logs.RetentionDays.ONE_MONTH,
    environment: {
      ...rolloutEnvironment(context),
      ...verdictAlarmEnvironment(context),
      [ENV.hooks]: Stack.of(scope).toJsonString(watched),
      ...breakGlassEnvironment(context, scope, false),
    },
    statements: [
      report(context.groupArn),
      publishVerdict(),
      setVerdictAlarm(context.verdictAlarm.alarmArn),
      sendEvents(Stack.of(scope)),
      // An override may be for the next deployment: when this one was created tells whether it is that. In a set, the deployment tells the rollout.
      ...(context.breakGlass === undefined && context.groupName !== undefined ? [] : [lookUpDeployment(context.groupArn)]),
      ...(context.breakGlass?._statements ?? []),
    ],
  });
  guarded.forEach((hook) => leadTo(guardian, hook));
  return guardian;
}

/**
 * The grant is a policy of its own, because the guardian's environment names the hooks: were it part of the hook's role, on which the hook
 * depends, the two would wait for each other. Lambda checks the grant when the destination is set, so that the configuration depends on it.
 */
function leadTo(guardian: lambda.IFunction, { scope, guard: { function: fn, qualifier, role, maxEventAge } }: Guarded): void {
  const policy = new iam.Policy(scope, 'ToGuardian', { roles: [role], statements: [invoke(guardian.functionArn)] });
  const destination = new GuardianDestination(guardian);
  const configuration = new lambda.EventInvokeConfig(scope, 'AsyncInvocation', {
    function: fn,
    qualifier,
    retryAttempts: 0,
    maxEventAge,
    onFailure: destination,
    onSuccess: destination,
  });
  configuration.node.addDependency(policy);
}

/** The CDK's own destination grants on the hook's default policy, which would close the cycle. */
class GuardianDestination implements lambda.IDestination {
  constructor(private readonly guardian: lambda.IFunction) {}

  public bind(): lambda.DestinationConfig {
    return { destination: this.guardian.functionArn };
  }
}
