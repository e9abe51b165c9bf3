/** What a request asks to keep. */
import type { ResourceRequest } from '../../../lib/model/deployment-request';
import type { FunctionVersionsProperties } from '../../../lib/model/function-versions-request';
import { KEPT_VERSIONS } from '../../../lib/model/function-versions-request';
import { ConfigurationError } from '../failures';
import { quoted } from '../text';
import { versionNumber } from './surplus';

export interface KeepVersionsTask {
  readonly functionName: string;
  readonly keep: number;
  /** The version that the stack wants. */
  readonly target: number;
  /** The one of before: the stack may yet fail, and go back to it. */
  readonly before: number;
}

/**
 * Undefined where nothing is to be done. That is a Create, too: what the stack ran before is not said there, and it may go back to that.
 *
 * @throws ConfigurationError
 */
export function keepVersionsTaskOf({ RequestType, ResourceProperties, OldResourceProperties }: ResourceRequest): KeepVersionsTask | undefined {
  if (RequestType !== 'Update') {
    return undefined;
  }
  const now = propertiesOf(ResourceProperties);
  const { Function: functionName } = now;
  if (typeof functionName !== 'string' || functionName === '') {
    throw new ConfigurationError(`'Function' must be the name of a function, got ${told(functionName)}`);
  }
  return { functionName, keep: countOf(now), target: versionOf(now), before: versionOf(propertiesOf(OldResourceProperties)) };
}

/** Whatever may stand there. */
type Properties = Partial<Record<keyof FunctionVersionsProperties, unknown>>;

const propertiesOf = (properties: unknown): Properties => properties ?? {};

function versionOf({ Version }: Properties): number {
  const version = versionNumber(Version);
  if (version === undefined) {
    throw new ConfigurationError(`'Version' must be the number of a published version, got ${told(Version)}`);
  }
  return version;
}

function countOf({ Keep }: Properties): number {
  const { min, max } = KEPT_VERSIONS;
  const keep = versionNumber(Keep) ?? 0;
  if (keep < min || keep > max) {
    throw new ConfigurationError(`'Keep' must be a whole number from ${min} to ${max}, got ${told(Keep)}`);
  }
  return keep;
}

const told = (value: unknown): string => (typeof value === 'string' ? quoted(value) : typeof value);
