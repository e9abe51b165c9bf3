/** `npm test`: builds everything, shows how large the handlers are, lints, type-checks, and runs every test. Arguments are handed to jest. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, HANDLER_SIZES, ROOT } from './build.mjs';
import { oversize, readSizes, sizeTable } from './handler-sizes.mjs';

const bin = (name) => join(ROOT, 'node_modules', '.bin', name);
/** One after the other; what stands in a line goes side by side. */
const steps = [
  [['eslint', ['.']], ['tsc', ['-p', 'tsconfig.json']]],
  [['jest', ['--json', '--outputFile=build/test-results.json', ...process.argv.slice(2)]]],
];

/** @returns the exit status */
function run([command, args]) {
  console.log(`> ${command} ${args.join(' ')}`);
  return new Promise((resolve, reject) => {
    const child = spawn(bin(command), args, { cwd: ROOT, stdio: 'inherit' });
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? 1));
  });
}

await build({ synth: true });

const sizes = readSizes(HANDLER_SIZES);
console.log(`\n${sizeTable(sizes)}\n`);
const tooLarge = oversize(sizes);
if (tooLarge.length > 0) {
  console.error(tooLarge.join('\n'));
  process.exit(1);
}

for (const step of steps) {
  const failed = (await Promise.all(step.map(run))).find((status) => status !== 0);
  if (failed !== undefined) {
    process.exit(failed);
  }
}
