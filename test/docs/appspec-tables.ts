/** The tables of docs/appspec.md, from the rules themselves. */
import type { RuleFacts } from '../../lib/model/appspec/rules';
import { BUNDLE_RULES, DOCUMENT_RULES, ECS_RULES, LAMBDA_RULES, RESOURCE_RULES, SERVER_RULES } from '../../lib/model/appspec/rules';

const TABLES: readonly (readonly [title: string, rules: Readonly<Record<string, RuleFacts>>])[] = [
  ['Every AppSpec', DOCUMENT_RULES],
  ['ECS and Lambda', RESOURCE_RULES],
  ['ECS', ECS_RULES],
  ['Lambda', LAMBDA_RULES],
  ['EC2 and on-premises servers', SERVER_RULES],
  ['Bundles of servers', BUNDLE_RULES],
];

export function ruleTables(): string {
  return TABLES.map(([title, rules]) => `### ${title}\n\n| rule | what holds |\n|---|---|\n${Object.entries(rules).map(row).join('\n')}\n`).join('\n');
}

// A bar would end the cell.
const row = ([rule, { level, says }]: [string, RuleFacts]): string => `| \`${rule}\` | ${says.replaceAll('|', '\\|')}${level === 'warning' ? ' (warning)' : ''} |`;
