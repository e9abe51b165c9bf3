/** Finds what keeps scripts apart from this machine, tries it, and says why where nothing does. */
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { UserError } from '../../report/user-error';
import { Reaper } from '../reaper';
import { makeRoot } from './root-folder';
import { ServerSandbox } from './server-sandbox';
import { ownerOfInstances, Workshop } from './workshop';
import type { Tool, ToolName } from './isolation';

export interface FoundTool extends Tool {
  /** A script can be run as another user than root. */
  readonly changesUser: boolean;
  /** Programs reach each other at 127.0.0.1. */
  readonly hasLoopback: boolean;
}

const NAMES: readonly ToolName[] = ['bwrap', 'unshare'];
const TRIAL_MS = 60_000;

/** Namespaces that must not be those of this process. */
const NAMESPACES = ['user', 'mnt', 'pid', 'net', 'ipc', 'uts'];

const TRIAL = `
[ "$(id -u)" = 0 ] || { echo 'it does not make this user root of the instance'; exit 1; }
printf '#!/bin/sh\\nexit 0\\n' >/opt/trial && chmod 755 /opt/trial && /opt/trial || { echo 'programs in the temporary folder cannot be run; set TMPDIR to a folder where they can'; exit 1; }
command -v setsid >/dev/null || { echo 'setsid of util-linux is not installed'; exit 1; }
for name in ${NAMESPACES.join(' ')}; do echo "$name $(readlink /proc/self/ns/$name)"; done
unshare --user --map-user=1000 --map-group=1000 true 2>/dev/null && echo changes-user
grep -q '127.0.0.1' /proc/net/fib_trie 2>/dev/null && echo has-loopback
:
`;

/** @param path where programs are looked for. @throws UserError where neither tool works, with why, and what to do */
export async function findTool(path: string): Promise<FoundTool> {
  const reasons: string[] = [];
  for (const name of process.platform === 'linux' ? NAMES : []) {
    const program = path.split(delimiter).filter((folder) => folder !== '').map((folder) => join(folder, name)).find((candidate) => existsSync(candidate));
    const result = program === undefined ? 'it is not on the PATH' : await tried({ name, program });
    if (typeof result !== 'string') {
      return result;
    }
    reasons.push(`${name}: ${result}`);
  }
  throw new UserError(refusal({ platform: process.platform, reasons, appArmorRestricts: setting('kernel/apparmor_restrict_unprivileged_userns') === '1', noNamespaces: setting('user/max_user_namespaces') === '0', rootOnly: setting('kernel/unprivileged_userns_clone') === '0' }));
}

/** @returns why it does not work, in one line */
async function tried(tool: Tool): Promise<FoundTool | string> {
  const reaper = new Reaper();
  const owner = ownerOfInstances();
  const workshop = new Workshop();
  try {
    const directory = workshop.folder('trial');
    const seen = makeRoot(join(directory, 'root'), { ...(owner === undefined ? {} : { owner }), hostName: 'trial', users: new Map(), destinations: [] });
    const sandbox = await ServerSandbox.open({ tool, directory, seen: [...seen, workshop.control(directory)], reaper, ...(owner === undefined ? {} : { owner }) });
    try {
      const lines: string[] = [];
      const end = await sandbox.run(TRIAL, { timeoutMs: TRIAL_MS, onLine: (_, line) => lines.push(line.trim()) });
      if (end.kind !== 'exited' || end.status !== 0) {
        return oneLine(lines.join('; ') || 'the trial did not end');
      }
      const shared = NAMESPACES.find((name) => !lines.some((line) => line.startsWith(`${name} ${name}:[`)) || lines.includes(`${name} ${readlinkSync(`/proc/self/ns/${name}`)}`));
      return shared === undefined ? { ...tool, changesUser: lines.includes('changes-user'), hasLoopback: lines.includes('has-loopback') } : `it does not keep the ${shared} namespace apart`;
    } finally {
      await sandbox.close();
    }
  } catch (error) {
    return oneLine((error as Error).message);
  } finally {
    workshop.remove();
    reaper.close();
  }
}

export interface Refusal {
  readonly platform: NodeJS.Platform;
  /** Of each tool. */
  readonly reasons: readonly string[];
  readonly appArmorRestricts: boolean;
  readonly noNamespaces: boolean;
  /** Older Debian has a setting of its own. */
  readonly rootOnly: boolean;
}

export function refusal({ platform, reasons, appArmorRestricts, noNamespaces, rootOnly }: Refusal): string {
  if (platform !== 'linux') {
    return `--run-scripts needs Linux, whose namespaces keep the scripts of a bundle apart from this machine, and this is ${platform}; rehearse in a Linux machine, or without --run-scripts`;
  }
  const remedies = [
    ...(appArmorRestricts ? ["AppArmor restricts user namespaces of ordinary users here (kernel.apparmor_restrict_unprivileged_userns is 1), as Ubuntu does since 23.10: give the program a profile with 'userns,', or set it to 0 by sysctl"] : []),
    ...(noNamespaces ? ['user.max_user_namespaces is 0: raise it by sysctl'] : []),
    ...(rootOnly ? ['kernel.unprivileged_userns_clone is 0: set it to 1 by sysctl'] : []),
    "install bubblewrap (package bubblewrap) or util-linux; in a container, allow user namespaces, which Docker's seccomp profile refuses",
  ];
  return `--run-scripts needs bubblewrap or user namespaces, which keep the scripts of a bundle apart from this machine, and neither works: ${reasons.join('; ')}; ${remedies.join('; or ')}; or rehearse without --run-scripts`;
}

function setting(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

const oneLine = (text: string): string => text.trim().replace(/\s*\n\s*/g, '; ');
