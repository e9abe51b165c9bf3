/**
 * `npm run rehearse`: builds, synthesizes the example, and rehearses a good and a bad release of it.
 * Ends with 0 when each scenario came out as it states, else with 1.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, ROOT } from './build.mjs';

const SCENARIOS = ['good', 'broken'];
const REPORTS = join(ROOT, 'build', 'reports');

console.log('Rehearsing examples/ecs-web: a good release, then a broken one.');
await build({ synth: true, say: (line) => console.log(`  ${line}`) });
mkdirSync(REPORTS, { recursive: true });

const surprises = SCENARIOS.filter((name) => {
  const report = join(REPORTS, `${name}.json`);
  const command = join(ROOT, 'build', 'rehearsal', 'greenlight.js');
  const args = ['rehearse', '--scenario', relative(ROOT, join(ROOT, 'examples', 'ecs-web', `${name}.yaml`)), '--json', relative(ROOT, report)];
  const { status, signal } = spawnSync(process.execPath, [command, ...args], { cwd: ROOT, stdio: 'inherit' });
  if (signal || status > 1) {
    return true;
  }
  const { outcome, expected } = JSON.parse(readFileSync(report, 'utf8'));
  return outcome !== expected;
});

console.log(`\nReports: ${SCENARIOS.map((name) => relative(ROOT, join(REPORTS, `${name}.json`))).join(', ')}`);
if (surprises.length > 0) {
  console.error(`Not as the scenario states: ${surprises.join(', ')}`);
  process.exitCode = 1;
}
