/** The hook that plays checks: a suite beside the bundled handler, and a place to run from which it reaches what it asks. */
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { Check, _CheckContext } from '../checks/check';
import type { HttpRequestOptions } from '../checks/http-request';
import type { ChecksHookOptions } from '../hooks/lifecycle-hook';
import { longestHookSeconds } from '../model/deployment-time';
import { ENV } from '../model/hook-contract';
import type { CheckDocument, CheckSuite } from '../model/suite';
import { HTTP_HANDLER_KINDS } from '../model/suite';
import type { BoundEndpoint } from './bound-endpoint';
import { listenerUrl, loadBalancerFullName } from './bound-endpoint';
import { DeployTimeValues } from './deploy-time-values';
import { growingPolicies } from './growing-policies';
import type { HandlerName } from './handler-code';
import { withSuite } from './handler-code';
import { handlerSettings, maxEventAge } from './handler-limits';
import type { AnyHookContext, BoundHook, HookContext } from './hook-context';
import { hookEnvironment } from './hook-context';
import type { HookTime } from './hook-time';
import { hookTime, runSeconds } from './hook-time';
import { noteLoadCapacity } from './load-capacity';
import { requireWhole } from './numbers';
import { ownFunction } from './own-function';
import type { Placement, Reach } from './placement';
import { placeHook } from './placement';
import type { ReadGrant } from './read-grants';
import { readStatements } from './read-grants';
import { payloadsOf } from './payload-file';
import { targetOf, urlPort } from './render-request';
import { requireSoundSuite } from './suite-linter';
import { findPrivateAddresses, invoke, invokeVersions, isForVersions, joined, lookUpDeployment, publishVerdict, report, sendEvents, setVerdictAlarm } from './statements';

/** What a suite is written for. */
export interface SuiteSubject {
  /** What the handler is told. */
  readonly event: CheckSuite['event'];
  /** Where the checks of a listener go. */
  readonly listeners: Omit<_CheckContext, 'values'>;
  readonly hook: AnyHookContext;
}

/** What a hook is called in messages. */
type Called = { readonly event: string };

export function bindChecksHook(options: ChecksHookOptions, context: HookContext): BoundHook {
  requirePlayable(options.checks, context);
  const time = hookTime(options, context);
  const settings = handlerSettings(options);
  const age = maxEventAge(options);
  const values = new DeployTimeValues();
  const suite = renderSuite(options, { event: context.event, listeners: listenersOf(context), hook: context }, { values, time });
  noteLoadCapacity(suite, settings.memoryMiB, context);

  const asked = reachOf(options, time);
  const reach = { ...asked, services: [...asked.services, ...(context.breakGlass?._services ?? [])] };
  const placement = placeHook(context, reach);
  const environment = { ...hookEnvironment(context), ...checksEnvironment(options, context, { reach, placement, values }) };
  const asking = joined(options.checks.flatMap((check) => check._statements(context.scope, context.groupArn, context)));
  const inASet = context.releasedFunctions !== undefined;
  const statements = [
    report(context.groupArn),
    lookUpDeployment(context.groupArn),
    publishVerdict(),
    setVerdictAlarm(context.verdictAlarm.alarmArn),
    sendEvents(Stack.of(context.scope)),
    ...(context.breakGlass?._statements ?? []),
    ...(placement?.privateAddresses === true ? [findPrivateAddresses()] : []),
    ...readStatements(grantsOf(options.checks), context.scope),
    ...asking.filter((statement) => !inASet || !isForVersions(statement)),
  ];
  const description = `Hook ${context.event} of rollout ${context.rolloutName}: plays ${suite.checks.length} checks`;
  const fn = withSuite(context.scope, handlerOf(suite), { suite, payloads: payloadsOf(options.checks, context) }, (code) =>
    ownFunction(context.scope, { ...settings, description, code, timeout: time.timeout, environment, statements, placement }),
  );
  if (time.invocations > 1) {
    allowToGoOn(context.scope, fn);
  }
  if (inASet && asking.some(isForVersions)) {
    allowVersions(context.scope, fn, context.releasedFunctions);
  }
  const guard = { function: fn, role: fn.role!, maxEventAge: age };
  const longestSeconds = longestHookSeconds({ lateSeconds: age.toSeconds(), runSeconds: runSeconds(time), guarded: true, reportsLater: false });
  return { scope: context.scope, event: context.event, kind: 'checks', function: fn, reportsLater: false, longestSeconds, logGroup: fn.logGroup, guard };
}

/** What to do where a check asks a listener, and an alias is released. */
const NO_LISTENERS = {
  test: "and a rollout of a Lambda alias has none; set 'target' to CheckTarget.url with the address of what stands in front of the alias",
  production: "and a rollout of a Lambda alias has none; set 'target' to CheckTarget.url with the address of what stands in front of the alias",
};

