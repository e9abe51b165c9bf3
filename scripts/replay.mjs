/**
 * `npm run replay`: builds, synthesizes the examples, and plays what CloudFormation does with those that it deploys: a service, and instances in blue/green, with groups that alternate and with copies, with the handlers as they ship.
 * Ends with 0 when exactly the wanted deployments were started and each request got one answer, and nothing is left behind, else with 1.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build, ROOT } from './build.mjs';

await build({ synth: true, say: (line) => console.log(`  ${line}`) });
const args = [
  join('build', 'cdk.out'),
  ...['EcsWeb/Web', join('examples', 'ecs-web', 'good-then-broken.yaml')],
  ...['ServerBlueGreen/Rollout', join('examples', 'server-blue-green', 'good-then-broken.yaml')],
  ...['ServerCopied/Rollout', join('examples', 'server-blue-green', 'copied-then-broken.yaml')],
];
const { status, error } = spawnSync(process.execPath, [join(ROOT, 'build', 'rehearsal', 'replay.js'), ...args], { cwd: ROOT, stdio: 'inherit' });
if (error) {
  throw error;
}
process.exitCode = status ?? 3;
