/** What the template asks of a service, as it comes with a request. */
import { createHash } from 'node:crypto';

import type { KeptService, ServiceSettingsAttributes, ServiceSettingsProperties } from '../../../lib/model/service-settings';
import { KEPT_DIGEST_LENGTH, KEPT_SETTINGS, SERVICE_IDENTITY } from '../../../lib/model/service-settings';
import { ConfigurationError } from '../failures';
import { quoted } from '../text';

export interface WantedService extends KeptService {
  /** Digest of all of it. */
  readonly last: string;
}

/** What every service of a rollout has. */
const REQUIRED = ['Service', 'TaskDefinition', 'ContainerName', 'ContainerPort', 'TargetGroupArn'] as const;

/** @throws ConfigurationError */
export function wantedService(properties: ServiceSettingsProperties): WantedService {
  const missing = REQUIRED.find((name) => typeof properties[name] !== 'string' || properties[name] === '');
  if (missing !== undefined) {
    const value: unknown = properties[missing];
    throw new ConfigurationError(`'${missing}' must be a text that is not empty, got ${typeof value === 'string' ? quoted(value) : typeof value}`);
  }
  const { TargetGroupArn, CapacityProviderStrategy } = properties;
  return {
    id: digest(SERVICE_IDENTITY.map((name) => properties[name])),
    settings: settingsIn(properties),
    targetGroup: digest(TargetGroupArn),
    ...(CapacityProviderStrategy === undefined ? {} : { capacity: digest(sorted(CapacityProviderStrategy)) }),
    last: lastDigest(properties),
  };
}

/** Digest of everything that the properties say of the service: what CloudFormation goes back to has the one of before. */
export function lastDigest(properties: ServiceSettingsProperties): string {
  return digest([...SERVICE_IDENTITY, ...KEPT_SETTINGS, 'TargetGroupArn' as const, 'CapacityProviderStrategy' as const].map((name) => sorted(properties[name])));
}

function settingsIn(properties: ServiceSettingsProperties): ServiceSettingsAttributes {
  return Object.fromEntries(KEPT_SETTINGS.flatMap((name) => (properties[name] === undefined ? [] : [[name, [properties[name]].flat().join(',')]])));
}

/** The keys of an object may come in any order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  return typeof value === 'object' && value !== null ? Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)) : value;
}

const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, KEPT_DIGEST_LENGTH);
