/** Which sandbox is used, and what is said where there is none. */
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { findTool, refusal } from '../../../../rehearsal/sandbox/servers/find-tool';
import { INSTALLED, pathWith, programOf, toolNamed } from './tools';

/** Something else by the name of bubblewrap. */
function madeUp(folder: string, program: string): void {
  const path = join(folder, 'bwrap');
  writeFileSync(path, `#!/bin/sh\n${program}`);
  chmodSync(path, 0o755);
}

test('this machine has at least one', () => {
  expect(INSTALLED).not.toEqual([]);
});

test.each(INSTALLED)('%s is used where it is the only one, and does all that it takes', async (name) => {
  expect(await toolNamed(name)).toEqual({ name, program: expect.stringMatching(new RegExp(`/${name}$`)), changesUser: true, hasLoopback: true });
});

test('neither on the PATH: it is refused, with the reason of each', async () => {
  await expect(findTool('')).rejects.toThrow(
    /^--run-scripts needs bubblewrap or user namespaces, which keep the scripts of a bundle apart from this machine, and neither works: bwrap: it is not on the PATH; unshare: it is not on the PATH; .*or rehearse without --run-scripts$/,
  );
});

test('one that does not work is passed over, and its own words are told where no other does', async () => {
  const { path, remove } = pathWith(...INSTALLED.filter((name) => name === 'unshare').map((name) => programOf(name)!));
  madeUp(path, 'echo "bwrap: setting up uid map: Permission denied" >&2\nexit 1\n');
  const found = findTool(path);
  await (INSTALLED.includes('unshare') ? expect(found).resolves.toMatchObject({ name: 'unshare' }) : expect(found).rejects.toThrow('neither works'));
  rmSync(join(path, 'unshare'), { force: true });
  await expect(findTool(path)).rejects.toThrow('neither works: bwrap: bwrap: setting up uid map: Permission denied; unshare: it is not on the PATH;');
  remove();
});

test('one that keeps nothing apart is not used', async () => {
  const { path, remove } = pathWith(...INSTALLED.filter((name) => name === 'unshare').map((name) => programOf(name)!));
  // A user and mounts of its own, and nothing else.
  madeUp(path, `while [ "$1" != --bind ]; do shift; done
exec ${programOf('unshare') ?? 'unshare'} --user --map-root-user --mount sh -c 'mount --rbind "$0/opt" /opt; mount -t tmpfs none /run; mkdir -p /run/greenlight/control; mount --bind "$0/../control" /run/greenlight/control; exec sh /run/greenlight/control/init' "$2"
`);
  rmSync(join(path, 'unshare'), { force: true });
  await expect(findTool(path)).rejects.toThrow(/neither works: bwrap: it does not keep the pid namespace apart;/);
  remove();
});

const REASONS = ['bwrap: it is not on the PATH', 'unshare: unshare: unshare failed: Operation not permitted'];
const INSTALL = "install bubblewrap (package bubblewrap) or util-linux; in a container, allow user namespaces, which Docker's seccomp profile refuses; or rehearse without --run-scripts";

test.each([
  ['nothing is known', { appArmorRestricts: false, noNamespaces: false, rootOnly: false }, INSTALL],
  [
    'Ubuntu',
    { appArmorRestricts: true, noNamespaces: false, rootOnly: false },
    `AppArmor restricts user namespaces of ordinary users here (kernel.apparmor_restrict_unprivileged_userns is 1), as Ubuntu does since 23.10: give the program a profile with 'userns,', or set it to 0 by sysctl; or ${INSTALL}`,
  ],
  ['a hardened system', { appArmorRestricts: false, noNamespaces: true, rootOnly: false }, `user.max_user_namespaces is 0: raise it by sysctl; or ${INSTALL}`],
  ['an older Debian', { appArmorRestricts: false, noNamespaces: false, rootOnly: true }, `kernel.unprivileged_userns_clone is 0: set it to 1 by sysctl; or ${INSTALL}`],
])('what to do: %s', (_, settings, remedy) => {
  expect(refusal({ platform: 'linux', reasons: REASONS, ...settings })).toBe(
    `--run-scripts needs bubblewrap or user namespaces, which keep the scripts of a bundle apart from this machine, and neither works: ${REASONS.join('; ')}; ${remedy}`,
  );
});

test('another system than Linux', () => {
  expect(refusal({ platform: 'darwin', reasons: [], appArmorRestricts: false, noNamespaces: false, rootOnly: false })).toBe(
    '--run-scripts needs Linux, whose namespaces keep the scripts of a bundle apart from this machine, and this is darwin; rehearse in a Linux machine, or without --run-scripts',
  );
});
