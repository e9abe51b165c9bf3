/**
 * `npm run replay`: builds, synthesizes the example, and plays what CloudFormation does with it, with the handlers as they ship.
 * Ends with 0 when exactly the wanted deployments were started and each request got one answer, else with 1.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build, ROOT } from './build.mjs';

await build({ synth: true, say: (line) => console.log(`  ${line}`) });
const args = [join('build', 'cdk.out'), 'EcsWeb/Web', join('examples', 'ecs-web', 'good-then-broken.yaml')];
const { status, error } = spawnSync(process.execPath, [join(ROOT, 'build', 'rehearsal', 'replay.js'), ...args], { cwd: ROOT, stdio: 'inherit' });
if (error) {
  throw error;
}
process.exitCode = status ?? 3;
