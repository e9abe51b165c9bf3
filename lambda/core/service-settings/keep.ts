/** Answers for a service's settings: those that it was made with, as long as it is the same service. Asks nobody: all it knows comes with the request. */
import type { ResourceAnswer, ResourceRequest } from '../../../lib/model/deployment-request';
import type { KeptService, ServiceSettingsProperties } from '../../../lib/model/service-settings';
import { ConfigurationError } from '../failures';
import { readKept, writeKept } from './kept';
import { refusalOf } from './refusal';
import { lastDigest, wantedService } from './wanted';

export interface Keeping {
  readonly physicalId: string;
  readonly answer: ResourceAnswer;
  /** For the log. */
  readonly why: string;
}

export function keepSettings(request: ResourceRequest): Keeping {
  const { RequestType, PhysicalResourceId, LogicalResourceId } = request;
  const physicalId = PhysicalResourceId ?? LogicalResourceId;
  if (RequestType === 'Delete') {
    return { physicalId, answer: { Status: 'SUCCESS' }, why: 'the physical id holds all there is' };
  }
  try {
    const { ResourceProperties, OldResourceProperties } = request as unknown as ResourceRequest<ServiceSettingsProperties>;
    return keep(physicalId, ResourceProperties, OldResourceProperties);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return { physicalId, answer: { Status: 'FAILED', Reason: error.message }, why: 'refused' };
    }
    throw error;
  }
}

/**
 * A physical id that cannot be read, such as that of another version of this function, is answered like a new service. A failure would hold up a stack
 * that rolls back, while the template's settings are what the service was made with unless they were changed since; where they were, ECS itself
 * refuses the update, and nothing is deployed.
 *
 * @param before properties of before; a Create has none, nor anything kept
 */
function keep(physicalId: string, now: ServiceSettingsProperties, before = now): Keeping {
  const { last, ...made } = wantedService(now);
  const [newest, replaced] = readKept(physicalId);
  if (newest === undefined) {
    return kept(writeKept([made]), made, 'what the template says is kept from now on');
  }
  if (newest.id === made.id) {
    const refusal = refusalOf(newest, made, now, before);
    if (refusal !== undefined) {
      throw new ConfigurationError(refusal);
    }
    return kept(physicalId, newest, 'the service keeps what it was made with');
  }
  // Only CloudFormation's rollback asks for exactly what was asked for before; a later service of the same identity is made anew.
  if (replaced?.id === made.id && replaced.last === last) {
    const back = { ...made, settings: replaced.settings };
    return kept(writeKept([back]), back, 'the service that was to be replaced stays, and keeps what it was made with');
  }
  return kept(writeKept([made, { ...newest, last: lastDigest(before) }]), made, 'the service is replaced: what the template says is kept from now on');
}

const kept = (physicalId: string, { settings }: KeptService, why: string): Keeping => ({ physicalId, answer: { Status: 'SUCCESS', Data: { ...settings } }, why });
