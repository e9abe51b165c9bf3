/** `npm run properties`: plays every test file that holds properties with other seeds than the one that `npm test` has, and names those that fail. */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const { values, positionals } = parseArgs({ options: { seeds: { type: 'string', default: '10' }, from: { type: 'string' } }, allowPositionals: true });

const count = Number(values.seeds);
const from = Number(values.from ?? 0);
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(from)) {
  console.error(`--seeds must be a whole number from 1 and --from a whole number, got ${values.seeds} and ${values.from}`);
  process.exit(1);
}
const files = positionals.length > 0 ? positionals : globSync('test/**/*.test.ts', { cwd: ROOT }).filter((file) => / from '.*support\/properties';/.test(readFileSync(join(ROOT, file), 'utf8')));
const seeds = Array.from({ length: count }, (_, index) => (values.from === undefined ? randomInt(2 ** 31) : from + index));

const failed = seeds.filter((seed) => {
  const env = { ...process.env, GREENLIGHT_PROPERTY_SEED: String(seed) };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'node_modules/jest/bin/jest.js'), ...files], { cwd: ROOT, env, encoding: 'utf8', maxBuffer: 2 ** 28 });
  console.log(`seed ${seed}: ${status === 0 ? 'holds' : `fails\n${stdout}${stderr}`}`);
  return status !== 0;
});

console.log(`${files.length} files, ${count} seeds, ${failed.length} of them fail${failed.length > 0 ? `: ${failed.join(', ')}` : ''}`);
process.exitCode = failed.length > 0 ? 1 : 0;
