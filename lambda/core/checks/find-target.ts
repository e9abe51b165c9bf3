/** The version that a deployment releases, as the checks of it find it. */
import { ENV } from '../../../lib/model/hook-contract';
import type { Environment } from '../ports';
import type { ReleaseQuestion, TargetVersion } from '../release/find-release';
import { findRelease, questionOf, targetVersionOf } from '../release/find-release';
import type { ReleaseSource, Unknown } from '../release/ports';
import { retrying } from '../retry';
import { requiredVariable } from '../settings';
import type { ProbeTools } from './tools';

const CALL_ATTEMPTS = 3;

/** All calls to CodeDeploy of one attempt: the last one may begin at the end of it, and takes a few seconds more. */
const CALLS_MS = 14_000;

/** @throws ConfigurationError where nothing says that a function is released */
export function lambdaQuestion(environment: Environment, deploymentId: string): ReleaseQuestion {
  const question = questionOf(environment, deploymentId);
  return question.shared === true ? question : { ...question, releasedFunction: requiredVariable(environment, ENV.releasedFunction) };
}

export async function findTarget(releases: ReleaseSource, question: ReleaseQuestion, tools: ProbeTools, signal: AbortSignal): Promise<TargetVersion | Unknown> {
  const until = tools.clock.now() + CALLS_MS;
  const release = await findRelease(releases, question, (make) => retrying(tools, { until, attempts: CALL_ATTEMPTS, signal }, make));
  return targetVersionOf(release);
}
