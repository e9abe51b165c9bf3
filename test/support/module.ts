/** Evaluates a JavaScript expression beside a module of the scripts, which jest cannot load: it runs CommonJS only. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const SCRIPTS = join(__dirname, '..', '..', 'scripts');

/** @returns the value of the expression, which comes back as JSON; it finds what the module exports under `script` */
export function inScript<T>(name: string, expression: string, ...argv: readonly unknown[]): T {
  const url = pathToFileURL(join(SCRIPTS, name)).href;
  const program = `import * as script from ${JSON.stringify(url)}; const argv = process.argv.slice(1).map(JSON.parse); console.log(JSON.stringify(${expression}));`;
  const words = argv.map((value) => JSON.stringify(value));
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', program, ...words], { encoding: 'utf8' })) as T;
}
