/** What an update wants of a service that no deployment can bring about. */
import type { KeptService, KeptSetting, ServiceSettingsProperties } from '../../../lib/model/service-settings';
import { quoted } from '../text';

/** Longest value in a message, in characters: an ARN of a target group is longer than most. */
const VALUE_LENGTH = 300;

/** Settings that a service has or has not; what it has not, an update of it would have to add. */
const OPTIONAL = {
  PlatformVersion: 'platformVersion',
  Subnets: 'network',
  SecurityGroups: 'network',
  AssignPublicIp: 'network',
} as const satisfies Partial<Record<KeptSetting, string>>;

/**
 * Why it is refused; undefined where it is not. CloudFormation's own rollback is never refused: it asks for what was asked for before, which this let pass
 * against the same kept settings.
 *
 * @param before properties of before, for their values; the kept settings have digests of these
 */
export function refusalOf(kept: KeptService, wanted: KeptService, now: ServiceSettingsProperties, before: ServiceSettingsProperties): string | undefined {
  const { Service: service } = now;
  if (kept.targetGroup !== wanted.targetGroup) {
    return (
      `service ${service} was made with target group ${said(before.TargetGroupArn)}, and neither an update nor a deployment changes it, got ${said(now.TargetGroupArn)}; ` +
      'leave it as it was, or make a new service and rollout beside this one, and move DNS'
    );
  }
  if (kept.capacity !== wanted.capacity) {
    return (
      `service ${service} was made with capacity providers ${said(before.CapacityProviderStrategy)}, and an update does not change them, got ${said(now.CapacityProviderStrategy)}; ` +
      "leave them on the service as they were, and say the new ones in 'capacityProviderStrategies' of the rollout's 'taskSet'"
    );
  }
  const names = Object.keys(OPTIONAL) as (keyof typeof OPTIONAL)[];
  const odd = names.find((name) => (kept.settings[name] === undefined) !== (wanted.settings[name] === undefined));
  return (
    odd &&
    `service ${service} was made with ${odd} ${said(kept.settings[odd])}, and an update neither adds nor drops it, got ${said(wanted.settings[odd])}; ` +
      `leave it on the service as it was, and say the new one in '${OPTIONAL[odd]}' of the rollout's 'taskSet'`
  );
}

function said(value: unknown): string {
  return value === undefined ? 'none' : quoted(typeof value === 'string' ? value : JSON.stringify(value), VALUE_LENGTH);
}
