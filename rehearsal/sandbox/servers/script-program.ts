/** How the agent runs a script, as programs that run on the simulated instance. */
import { posix } from 'node:path';

import { AGENT_FOLDER, SYSTEM_PATH } from './agent-paths';
import { quoted } from './shell';

/** Exit status of `checkProgram`. */
export const MISSING = 3;
export const NOT_EXECUTABLE = 4;

/** What a script may use, so that a mistake in it takes the instance's room and not the machine's. */
export const LIMITS = { fileMegabytes: 256, memoryMegabytes: 2048, processes: 256 } as const;

const LIMITING = [
  // In units of 512 bytes, as POSIX has it.
  `ulimit -f ${LIMITS.fileMegabytes * 2048}`,
  `ulimit -d ${LIMITS.memoryMegabytes * 1024}`,
  // dash and bash have each a letter of its own for it.
  `ulimit -u ${LIMITS.processes} 2>/dev/null || ulimit -p ${LIMITS.processes}`,
  'ulimit -c 0',
];

export const scriptPath = (archive: string, location: string): string => posix.join(archive, location);

/** Whether a script is there, and is executable or can be made so. */
export function checkProgram(path: string): string {
  return `[ -e ${quoted(path)} ] || exit ${MISSING}\n[ -x ${quoted(path)} ] || chmod +x ${quoted(path)} || exit ${NOT_EXECUTABLE}\n`;
}

export interface ScriptRun {
  readonly path: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Numbers of the user that it is to see itself as; absent: root. */
  readonly userId?: number;
}

/** Nothing comes from this machine's environment. */
export function runProgram({ path, environment, userId }: ScriptRun): string {
  const variables = Object.entries({ PATH: SYSTEM_PATH, ...environment }).map(([name, value]) => quoted(`${name}=${value}`));
  const user = userId === undefined ? '' : `unshare --user --map-user=${userId} --map-group=${userId} `;
  return [...LIMITING, `cd ${quoted(AGENT_FOLDER)} || exit 1`, `exec ${user}env -i ${variables.join(' ')} ${quoted(path)}`, ''].join('\n');
}
