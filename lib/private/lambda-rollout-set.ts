/** What the rollouts of a set share, and what each of them is then told. The rollouts find it in their scope. */
import { createHash } from 'crypto';

import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { CfnResource, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

import type { LambdaRolloutForAllProps } from '../lambda/lambda-rollout-for-all-props';
import type { LambdaRolloutProps } from '../lambda/lambda-rollout-props';
import { MAX_NAME_LENGTH } from '../model/limits';
import { groupsOfSet, verdictAlarmName } from '../model/rollout-set';
import { TrafficShift } from '../rollout/traffic-shift';
import { requirePlatform } from './applications';
import { Claims } from './claims';
import { Findings } from './findings';
import { functionsOf } from './growing-policies';
import { guard } from './guardian';
import type { LambdaSetContext } from './hook-context';
import { inspectHooks } from './hook-inspector';
import type { NamedHook } from './lambda-hook-map';
import { bindLambdaHooks, requiredHooks } from './lambda-hook-map';
import { requireRoomInStack } from './lambda-set-size';
import { grantLambdaSetRole } from './lambda-service-role';
import { alarmArn, groupArn, literalName } from './names';
import { requireValidProps } from './rollout-props';
import { newServiceRole } from './service-role';

/** Longest name of a set, and of a rollout in it, so that both fit into the name of a group. */
const SET_NAME_LENGTH = 50;
const MEMBER_NAME_LENGTH = MAX_NAME_LENGTH - SET_NAME_LENGTH - 1;

const HASH_LENGTH = 8;

/** What the shared part is called, beside the rollouts. */
const SHARED = 'Shared';

/** Names of sets, by the application that several of them share. */
const SET_NAMES = new Claims();

export interface Member {
  readonly id: string;
  readonly props: LambdaRolloutProps;
}

export class LambdaRolloutSet extends Construct {
  /** The set of which a rollout with these properties is made; undefined where it is made for itself, wherever that is. */
  public static of(scope: Construct, props: LambdaRolloutProps): LambdaRolloutSet | undefined {
    return scope instanceof LambdaRolloutSet && scope.members.some((member) => member.props === props) ? scope : undefined;
  }

  public readonly members: readonly Member[];
  /** A literal where the application is the set's. */
  public readonly applicationName: string;
  public readonly deploymentConfig: codedeploy.ILambdaDeploymentConfig;
  public readonly hooks: readonly NamedHook[];
  public readonly guardian?: lambda.Function;
  public readonly hookInspector?: lambda.Function;
  public readonly findings: Findings;
  private readonly shared: Construct;
  private resources?: SharedResources;

  constructor(scope: Construct, id: string, props: LambdaRolloutForAllProps) {
    super(scope, id);
    requireValidProps(props);
    requirePlatform(props.application, 'Lambda');
    const ids = memberIds(this, props.aliases);
    props.breakGlass?._claim(this);
    this.findings = new Findings(this);
    const traffic = props.traffic ?? TrafficShift.allAtOnce();
    const applicationName = (this.applicationName = props.application?.applicationName ?? props.applicationName ?? literalName(this));
    const groups = groupsOfSet(claimSetName(this, props.application));

    this.shared = new Construct(this, SHARED);
    const application = props.application ?? new codedeploy.LambdaApplication(this.shared, 'Application', { applicationName });
    this.deploymentConfig = traffic._bindLambda(this.shared);
    const role = props.role ?? newServiceRole(this.shared, applicationName);
    const context: LambdaSetContext = {
      rolloutName: this.node.path,
      applicationName,
      groups,
      // Groups and alarms of this set, and no others of the application: no other name begins so, and no list of them would fit into a policy.
      groupArn: groupArn(Stack.of(this), applicationName, `${groups}*`),
      verdictAlarm: { alarmArn: alarmArn(Stack.of(this), verdictAlarmName(applicationName, `${groups}*`)) },
      releasedFunctions: [...new Set(props.aliases.map(({ version }) => version.lambda))],
      traffic: traffic._routing,
      expectedRequestsPerSecond: props.expectedRequestsPerSecond,
      breakGlass: props.breakGlass,
      findings: this.findings,
    };
    this.hooks = bindLambdaHooks(this.shared, context, props.hooks ?? {});
    this.guardian = guard(this.shared, context, this.hooks);
    this.hookInspector = inspectHooks(this.shared, context, requiredHooks(this.hooks), props.requireHooks ?? false);
    grantLambdaSetRole(this.shared, { role, aliases: props.aliases, hooks: this.hooks, triggers: props.triggers ?? [], findings: this.findings });
    this.members = props.aliases.map((alias, index) => ({ id: ids[index]!, props: memberProps(props, { alias, application, role, deploymentGroupName: `${groups}${ids[index]!}` }) }));
    requireRoomInStack(this, props.aliases.length);
  }

  /** Name of a rollout's own alarm, as the shared functions make it. */
  public alarmName(groupName: string): string {
    return verdictAlarmName(this.applicationName, groupName);
  }

  /** What the rollout of this function shares with others: policies that name the functions, only as far as they name this one. Asked for when the app is complete. */
  public resourcesFor({ functionArn }: lambda.IFunction): readonly CfnResource[] {
    const { common, byFunction } = (this.resources ??= sorted(this.shared));
    return [...common, ...(byFunction.get(functionArn) ?? [])];
  }
}

interface SharedResources {
  readonly common: readonly CfnResource[];
  /** By the ARN of the function that they are for. */
  readonly byFunction: ReadonlyMap<string, readonly CfnResource[]>;
}

function sorted(shared: Construct): SharedResources {
  const all = shared.node.findAll().filter((construct) => CfnResource.isCfnResource(construct));
  const byFunction = new Map<string, CfnResource[]>();
  all.forEach((resource) => functionsOf(resource)?.forEach((functionArn) => byFunction.set(functionArn, [...(byFunction.get(functionArn) ?? []), resource])));
  return { common: all.filter((resource) => functionsOf(resource) === undefined), byFunction };
}

type OwnProps = Required<Pick<LambdaRolloutProps, 'alias' | 'application' | 'role' | 'deploymentGroupName'>>;

/** Hooks and break glass are those of the set. */
function memberProps({ traffic, rollback, triggers, expectedRequestsPerSecond }: LambdaRolloutForAllProps, own: OwnProps): LambdaRolloutProps {
  return { traffic, rollback, triggers, expectedRequestsPerSecond, ...own };
}

/** Names by which groups begin that two sets of one application must not share. */
function claimSetName(set: Construct, application: object | undefined): string {
  const name = literalName(set, SET_NAME_LENGTH);
  const other = application === undefined ? undefined : SET_NAMES.take(application, name, set);
  if (other !== undefined) {
    throw new Error(`'${set.node.path}' and '${other.node.path}' share an application, and their deployment groups would have the same names; leave 'application' out of one of them`);
  }
  return name;
}

/** Each made of the path of the alias in its stack, whatever other aliases there are. */
function memberIds(set: Construct, aliases: readonly lambda.IAlias[]): string[] {
  requireAliases(set, aliases);
  const taken = new Map<string, string>([[SHARED, `${set.node.path}/${SHARED}`]]);
  return aliases.map((alias) => {
    const id = memberId(alias);
    const other = taken.get(id);
    if (other !== undefined) {
      throw new Error(`the rollout of alias '${alias.node.path}' would be named '${id}' in '${set.node.path}', as that of '${other}'; release one of them by a LambdaRollout of its own, with the 'application' of the set`);
    }
    taken.set(id, alias.node.path);
    return id;
  });
}

function memberId(alias: lambda.IAlias): string {
  const path = alias.node.path.slice(Stack.of(alias).node.path.length).replace(/^\//, '');
  const id = path.replaceAll(/[^A-Za-z0-9_]+/g, '-');
  if (id.length <= MEMBER_NAME_LENGTH) {
    return id;
  }
  return `${id.slice(0, MEMBER_NAME_LENGTH - HASH_LENGTH - 1)}-${createHash('sha256').update(path).digest('hex').slice(0, HASH_LENGTH)}`;
}

function requireAliases(set: Construct, aliases: readonly lambda.IAlias[]): void {
  if (aliases.length === 0) {
    throw new Error(`'aliases' of '${set.node.path}' is empty; name at least one alias`);
  }
  const twice = aliases.find((alias, index) => aliases.indexOf(alias) !== index);
  if (twice !== undefined) {
    throw new Error(`'aliases' of '${set.node.path}' has alias '${twice.node.path}' twice; name it once`);
  }
  const stacks = [...new Set(aliases.map((alias) => Stack.of(alias)))];
  if (stacks.length > 1) {
    const names = stacks.map((stack) => `'${stack.node.path}'`).join(', ');
    throw new Error(`'aliases' of '${set.node.path}' are of ${stacks.length} stacks, ${names}; CloudFormation releases an alias while it updates the stack of the alias: call LambdaRollout.forAll once in each of them`);
  }
}
