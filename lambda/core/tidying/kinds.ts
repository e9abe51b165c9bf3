/** The custom resources that keep the newest of something, by their type. */
import type { ResourceAnswer, ResourceRequest, StepReturn } from '../../../lib/model/deployment-request';
import { FUNCTION_VERSIONS_RESOURCE_TYPE } from '../../../lib/model/function-versions-request';
import { TASK_DEFINITIONS_RESOURCE_TYPE } from '../../../lib/model/task-definitions-request';
import type { DeploymentPorts } from '../deployment/facts';
import { FUNCTION_VERSIONS, keepVersions } from '../function-versions/step';
import { keepNewest, TASK_DEFINITIONS } from '../task-definitions/step';
import type { TidyStep } from './step';
import { ids } from './step';

interface Kind {
  /** For the log, where nothing at all was done. */
  readonly allStay: string;
  step(asked: TidyStep, ports: DeploymentPorts): Promise<StepReturn>;
}

const KINDS: ReadonlyMap<string, Kind> = new Map([
  [TASK_DEFINITIONS_RESOURCE_TYPE, { allStay: TASK_DEFINITIONS.words.allStay, step: keepNewest }],
  [FUNCTION_VERSIONS_RESOURCE_TYPE, { allStay: FUNCTION_VERSIONS.words.allStay, step: keepVersions }],
]);

export const tidyingOf = ({ ResourceType }: ResourceRequest): Kind | undefined => KINDS.get(ResourceType);

/** The answer that is sent: a lost step, or a lost intake, fails no release either. */
export function forgiven(request: ResourceRequest, answer: ResourceAnswer, log: DeploymentPorts['log']): ResourceAnswer {
  const kind = tidyingOf(request);
  if (answer.Status === 'SUCCESS' || kind === undefined) {
    return answer;
  }
  log.warn(kind.allStay, { ...ids(request), error: answer.Reason ?? 'no reason' });
  return { Status: 'SUCCESS' };
}
