/** `greenlight appspec lint`: whether CodeDeploy takes an AppSpec, and does what it says. */
import { basename, resolve } from 'node:path';

import { lintServerFileName } from '../../lib/model/appspec/file-name';
import { lintAppSpec } from '../../lib/model/appspec/lint';
import type { Verdict } from '../../lib/model/appspec/lint';
import type { Platform } from '../../lib/model/appspec/rules';
import { PLATFORM_NAMES } from '../../lib/model/appspec/rules';
import { MAX_APPSPEC_BYTES } from '../../lib/model/limits';
import { formatOf, readAppSpecFile } from '../documents/appspec/read-appspec';
import { boundedFile } from '../documents/bounded-file';
import { EXIT } from '../report/exit-status';
import type { AppSpecLintOptions } from './lint-arguments';
import type { Terminal } from './terminal';

const APPSPEC = { what: 'AppSpec', most: MAX_APPSPEC_BYTES, remedy: 'name the AppSpec alone, and not the bundle that it is in' };

/** @returns the exit status: whether there was anything to find */
export function lintAppSpecs({ files, platform }: AppSpecLintOptions, { out, err, workingDirectory }: Terminal): number {
  // All of them are read before anything is said.
  const read = files.map((file) => ({ file, bytes: boundedFile(resolve(workingDirectory, file), APPSPEC) }));
  const verdicts = read.map(({ file, bytes }) => ({ file, ...judge(basename(file), bytes, platform) }));
  verdicts.forEach((verdict) => {
    verdict.findings.forEach(({ line, message }) => out(`${verdict.file}:${line}: ${message}\n`));
    if (verdict.findings.length === 0 && verdict.platform !== undefined) {
      err(`${verdict.file} is a sound AppSpec for ${PLATFORM_NAMES[verdict.platform]}\n`);
    }
  });
  return verdicts.some(({ findings }) => findings.length > 0) ? EXIT.notReleased : EXIT.released;
}

function judge(name: string, bytes: Uint8Array, given: Platform | undefined): Verdict {
  const reading = readAppSpecFile(bytes, formatOf(name));
  const { platform = given, findings } = 'root' in reading ? lintAppSpec(reading.root, given) : reading;
  const named = platform === 'server' ? lintServerFileName(name) : [];
  return { ...(platform === undefined ? {} : { platform }), findings: [...named, ...findings] };
}
