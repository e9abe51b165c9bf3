/** What a request asks for. */
import type { ResourceRequest } from '../../../lib/model/deployment-request';
import type { ProvisionedConcurrencyProperties } from '../../../lib/model/provisioned-concurrency';
import { PROVISIONED_CONCURRENCY_RESOURCE_TYPE, PROVISIONED_EXECUTIONS } from '../../../lib/model/provisioned-concurrency';
import { ConfigurationError } from '../failures';
import { quoted } from '../text';
import type { Version } from './allocation';

export type ProvisionedTask =
  | { readonly kind: 'provision'; readonly version: Version; readonly executions: number; readonly timeoutSeconds: number }
  | { readonly kind: 'release'; readonly version: Version }
  | { readonly kind: 'nothing'; readonly why: string };

const NUMBER = /^[1-9]\d{0,9}$/;
const PHYSICAL_ID = /^([\w-]{1,64}):([1-9]\d{0,9})$/;

export const isAboutProvisionedConcurrency = ({ ResourceType }: ResourceRequest): boolean => ResourceType === PROVISIONED_CONCURRENCY_RESOURCE_TYPE;

/** Of another version it is another one, which has CloudFormation delete that of before. */
export function provisionedPhysicalId({ RequestType, PhysicalResourceId, LogicalResourceId, ResourceProperties }: ResourceRequest): string {
  const { Function: functionName, Version: version } = propertiesOf(ResourceProperties);
  const id = `${String(functionName)}:${String(version)}`;
  return RequestType !== 'Delete' && PHYSICAL_ID.test(id) ? id : (PhysicalResourceId ?? LogicalResourceId);
}

/**
 * A version that takes the place of another one of the same function gets its own from the hook that validates it; here CloudFormation only learns whose it is.
 *
 * @throws ConfigurationError
 */
export function provisionedTaskOf(request: ResourceRequest): ProvisionedTask {
  const { RequestType: type, PhysicalResourceId: physicalId = '', ResourceProperties, OldResourceProperties } = request;
  if (type === 'Delete') {
    const [, functionName, version] = PHYSICAL_ID.exec(physicalId) ?? [];
    return functionName === undefined || version === undefined ? { kind: 'nothing', why: 'no version is named' } : { kind: 'release', version: { functionName, version } };
  }
  const now = propertiesOf(ResourceProperties);
  const before = propertiesOf(OldResourceProperties);
  const { functionName, version } = versionOf(now);
  if (type === 'Update' && before.Function === functionName && before.Version !== version) {
    return { kind: 'nothing', why: `the hook of the release provisions version ${version}` };
  }
  const { min, max } = PROVISIONED_EXECUTIONS;
  return { kind: 'provision', version: { functionName, version }, executions: wholeNumber('Executions', now.Executions, min, max), timeoutSeconds: wholeNumber('Timeout', now.Timeout, 1, 3_600) };
}

/** Whatever may stand there. */
type Properties = Partial<Record<keyof ProvisionedConcurrencyProperties, unknown>>;

const propertiesOf = (properties: unknown): Properties => properties ?? {};

function versionOf({ Function: functionName, Version: version }: Properties): Version {
  if (typeof functionName !== 'string' || functionName === '') {
    throw new ConfigurationError(`'Function' must be the name of a function, got ${told(functionName)}`);
  }
  if (typeof version !== 'string' || !NUMBER.test(version)) {
    throw new ConfigurationError(`'Version' must be the number of a published version, got ${told(version)}`);
  }
  return { functionName, version };
}

function wholeNumber(name: keyof ProvisionedConcurrencyProperties, value: unknown, min: number, max: number): number {
  const number = typeof value === 'string' && NUMBER.test(value) ? Number(value) : 0;
  if (number < min || number > max) {
    throw new ConfigurationError(`'${name}' must be a whole number from ${min} to ${max}, got ${told(value)}`);
  }
  return number;
}

const told = (value: unknown): string => (typeof value === 'string' ? quoted(value) : typeof value);
