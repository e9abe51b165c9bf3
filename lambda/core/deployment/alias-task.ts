/** What CloudFormation asks for an alias: which version it is to name. */
import { isDeepStrictEqual } from 'node:util';

import { isVersionNumber } from '../../../lib/model/appspec/lambda-names';
import type { LambdaDeploymentProperties, ResourceRequest } from '../../../lib/model/deployment-request';
import type { LambdaHookNames } from '../../../lib/model/lambda-app-spec';
import { ConfigurationError } from '../failures';
import { quoted } from '../text';
import type { AliasName, Segment } from './segment';
import { segment, texts, whole } from './segment';

export interface AliasTask extends Segment {
  readonly kind: 'deploy alias';
  readonly alias: AliasName;
  /** Number of the version that the alias is to name. */
  readonly targetVersion: string;
  readonly hooks: LambdaHookNames;
}

/** What tells one resource's requests apart, beside the version and the hooks. */
const NAMES = ['ApplicationName', 'DeploymentGroupName', 'Function', 'Alias'] as const satisfies readonly (keyof LambdaDeploymentProperties)[];

/** @throws ConfigurationError */
export function aliasTask(request: ResourceRequest<LambdaDeploymentProperties>): AliasTask | { readonly kind: 'nothing'; readonly request: ResourceRequest; readonly why: string } {
  const { Function: functionName, Alias: name, TargetVersion: targetVersion } = texts(request, ['Function', 'Alias', 'TargetVersion']);
  const { Hooks: hooks = {} } = request.ResourceProperties;
  const segments = whole(request, 'Segments', 1);
  if (!isVersionNumber(targetVersion)) {
    throw new ConfigurationError(`'TargetVersion' must be the number of a published version, got ${quoted(targetVersion)}`);
  }
  const task: AliasTask = { kind: 'deploy alias', ...segment(request, { segment: 1, last: segments === 1 }), alias: { functionName, name }, targetVersion, hooks };
  const before = request.OldResourceProperties;
  return before !== undefined && asksForTheSame(before, task) === true ? { kind: 'nothing', request, why: 'alias, version and hooks are those of before' } : task;
}

/** Whether properties ask for what the request asks for; undefined where they are left out, or cut. */
export function asksForTheSame(shown: Partial<Record<keyof LambdaDeploymentProperties, unknown>>, { request, targetVersion, hooks }: AliasTask): boolean | undefined {
  const own = request.ResourceProperties as LambdaDeploymentProperties;
  if (typeof shown.TargetVersion !== 'string') {
    return undefined;
  }
  return shown.TargetVersion === targetVersion && isDeepStrictEqual(shown.Hooks ?? {}, hooks) && NAMES.every((name) => shown[name] === own[name]);
}
