/** The function of a gate of servers: a suite beside the bundled handler, and a place to run from which it reaches the instances. */
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Stack } from 'aws-cdk-lib/core';

import type { _CheckContext } from '../checks/check';
import { ENV } from '../model/hook-contract';
import { GATE_ENV } from '../model/server/gates';
import type { ServerGateOptions } from '../server/server-gate';
import type { ServerTargets } from '../server/server-targets';
import { grantsOf, reachOf, renderSuite, requirePlayable } from './checks-hook';
import { DeployTimeValues } from './deploy-time-values';
import type { Findings } from './findings';
import { withSuite } from './handler-code';
import { handlerSettings } from './handler-limits';
import type { ServerGateContext } from './hook-context';
import { noteLoadCapacity } from './load-capacity';
import { literalName } from './names';
import { requireKnown, requireWhole } from './numbers';
import { ownFunction } from './own-function';
import { payloadsOf } from './payload-file';
import { readStatements } from './read-grants';
import { placeGate } from './server-gate-placement';
import { gateStatements } from './server-gate-statements';
import type { GateTime } from './server-gate-time';
import { gateTime } from './server-gate-time';
import { joined } from './statements';

/** The rollout, as far as its gates know it. */
export interface GatedRollout {
  readonly applicationName: string;
  readonly groupName: string;
  readonly groupArn: string;
  readonly verdictAlarm: cloudwatch.IAlarm;
  readonly targets: ServerTargets;
  readonly findings: Findings;
}

export interface GateFunction {
  readonly context: ServerGateContext;
  readonly function: lambda.Function;
  /** Where the gate is asked by a script: the name of its function, a literal. */
  readonly functionName?: string;
  readonly time: GateTime;
}

const LARGEST_PORT = 65_535;

/** Longest name of a function. */
const MAX_FUNCTION_NAME = 64;

/** @throws for checks that can never be played where the gate stands */
export function gateFunction(context: ServerGateContext, options: ServerGateOptions, rollout: GatedRollout): GateFunction {
  const { scope, event, rolloutName } = context;
  requirePlayable(options.checks, context);
  const asks = reachOf(options, { invocations: 1 });
  // Who is told the address of an instance asks it, too.
  const asksInstances = options.port !== undefined && (asks.test || options.checks.some((check) => check._passesUrlsOn));
  const time = gateTime(options, context, asksInstances);
  const settings = handlerSettings(options);
  const values = new DeployTimeValues();
  const suite = renderSuite(options, { event, listeners: listenersOf(options, context), hook: context }, { values, time });
  noteLoadCapacity(suite, settings.memoryMiB, context);

  if (asksInstances) {
    requireAddresses(context, rollout.targets);
  }
  const placement = placeGate(context, options, { reach: asks, port: asks.test ? options.port : undefined, targets: rollout.targets });
  const functionName = event === 'ValidateService' ? literalName(scope, MAX_FUNCTION_NAME) : undefined;
  const statements = [
    ...gateStatements(context, rollout, asksInstances),
    ...readStatements(grantsOf(options.checks), scope),
    ...joined(options.checks.flatMap((check) => check._statements(scope, undefined, context))),
  ];
  const fn = withSuite(scope, 'server-gate', { suite, payloads: payloadsOf(options.checks, context) }, (code) =>
    ownFunction(scope, {
      ...settings,
      ...(functionName === undefined ? {} : { functionName }),
      description: `Gate ${event} of rollout ${rolloutName}: plays ${suite.checks.length} checks`,
      code,
      timeout: time.timeout,
      environment: { ...gateEnvironment(context, rollout), ...suiteEnvironment(options, context, { asksInstances, time, values }) },
      statements,
      ...(placement === undefined ? {} : { placement }),
    }),
  );
  return { context, function: fn, time, ...(functionName === undefined ? {} : { functionName }) };
}

/** Instances are the test listener: nobody else gets to them by it. */
function listenersOf({ port, protocol = 'HTTP' as ServerGateOptions['protocol'] }: ServerGateOptions, { event }: ServerGateContext): Omit<_CheckContext, 'values'> {
  if (protocol !== 'HTTP' && protocol !== 'HTTPS') {
    throw new Error(`'protocol' of gate ${event} must be HTTP or HTTPS, got '${protocol}'; take one of elbv2.ApplicationProtocol`);
  }
  if (port !== undefined) {
    requireKnown("'port'", port);
    requireWhole('port', port, 1, LARGEST_PORT);
  }
  return {
    ...(port === undefined ? {} : { test: { protocol, whose: 'an instance' } }),
    remedies: {
      test: `which is an instance at a gate of servers; set 'port' of gate ${event} to where instances answer, or 'target' of the check to CheckTarget.url`,
      production: "and a gate of servers has none; leave 'target' out to ask the instance, or set it to CheckTarget.url with the address of the load balancer",
    },
  };
}

/** The address of an instance comes from EC2, which knows no servers outside of it. */
function requireAddresses({ event }: ServerGateContext, targets: ServerTargets): void {
  if (targets._onPremisesTagGroups.length > 0) {
    throw new Error(
      `gate ${event} asks instances, and 'targets' has on-premises instances, whose addresses AWS does not know, so that it would fail for each of them; ask URLs by CheckTarget.url, or make a rollout of their own for them`,
    );
  }
}

export function gateEnvironment({ event, rolloutName }: Pick<ServerGateContext, 'rolloutName'> & { readonly event?: string }, { applicationName, groupName, verdictAlarm }: GatedRollout): Record<string, string> {
  return {
    ...(event === undefined ? {} : { [ENV.event]: event }),
    [ENV.rollout]: rolloutName,
    [ENV.application]: applicationName,
    [ENV.deploymentGroup]: groupName,
    [ENV.verdictAlarm]: verdictAlarm.alarmName,
  };
}

interface SuiteParts {
  readonly asksInstances: boolean;
  readonly time: GateTime;
  readonly values: DeployTimeValues;
}

function suiteEnvironment(options: ServerGateOptions, { scope }: ServerGateContext, { asksInstances, time: { sample }, values }: SuiteParts): Record<string, string> {
  const { port, protocol = 'HTTP' } = options;
  const deployTime = values.all();
  return {
    ...(!asksInstances ? {} : { [GATE_ENV.scheme]: protocol.toLowerCase(), [GATE_ENV.port]: `${port}` }),
    ...(sample === undefined ? {} : { [GATE_ENV.instances]: `${sample.instances}`, [GATE_ENV.concurrency]: `${sample.atOnce}` }),
    ...(Object.keys(deployTime).length === 0 ? {} : { [ENV.values]: Stack.of(scope).toJsonString(deployTime) }),
    ...(options.runInRollback === true ? { [ENV.inRollback]: 'run' } : {}),
  };
}
