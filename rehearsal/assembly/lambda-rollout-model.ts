/** A rollout for Lambda as its deployment group would be in an account: every name and ARN known, hooks and group as the alias's update policy says. */
import { LAMBDA_DEPLOYMENT_RESOURCE_TYPE } from '../../lib/model/deployment-request';
import { LAMBDA_HOOK_EVENTS, type LambdaHookEvent } from '../../lib/model/lifecycle';
import type { LambdaRolloutDescription, ResourceReference } from '../../lib/model/rollout';
import { UserError } from '../report/user-error';
import type { Assembly } from './assembly';
import { DEFAULT_TIMEOUT_SECONDS, functionIdentity, functionNamed, functionTimeoutMs } from './functions';
import { isObject, type JsonObject } from './read-json';
import { alarmOf, arnIn, evaluatedAlarms, hookInspectorOf, lastPiece, roleOf, type Named, type RolloutModel } from './rollout-model';
import { follow, referenceOf, type FoundLambdaRollout } from './rollouts';
import type { HookFunction, StagedModel } from './staged-model';

export interface LambdaRolloutModel extends StagedModel {
  readonly controller: 'LAMBDA';
  readonly description: LambdaRolloutDescription;
  readonly application: Named;
  readonly deploymentGroup: Named;
  readonly deploymentConfig: Named;
  readonly serviceRole: Named;
  /** The function that is released; its ARN is unqualified. */
  readonly released: Named;
  /** Its time-out, in milliseconds. */
  readonly timeoutMs: number;
  /** Whether it is made in this assembly. */
  readonly functionIsMade: boolean;
  readonly aliasName: string;
  /** Set where the alias is made elsewhere, so that a custom resource moves it. */
  readonly aliasIsImported: boolean;
  /** Number of the version that the alias names in the template: that of the first release. */
  readonly version: number;
  readonly hooks: Partial<Record<LambdaHookEvent, string>>;
  readonly verdictAlarm: string;
  /** Names of alarms that are made anew for each version. */
  readonly versionAlarms: readonly string[];
  readonly guardianName?: string;
  readonly hookInspector?: RolloutModel['hookInspector'];
  /** Whether an alarm whose state cannot be read is passed over. */
  readonly ignorePollAlarmFailure: boolean;
}

/** Version 1 runs before, where the template does not tell. */
const FIRST_RELEASED_VERSION = 2;

export function resolveLambdaRollout(assembly: Assembly, found: FoundLambdaRollout): LambdaRolloutModel {
  const { description, stack, logicalId } = found;
  const name = (reference: ResourceReference): string => lastPiece(referenceOf(assembly, stack, reference));
  const named = (kind: string, value: string): Named => ({ name: value.split('/').at(-1)!, arn: arnIn(assembly, found, 'codedeploy', `${kind}:${value}`) });
  const application = name(description.application);
  const home = follow(assembly, stack, { logicalId });
  const group = 'value' in home ? {} : assembly.properties(home);
  const alarms = description.alarms.map((reference) => alarmOf(assembly, found, reference));
  const { hooks, hookFunctions, ...alias } = aliasOf(assembly, found, application, name(description.deploymentGroup));
  return {
    controller: 'LAMBDA',
    name: description.name,
    account: stack.account,
    region: stack.region,
    alarms,
    evaluatedAlarms: evaluatedAlarms(assembly, stack, alarms),
    hooks,
    hookFunctions,
    findings: description.findings,
    ...(description.expectedRequestsPerSecond === undefined ? {} : { expectedRequestsPerSecond: description.expectedRequestsPerSecond }),
    description,
    application: named('application', application),
    deploymentGroup: named('deploymentgroup', `${application}/${name(description.deploymentGroup)}`),
    deploymentConfig: named('deploymentconfig', name(description.deploymentConfigName)),
    serviceRole: roleOf(assembly, found, description.serviceRole),
    ...releasedOf(assembly, found),
    ...alias,
    verdictAlarm: alarmOf(assembly, found, description.verdictAlarm).name,
    versionAlarms: (description.versionAlarms ?? []).map((reference) => alarmOf(assembly, found, reference).name),
    ...(description.guardian === undefined ? {} : { guardianName: referenceOf(assembly, stack, description.guardian) }),
    ...hookInspectorOf(assembly, found),
    ignorePollAlarmFailure: isObject(group.AlarmConfiguration) && group.AlarmConfiguration.IgnorePollAlarmFailure === true,
  };
}

