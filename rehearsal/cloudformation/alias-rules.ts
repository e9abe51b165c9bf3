/** What an update of the stack of an alias may be, and what of it is played. */
import { createHash } from 'node:crypto';

import type { LambdaRolloutModel } from '../assembly/lambda-rollout-model';
import { resolveLambdaRollout } from '../assembly/lambda-rollout-model';
import { pathOf } from '../assembly/meant';
import { isObject } from '../assembly/read-json';
import { findLambdaRollouts, type FoundLambdaRollout } from '../assembly/rollouts';
import type { Stack, TemplateResource } from '../assembly/stack';
import { UserError } from '../report/user-error';
import type { TemplateChange } from '../scenario/scenario';
import { deployedAssembly } from './reached';
import { ALIAS, FUNCTION_VERSION, type TemplateVersion } from './stack-version';
import { propertyOf, resourceOf, withProperty } from './template-change';
import { about, otherType } from './unplayable';
import type { ComparedUpdate, UpdateRules } from './update-plans';

const FUNCTION = 'AWS::Lambda::Function';

export const PLAYED_OF_ALIASES: readonly string[] = [FUNCTION_VERSION, ALIAS];

/** What makes another alias or function of it, and what CodeDeploy itself writes. */
const FIXED: Readonly<Record<string, readonly string[]>> = { [ALIAS]: ['FunctionName', 'Name', 'RoutingConfig'], [FUNCTION]: ['FunctionName', 'PackageType'] };

/** Properties of a function that belong to no version, so that the CDK publishes none for them. @see https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/aws-lambda/lib/function-hash.ts */
const UNVERSIONED: readonly string[] = ['CodeSigningConfigArn', 'ReservedConcurrentExecutions', 'Tags'];

export function aliasRules(found: FoundLambdaRollout): UpdateRules {
  return { playedTypes: PLAYED_OF_ALIASES, refuse: (update) => refusal(update, found), change };
}

/** The rollout as a template has it; undefined where it has it no more. */
export function modelIn(version: TemplateVersion, { name, stack }: FoundLambdaRollout): LambdaRolloutModel | undefined {
  const assembly = deployedAssembly(version);
  const found = findLambdaRollouts(assembly).find((each) => each.name === name && each.stack.id === stack.id);
  return found === undefined ? undefined : resolveLambdaRollout(assembly, found);
}

function refusal({ before, after, differences }: ComparedUpdate, found: FoundLambdaRollout): string | undefined {
  const [old, next] = [modelIn(before, found), modelIn(after, found)];
  const { alias, application, deploymentGroup, function: released } = found.description;
  const removed = [alias, application, deploymentGroup, released].map((reference) => about(differences, reference)).find((difference) => difference?.action === 'removed');
  if (removed !== undefined || old === undefined || next === undefined) {
    return `${removed === undefined ? `rollout ${found.name}` : `${removed.logicalId} (${removed.type}) of the rollout`} is not in it any more, and a rehearsal does not play on without; leave it where it is, under the same construct id`;
  }
  const changed = otherName(old, next);
  return otherType({ differences }) ?? (changed && `it has another ${changed}, which replaces what is released, and a rehearsal does not play that; leave it as it is, and move to a rollout beside it`);
}

function otherName(old: LambdaRolloutModel, next: LambdaRolloutModel): string | undefined {
  const named = ({ application, deploymentGroup, released, aliasName }: LambdaRolloutModel) =>
    ({ application: application.name, 'deployment group': deploymentGroup.name, function: released.name, alias: aliasName }) as const;
  const [was, is] = [named(old), named(next)];
  const what = (['application', 'deployment group', 'function', 'alias'] as const).find((name) => was[name] !== is[name]);
  return what && `${what}, ${is[what]} in place of ${was[what]}`;
}

/** An edit of the function is another version of it, as the CDK makes it: under another logical id. */
function change(stack: Stack, edit: TemplateChange, where: string): { readonly stack: Stack; readonly logicalId: string } {
  const { logicalId, resource } = resourceOf(stack, edit, { where, types: [FUNCTION, ALIAS] });
  const property = propertyOf(edit);
  if (FIXED[resource.type]?.includes(property) === true) {
    throw new UserError(`${where}: a rehearsal plays no change of ${property} of ${logicalId} (${resource.type}), which would be another one or is CodeDeploy's to write; change another property`);
  }
  const after = withProperty(stack, logicalId, edit);
  return { stack: resource.type === ALIAS || UNVERSIONED.includes(property) ? after : withNewVersion(after, logicalId), logicalId };
}

function withNewVersion(stack: Stack, functionId: string): Stack {
  const { template } = stack;
  const found = Object.entries(template.resources).find(([logicalId, resource]) => isCurrentVersion({ stack, logicalId, resource }, functionId));
  if (found === undefined) {
    return stack;
  }
  const [id] = found;
  const hash = createHash('sha256').update(JSON.stringify(template.resources[functionId]?.properties)).digest('hex').slice(0, 32);
  const next = `${id.replace(/[0-9a-f]{32}$/, '')}${hash}`;
  const text = JSON.stringify({ resources: template.resources, outputs: template.outputs });
  const renamed = text.replaceAll(`"${id}"`, `"${next}"`).replaceAll(`\${${id}}`, `\${${next}}`).replaceAll(`\${${id}.`, `\${${next}.`);
  return { ...stack, template: { ...template, ...(JSON.parse(renamed) as Pick<Stack['template'], 'resources' | 'outputs'>) } };
}

function isCurrentVersion(place: { readonly stack: Stack; readonly logicalId: string; readonly resource: TemplateResource }, functionId: string): boolean {
  const { type, properties } = place.resource;
  const named = isObject(properties.FunctionName) ? properties.FunctionName.Ref : undefined;
  return type === FUNCTION_VERSION && named === functionId && (pathOf(place)?.endsWith('/CurrentVersion') ?? place.logicalId.includes('CurrentVersion'));
}

/** What a version of the released function is made of, as a template has it; undefined where another one makes the function. */
export function versionedProperties(version: TemplateVersion, { description: { function: released } }: FoundLambdaRollout): string | undefined {
  if ('value' in released || released.stack !== undefined) {
    return undefined;
  }
  const { logicalId } = released;
  const resource = version.stack.template.resources[logicalId];
  const properties = resource === undefined ? {} : deployedAssembly(version).properties({ stack: version.stack, logicalId, resource });
  return JSON.stringify(Object.entries(properties).filter(([name]) => !UNVERSIONED.includes(name)));
}
