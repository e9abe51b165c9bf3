/**
 * `permissions`: owner, mode, ACL and SELinux context of what has been copied.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-permissions.html
 */
import { lintAcls } from './acl';
import type { ListPart, Part } from './part';
import { quoted, shown } from './part';
import { lintContext } from './selinux';
import type { Findings } from './section';
import { Section, asMap, asText } from './section';
import type { OperatingSystem } from './server';
import { lintMode } from './server-mode';
import type { ServerFile } from './server-files';
import { normal, targetOf } from './server-files';

const KEYS = ['object', 'pattern', 'except', 'owner', 'group', 'mode', 'acls', 'context', 'type'];
const TYPES = ['file', 'directory'];
const EVERYTHING = '**';

/** What a permission applies to. */
interface Scope {
  readonly object?: string;
  readonly pattern?: string;
  readonly except?: readonly string[];
  /** Undefined where they are not known. */
  readonly types?: readonly string[];
}

export function lintPermissions(findings: Findings, document: Section, os: OperatingSystem, files: readonly ServerFile[]): void {
  const list = document.list('permissions', document.optional('permissions'));
  if (list === undefined) {
    return;
  }
  if (os === 'windows' && list.items.length > 0) {
    findings.add('permissions-on-windows', document.lineOf('permissions'), `'permissions' must not be there where 'os' is windows, got ${shown(list)}; set them in a script of AfterInstall`);
    return;
  }
  const targets = new Set(files.flatMap((file) => targetOf(file) ?? []));
  const scopes: Scope[] = [];
  list.items.forEach((item, index) => {
    const place = `permissions[${index}]`;
    const map = asMap(findings, item, place, item.line);
    if (map !== undefined) {
      lintPermission(findings, new Section(findings, map, { line: item.line, place, keys: KEYS, anyCase: false }), targets, scopes);
    }
  });
}

function lintPermission(findings: Findings, permission: Section, targets: ReadonlySet<string>, scopes: Scope[]): void {
  const scope = scopeOf(findings, permission);
  const ofFile = scope.object !== undefined && targets.has(normal(scope.object)) && scope.types?.includes('file') !== false;
  if (ofFile) {
    lintFileScope(findings, permission, scope);
  }
  if (scopes.some((other) => overlaps(other, scope))) {
    findings.add('permission-twice', permission.line, `'${permission.placeOf('object')}' ${quoted(scope.object ?? '')} has permissions by an entry before, for the same pattern and type, which the agent refuses; join the two`);
  }
  scopes.push(scope);
  ['owner', 'group'].forEach((key) => permission.optionalText(key));
  lintMode(findings, permission);
  lintAcls(findings, permission, scope.types);
  lintContext(findings, permission);
}

function scopeOf(findings: Findings, permission: Section): Scope {
  const object = permission.requiredText('object', 'permission-object-missing', 'write the file or the folder that it is for')?.text;
  const pattern = permission.has('pattern') && permission.optional('pattern') !== undefined ? permission.optionalText('pattern')?.text : EVERYTHING;
  const except = textsOf(findings, permission, 'except');
  const types = permission.optional('type') === undefined ? TYPES : typesOf(findings, permission);
  return { ...(object === undefined ? {} : { object }), ...(pattern === undefined ? {} : { pattern }), ...(except === undefined ? {} : { except }), ...(types === undefined ? {} : { types }) };
}

function typesOf(findings: Findings, permission: Section): readonly string[] | undefined {
  const list = permission.list('type', permission.optional('type'));
  list?.items.filter((item) => item.kind !== 'late' && !isType(item)).forEach((item) => {
    findings.add('permission-type', item.line, `an entry of '${permission.placeOf('type')}' must be file or directory, got ${shown(item)}; leave 'type' out for both`);
  });
  return list === undefined || !list.items.every(isType) ? undefined : list.items.map((item) => (item.kind === 'scalar' ? String(item.value) : ''));
}

const isType = (item: Part): boolean => item.kind === 'scalar' && TYPES.includes(String(item.value));

function textsOf(findings: Findings, permission: Section, key: string): readonly string[] | undefined {
  const part = permission.optional(key);
  const list: ListPart | undefined = permission.list(key, part);
  const texts = list?.items.map((item, index) => asText(findings, item, `${permission.placeOf(key)}[${index}]`, item.line)?.text);
  return part === undefined ? [] : texts?.every((text) => text !== undefined) === true ? (texts as string[]) : undefined;
}

function lintFileScope(findings: Findings, permission: Section, { pattern, except }: Scope): void {
  if (pattern !== undefined && pattern !== EVERYTHING) {
    findings.add('permission-pattern-on-file', permission.lineOf('pattern'), `'${permission.placeOf('pattern')}' must be "${EVERYTHING}" for a file, got ${quoted(pattern)}; leave it out, or name the folder in 'object'`);
  }
  if (except !== undefined && except.length > 0) {
    findings.add('permission-except-on-file', permission.lineOf('except'), `'${permission.placeOf('except')}' must be empty for a file, got ${quoted(except[0] ?? '')}; leave it out, or name the folder in 'object'`);
  }
}

/** Whether both are for the same objects for sure: one `except` may hold what another does not. */
function overlaps(a: Scope, b: Scope): boolean {
  const same = a.object !== undefined && a.object === b.object && a.pattern !== undefined && a.pattern === b.pattern;
  const nothingExcepted = a.except?.length === 0 && b.except?.length === 0;
  return same && nothingExcepted && a.types?.some((type) => b.types?.includes(type) === true) === true;
}