function releasedOf(assembly: Assembly, { stack, description }: FoundLambdaRollout): Pick<LambdaRolloutModel, 'released' | 'timeoutMs' | 'functionIsMade'> {
  const target = follow(assembly, stack, description.function);
  if (!('value' in target)) {
    return { released: functionIdentity(assembly, target), timeoutMs: functionTimeoutMs(assembly, target), functionIsMade: true };
  }
  const name = lastPiece(target.value);
  const arn = target.value.startsWith('arn:') ? target.value : arnIn(assembly, { stack }, 'lambda', `function:${name}`);
  const made = functionNamed(assembly, arn);
  return { released: { name, arn }, timeoutMs: made === undefined ? DEFAULT_TIMEOUT_SECONDS * 1000 : functionTimeoutMs(assembly, made), functionIsMade: made !== undefined };
}

type AliasPart = Pick<LambdaRolloutModel, 'aliasName' | 'aliasIsImported' | 'version' | 'hooks' | 'hookFunctions'>;

/** What CloudFormation does with the alias; of one that is made elsewhere only the description tells. */
function aliasOf(assembly: Assembly, found: FoundLambdaRollout, application: string, group: string): AliasPart {
  const { stack, description, name } = found;
  const target = follow(assembly, stack, description.alias);
  if ('value' in target) {
    const hookFunctions = description.hooks.map(({ event, function: hook }) => ({ event, function: referenceOf(assembly, stack, hook) }));
    return { aliasName: lastPiece(target.value), aliasIsImported: true, version: deployedVersion(assembly, found, application, group), hooks: byEvent(hookFunctions), hookFunctions };
  }
  const policy = updatePolicy(assembly.value(target.stack, target.resource.updatePolicy ?? {}));
  const named = [lastPiece(String(policy.ApplicationName ?? '')), lastPiece(String(policy.DeploymentGroupName ?? ''))];
  if (named[0] !== application || named[1] !== group) {
    throw new UserError(
      `alias ${target.logicalId} of stack ${target.stack.id} has no UpdatePolicy.CodeDeployLambdaAliasUpdate that names group ${group} of application ${application}, ` +
        `so that CloudFormation would move it at once and rollout ${name} would never deploy; synthesize the app again with 'cdk synth'`,
    );
  }
  const hookFunctions = LAMBDA_HOOK_EVENTS.flatMap((event) => (policy[`${event}Hook`] === undefined ? [] : [{ event, function: String(policy[`${event}Hook`]) }]));
  const { Name, FunctionVersion } = assembly.properties(target);
  return { aliasName: String(Name), aliasIsImported: false, version: versionNumber(FunctionVersion, name), hooks: byEvent(hookFunctions), hookFunctions };
}

/** The version that the deployment of an imported alias names; one that is no number in the template, or where there is no deployment, is the second. */
function deployedVersion(assembly: Assembly, { stack }: FoundLambdaRollout, application: string, group: string): number {
  const deployment = assembly
    .resources(LAMBDA_DEPLOYMENT_RESOURCE_TYPE)
    .filter((place) => place.stack === stack)
    .map((place) => assembly.properties(place))
    .find(({ ApplicationName, DeploymentGroupName }) => lastPiece(String(ApplicationName)) === application && lastPiece(String(DeploymentGroupName)) === group);
  const version = String(deployment?.TargetVersion);
  return PUBLISHED.test(version) ? Math.max(FIRST_RELEASED_VERSION, Number(version)) : FIRST_RELEASED_VERSION;
}

const PUBLISHED = /^[1-9]\d{0,17}$/;

const byEvent = (hooks: readonly HookFunction[]): AliasPart['hooks'] => Object.fromEntries(hooks.map(({ event, function: name }) => [event, name]));

function updatePolicy(policy: unknown): JsonObject {
  const update = isObject(policy) ? policy.CodeDeployLambdaAliasUpdate : undefined;
  return isObject(update) ? update : {};
}

/** Version 1 has none before it: then the template's counts as the one that runs. */
function versionNumber(version: unknown, rollout: string): number {
  if (!PUBLISHED.test(String(version))) {
    throw new UserError(`the alias of rollout ${rollout} names version ${JSON.stringify(version)}, and a release needs a published one, which is a number; use the function's currentVersion`);
  }
  return Math.max(FIRST_RELEASED_VERSION, Number(version));
}
