/** The hook that plays checks: a suite beside the bundled handler, and a place to run from which it reaches what it asks. */
import type { Duration } from 'aws-cdk-lib/core';
import { Stack } from 'aws-cdk-lib/core';

import type { Check, _CheckContext } from '../checks/check';
import type { HttpRequestOptions } from '../checks/http-request';
import type { ChecksHookOptions } from '../hooks/lifecycle-hook';
import { ENV } from '../model/hook-contract';
import type { CheckSuite } from '../model/suite';
import { HTTP_HANDLER_KINDS } from '../model/suite';
import { listenerUrl, loadBalancerFullName } from './bound-endpoint';
import { DeployTimeValues } from './deploy-time-values';
import type { HandlerName } from './handler-code';
import { withSuite } from './handler-code';
import { defaultTimeout, handlerSettings, maxEventAge, requireHandlerTimeout, workSeconds } from './handler-limits';
import type { BoundHook, HookContext } from './hook-context';
import { hookEnvironment } from './hook-context';
import { noteLoadCapacity } from './load-capacity';
import { requireWhole } from './numbers';
import { ownFunction } from './own-function';
import type { Placement, Reach } from './placement';
import { placeHook } from './placement';
import { targetOf, urlPort } from './render-request';
import { findPrivateAddresses, joined, lookUpDeployment, publishVerdict, report, sendEvents, setVerdictAlarm } from './statements';

export function bindChecksHook(options: ChecksHookOptions, context: HookContext): BoundHook {
  requireDistinct(options.checks, context);
  requireOrder(options.checks, context);
  const timeout = timeoutOf(options, context);
  const settings = handlerSettings(options);
  const age = maxEventAge(options);
  const values = new DeployTimeValues();
  const suite = renderSuite(options, context, { values, deadlineMs: workSeconds(timeout.toSeconds()) * 1_000 });

  noteLoadCapacity(suite, settings.memoryMiB, context);

  const reach = reachOf(options);
  const placement = placeHook(context, reach);
  const environment = { ...hookEnvironment(context), ...checksEnvironment(options, context, { reach, placement, values }) };
  const statements = [
    report(context.groupArn),
    lookUpDeployment(context.groupArn),
    publishVerdict(),
    setVerdictAlarm(context.verdictAlarm.alarmArn),
    sendEvents(Stack.of(context.scope)),
    ...(placement?.privateAddresses === true ? [findPrivateAddresses()] : []),
    ...joined(options.checks.flatMap((check) => check._statements(context.scope, context.groupArn))),
  ];
  const description = `Hook ${context.event} of rollout ${context.rolloutName}: plays ${suite.checks.length} checks`;
  const fn = withSuite(context.scope, handlerOf(suite), suite, (code) =>
    ownFunction(context.scope, { ...settings, description, code, timeout, environment, statements, placement }),
  );
  const guard = { function: fn, role: fn.role!, maxEventAge: age };
  return { scope: context.scope, event: context.event, kind: 'checks', function: fn, reportsLater: false, guard };
}

/** The smallest bundle that plays all of the suite. */
function handlerOf({ checks }: CheckSuite): HandlerName {
  return checks.every(({ kind }) => HTTP_HANDLER_KINDS.some((small) => small === kind)) ? 'checks-http' : 'checks';
}

function requireDistinct(checks: readonly Check[], { event }: HookContext): void {
  if (checks.length === 0) {
    throw new Error(`hook ${event} has no checks, and would pass whatever is released; add a check such as HttpCheck.get('/health', ...)`);
  }
  const names = checks.map((check) => check.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new Error(`hook ${event} has two checks named '${twice}'; give one of them another 'name'`);
  }
}

/** A check comes after checks that stand before it, so that there is an order in which all can be played. */
function requireOrder(checks: readonly Check[], { event }: HookContext): void {
  checks.forEach((check, index) => {
    const missing = check._after.find((other) => !checks.slice(0, index).includes(other));
    if (missing !== undefined) {
      throw new Error(`check '${check.name}' of hook ${event} comes after '${missing.name}', which does not stand before it in the hook's list; move it there`);
    }
  });
}

function concurrencyOf({ concurrency = 1 }: ChecksHookOptions): number {
  requireWhole('concurrency', concurrency, 1, 20);
  return concurrency;
}

/** The user's time-out if the suite can fit into it, else the one that it asks for. */
function timeoutOf(options: ChecksHookOptions, context: HookContext): Duration {
  const { event } = context;
  const longest = [options.settle?._longestMs() ?? 0, ...options.checks.map((check) => check._longestMs(context))];
  const needed = Math.ceil(longest.reduce((sum, ms) => sum + ms, 0) / 1_000);
  const timeout = options.timeout ?? defaultTimeout(needed);
  requireHandlerTimeout(timeout);
  const room = workSeconds(timeout.toSeconds());
  if (needed > room) {
    const remedy = options.timeout === undefined ? 'spread them over several hooks or' : "raise 'timeout', or";
    throw new Error(
      `settle phase and checks of hook ${event} can take ${needed} seconds, of which ${room} fit into its ` +
        `time-out; ${remedy} lower time-outs and repetitions`,
    );
  }
  return timeout;
}

function renderSuite(options: ChecksHookOptions, context: HookContext, { values, deadlineMs }: { values: DeployTimeValues; deadlineMs: number }): CheckSuite {
  const { production, test } = context.endpoint;
  const checkContext: _CheckContext = { values, production, ...(test === undefined ? {} : { test }) };
  return {
    schemaVersion: 1,
    event: context.event,
    policy: { run: options.failFast === true ? 'FAIL_FAST' : 'ALL', concurrency: concurrencyOf(options), deadlineMs },
    ...(options.settle === undefined ? {} : { settle: options.settle._render(checkContext) }),
    checks: options.checks.map((check) => check._render(checkContext, context)),
  };
}

function reachOf(options: ChecksHookOptions): Reach {
  const requests: HttpRequestOptions[] = [...(options.settle === undefined ? [] : [options.settle._request]), ...options.checks.flatMap((check) => check._requests)];
  const targets = requests.map(targetOf);
  const asks = (name: 'test' | 'production') => targets.some((target) => 'listener' in target && target.listener === name);
  const urlPorts = targets.map(urlPort).filter((port) => port !== undefined);
  const services = options.checks.flatMap((check) => check._services);
  return { test: asks('test'), production: asks('production'), urlPorts, services, vpc: options.vpc, vpcSubnets: options.vpcSubnets };
}

function checksEnvironment(
  options: ChecksHookOptions,
  { endpoint, scope }: HookContext,
  { reach, placement, values }: { reach: Reach; placement?: Placement; values: DeployTimeValues },
): Record<string, string> {
  const deployTime = values.all();
  return {
    ...(reach.test && endpoint.test !== undefined ? { [ENV.testUrl]: listenerUrl(endpoint, endpoint.test) } : {}),
    ...(reach.production ? { [ENV.productionUrl]: listenerUrl(endpoint, endpoint.production) } : {}),
    ...(placement?.privateAddresses === true ? { [ENV.privateAddressesOf]: loadBalancerFullName(endpoint.loadBalancer) } : {}),
    ...(Object.keys(deployTime).length === 0 ? {} : { [ENV.values]: Stack.of(scope).toJsonString(deployTime) }),
    ...(options.runInRollback === true ? { [ENV.inRollback]: 'run' } : {}),
  };
}
