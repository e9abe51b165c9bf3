import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { locateAssembly, readAssembly } from '../../../rehearsal/assembly/read-assembly';

const FIXTURES = join(__dirname, 'fixtures');

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'assembly-'));
});
afterEach(() => rmSync(scratch, { recursive: true }));

/** An assembly directory with these files. */
function assemblyOf(files: Readonly<Record<string, string>>): string {
  const directory = join(scratch, 'cdk.out');
  mkdirSync(directory);
  Object.entries(files).forEach(([name, text]) => writeFileSync(join(directory, name), text));
  return directory;
}

const manifestOf = (artifacts: object): string => JSON.stringify({ version: '55.0.0', artifacts });
const STACK = { type: 'aws:cloudformation:stack', environment: 'aws://unknown-account/unknown-region', properties: { templateFile: 'A.template.json' } };

describe('locateAssembly', () => {
  test('takes the directory that is named, from the working directory', () => {
    expect(locateAssembly('build/out', '/app')).toBe('/app/build/out');
  });

  test('takes the output of cdk.json', () => {
    writeFileSync(join(scratch, 'cdk.json'), '{ "app": "node app", "output": "build/cdk.out" }');
    expect(locateAssembly(undefined, scratch)).toBe(join(scratch, 'build/cdk.out'));
  });

  test('takes cdk.out where cdk.json names no output, and where there is none', () => {
    expect(locateAssembly(undefined, scratch)).toBe(join(scratch, 'cdk.out'));
    writeFileSync(join(scratch, 'cdk.json'), '{ "app": "node app" }');
    expect(locateAssembly(undefined, scratch)).toBe(join(scratch, 'cdk.out'));
  });

  test('fails when cdk.json is broken', () => {
    writeFileSync(join(scratch, 'cdk.json'), '{ "app": ');
    expect(() => locateAssembly(undefined, scratch)).toThrow(`cdk.json is not valid JSON: ${join(scratch, 'cdk.json')}: `);
  });
});

describe('readAssembly', () => {
  test('reads the stacks with their environment and name', () => {
    const { stacks } = readAssembly(join(FIXTURES, 'web'));
    expect(stacks.map(({ id, path, stackName, account, region }) => [id, path, stackName, account, region])).toEqual([
      ['Base', 'Base', 'Base', '222222222222', 'eu-west-1'],
      ['EcsWeb', 'EcsWeb', 'ecs-web', '222222222222', 'eu-west-1'],
    ]);
  });

  test('reads the stacks of a stage and the nested stacks in them, in a made-up account', () => {
    const { stacks } = readAssembly(join(FIXTURES, 'staged'));
    expect(stacks.map(({ id, path, account, region }) => [id, path, account, region])).toEqual([
      ['ProdWeb', 'Prod/Web', '111111111111', 'us-east-1'],
      ['ProdWebInner', 'Prod/Web/Inner', '111111111111', 'us-east-1'],
    ]);
  });

  test('says that a manifest is newer than what it was tried with', () => {
    expect(readAssembly(join(FIXTURES, 'staged')).approximated).toEqual([
      'the cloud assembly has version 99.1.0; the newest that this command was tried with is 55.0.0',
    ]);
  });

  test('fails when there is no such directory', () => {
    expect(() => readAssembly('/nowhere/cdk.out')).toThrow(
      "no such directory: /nowhere/cdk.out; run 'cdk synth' first, or name the output directory of your app with --app",
    );
  });

  test('fails when the directory is no assembly', () => {
    const directory = assemblyOf({});
    expect(() => readAssembly(directory)).toThrow(`${directory} is not a cloud assembly, since it holds no manifest.json; name the output directory of 'cdk synth' with --app`);
  });

  test('fails when the directory is a file', () => {
    const file = join(assemblyOf({ 'manifest.json': '{}' }), 'manifest.json');
    expect(() => readAssembly(file)).toThrow(`${file} is not a cloud assembly`);
  });

  test.each([
    ['{}', 'has no version'],
    ['{ "version": 55 }', 'has version 55'],
    ['{ "version": "next" }', 'has version "next"'],
    ['{ "version": "1.10.0" }', 'has version "1.10.0"'],
  ])('fails when the manifest is %s', (manifest, problem) => {
    const directory = assemblyOf({ 'manifest.json': manifest });
    expect(() => readAssembly(directory)).toThrow(
      `${directory}/manifest.json ${problem}, and this command reads cloud assemblies from version 16.0.0 on; synthesize the app with aws-cdk-lib 2`,
    );
  });

  test('fails when the manifest is broken, and names it', () => {
    const directory = assemblyOf({ 'manifest.json': '{ "version": "55.0.0", ' });
    expect(() => readAssembly(directory)).toThrow(`manifest is not valid JSON: ${directory}/manifest.json: `);
  });

  test('fails when the manifest is a list', () => {
    const directory = assemblyOf({ 'manifest.json': '[]' });
    expect(() => readAssembly(directory)).toThrow(`manifest must be a JSON object: ${directory}/manifest.json`);
  });

  test('fails when no stack is there', () => {
    const directory = assemblyOf({ 'manifest.json': manifestOf({}) });
    expect(() => readAssembly(directory)).toThrow(`${directory}/manifest.json names no stack; name the output directory of 'cdk synth' with --app`);
  });

  test('fails when a template is missing, and names it', () => {
    const directory = assemblyOf({ 'manifest.json': manifestOf({ A: STACK }) });
    expect(() => readAssembly(directory)).toThrow(`template of stack A does not exist: ${directory}/A.template.json; synthesize the app again with 'cdk synth'`);
  });

  test('fails when a template is broken, and names it', () => {
    const directory = assemblyOf({ 'manifest.json': manifestOf({ A: STACK }), 'A.template.json': '{' });
    expect(() => readAssembly(directory)).toThrow(`template of stack A is not valid JSON: ${directory}/A.template.json: `);
  });

  test('fails when a resource has no type', () => {
    const directory = assemblyOf({ 'manifest.json': manifestOf({ A: STACK }), 'A.template.json': '{ "Resources": { "X": {} } }' });
    expect(() => readAssembly(directory)).toThrow('template of stack A holds a resource without Type: X in ');
  });

  test('fails when stages nest in a circle', () => {
    const directory = assemblyOf({ 'manifest.json': manifestOf({ Loop: { type: 'cdk:cloud-assembly', properties: { directoryName: '.' } } }) });
    expect(() => readAssembly(directory)).toThrow('nests more than 16 stages, most likely in a circle');
  });
});
