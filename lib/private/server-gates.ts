/** The gates of a rollout to servers: their functions, what leads CodeDeploy's events and instances to them, and who answers for them. */
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { Duration } from 'aws-cdk-lib/core';
import { Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

import { MAX_WAIT_MINUTES } from '../model/limits';
import type { ServerGateEvent, ServerGateName, StateChange } from '../model/server/gates';
import { CODEDEPLOY_EVENT_SOURCE, DEPLOYMENT_STATE_CHANGE, INSTANCE_STATE_CHANGE, SERVER_GATE_EVENTS } from '../model/server/gates';
import type { ServerRolloutDescription } from '../model/server/rollout';
import type { ServerGateOptions, ServerRolloutGates } from '../server/server-gate';
import { maxEventAge } from './handler-limits';
import { letInstances } from './instance-roles';
import type { InstanceScript } from './instance-script';
import { plainText } from './plain-text';
import { referenceTo } from './references';
import type { BlueGreenConfiguration } from './server-blue-green';
import { guardGates } from './server-gate-guardian';
import type { GatedRollout, GateFunction } from './server-gate-function';
import { gateFunction } from './server-gate-function';
import { minutesOf } from './server-gate-time';
import { invoke } from './statements';

export interface ServerGatesInput extends GatedRollout {
  readonly gates: ServerRolloutGates;
  /** Whether deployments wait before they shift traffic. */
  readonly blueGreen: boolean;
  /** Whether the rollout has a revision, into which a script can be put. */
  readonly revision: boolean;
}

export interface BoundGates {
  readonly functions: Readonly<Partial<Record<ServerGateName, lambda.Function>>>;
  /** Absent: no gate is started by events. */
  readonly guardian?: lambda.Function;
  /** Their log groups, by what the gates are called. */
  readonly gateLogs: Readonly<Partial<Record<ServerGateEvent, logs.ILogGroup>>>;
  /** By which an instance asks; absent: no gate is asked. */
  readonly script?: InstanceScript;
  /** Whether the bundle has the script already. */
  readonly scriptInBundle: boolean;
  /** What the ready wait takes at the longest; absent: nothing of ours waits. */
  readonly readyWait?: ReadyWaitTime;
  /** What deployments need. */
  readonly policies: readonly iam.Policy[];
}

export interface ReadyWaitTime {
  readonly longestSeconds: number;
}

/** Where each gate is made below the rollout: ids are contract. */
const IDS: Readonly<Record<ServerGateName, string>> = { readyWait: 'ReadyWaitGate', instance: 'InstanceGate', fleet: 'FleetGate' };

const NAMES: readonly ServerGateName[] = ['readyWait', 'instance', 'fleet'];

/** Without a gate nothing is made. @throws for gates that could never be asked, or not in time */
export function bindGates(rollout: Construct, input: ServerGatesInput): BoundGates {
  const { gates, blueGreen } = input;
  if (gates.readyWait !== undefined && !blueGreen) {
    throw new Error("gate 'readyWait' holds the wait of a blue/green deployment before its traffic is shifted, and this one is in place; take the gates 'instance' and 'fleet', or ServerDeployment.blueGreen");
  }
  const made = NAMES.flatMap((name) => {
    const options = gates[name]?._options;
    return options === undefined ? [] : [{ name, options, gate: makeGate(rollout, name, options, input) }];
  });
  const guardian = guardGates(
    rollout,
    made.flatMap(({ name, options, gate }) => (name === 'instance' ? [] : [{ gate, maxEventAge: maxEventAge(options), runInRollback: options.runInRollback === true }])),
    input,
  );
  const find = (wanted: ServerGateName) => made.find(({ name }) => name === wanted)?.gate;
  const asked = find('instance');
  const policy = asked === undefined ? undefined : letAsk(rollout, asked, input);
  const readyWait = find('readyWait');
  return {
    functions: Object.fromEntries(made.map(({ name, gate }) => [name, gate.function])),
    ...(guardian === undefined ? {} : { guardian }),
    gateLogs: Object.fromEntries(made.map(({ gate }) => [gate.context.event, gate.function.logGroup])) as Partial<Record<ServerGateEvent, logs.ILogGroup>>,
    ...(asked === undefined ? {} : { script: scriptOf(asked) }),
    scriptInBundle: gates.instance?._options.scriptInBundle === true,
    ...(readyWait === undefined ? {} : { readyWait: { longestSeconds: readyWait.time.longestSeconds } }),
    policies: policy === undefined ? [] : [policy],
  };
}

/** As the description of the rollout names them. */
export function describeGates(rollout: Construct, { functions, guardian }: BoundGates): Pick<ServerRolloutDescription, 'gates' | 'guardian'> {
  const to = (fn: lambda.Function) => referenceTo(rollout, fn, fn.functionName);
  return { gates: Object.fromEntries(Object.entries(functions).map(([name, fn]) => [name, to(fn)])), ...(guardian === undefined ? {} : { guardian: to(guardian) }) };
}

const DEFAULT_READY_WAIT_MINUTES = 60;

/** The configuration with the wait that its gate holds. @throws where the gate may take longer than is waited */
export function heldBy({ readyWait }: BoundGates, blueGreen: BlueGreenConfiguration | undefined): BlueGreenConfiguration | undefined {
  return blueGreen === undefined || readyWait === undefined ? blueGreen : { ...blueGreen, readyWaitMinutes: heldMinutes(blueGreen.readyWaitMinutes, readyWait) };
}

/**
 * Minutes that a deployment waits before it shifts traffic.
 *
 * @param minutes what the user gives
 * @throws where the gate may take longer than is waited
 */
export function heldMinutes(minutes: number | undefined, gate: ReadyWaitTime): number {
  const needed = minutesOf(gate.longestSeconds);
  if (minutes === undefined) {
    return Math.max(DEFAULT_READY_WAIT_MINUTES, needed);
  }
  if (minutes < needed) {
    throw new Error(`'readyWait' must be at least the ${needed} minutes that gate 'readyWait' can take, its late start included, and at most ${MAX_WAIT_MINUTES}, got ${minutes}; raise it, leave it out, or lower the gate's 'timeout' and 'maxEventAge'`);
  }
  return minutes;
}

function makeGate(rollout: Construct, name: ServerGateName, options: ServerGateOptions, input: ServerGatesInput): GateFunction {
  requireFitting(name, options, input);
  const scope = new Construct(rollout, IDS[name]);
  const gate = gateFunction({ scope, event: SERVER_GATE_EVENTS[name], rolloutName: rollout.node.path, releases: 'servers', findings: input.findings }, options, input);
  if (name !== 'instance') {
    leadEvents(gate, name, maxEventAge(options), input);
  }
  return gate;
}

/** @throws for options of another gate, and where nobody would ask */
function requireFitting(name: ServerGateName, options: ServerGateOptions, { revision }: ServerGatesInput): void {
  const others: readonly (readonly [keyof ServerGateOptions, ServerGateName[]])[] = [
    ['instances', ['readyWait']],
    ['instancesAtOnce', ['readyWait']],
    ['scriptInBundle', ['instance']],
    ['maxEventAge', ['readyWait', 'fleet']],
  ];
  const wrong = others.find(([option, of]) => options[option] !== undefined && !of.includes(name));
  if (wrong !== undefined) {
    throw new Error(`'${wrong[0]}' is for the gate ${wrong[1].map((of) => `'${of}'`).join(' or ')}, and has no meaning at '${name}'; leave it out there`);
  }
  if (name === 'instance' && !revision && options.scriptInBundle !== true) {
    throw new Error(
      "gate 'instance' is asked by a script of the bundle, and the rollout has no 'revision' to put it into; give it one of a folder, or put the text of 'ServerRollout.validateServiceScript' into your bundles, run it at ValidateService, and set 'scriptInBundle', or take the gate 'fleet'",
    );
  }
}

const AWAITED: Readonly<Record<'readyWait' | 'fleet', { readonly detailType: string; readonly state: StateChange; readonly what: string }>> = {
  readyWait: { detailType: DEPLOYMENT_STATE_CHANGE, state: 'READY', what: 'A deployment waits' },
  fleet: { detailType: INSTANCE_STATE_CHANGE, state: 'SUCCESS', what: 'An instance is deployed to' },
};

/**
 * A delivery that is refused is tried again until the event is too old; one that was taken never is.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html
 */
function leadEvents({ context: { scope, rolloutName }, function: fn }: GateFunction, name: 'readyWait' | 'fleet', age: Duration, { applicationName, groupName }: ServerGatesInput): void {
  const { detailType, state, what } = AWAITED[name];
  const rule = new events.Rule(scope, 'Rule', {
    description: plainText(`${what}: rollout ${rolloutName}`),
    eventPattern: { source: [CODEDEPLOY_EVENT_SOURCE], detailType: [detailType], detail: { state: [state], application: [applicationName], deploymentGroup: [groupName] } },
    targets: [{ bind: () => ({ arn: fn.functionArn, retryPolicy: { maximumEventAgeInSeconds: age.toSeconds(), maximumRetryAttempts: RETRIES } }) }],
  });
  fn.addPermission('Rule', { principal: new iam.ServicePrincipal('events.amazonaws.com'), sourceArn: rule.ruleArn });
}

/** As many as there may be: the age of the event ends them. */
const RETRIES = 185;

/** What a connection through a NAT gateway or an interface endpoint may be idle, in seconds. */
const IDLE_SECONDS = 350;

function letAsk(rollout: Construct, { function: fn, time }: GateFunction, { targets, findings }: ServerGatesInput): iam.Policy | undefined {
  if (time.timeout.toSeconds() >= IDLE_SECONDS) {
    findings.add({
      id: 'gate-connection-idle',
      level: 'warning',
      message: `gate ${SERVER_GATE_EVENTS.instance} may answer after ${time.timeout.toSeconds()} seconds, and NAT gateways and interface endpoints drop a connection on which nothing is sent for ${IDLE_SECONDS}: the instance would then never get its answer`,
      remedy: "lower the gate's 'timeout', or what its checks can take",
    });
  }
  return letInstances(rollout, targets, { id: 'AskGatePolicy', statements: [invoke(fn.functionArn)], why: "gate 'instance' must be asked", on: "the gate's function" }, findings);
}

function scriptOf({ context: { scope }, functionName, time }: GateFunction): InstanceScript {
  const { region } = Stack.of(scope);
  return { functionName: functionName!, timeoutSeconds: time.timeout.toSeconds(), ...(Token.isUnresolved(region) ? {} : { region }) };
}
