import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { App, Lazy, Stack } from 'aws-cdk-lib/core';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { AppSpecDocument, AppSpecPlatform } from '../../../lib';
import { anyAppSpec } from '../../support/appspecs';
import { inTemporaryFolder } from '../../support/greenlight';
import { CORPUS, filesOf, isSound, ruleOf } from '../../appspec/cases';
import { RULES } from '../../../lib/model/appspec/rules';
import { fc } from '../../support/properties';

process.env.CDK_VALIDATION = 'false';

const stackOf = () => new Stack(new App(), 'Shop');

const SERVER = 'version: 0.0\nos: linux\nfiles:\n  - source: /\n    destination: /srv\n';
const LAMBDA = `version: 0.0
Resources:
  - orders:
      Type: AWS::Lambda::Function
      Properties: { Name: orders, Alias: live, CurrentVersion: "1", TargetVersion: "2" }
`;

describe('a text', () => {
  test('is printed as YAML and as JSON, each with the version that its platform takes', () => {
    const stack = stackOf();
    const server = AppSpecDocument.parse(SERVER);
    expect(server.platform).toBe(AppSpecPlatform.SERVER);
    expect(server.toYaml(stack)).toBe(SERVER);
    expect(server.toJson(stack)).toBe('{"version":0.0,"os":"linux","files":[{"source":"/","destination":"/srv"}]}');

    const lambda = AppSpecDocument.parse(LAMBDA);
    expect(lambda.platform).toBe(AppSpecPlatform.LAMBDA);
    const json = '{"version":"0.0","Resources":[{"orders":{"Type":"AWS::Lambda::Function","Properties":{"Name":"orders","Alias":"live","CurrentVersion":"1","TargetVersion":"2"}}}]}';
    expect(lambda.toJson(stack)).toBe(json);
    expect(AppSpecDocument.parse(json).toYaml(stack)).toBe(lambda.toYaml(stack));
    expect(lambda.toYaml(stack)).toMatch(/^version: "0\.0"\nResources:\n {2}- orders:\n/);
  });

  test('that is printed is read as what it was', () => {
    const stack = stackOf();
    fc.assert(
      fc.property(anyAppSpec, (value) => {
        const document = AppSpecDocument.parse(JSON.stringify(value).replace('{"version":0,', '{"version":0.0,'));
        expect(document._document()).toEqual(value);
        expect(AppSpecDocument.parse(document.toYaml(stack))._document()).toEqual(value);
        expect(AppSpecDocument.parse(document.toJson(stack))._document()).toEqual(value);
      }),
      { numRuns: 100 },
    );
  });

  test('says everything that is wrong with it, with lines', () => {
    expect(() => AppSpecDocument.parse('version: 1\nos: linux\nhooks:\n  BeforeInstall:\n    - timeout: 0\n')).toThrow(
      new Error(
        "AppSpec, line 1: 'version' must be 0.0, got 1; there is no other yet\n" +
          "AppSpec, line 5: 'hooks.BeforeInstall[0].location' is missing; write the path of the script, relative to the root of the bundle\n" +
          "AppSpec, line 5: 'hooks.BeforeInstall[0].timeout' must be a whole number of seconds from 1 to 3600, got 0; leave it out for what the event has",
      ),
    );
    expect(() => AppSpecDocument.parse('a: b: c')).toThrow('AppSpec, line 1: not YAML: nested mappings are not allowed in compact mappings');
    expect(() => AppSpecDocument.parse('version: 0.0')).toThrow('AppSpec, line 1: it cannot be told which platform this AppSpec is for');
    expect(() => AppSpecDocument.parse(SERVER, { platform: AppSpecPlatform.ECS })).toThrow("AppSpec, line 1: 'Resources' is missing");
  });

  test('may have 262,144 bytes', () => {
    const padded = (bytes: number) => `${SERVER}#`.padEnd(bytes, ' ');
    expect(AppSpecDocument.parse(padded(262_144)).platform).toBe(AppSpecPlatform.SERVER);
    expect(() => AppSpecDocument.parse(padded(262_145))).toThrow('an AppSpec may have 262144 bytes, got 262145; give the AppSpec alone, and not the bundle that it is in');
    expect(() => AppSpecDocument.parse(`#${'é'.repeat(131_072)}`)).toThrow('an AppSpec may have 262144 bytes, got 262145');
  });

  test('that holds deploy-time values is printed as JSON, and its known values are held to the rules', () => {
    const stack = stackOf();
    const name = Lazy.string({ produce: () => 'orders-7' });
    const document = AppSpecDocument.parse(LAMBDA.replace('Name: orders', `Name: "${name}"`));
    const resolved = JSON.parse(stack.resolve(document.toYaml(stack)));
    expect(resolved).toEqual(JSON.parse(stack.resolve(document.toJson(stack))));
    expect(resolved.Resources[0].orders.Properties).toEqual({ Name: 'orders-7', Alias: 'live', CurrentVersion: '1', TargetVersion: '2' });
    expect(() => AppSpecDocument.parse(LAMBDA.replace('Name: orders', `Name: "${name}"`).replace('"2"', '$LATEST'))).toThrow("AppSpec, line 5: 'TargetVersion' must be a whole number from 1");
  });

  test('that may not do what it says warns where it is used', () => {
    const stack = stackOf();
    AppSpecDocument.parse(LAMBDA.replace('"2"', '"1"')).toJson(stack);
    Annotations.fromStack(stack).hasWarning('/Shop', Match.stringLikeRegexp("^AppSpec: 'TargetVersion' is \"1\", as is 'CurrentVersion'.*cdk-greenlight:appspec-function-version-same"));
  });
});

describe('a file', () => {
  const corpus = (['ecs', 'lambda', 'server'] as const).flatMap((folder) => filesOf(folder).map((file) => ({ folder, file })));

  test.each(corpus)('$folder/$file is taken, or refused as the command refuses it', ({ folder, file }) => {
    const read = () => AppSpecDocument.fromFile(join(CORPUS, folder, file), { platform: folder as AppSpecPlatform });
    if (isSound(file) || RULES[ruleOf(file) as keyof typeof RULES].level === 'warning') {
      expect(read().platform).toBe(folder);
    } else {
      expect(read).toThrow(ruleOf(file) === 'not-utf8' ? 'is not UTF-8' : new RegExp(`${file.replaceAll('.', '\\.')}:\\d+: `));
    }
  });

  test('is bounded, and has to be there', () => {
    inTemporaryFolder((folder) => {
      mkdirSync(join(folder, 'directory'));
      writeFileSync(join(folder, 'long.yml'), `${SERVER}#`.padEnd(262_145, ' '));
      expect(() => AppSpecDocument.fromFile(join(folder, 'long.yml'))).toThrow('long.yml has 262145 bytes, and an AppSpec may have 262144; name the AppSpec alone');
      expect(() => AppSpecDocument.fromFile(join(folder, 'nowhere.yml'))).toThrow('ENOENT');
      expect(() => AppSpecDocument.fromFile(join(folder, 'directory'))).toThrow('EISDIR');
    });
  });
});
