/**
 * The two ways in which a simulated instance is kept apart from this machine: processes, mounts, network, IPC, names and users of its own, with its root folder as `/`.
 *
 * Neither is ever begun as root: the number 0 would own files of this machine, such as those below `/proc/sys`, inside as well as outside.
 *
 * @see https://github.com/containers/bubblewrap
 * @see https://man7.org/linux/man-pages/man7/user_namespaces.7.html
 */
import { CONTROL_FOLDER } from './agent-paths';
import type { ReadOnly } from './root-folder';

export type ToolName = 'bwrap' | 'unshare';

export interface Tool {
  readonly name: ToolName;
  /** Path of its program. */
  readonly program: string;
}

/** What runs in the instance as its first process. */
export const INIT = `${CONTROL_FOLDER}/init`;

/**
 * Starts programs that it is told by its standard input, and tells their process groups and exit statuses on its standard output.
 * The first process waits for this one, by which it clears away every process whose parent has ended: else those would stay, and seem to run.
 */
export const INIT_PROGRAM = `
start() {
  folder=${CONTROL_FOLDER}/$1
  setsid sh -c 'echo "group $0 $$" >&3; exec 3>&-; exec sh "$1"' "$1" "$folder/run" 3>&1 >"$folder/out" 2>"$folder/err" </dev/null
  echo "exit $1 $?"
}
serve() {
  while read -r verb number; do
    case $verb in
      run) start "$number" & ;;
      end) kill -s TERM -- "-$number" 2>/dev/null ;;
    esac
  done
}
exec 3<&0
serve <&3 3<&- &
exec 3<&- </dev/null
echo ready
wait $!
`;

/** What root of an instance may do there with files, with processes, and with ports below 1,024. The last one is what it takes to run something as another user. */
const CAPABILITIES = ['CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_FOWNER', 'CAP_KILL', 'CAP_NET_BIND_SERVICE', 'CAP_SETFCAP'];

export function isolated({ name, program }: Tool, root: string, seen: readonly ReadOnly[]): { readonly program: string; readonly args: readonly string[] } {
  return { program, args: name === 'bwrap' ? byBubblewrap(root, seen) : byUnshare(root, seen) };
}

function byBubblewrap(root: string, seen: readonly ReadOnly[]): readonly string[] {
  return [
    ...['--unshare-user', '--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--uid', '0', '--gid', '0', '--die-with-parent'],
    ...CAPABILITIES.flatMap((capability) => ['--cap-add', capability]),
    ...['--bind', root, '/'],
    ...seen.flatMap(({ from, to }) => ['--ro-bind', from, to]),
    ...['--proc', '/proc', '--dev', '/dev', 'sh', INIT],
  ];
}

function byUnshare(root: string, seen: readonly ReadOnly[]): readonly string[] {
  const flags = (programs: boolean): string => `bind,remount,ro,nosuid,nodev${programs ? '' : ',noexec'}`;
  return [
    ...['--user', '--map-root-user', '--mount', '--pid', '--net', '--ipc', '--uts', '--fork', '--kill-child'],
    ...['sh', '-c', SETUP, 'setup', root, ...seen.flatMap(({ from, to, programs }) => [from, to, flags(programs)])],
  ];
}

/**
 * Mounts are made first. Then comes one more user namespace with mounts of its own, in which none of them can be changed any more: that is what the kernel does with mounts of a more privileged one.
 *
 * @see https://man7.org/linux/man-pages/man7/mount_namespaces.7.html
 */
const SETUP = `
set -eu
root=$1
shift
mount --bind "$root" "$root"
while [ $# -gt 0 ]; do
  mount --rbind "$1" "$root$2"
  # With whatever is mounted below it; spaces and the like are octal there.
  while read -r _ _ _ _ point _; do
    point=$(printf '%b' "$point")
    case $point in "$root$2" | "$root$2"/*) mount -o "$3" "$point" ;; esac
  done </proc/self/mountinfo
  shift 3
done
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t tmpfs -o nosuid,mode=755,size=64m tmpfs "$root/dev"
for device in null zero full random urandom; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir -m 1777 "$root/dev/shm"
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"
echo 0 >"$root/proc/sys/net/ipv4/ip_unprivileged_port_start" || :
ip link set lo up 2>/dev/null || ifconfig lo up 2>/dev/null || perl -e '
  socket(my $socket, 2, 2, 0) and ioctl($socket, 0x8914, my $up = pack("a16 s x22", "lo", 0x49)) or exit 1;
' || :
cd "$root"
mkdir .before
pivot_root . .before
umount -l .before
rmdir .before
exec unshare --user --map-root-user --mount sh ${INIT}
`;
