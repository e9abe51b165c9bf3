/**
 * The capacity provider strategy of the tasks.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
 */
import type { Part } from './part';
import { shown } from './part';
import type { Rule } from './rules';
import type { Findings } from './section';
import { Section, asMap } from './section';
import { wholeNumber } from './whole-number';

const KEYS = ['CapacityProvider', 'Base', 'Weight'];
const MAX_PROVIDERS = 20;
const MAX_BASE = 100_000;
const MAX_WEIGHT = 1_000;
const FARGATE = ['FARGATE', 'FARGATE_SPOT'];

/** An entry as far as it is known: an absent number is 0, and what is wrong or late is undefined. */
interface Provider {
  readonly line: number;
  readonly name?: string;
  readonly base?: number;
  readonly weight?: number;
}

export function lintCapacity(findings: Findings, properties: Section): void {
  const list = properties.list('CapacityProviderStrategy', properties.optional('CapacityProviderStrategy'));
  if (list === undefined) {
    return;
  }
  const line = properties.lineOf('CapacityProviderStrategy');
  if (list.items.length < 1 || list.items.length > MAX_PROVIDERS) {
    findings.add('capacity-count', line, `'CapacityProviderStrategy' must have 1 to ${MAX_PROVIDERS} entries, got ${list.items.length}; leave it out for the service's own`);
    return;
  }
  const providers = list.items.map((item, index) => lintProvider(findings, item, `CapacityProviderStrategy[${index}]`, list.items.length === 1));
  lintTogether(findings, line, providers);
}

/** @param alone whether it is the only one: ECS says of several only that an absent weight is 0 */
function lintProvider(findings: Findings, item: Part, place: string, alone: boolean): Provider {
  const map = asMap(findings, item, place, item.line);
  if (map === undefined) {
    return { line: item.line };
  }
  const section = new Section(findings, map, { line: item.line, place, keys: KEYS, anyCase: true });
  const name = section.requiredText('CapacityProvider', 'capacity-provider-missing', 'name it, such as FARGATE_SPOT')?.text;
  const base = numberOf(findings, section, 'Base', 'capacity-base-range', MAX_BASE);
  const weight = alone && !section.has('Weight') ? undefined : numberOf(findings, section, 'Weight', 'capacity-weight-range', MAX_WEIGHT);
  return { line: section.lineOf('Base'), ...(name === undefined ? {} : { name }), ...(base === undefined ? {} : { base }), ...(weight === undefined ? {} : { weight }) };
}

function numberOf(findings: Findings, section: Section, key: string, rule: Rule, max: number): number | undefined {
  const part = section.optional(key);
  if (part === undefined) {
    return 0;
  }
  const number = part.kind === 'late' ? undefined : wholeNumber(part, 0, max);
  if (number === undefined && part.kind !== 'late') {
    findings.add(rule, section.lineOf(key), `'${section.placeOf(key)}' must be a whole number from 0 to ${max}, got ${shown(part)}; leave it out for 0`);
  }
  return number;
}

function lintTogether(findings: Findings, line: number, providers: readonly Provider[]): void {
  const [, second] = providers.filter(({ base }) => base !== undefined && base > 0);
  if (second !== undefined) {
    findings.add('capacity-base-twice', second.line, `a 'Base' above 0 may stand in one entry of 'CapacityProviderStrategy', got a second one of ${second.base}; write 0 or leave it out`);
  }
  if (providers.every(({ weight }) => weight === 0)) {
    findings.add('capacity-weight-zero', line, `a 'Weight' above 0 must stand in one entry of 'CapacityProviderStrategy' at least; no task is placed on a provider of weight 0, the default`);
  }
  const names = providers.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const others = names.filter((name) => !FARGATE.includes(name));
  if (others.length > 0 && others.length < names.length) {
    findings.add('capacity-mixed', line, `'CapacityProviderStrategy' must not mix ${FARGATE.join(' and ')} with other providers, got ${names.slice(0, 5).join(', ')}; keep one kind`);
  }
}
