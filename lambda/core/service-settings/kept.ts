/** The kept services in a physical id. */
import type { KeptService } from '../../../lib/model/service-settings';
import { KEPT_NAMES, KEPT_SETTINGS, keptText, MAX_KEPT_CHARACTERS } from '../../../lib/model/service-settings';
import { ConfigurationError } from '../failures';
import { counted } from '../text';

/**
 * Writes the physical id.
 *
 * @throws ConfigurationError where it would be longer than CloudFormation takes
 */
export function writeKept(services: readonly KeptService[]): string {
  const text = keptText(services);
  if (text.length > MAX_KEPT_CHARACTERS) {
    const whose = services.length === 1 ? 'the service' : 'the service and of the one that it replaces';
    throw new ConfigurationError(
      `the settings of ${whose} take ${counted(text.length, 'character')}, at most ${MAX_KEPT_CHARACTERS} can be kept; name fewer subnets or security groups, ` +
        "or make this update with 'keepServiceSettings: false' in EcsDeployments.byCloudFormation",
    );
  }
  return text;
}

/** Reads a physical id; empty where it is none of ours. */
export function readKept(physicalId: string): readonly KeptService[] {
  const list = parsed(physicalId);
  return Array.isArray(list) && list.every(isEntry) ? list.map(serviceOf) : [];
}

type Entry = { readonly id: string; readonly tg: string } & Readonly<Partial<Record<string, string>>>;

const isEntry = (value: unknown): value is Entry => typeof value === 'object' && value !== null && ['id', 'tg'].every((name) => name in value) && Object.values(value).every((text) => typeof text === 'string');

function serviceOf({ id, tg, cp, was, ...kept }: Entry): KeptService {
  const settings = Object.fromEntries(KEPT_SETTINGS.flatMap((name) => (kept[KEPT_NAMES[name]] === undefined ? [] : [[name, kept[KEPT_NAMES[name]]]])));
  return { id, settings, targetGroup: tg, ...(cp === undefined ? {} : { capacity: cp }), ...(was === undefined ? {} : { last: was }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
