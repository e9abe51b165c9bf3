/** Finds out what a deployment releases, by one call after the other, with the configuration where the deployment does not say. */
import { ENV } from '../../../lib/model/hook-contract';
import { isVersionNumber } from '../../../lib/model/appspec/lambda-names';
import { describeError, Overdue, ServiceFailure } from '../failures';
import type { Environment } from '../ports';
import { isShared } from '../shared';
import { quoted } from '../text';
import { readLambdaAppSpec } from './lambda-app-spec';
import type { LambdaVersions, Release, ReleaseSource, Unknown } from './ports';

/** Makes a call, as often as it is worth it. */
export type Call = <T>(make: (signal: AbortSignal) => Promise<T>) => Promise<T>;

export interface ReleaseQuestion {
  readonly deploymentId: string;
  /** Name of the function whose alias is released; absent in a rollout for ECS, and where only the deployment tells. */
  readonly releasedFunction?: string;
  /** Only the deployment tells which function it releases, since several rollouts for Lambda share the one that asks. */
  readonly shared?: true;
}

export function questionOf(environment: Environment, deploymentId: string): ReleaseQuestion {
  const releasedFunction = environment.variable(ENV.releasedFunction) ?? '';
  return { deploymentId, ...(releasedFunction === '' ? {} : { releasedFunction }), ...(isShared(environment) ? { shared: true } : {}) };
}

/**
 * Asks for the deployment's target. Where that says too little of a function, the AppSpec is asked, which named the versions when the deployment was made.
 *
 * Rejects as the call for the target does, save in a rollout for Lambda: what could not be found out there is `unknown`.
 */
export async function findRelease(source: ReleaseSource, { deploymentId, releasedFunction, shared }: ReleaseQuestion, call: Call): Promise<Release> {
  const askTarget = () => call((signal) => source.target(deploymentId, signal));
  if (releasedFunction === undefined && shared === undefined) {
    return askTarget();
  }
  const target = await answerOf(askTarget);
  if (target.told?.versions.platform === 'ECS') {
    return target.told;
  }
  const configured = releasedFunction === undefined ? {} : { functionName: releasedFunction };
  const seen: LambdaVersions = { ...configured, ...target.told?.versions, platform: 'Lambda' };
  if (target.told !== undefined && isComplete(seen)) {
    return { ...target.told, versions: seen };
  }
  const spec = await askAppSpec(() => call((signal) => source.appSpec(deploymentId, signal)));
  const versions: LambdaVersions = { ...configured, ...spec.told, ...target.told?.versions, platform: 'Lambda' };
  const missing = [target.why, isComplete(versions) ? undefined : (spec.why ?? UNNAMED)].filter((why) => why !== undefined);
  const unknown = { reason: missing.map(({ reason }) => reason).join('; '), retryable: missing.some(({ retryable }) => retryable) };
  return { events: target.told?.events ?? [], versions, ...(missing.length === 0 ? {} : { unknown }) };
}

const isComplete = ({ functionName, currentVersion, targetVersion }: LambdaVersions): boolean => functionName !== undefined && currentVersion !== undefined && targetVersion !== undefined;

const UNNAMED: Unknown = { reason: 'neither the target of the deployment nor its AppSpec names the function and both versions', retryable: false };

async function askAppSpec(ask: () => Promise<string>): Promise<Answer<LambdaVersions>> {
  const content = await answerOf(ask);
  if (content.told === undefined) {
    return content;
  }
  const read = readLambdaAppSpec(content.told);
  return typeof read === 'string' ? { why: { reason: read, retryable: false } } : { told: read };
}

type Answer<T> = { readonly told: T; readonly why?: undefined } | { readonly told?: undefined; readonly why: Unknown };

/** What a call tells, or why it does not. What is broken in here, or was abandoned, is thrown on. */
async function answerOf<T>(make: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { told: await make() };
  } catch (error) {
    if (error instanceof ServiceFailure) {
      return { why: { reason: describeError(error), retryable: error.retryable } };
    }
    if (error instanceof Overdue) {
      return { why: { reason: 'CodeDeploy did not answer in time', retryable: true } };
    }
    throw error;
  }
}

/** A published version of a function. */
export interface TargetVersion {
  readonly functionName: string;
  /** Its number. */
  readonly version: string;
}

/** The version that a deployment releases. Whatever is no published version could be another one by the time that it is invoked. */
export function targetVersionOf({ versions, unknown }: Release): TargetVersion | Unknown {
  if (versions.platform !== 'Lambda') {
    return { reason: 'the deployment releases task sets of ECS, and no version of a function', retryable: false };
  }
  const { functionName, targetVersion } = versions;
  if (functionName === undefined || targetVersion === undefined) {
    const what = functionName === undefined ? 'function' : 'target version';
    return { reason: `the ${what} of the deployment is unknown: ${unknown?.reason ?? 'its target does not name one'}`, retryable: unknown?.retryable ?? false };
  }
  if (!isVersionNumber(targetVersion)) {
    return { reason: `the target version of the deployment must be the number of a published version, got ${quoted(targetVersion)}`, retryable: false };
  }
  return { functionName, version: targetVersion };
}
