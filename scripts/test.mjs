/** `npm test`: builds everything, shows how large the handlers are, lints, type-checks, and runs every test. Arguments are handed to jest. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build, HANDLER_SIZES, ROOT } from './build.mjs';
import { oversize, readSizes, sizeTable } from './handler-sizes.mjs';

const bin = (name) => join(ROOT, 'node_modules', '.bin', name);
const steps = [
  ['eslint', ['.']],
  ['tsc', ['-p', 'tsconfig.json']],
  ['jest', ['--json', '--outputFile=build/test-results.json', ...process.argv.slice(2)]],
];

await build({ synth: true });

const sizes = readSizes(HANDLER_SIZES);
console.log(`\n${sizeTable(sizes)}\n`);
const tooLarge = oversize(sizes);
if (tooLarge.length > 0) {
  console.error(tooLarge.join('\n'));
  process.exit(1);
}

for (const [command, args] of steps) {
  console.log(`> ${command} ${args.join(' ')}`);
  const { status } = spawnSync(bin(command), args, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
}