function listenersOf({ endpoint }: HookContext): SuiteSubject['listeners'] {
  if (endpoint === undefined) {
    return { remedies: NO_LISTENERS };
  }
  const { production, test } = endpoint;
  return { production, ...(test === undefined ? {} : { test }) };
}

/** A policy of its own: were it part of the role's, on which the function depends, the two would wait for each other. */
function allowToGoOn(scope: Construct, fn: lambda.Function): void {
  new iam.Policy(scope, 'GoOn', { roles: [fn.role!], statements: [invoke(fn.functionArn)] });
}

/** @see growingPolicies */
function allowVersions(scope: Construct, fn: lambda.Function, released: readonly lambda.IFunction[]): void {
  const { sid, actions } = invokeVersions();
  growingPolicies(scope, 'InvokeVersions', { role: fn.role!, sid, actions }, released.map(({ functionArn }) => ({ functionArn, suffixes: [':*'] })));
}

/** The smallest bundle that plays all of the suite. */
export function handlerOf({ checks }: CheckSuite): HandlerName {
  return checks.every(({ kind }) => HTTP_HANDLER_KINDS.some((small) => small === kind)) ? 'checks-http' : 'checks';
}

/** Throws for checks that could not be told apart, have no order, or are none. */
export function requirePlayable(checks: readonly Check[], called: Called): void {
  requireDistinct(checks, called);
  requireOrder(checks, called);
}

function requireDistinct(checks: readonly Check[], { event }: Called): void {
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
function requireOrder(checks: readonly Check[], { event }: Called): void {
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

export function renderSuite(options: ChecksHookOptions, { event, listeners, hook }: SuiteSubject, { values, time }: { values: DeployTimeValues; time: HookTime }): CheckSuite {
  const checkContext: _CheckContext = { ...listeners, values };
  const suite: CheckSuite = {
    schemaVersion: 1,
    event,
    policy: {
      run: options.failFast === true ? 'FAIL_FAST' : 'ALL',
      concurrency: concurrencyOf(options),
      deadlineMs: time.deadlineMs,
      ...(time.invocations > 1 ? { invocations: time.invocations } : {}),
    },
    ...(options.settle === undefined ? {} : { settle: options.settle._render(checkContext) }),
    checks: options.checks.map((check) => ({ ...check._render(checkContext, hook), ...renderValues(check, values) })),
  };
  requireSoundSuite(suite);
  return suite;
}

function renderValues({ _values }: Check, values: DeployTimeValues): Pick<CheckDocument, 'values'> {
  const entries = Object.entries(_values).map(([name, value]) => [name, value._render(values)] as const);
  return entries.length === 0 ? {} : { values: Object.fromEntries(entries) };
}

export function grantsOf(checks: readonly Check[]): readonly ReadGrant[] {
  return checks.flatMap((check) => Object.values(check._values)).flatMap(({ _grant }) => _grant ?? []);
}

export function reachOf(options: ChecksHookOptions, { invocations }: Pick<HookTime, 'invocations'>): Reach {
  const requests: HttpRequestOptions[] = [...(options.settle === undefined ? [] : [options.settle._request]), ...options.checks.flatMap((check) => check._requests)];
  const targets = requests.map(targetOf);
  const asks = (name: 'test' | 'production') => targets.some((target) => 'listener' in target && target.listener === name);
  const urlPorts = targets.map(urlPort).filter((port) => port !== undefined);
  const called = [...options.checks.flatMap((check) => check._services), ...grantsOf(options.checks).map(({ service }) => service)];
  const services = [...new Set(called), ...(invocations > 1 ? ['lambda'] : [])];
  return { test: asks('test'), production: asks('production'), urlPorts, services, vpc: options.vpc, vpcSubnets: options.vpcSubnets };
}

function checksEnvironment(
  options: ChecksHookOptions,
  context: HookContext,
  { reach, placement, values }: { reach: Reach; placement?: Placement; values: DeployTimeValues },
): Record<string, string> {
  const deployTime = values.all();
  const told = options.checks.some((check) => check._passesUrlsOn);
  return {
    ...(context.endpoint === undefined ? {} : listenerEnvironment(context.endpoint, { reach, told, placement })),
    ...(Object.keys(deployTime).length === 0 ? {} : { [ENV.values]: Stack.of(context.scope).toJsonString(deployTime) }),
    ...(options.runInRollback === true ? { [ENV.inRollback]: 'run' } : {}),
  };
}

function listenerEnvironment(endpoint: BoundEndpoint, { reach, told, placement }: { reach: Reach; told: boolean; placement?: Placement }): Record<string, string> {
  return {
    ...((reach.test || told) && endpoint.test !== undefined ? { [ENV.testUrl]: listenerUrl(endpoint, endpoint.test) } : {}),
    ...(reach.production || told ? { [ENV.productionUrl]: listenerUrl(endpoint, endpoint.production) } : {}),
    ...(placement?.privateAddresses === true ? { [ENV.privateAddressesOf]: loadBalancerFullName(endpoint.loadBalancer) } : {}),
  };
}
