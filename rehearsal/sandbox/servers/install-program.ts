/**
 * What the agent does with the files of a revision, as programs that run on the simulated instance: files and links there are anybody's, and nothing outside follows them.
 *
 * @see https://github.com/aws/aws-codedeploy-agent/blob/master/lib/instance_agent/plugins/codedeploy/installer.rb
 * @see https://github.com/aws/aws-codedeploy-agent/blob/master/lib/instance_agent/plugins/codedeploy/install_instruction.rb
 */
import { posix } from 'node:path';

import type { FileExistsBehavior } from '../../../lib/model/server/events';
import type { BundleModel, BundlePermission } from '../../assembly/server-bundle';
import { archiveFolder, BUNDLES_FOLDER, cleanupFile } from './agent-paths';
import { quoted, starPattern } from './shell';

export interface InstallOptions {
  readonly groupId: string;
  readonly deploymentId: string;
  readonly bundle: Pick<BundleModel, 'copies' | 'permissions'>;
  readonly fileExistsBehavior: FileExistsBehavior;
}

/** DownloadBundle. @param bundle name of its folder among the bundles */
export function downloadProgram(groupId: string, deploymentId: string, bundle: string): string {
  const archive = quoted(archiveFolder(groupId, deploymentId));
  // Without owners, which are others outside.
  return `set -e\numask 022\nmkdir -p ${archive}\ncp -RP ${quoted(`${BUNDLES_FOLDER}/${bundle}/.`)} ${archive}\n`;
}

/** Install. Exits by 1 where the agent fails, with its words on standard error. */
export function installProgram({ groupId, deploymentId, bundle, fileExistsBehavior }: InstallOptions): string {
  const archive = archiveFolder(groupId, deploymentId);
  return [
    `cleanup=${quoted(cleanupFile(groupId))}`,
    `behavior=${fileExistsBehavior}`,
    FUNCTIONS,
    ...bundle.copies.map(({ source, destination }) => `plan_source ${quoted(posix.join(archive, source))} ${quoted(posix.normalize(destination))}`),
    'perform <"$plan"',
    ...bundle.permissions.flatMap(permissionLines),
    'rm -f "$plan"',
    '',
  ].join('\n');
}

/** Everything is planned before anything is copied, so that a file that exists leaves the others uncopied. */
const FUNCTIONS = `
umask 022
newline='
'
fail() { printf '%s\\n' "$1" >&2; exit 1; }
plan=$(mktemp) || fail 'no temporary file could be made'
planned() { printf '%s\\n%s\\n%s\\n' "$1" "$2" "$3" >>"$plan"; }
plan_missing() {
  if [ -n "$1" ] && [ ! -e "$1" ]; then
    plan_missing "\${1%/*}"
    planned folder - "$1"
  fi
}
plan_copy() {
  if [ -e "$2" ]; then
    case $behavior in
      DISALLOW) fail "The deployment failed because a specified file already exists at this location: $2" ;;
      RETAIN) return 0 ;;
    esac
  fi
  planned copy "$1" "$2"
}
plan_folder() {
  [ -d "$2" ] || planned folder - "$2"
  for entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    case $entry in *"$newline"*) fail "The name of a file in $1 has a line break" ;; esac
    if [ -d "$entry" ] && [ ! -L "$entry" ]; then
      plan_folder "$entry" "\${2%/}/\${entry##*/}"
    elif [ -e "$entry" ] || [ -L "$entry" ]; then
      plan_copy "$entry" "\${2%/}/\${entry##*/}"
    fi
  done
}
plan_source() {
  from=\${1%/} to=\${2%/}
  if [ -d "$from" ] && [ ! -L "$from" ]; then
    plan_missing "\${to%/*}"
    plan_folder "$from" "\${to:-/}"
  else
    plan_missing "$to"
    plan_copy "$from" "$to/\${from##*/}"
  fi
}
perform() {
  while IFS= read -r kind && IFS= read -r from && IFS= read -r to; do
    if [ "$kind" = folder ]; then
      [ -d "$to" ] || { mkdir "$to" && printf '%s\\n' "$to" >>"$cleanup"; } || exit 1
      continue
    fi
    printf '%s\\n' "$to" >>"$cleanup"
    if [ -L "$from" ]; then
      [ "$behavior" != OVERWRITE ] || rm -f "$to"
      ln -s "$(readlink "$from")" "$to" || exit 1
    else
      cp -p "$from" "$to" || exit 1
    fi
  done
}
set_mode() {
  while IFS= read -r kind && IFS= read -r from && IFS= read -r to; do
    case $kind in copy) kind=file ;; folder) kind=directory ;; esac
    if matches "$kind" "$to" && [ -e "$to" ]; then
      chmod "$1" "$to" || exit 1
    fi
  done
}
remove_all() {
  while IFS= read -r path; do
    if [ -d "$path" ] && [ ! -L "$path" ]; then
      rmdir "$path" 2>/dev/null
    else
      rm -f "$path"
    fi
  done
}
mkdir -p "\${cleanup%/*}"
if [ -f "$cleanup" ]; then
  sed '1!G;h;$!d' "$cleanup" | remove_all
fi
: >"$cleanup"`;

/** Owners, access lists and contexts are left out: a simulated instance has one user that owns everything. */
function permissionLines({ object, pattern, except, types, mode }: BundlePermission): readonly string[] {
  if (mode === undefined) {
    return [];
  }
  const path = posix.normalize(object).replace(/(.)\/$/, '$1');
  const below = path === '/' ? '/' : `${path}/`;
  const isType = types.map((type) => `"$1" = ${quoted(type)}`).join(' ] || [ ');
  return [
    'matches() {',
    `  [ ${isType} ] || return 1`,
    // A file that is copied is meant itself, and a folder what is copied below it.
    ...(types.includes('file') ? [`  [ "$1" = file ] && [ "$2" = ${quoted(path)} ] && return 0`] : []),
    `  case $2 in ${quoted(below)}*) name=\${2#${quoted(below)}} ;; *) return 1 ;; esac`,
    ...except.map((one) => `  case $name in */*) ;; ${starPattern(one)}) return 1 ;; esac`),
    ...(pattern === '**' ? [] : [`  case $name in */*) return 1 ;; ${starPattern(pattern)}) ;; *) return 1 ;; esac`]),
    '}',
    `set_mode ${quoted(mode)} <"$plan"`,
  ];
}
