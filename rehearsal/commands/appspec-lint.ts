/** `greenlight appspec lint`: whether CodeDeploy takes an AppSpec, and does what it says. */
import { statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

import { lintBundle, scriptsOfBundle } from '../../lib/model/appspec/bundle';
import { lintServerFileName } from '../../lib/model/appspec/file-name';
import { lintAppSpec } from '../../lib/model/appspec/lint';
import type { Verdict } from '../../lib/model/appspec/lint';
import type { Part } from '../../lib/model/appspec/part';
import type { AppSpecFinding, Platform } from '../../lib/model/appspec/rules';
import { PLATFORM_NAMES } from '../../lib/model/appspec/rules';
import { MAX_APPSPEC_BYTES } from '../../lib/model/limits';
import { formatOf, readAppSpecFile } from '../documents/appspec/read-appspec';
import { boundedFile } from '../documents/bounded-file';
import { headOf } from '../documents/bundle/bundle-content';
import { listDirectory } from '../documents/bundle/list-directory';
import { EXIT } from '../report/exit-status';
import { UserError } from '../report/user-error';
import type { AppSpecLintOptions } from './lint-arguments';
import type { Terminal } from './terminal';

const APPSPEC = { what: 'AppSpec', most: MAX_APPSPEC_BYTES, remedy: 'name the AppSpec alone, and not the bundle that it is in' };

/** @returns the exit status: whether there was anything to find */
export function lintAppSpecs({ files, platform, bundle }: AppSpecLintOptions, { out, err, workingDirectory }: Terminal): number {
  const directory = bundle === undefined ? undefined : bundleFolder(files, bundle, resolve(workingDirectory, bundle));
  // All of them are read before anything is said.
  const read = files.map((file) => ({ file, bytes: boundedFile(resolve(workingDirectory, file), APPSPEC) }));
  const verdicts = read.map(({ file, bytes }) => ({ file, ...judge(basename(file), bytes, platform, directory) }));
  verdicts.forEach((verdict) => {
    verdict.findings.forEach(({ line, message }) => out(`${verdict.file}:${line}: ${message}\n`));
    if (verdict.findings.length === 0 && verdict.platform !== undefined) {
      err(`${verdict.file} is a sound AppSpec for ${PLATFORM_NAMES[verdict.platform]}\n`);
    }
  });
  return verdicts.some(({ findings }) => findings.length > 0) ? EXIT.notReleased : EXIT.released;
}

function bundleFolder(files: readonly string[], given: string, directory: string): string {
  if (files.length > 1) {
    throw new UserError(`'--bundle' is the bundle of one AppSpec, got ${files.length} files; check them one by one`);
  }
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UserError(`no such folder: ${given}; '--bundle' names the folder that becomes the bundle`);
  }
  return directory;
}

function judge(name: string, bytes: Uint8Array, given: Platform | undefined, bundle: string | undefined): Verdict {
  const reading = readAppSpecFile(bytes, formatOf(name));
  const { platform = given, findings } = 'root' in reading ? lintAppSpec(reading.root, given) : reading;
  const named = platform === 'server' ? lintServerFileName(name) : [];
  const bundled = 'root' in reading && bundle !== undefined ? judgeBundle(reading.root, platform, bundle) : [];
  return { ...(platform === undefined ? {} : { platform }), findings: [...named, ...[...findings, ...bundled].sort((a, b) => a.line - b.line)] };
}

function judgeBundle(root: Part, platform: Platform | undefined, directory: string): readonly AppSpecFinding[] {
  if (platform !== undefined && platform !== 'server') {
    throw new UserError(`'--bundle' is for ${PLATFORM_NAMES.server}, and this AppSpec is for ${PLATFORM_NAMES[platform]}; leave it out`);
  }
  return read(directory, () => {
    const entries = listDirectory(directory);
    const heads = new Map(scriptsOfBundle(root, entries).map((script) => [script, headOf(join(directory, script))]));
    return lintBundle(root, { entries, heads });
  });
}

function read<T>(directory: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(code === undefined ? message : `the bundle ${directory} cannot be read (${message})`);
  }
}
