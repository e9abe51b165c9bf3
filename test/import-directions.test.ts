import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');

/** Lints a text as if it were a file of the project. */
function lint(file: string, text: string): string {
  const eslint = join(ROOT, 'node_modules', 'eslint', 'bin', 'eslint.js');
  const { stdout } = spawnSync(process.execPath, [eslint, '--stdin', '--stdin-filename', file, '--format', 'json'], { cwd: ROOT, input: text, encoding: 'utf8' });
  const messages = JSON.parse(stdout)[0].messages as { ruleId: string; message: string }[];
  return messages.map(({ ruleId, message }) => `${ruleId}: ${message}`).join('\n');
}

const use = (module: string) => `import * as planted from '${module}';\nexport const kept = planted;\n`;

describe('import directions', () => {
  test.each([
    ['lib/model/planted.ts', 'aws-cdk-lib/core', 'lib/model imports nothing'],
    ['lib/model/planted.ts', '../rollout/traffic-shift', 'lib/model imports nothing outside itself'],
    ['lib/model/appspec/planted.ts', 'yaml', 'lib/model imports nothing'],
    ['lib/model/appspec/planted.ts', '../../ecs/ecs-app-spec', 'lib/model imports nothing outside itself'],
    ['lib/ecs/planted.ts', '@aws-sdk/client-codedeploy', 'only lambda/adapters talks to AWS'],
    ['lib/ecs/planted.ts', '../../lambda/core/hook', 'handlers are reached as built files'],
    ['lib/index.ts', '../lambda/synth/suite-linter', 'handlers are reached as built files'],
    ['lib/ecs/planted.ts', '../../rehearsal/engine/ports', 'knows the rehearsal'],
    ['lambda/handlers/planted.ts', 'aws-cdk-lib/core', 'only lib and examples know the CDK'],
    ['lambda/handlers/planted.ts', '../../lib/hooks/lifecycle-hook', 'only lib/model is shared'],
    ['lambda/core/planted.ts', '@aws-sdk/client-codedeploy', 'only lambda/adapters talks to AWS'],
    ['lambda/core/planted.ts', 'node:http', 'decisions are pure'],
    ['lambda/core/planted.ts', '../adapters/clock', 'adapters are handed to it'],
    ['rehearsal/commands/planted.ts', '../../lambda/core/hook', 'handlers are reached as built files'],
    ['rehearsal/commands/planted.ts', '../../lib/ecs/ecs-rollout', 'only lib/model is shared'],
    ['rehearsal/engine/planted.ts', 'node:fs', 'decisions are pure'],
    ['rehearsal/engine/planted.ts', '../endpoints/codedeploy', 'the engine is pure'],
    ['test/lib/planted.test.ts', 'fast-check', 'properties take fc from test/support/properties'],
    ['test/support/planted.ts', 'fast-check', 'properties take fc from test/support/properties'],
  ])('%s must not import %s', (file, module, why) => {
    expect(lint(file, use(module))).toContain(why);
  });

  test.each([
    ['lib/model/appspec/planted.ts', '../limits'],
    ['lib/ecs/planted.ts', '../model/limits'],
    ['lib/ecs/planted.ts', '../lambda/lambda-app-spec'],
    ['lambda/core/planted.ts', '../../lib/model/suite'],
    ['rehearsal/engine/planted.ts', '../../lib/model/traffic'],
    ['rehearsal/commands/planted.ts', '../engine/ports'],
    ['test/support/properties.ts', 'fast-check'],
  ])('%s may import %s', (file, module) => {
    expect(lint(file, use(module))).toBe('');
  });

  test.each([
    ['lambda/core/planted.ts', 'export const now = Date.now();', 'time comes from a clock port'],
    ['lambda/core/planted.ts', 'export const now = new Date();', 'time comes from a clock port'],
    ['rehearsal/engine/planted.ts', 'export const chance = Math.random();', 'randomness comes from a port'],
    ['lib/model/appspec/planted.ts', 'export const now = Date.now();', 'time comes from a clock port'],
    ['lib/model/planted.ts', 'export const home = process.env.HOME;', 'the environment is read at the edge'],
  ])('%s must not hold %s', (file, text, why) => {
    expect(lint(file, text)).toContain(why);
  });
});
