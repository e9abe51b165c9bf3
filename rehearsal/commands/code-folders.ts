/** Folders that hold the code of a function's two versions, as the command line names them. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';

import type { AnyRollout } from '../assembly/rollouts';
import { UserError } from '../report/user-error';
import type { RehearseOptions } from './arguments';

/** @throws UserError where a folder does not exist, or where a service is given folders, or a function URLs */
export function codeFolders({ controller, name }: AnyRollout, { folders, upstreams }: RehearseOptions, workingDirectory: string): RehearseOptions['folders'] {
  if (controller === 'LAMBDA' && upstreams !== undefined) {
    throw new UserError(`--blue and --green are URLs, and rollout ${name} releases a function; give the folders of its code`);
  }
  if (controller === 'SERVER' && (upstreams !== undefined || folders !== undefined)) {
    throw new UserError(`--blue and --green are versions that answer requests, and rollout ${name} is for instances, to which no traffic is played; leave them out`);
  }
  if (controller !== 'LAMBDA' && folders !== undefined) {
    throw new UserError(`--blue and --green are folders, and rollout ${name} releases a service; give the URLs under which it runs`);
  }
  return folders && { blue: folder('--blue', folders.blue, workingDirectory), green: folder('--green', folders.green, workingDirectory) };
}

function folder(option: string, given: string, workingDirectory: string): string {
  const path = resolve(workingDirectory, given);
  if (!(statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false)) {
    throw new UserError(`${option} must be a folder with the code of the function, got ${given}, which is none`);
  }
  return path;
}
