/** What may surprise in releases of a Lambda alias, and is no error. */
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';

import type { AlarmList } from './alarm-list';
import type { ConstructsOf } from './complete-app';
import { askWhenComplete } from './complete-app';
import type { LambdaRolloutContext } from './hook-context';
import type { OwnAlias, ReleasedAlias } from './lambda-alias';
import { isOwn } from './lambda-alias';
import { knownName } from './physical-names';
import { cfnElementOf } from './references';

export interface LambdaSubject {
  readonly released: ReleasedAlias;
  readonly alarms: AlarmList;
  readonly context: LambdaRolloutContext;
  /** Whether the rollout provisions the new version. */
  readonly provisioned: boolean;
  /** Whether there is a hook that was asked for: one that the rollout makes to provision the version says nothing of it. */
  readonly validated: boolean;
}

export function noteLambdaSurprises(rollout: Construct, subject: LambdaSubject): void {
  if (isOwn(subject.released)) {
    noteFixedVersion(subject);
    noteColdStart({ ...subject, released: subject.released });
  }
  askWhenComplete(rollout, (constructsOf) => {
    noteNothingStops(rollout, subject);
    notePastAlias(invokedIn(Stack.of(subject.released.function), constructsOf), subject);
    return [];
  });
}

/** A version that is made by hand is published once: its resource does not change with the function. */
function noteFixedVersion({ released: { alias, function: fn }, context: { findings } }: LambdaSubject): void {
  const { version } = alias;
  if (version.node.scope === fn && version.node.id === 'CurrentVersion') {
    return;
  }
  findings.add({
    id: 'fixed-version',
    level: 'warning',
    message: `alias '${alias.node.path}' is on version '${version.node.path}', which is published once, so that a change of the function is no release`,
    remedy: "put the alias on 'currentVersion' of the function",
  });
}

/**
 * Where somebody wants no cold starts and has them all the same; or where all of a traffic that is known comes to the new version at once.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ProvisionedConcurrencyConfigListItem.html
 */
function noteColdStart({ released, context: { traffic, expectedRequestsPerSecond: rate, findings }, provisioned }: LambdaSubject & { readonly released: OwnAlias }): void {
  const { alias, resource } = released;
  const ofAlias = resource.provisionedConcurrencyConfig !== undefined;
  const ofVersion = (cfnElementOf(alias.version) as lambda.CfnVersion).provisionedConcurrencyConfig !== undefined;
  const atOnce = rate !== undefined && traffic.type === 'AllAtOnce';
  if (provisioned || ofVersion || !(ofAlias || atOnce)) {
    return;
  }
  const why = ofAlias
    ? `alias '${alias.node.path}' has provisioned concurrency, of which the new version has none before traffic moves, and a share that fluctuates while it does`
    : `all of about ${rate} invocations a second come to the new version of alias '${alias.node.path}' at once, which has no execution environment yet`;
  findings.add({
    id: 'shift-starts-cold',
    level: 'info',
    message: `${why}: the shift starts cold`,
    remedy: ofAlias
      ? "drop it from the alias, and give it to the rollout by 'provisionedConcurrentExecutions' in an update after that: the new version is then warm before traffic moves"
      : "set 'provisionedConcurrentExecutions' of the rollout, or shift in steps",
  });
}

function noteNothingStops(rollout: Construct, { validated, alarms, context: { findings } }: LambdaSubject): void {
  if (!validated && alarms.all().length === 1) {
    findings.add({
      id: 'nothing-stops-a-release',
      level: 'warning',
      message: `rollout '${rollout.node.path}' has no hook, and no alarm but its own, which only hooks set: nothing stops a release, whatever it does`,
      remedy: "give it 'hooks', or 'rollback.alarms' such as one on the errors of the alias",
    });
  }
}

/** What each round of questions finds in a stack, so that it is looked for once for all rollouts. */
const INVOKED = new WeakMap<ConstructsOf, Map<Stack, Invoked>>();

/** Constructs by the name or the ARN that they have invoked, as the template has it. */
type Invoked = ReadonlyMap<string, readonly IConstruct[]>;

function invokedIn(stack: Stack, constructsOf: ConstructsOf): Invoked {
  const stacks = INVOKED.get(constructsOf) ?? new Map<Stack, Invoked>();
  INVOKED.set(constructsOf, stacks);
  const known = stacks.get(stack) ?? byName(stack, constructsOf(stack));
  stacks.set(stack, known);
  return known;
}

function byName(stack: Stack, constructs: readonly IConstruct[]): Invoked {
  const found = new Map<string, IConstruct[]>();
  for (const construct of constructs) {
    const name = Stack.of(construct) === stack ? invokedBy(construct) : undefined;
    if (name !== undefined) {
      const key = JSON.stringify(stack.resolve(name));
      found.set(key, [...(found.get(key) ?? []), construct]);
    }
  }
  return found;
}

/** What a resource has the service invoke: an event source, a function URL, or the permission of a service. */
function invokedBy(construct: IConstruct): string | undefined {
  if (construct instanceof lambda.CfnEventSourceMapping || construct instanceof lambda.CfnPermission) {
    return construct.functionName;
  }
  return construct instanceof lambda.CfnUrl && construct.qualifier === undefined ? construct.targetFunctionArn : undefined;
}

/** What invokes the function itself: it gets the newest code as soon as the function is updated, before anything is validated. */
function notePastAlias(invoked: Invoked, { released: { function: fn, alias }, context: { findings } }: LambdaSubject): void {
  const own = [fn.functionArn, fn.functionName, knownName(fn)].map((value) => JSON.stringify(Stack.of(fn).resolve(value)));
  const [first, ...others] = [...new Set(own)].flatMap((name) => invoked.get(name) ?? []);
  if (first === undefined) {
    return;
  }
  const source = `'${first.node.path.replace(/\/Resource$/, '')}'${others.length === 0 ? ' has' : ` and ${others.length} more have`}`;
  findings.add({
    id: 'traffic-past-alias',
    level: 'warning',
    message: `${source} function '${fn.node.path}' invoked and not alias '${alias.node.path}', so that its traffic never shifts: it has the new code as soon as the function is updated`,
    remedy: 'name the alias there',
  });
}
