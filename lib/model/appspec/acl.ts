/**
 * `acls` of a permission, in the grammar of the agent: `[default:][user|group|mask|other:][name]:permissions`.
 *
 * @see https://github.com/aws/aws-codedeploy-agent/blob/master/lib/instance_agent/plugins/codedeploy/application_specification/ace_info.rb
 */
import { quoted } from './part';
import type { Rule } from './rules';
import type { Findings, Section } from './section';
import { asText } from './section';

const DEFAULT = ['d', 'default'];
const MASK = ['m', 'mask'];
const OTHER = ['o', 'other'];
const KINDS: Readonly<Record<string, string>> = { u: 'user', user: 'user', g: 'group', group: 'group', m: 'mask', mask: 'mask', o: 'other', other: 'other' };

interface Problem {
  readonly rule: Rule;
  /** What is wrong, after the entry. */
  readonly why: string;
}

/** @param types what the permission is for; undefined where that is not known */
export function lintAcls(findings: Findings, permission: Section, types: readonly string[] | undefined): void {
  const place = permission.placeOf('acls');
  permission.list('acls', permission.optional('acls'))?.items.forEach((item, index) => {
    const entry = asText(findings, item, `${place}[${index}]`, item.line);
    if (entry === undefined) {
      return;
    }
    const judged = judge(entry.text);
    if ('rule' in judged) {
      findings.add(judged.rule, entry.line, `the entry ${quoted(entry.text)} of '${place}' ${judged.why}`);
    } else if (judged.isDefault && types?.includes('file') === true) {
      findings.add('acl-default-on-file', entry.line, `the entry ${quoted(entry.text)} of '${place}' is a default, which only directories have; write type: [directory], and another permission for files`);
    }
  });
}

function judge(entry: string): Problem | { readonly isDefault: boolean } {
  const parts = entry.split(':');
  if (parts.length < 2 || parts.length > 4) {
    return { rule: 'acl-parts', why: `must have 2 to 4 parts between colons, got ${parts.length}; write it as setfacl takes it, such as u:bob:rw` };
  }
  const [permissions = '', subject = '', kind, first] = parts.reverse();
  const named = nameOf(subject, kind, first);
  if ('rule' in named) {
    return named;
  }
  const wrong = /^[0-7]$/.test(permissions) ? undefined : [...permissions].find((character) => !'rwx-'.includes(character));
  return wrong === undefined
    ? { isDefault: named.isDefault }
    : { rule: 'acl-permissions', why: `must end with letters of rwx-, or with one octal digit, got ${quoted(permissions)}; write such as rw, or 6` };
}

/** Who the entry is for, read from the back as the agent does it. */
function nameOf(subject: string, kind: string | undefined, first: string | undefined): Problem | { readonly isDefault: boolean } {
  const kindIsDefault = kind !== undefined && DEFAULT.includes(kind);
  if (first !== undefined && (!DEFAULT.includes(first) || kindIsDefault)) {
    return { rule: 'acl-default', why: 'must begin with d or default, once, as it has 4 parts; write d:u:bob:rw, or u:bob:rw' };
  }
  const known = kind === undefined || kindIsDefault ? undefined : KINDS[kind];
  if (kind !== undefined && !kindIsDefault && known === undefined) {
    return { rule: 'acl-kind', why: `must be for u, g, m or o (user, group, mask, other), got ${quoted(kind)}; write such as u:bob:rw` };
  }
  const special = MASK.includes(subject) ? 'mask' : OTHER.includes(subject) ? 'other' : undefined;
  // Without a kind before it, m is the mask; after a kind it is a name.
  const type = known ?? special ?? 'user';
  const name = known === undefined && special !== undefined ? '' : subject;
  if ((type === 'mask' || type === 'other') && name !== '') {
    return { rule: 'acl-name', why: `must have no name, got ${quoted(name)}: there is one ${type} only; leave the part between the colons empty` };
  }
  const isDefault = first !== undefined || kindIsDefault;
  return !isDefault && type !== 'mask' && name === ''
    ? { rule: 'acl-unnamed', why: `must name a user or a group; set what ${type === 'other' ? 'others' : `the own ${type}`} may do by 'mode'` }
    : { isDefault };
}
