/**
 * `permissions` against what is copied. Agents look for the object among the files and folders that they copy, and only then among the folders that the host has.
 *
 * @see https://github.com/aws/aws-codedeploy-agent/blob/master/lib/instance_agent/plugins/codedeploy/installer.rb
 */
import type { Targets } from './bundle-files';
import { quoted } from './part';
import type { Findings } from './section';
import type { CopiedFile, PlacedPermission } from './server-document';
import { normal, targetOf } from './server-files';

const EVERYTHING = '**';

export function lintObjects(findings: Findings, permissions: readonly PlacedPermission[], targets: Targets, files: readonly CopiedFile[]): void {
  // The rules of the document take every source for a file, and have said what these break.
  const judged = new Set(files.flatMap(({ source, destination }) => targetOf({ source: source.text, destination: destination.text }) ?? []));
  const copied = targets.files;
  permissions.forEach((permission) => {
    const { object } = permission;
    const key = targets.key(object.text);
    if (copied.has(key)) {
      if (!judged.has(normal(object.text))) {
        lintFile(findings, permission);
      }
    } else if (!targets.folders.has(key)) {
      findings.add('permission-without-effect', object.line, `'${object.place}' ${quoted(object.text)} is nothing that 'files' copies, nor a folder above it, and the permission has no effect; correct the path, or remove the entry`);
    }
  });
}

/** A file of a copied folder. */
function lintFile(findings: Findings, { object, pattern, except, acls, types }: PlacedPermission): void {
  if (!types.includes('file')) {
    findings.add('permission-without-effect', object.line, `'${object.place}' ${quoted(object.text)} is a copied file, and the permission is for directories; add file to 'type'`);
    return;
  }
  if (pattern !== undefined && pattern.text !== EVERYTHING) {
    findings.add('permission-pattern-on-file', pattern.line, `'${pattern.place}' must be "${EVERYTHING}" for a file, got ${quoted(pattern.text)}; leave it out, or name the folder in 'object'`);
  }
  const [first] = except;
  if (first !== undefined) {
    findings.add('permission-except-on-file', first.line, `'${first.place}' must not be there for a file, got ${quoted(first.text)}; leave 'except' out, or name the folder in 'object'`);
  }
  acls.filter(({ text }) => /^d(efault)?:/.test(text)).forEach(({ place, text, line }) => {
    findings.add('acl-default-on-file', line, `the entry ${quoted(text)} of '${place}' is a default, which only directories have; name the folder in 'object', with type: [directory]`);
  });
}
