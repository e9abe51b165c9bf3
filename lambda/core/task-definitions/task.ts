/** What a request asks to keep. */
import type { ResourceRequest } from '../../../lib/model/deployment-request';
import type { TaskDefinitionsProperties } from '../../../lib/model/task-definitions-request';
import { KEPT_TASK_DEFINITIONS } from '../../../lib/model/task-definitions-request';
import { ConfigurationError } from '../failures';
import { quoted } from '../text';
import { readRevision } from './surplus';

export interface KeepTask {
  readonly cluster: string;
  readonly service: string;
  readonly family: string;
  readonly keep: number;
  /** The revision that the stack wants, and the one of before: the stack may yet fail, and go back to it. */
  readonly ofStack: readonly string[];
}

/**
 * Undefined where nothing is to be done. That is a Create, too: what the stack ran before is not said there, and it may go back to that.
 *
 * @throws ConfigurationError
 */
export function keepTaskOf(request: ResourceRequest): KeepTask | undefined {
  if (request.RequestType !== 'Update') {
    return undefined;
  }
  const now = propertiesOf(request.ResourceProperties);
  const before = propertiesOf(request.OldResourceProperties);
  const { Cluster: cluster, Service: service } = now;
  const wanted = taskDefinitionOf(now);
  return { cluster: text('Cluster', cluster), service: text('Service', service), ...wanted, keep: countOf(now), ofStack: [...wanted.ofStack, ...taskDefinitionOf(before).ofStack] };
}

/** Whatever may stand there. */
type Properties = Partial<Record<keyof TaskDefinitionsProperties, unknown>>;

const propertiesOf = (properties: unknown): Properties => properties ?? {};

function taskDefinitionOf({ TaskDefinition }: Properties): Pick<KeepTask, 'family' | 'ofStack'> {
  const arn = text('TaskDefinition', TaskDefinition);
  const revision = readRevision(arn);
  if (revision === undefined) {
    throw new ConfigurationError(`'TaskDefinition' must be the ARN of a revision, got ${quoted(arn)}`);
  }
  return { family: revision.family, ofStack: [arn] };
}

function countOf({ Keep }: Properties): number {
  const { min, max } = KEPT_TASK_DEFINITIONS;
  const keep = text('Keep', Keep);
  if (!/^\d{1,3}$/.test(keep) || Number(keep) < min || Number(keep) > max) {
    throw new ConfigurationError(`'Keep' must be a whole number from ${min} to ${max}, got ${quoted(keep)}`);
  }
  return Number(keep);
}

function text(name: keyof TaskDefinitionsProperties, value: unknown): string {
  if (typeof value !== 'string' || value === '') {
    throw new ConfigurationError(`'${name}' must be a text that is not empty, got ${value === '' ? '""' : typeof value}`);
  }
  return value;
}
