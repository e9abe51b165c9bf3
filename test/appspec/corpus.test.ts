/** Every file of the corpus through the rules, and through the built command. */
import { join } from 'node:path';

import type { Platform } from '../../lib/model/appspec/rules';
import { ECS_RULES, LAMBDA_RULES, PLATFORMS, PLATFORM_NAMES, RESOURCE_RULES, RULES, SERVER_RULES } from '../../lib/model/appspec/rules';
import { greenlight } from '../support/greenlight';
import { CORPUS, expected, filesOf, isSound, judge, ruleOf } from './cases';

const LEAST: Readonly<Record<Platform, number>> = { server: 40, ecs: 15, lambda: 10 };

const OWN_RULES: Readonly<Record<Platform, object>> = { server: SERVER_RULES, ecs: { ...RESOURCE_RULES, ...ECS_RULES }, lambda: LAMBDA_RULES };

describe.each(PLATFORMS)('the corpus of %s', (platform) => {
  const files = filesOf(platform);
  const broken = files.filter((file) => !isSound(file));
  const sound = files.filter(isSound);

  test('holds as many broken rules as it has to, every rule of the platform among them', () => {
    const rules = new Set(broken.map(ruleOf));
    expect(rules.size).toBeGreaterThanOrEqual(LEAST[platform]);
    expect(Object.keys(OWN_RULES[platform]).filter((rule) => !rules.has(rule))).toEqual([]);
  });

  test.each(broken)('%s breaks its rule once, and no other', (file) => {
    expect(judge(platform, file, platform).map(({ rule, level }) => ({ rule, level }))).toEqual([{ rule: ruleOf(file), level: RULES[ruleOf(file) as keyof typeof RULES].level }]);
  });

  test('each is told at its line, in its own words', () => {
    const lines = broken.flatMap((file) => judge(platform, file, platform).map(({ line, message }) => `${file}:${line}: ${message}`));
    expect(lines).toEqual(expected(platform));
    const messages = new Map(broken.flatMap((file) => judge(platform, file, platform).map(({ message }) => [message, ruleOf(file)])));
    expect(new Set(messages.values())).toEqual(new Set(broken.map(ruleOf)));
  });

  test.each(sound)('%s is sound, and tells what it is for', (file) => {
    expect(judge(platform, file)).toEqual([]);
  });

  test('the command says the same', () => {
    const { status, stdout, stderr } = greenlight(['appspec', 'lint', '--platform', platform, ...broken], { cwd: join(CORPUS, platform) });
    expect(stdout.trimEnd().split('\n')).toEqual(expected(platform));
    expect([status, stderr]).toEqual([1, '']);
  });

  test('the command finds nothing in what is sound', () => {
    expect(greenlight(['appspec', 'lint', ...sound], { cwd: join(CORPUS, platform) })).toMatchObject({
      status: 0,
      stdout: '',
      stderr: sound.map((file) => `${file} is a sound AppSpec for ${PLATFORM_NAMES[platform]}\n`).join(''),
    });
  });
});

test('a broken file tells what it is for too, unless that is what it lacks', () => {
  const telling = PLATFORMS.flatMap((platform) => filesOf(platform).map((file) => ({ platform, file }))).filter(({ platform, file }) => {
    const told = judge(platform, file).map(({ rule }) => rule);
    return JSON.stringify(told) !== JSON.stringify(judge(platform, file, platform).map(({ rule }) => rule));
  });
  expect(telling.map(({ platform, file }) => `${platform}/${file}`)).toEqual([
    // Its only resource is that of another platform, or none.
    expect.stringMatching(/^ecs\/\d+-resources-missing/),
    expect.stringMatching(/^ecs\/\d+-resources-count\.none/),
    expect.stringMatching(/^lambda\/\d+-resources-missing/),
    expect.stringMatching(/^lambda\/\d+-type-wrong/),
    expect.stringMatching(/^server\/\d+-foreign-section/),
    // `judge` looks at names where it is given the platform.
    expect.stringMatching(/^server\/\d+-file-name\//),
    expect.stringMatching(/^server\/\d+-file-name-json/),
    expect.stringMatching(/^server\/\d+-file-name-yaml/),
  ]);
});

test('files that do not tell what they are for', () => {
  const files = filesOf('untold');
  expect(files.map((file) => judge('untold', file).map(({ rule }) => rule))).toEqual(files.map(() => ['platform-unknown']));
  const { status, stdout, stderr } = greenlight(['appspec', 'lint', ...files], { cwd: join(CORPUS, 'untold') });
  expect([status, stderr]).toEqual([1, '']);
  expect(stdout.trimEnd().split('\n')).toEqual(expected('untold'));
});

test('every rule has a file that breaks it', () => {
  const rules = new Set([...PLATFORMS, 'untold'].flatMap((folder) => filesOf(folder).map(ruleOf)));
  expect(Object.keys(RULES).filter((rule) => !rules.has(rule))).toEqual([]);
});
