import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');

/** One process for all of them: to load ESLint with its rules takes longer than what it is asked. */
const PROGRAM = `
  const { ESLint } = require('eslint');
  const texts = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
  const eslint = new ESLint();
  Promise.all(texts.map(({ file, text }) => eslint.lintText(text, { filePath: file }))).then((all) => process.stdout.write(JSON.stringify(all.map(([{ messages }]) => messages))));
`;

interface Planted {
  readonly file: string;
  readonly text: string;
}

/** Lints texts as if they were files of the project. */
function lintAll(texts: readonly Planted[]): string[] {
  const { stdout } = spawnSync(process.execPath, ['-e', PROGRAM], { cwd: ROOT, input: JSON.stringify(texts), encoding: 'utf8' });
  const found = JSON.parse(stdout) as { ruleId: string; message: string }[][];
  return found.map((messages) => messages.map(({ ruleId, message }) => `${ruleId}: ${message}`).join('\n'));
}

const use = (module: string) => `import * as planted from '${module}';\nexport const kept = planted;\n`;

describe('import directions', () => {
  const forbidden = [
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
  ] as const;
  const allowed = [
    ['lib/model/appspec/planted.ts', '../limits'],
    ['lib/ecs/planted.ts', '../model/limits'],
    ['lib/ecs/planted.ts', '../lambda/lambda-app-spec'],
    ['lambda/core/planted.ts', '../../lib/model/suite'],
    ['rehearsal/engine/planted.ts', '../../lib/model/traffic'],
    ['rehearsal/commands/planted.ts', '../engine/ports'],
    ['test/support/properties.ts', 'fast-check'],
  ] as const;
  const impure = [
    ['lambda/core/planted.ts', 'export const now = Date.now();', 'time comes from a clock port'],
    ['lambda/core/planted.ts', 'export const now = new Date();', 'time comes from a clock port'],
    ['rehearsal/engine/planted.ts', 'export const chance = Math.random();', 'randomness comes from a port'],
    ['lib/model/appspec/planted.ts', 'export const now = Date.now();', 'time comes from a clock port'],
    ['lib/model/planted.ts', 'export const home = process.env.HOME;', 'the environment is read at the edge'],
  ] as const;

  const found = new Map<string, string>();
  const keyOf = ({ file, text }: Planted) => `${file}: ${text}`;
  const lint = (file: string, text: string) => found.get(keyOf({ file, text }));
  beforeAll(() => {
    const planted = [...forbidden.map(([file, module]) => ({ file, text: use(module) })), ...allowed.map(([file, module]) => ({ file, text: use(module) })), ...impure.map(([file, text]) => ({ file, text }))];
    lintAll(planted).forEach((messages, index) => found.set(keyOf(planted[index]!), messages));
  });

  test.each(forbidden)('%s must not import %s', (file, module, why) => {
    expect(lint(file, use(module))).toContain(why);
  });

  test.each(allowed)('%s may import %s', (file, module) => {
    expect(lint(file, use(module))).toBe('');
  });

  test.each(impure)('%s must not hold %s', (file, text, why) => {
    expect(lint(file, text)).toContain(why);
  });
});
