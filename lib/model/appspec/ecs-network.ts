/** Network of the tasks: all of it, or nothing, which keeps the service's. */
import type { Part } from './part';
import { shown } from './part';
import type { Findings } from './section';
import { Section } from './section';

const KEYS = ['Subnets', 'SecurityGroups', 'AssignPublicIp'];

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html */
const LISTS = [
  { key: 'Subnets', most: 16, prefix: 'subnet-' },
  { key: 'SecurityGroups', most: 5, prefix: 'sg-' },
] as const;

export function lintNetwork(findings: Findings, properties: Section): void {
  const part = properties.optional('NetworkConfiguration');
  const map = properties.map('NetworkConfiguration', part);
  if (map === undefined) {
    return;
  }
  const configuration = new Section(findings, map, { line: properties.lineOf('NetworkConfiguration'), place: 'NetworkConfiguration', keys: ['AwsvpcConfiguration'], anyCase: true });
  const vpc = configuration.map('AwsvpcConfiguration', configuration.required('AwsvpcConfiguration', 'awsvpc-missing', `add it, with ${KEYS.join(', ')}, or remove NetworkConfiguration`));
  if (vpc !== undefined) {
    lintVpc(findings, new Section(findings, vpc, { line: configuration.lineOf('AwsvpcConfiguration'), place: 'AwsvpcConfiguration', keys: KEYS, anyCase: true }));
  }
}

function lintVpc(findings: Findings, vpc: Section): void {
  const missing = KEYS.filter((key) => vpc.optional(key) === undefined);
  if (missing.length > 0) {
    findings.add('network-incomplete', vpc.line, `'AwsvpcConfiguration' lacks ${missing.join(' and ')}; all of ${KEYS.join(', ')} must be there, or no NetworkConfiguration`);
  }
  LISTS.forEach((list) => lintList(findings, vpc, list));
  const publicIp = vpc.optionalText('AssignPublicIp');
  if (publicIp !== undefined && !['ENABLED', 'DISABLED'].includes(publicIp.text)) {
    findings.add('assign-public-ip', publicIp.line, `'AssignPublicIp' must be ENABLED or DISABLED, got ${shown(publicIp.part)}; tasks in public subnets need ENABLED to reach the internet`);
  }
}

function lintList(findings: Findings, vpc: Section, { key, most, prefix }: (typeof LISTS)[number]): void {
  const list = vpc.list(key, vpc.optional(key));
  if (list === undefined) {
    return;
  }
  if (list.items.length < 1 || list.items.length > most) {
    findings.add('network-list-size', vpc.lineOf(key), `'${key}' must have 1 to ${most} entries, got ${list.items.length}; remove NetworkConfiguration for the service's own`);
  }
  list.items.filter((item) => !isId(item, prefix)).forEach((item) => findings.add('network-entry', item.line, `an entry of '${key}' must be an id such as ${prefix}0a1b2c3d, got ${shown(item)}; names are none`));
}

const isId = (item: Part, prefix: string): boolean => item.kind === 'late' || (item.kind === 'scalar' && String(item.value).startsWith(prefix));
