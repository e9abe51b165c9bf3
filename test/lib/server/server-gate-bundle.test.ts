/** The script of a gate in the bundle of a folder. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { App, Duration, Stack } from 'aws-cdk-lib/core';

import type { ServerGateOptions } from '../../../lib';
import { ServerAppSpec, ServerOperatingSystem, ServerRevision, ServerTargets } from '../../../lib';
import { readZip } from '../../../rehearsal/documents/bundle/read-zip';
import { inTemporaryFolder } from '../../support/greenlight';
import { gate, privateFleet } from '../support/gate-sample';
import { only } from '../support/sample';
import { finishedServer, serverRolloutIn } from '../support/server-sample';

process.env.CDK_VALIDATION = 'false';

const SCRIPT = '#!/bin/sh\nexit 0\n';
const APPSPEC = `version: 0.0
os: linux
# what goes where
files:
  - source: web
    destination: /srv
permissions:
  - object: /srv
    mode: 644
hooks:
  ValidateService:
    - location: check.sh
      timeout: 60
      runas: nobody
`;
const SOUND = { 'appspec.yml': APPSPEC, 'check.sh': SCRIPT, 'web/index.html': '<p>\n' };

interface Released {
  readonly files: Readonly<Record<string, string>>;
  readonly executable: readonly string[];
  readonly script: string | undefined;
  readonly key: string;
  readonly findings: readonly string[];
}

/** A rollout in eu-central-1 whose revision is a folder of these files. */
function release(files: Readonly<Record<string, string>>, { given, ...options }: Partial<ServerGateOptions> & { readonly given?: (folder: string) => ServerRevision } = {}): Released {
  return inTemporaryFolder((folder) => {
    Object.entries(files).forEach(([name, content]) => {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    });
    const app = new App();
    const stack = new Stack(app, 'Shop', { env: { region: 'eu-central-1', account: '111122223333' } });
    const revision = given?.(folder) ?? ServerRevision.fromDirectory(folder);
    const rollout = serverRolloutIn(stack, { targets: ServerTargets.autoScalingGroups(privateFleet(stack)), revision, gates: { instance: gate(options) } });
    const { description, template } = finishedServer(stack, rollout);
    const asset = description.revision as { readonly path: string; readonly key: string };
    const { entries, read } = readZip(join(app.outdir, asset.path));
    only(template, 'AWS::Lambda::Function', 'FleetInstanceGate');
    return {
      files: Object.fromEntries(entries.map((entry) => [entry.path, entry.kind === 'file' ? read(entry.path, 10_000).toString('utf8') : entry.kind])),
      executable: entries.filter(({ kind, executable }) => kind === 'file' && executable).map(({ path }) => path),
      script: rollout.validateServiceScript,
      key: asset.key,
      findings: description.findings.map(({ id }) => id),
    };
  });
}

test('is a file of it, and runs after the scripts that are there', () => {
  const { files, executable, script, findings } = release(SOUND);
  expect(files).toEqual({
    'appspec.yml': `${APPSPEC}    - location: greenlight/validate-service.sh\n      timeout: 180\n`,
    'check.sh': SCRIPT,
    greenlight: 'folder',
    'greenlight/validate-service.sh': script,
    web: 'folder',
    'web/index.html': '<p>\n',
  });
  expect(executable).toEqual(['check.sh', 'greenlight/validate-service.sh']);
  expect(script).toContain("\nfunction_name='Shop-Fleet-InstanceGate-051DF183'\nregion='eu-central-1'\n");
  expect(findings).not.toContain('nothing-stops-a-release');
});

test('comes into an AppSpec that is made, and beside other files of its folder', () => {
  const appSpec = new ServerAppSpec({ os: ServerOperatingSystem.LINUX, files: [{ source: 'web', destination: '/srv' }] });
  const { files } = release({ 'web/index.html': '<p>\n', 'greenlight/readme.txt': 'mine\n' }, { given: (folder) => ServerRevision.fromDirectory(folder, { appSpec }), timeout: Duration.minutes(2) });
  expect(Object.keys(files)).toEqual(['appspec.yml', 'greenlight', 'greenlight/readme.txt', 'greenlight/validate-service.sh', 'web', 'web/index.html']);
  expect(files['appspec.yml']).toBe('version: 0.0\nos: linux\nfiles:\n  - source: web\n    destination: /srv\nhooks:\n  ValidateService:\n    - location: greenlight/validate-service.sh\n      timeout: 240\n');
});

test('is another bundle where the gate asks otherwise', () => {
  const keys = [release(SOUND).key, release(SOUND, { timeout: Duration.minutes(2) }).key, release(SOUND, { port: 8081 }).key, release(SOUND, { scriptInBundle: true }).key];
  expect(keys[1]).not.toBe(keys[0]);
  // Where instances are asked, the function knows.
  expect(keys[2]).toBe(keys[0]);
  expect(keys[3]).not.toBe(keys[0]);
});

test('is left to you where you say so', () => {
  const { files, script } = release(SOUND, { scriptInBundle: true });
  expect(files).toEqual({ 'appspec.yml': APPSPEC, 'check.sh': SCRIPT, web: 'folder', 'web/index.html': '<p>\n' });
  expect(script).toContain('#!/bin/sh\n');
});

const revision = (files: Readonly<Record<string, string>>, before?: (folder: string) => void) => () =>
  release(files, {
    given: (folder) => {
      before?.(folder);
      return ServerRevision.fromDirectory(folder);
    },
  });

test.each<[string, () => unknown, string]>([
  [
    'has a file of its name',
    revision({ ...SOUND, 'greenlight/validate-service.sh': SCRIPT }),
    "gate 'instance' puts its script into the bundle as 'greenlight/validate-service.sh', and bundle 'FOLDER' has 'greenlight/validate-service.sh' already; rename it or leave it out by 'exclude'; where it is the script of the gate, set 'scriptInBundle'",
  ],
  ['has a file in the place of its folder', revision({ ...SOUND, greenlight: '' }), "and bundle 'FOLDER' has 'greenlight' already; rename it"],
  ['has a link in the place of its folder', revision(SOUND, (folder) => symlinkSync('web', join(folder, 'greenlight'))), "and bundle 'FOLDER' has 'greenlight' already; rename it"],
  [
    'is for Windows',
    revision({ 'appspec.yml': 'version: 0.0\nos: windows\nfiles:\n  - source: web\n    destination: c:\\srv\n', 'web/index.html': '' }),
    "gate 'instance' asks by a script for Linux, and the AppSpec of bundle 'FOLDER' is for Windows; take the gate 'fleet', or write a script that invokes the function and set 'scriptInBundle'",
  ],
  [
    'leaves it no time',
    revision({ ...SOUND, 'appspec.yml': APPSPEC.replace('timeout: 60', 'timeout: 3421') }),
    "the script of gate 'instance', which may take 180 seconds, comes after yours in the AppSpec of bundle 'FOLDER': AppSpec, line 11: the timeouts of 'hooks.ValidateService' must come to 3600 seconds at most, which is what an event has, got 3601; lower them",
  ],
])('is refused by a bundle that %s', (_, build, message) => {
  let told = '';
  try {
    build();
  } catch (error) {
    told = (error as Error).message.replace(/bundle '[^']*'/g, "bundle 'FOLDER'");
  }
  expect(told).toContain(message);
});

test('has just the time that is left', () => {
  expect(revision({ ...SOUND, 'appspec.yml': APPSPEC.replace('timeout: 60', 'timeout: 3420') })).not.toThrow();
});
