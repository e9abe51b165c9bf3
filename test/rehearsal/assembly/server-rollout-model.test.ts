/** Rollouts to EC2/on-premises as the assembly tells them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ServerRolloutDescription } from '../../../lib/model/server/rollout';
import { readAssembly } from '../../../rehearsal/assembly/read-assembly';
import { findRollouts, type FoundServerRollout } from '../../../rehearsal/assembly/rollouts';
import { resolveServerRollout, type ServerRolloutModel } from '../../../rehearsal/assembly/server-rollout-model';
import { synthesizeFleet, type FleetOptions } from '../server/fleet-app';

const made: string[] = [];
afterAll(() => made.forEach((directory) => rmSync(directory, { recursive: true, force: true })));

function synthesized(options?: FleetOptions): string {
  const directory = synthesizeFleet(options);
  made.push(directory);
  return directory;
}

function models(directory: string): readonly ServerRolloutModel[] {
  const assembly = readAssembly(directory);
  return findRollouts(assembly).map((found) => resolveServerRollout(assembly, found as FoundServerRollout));
}

const withRevision = (revision: Partial<ServerRolloutDescription['revision']> | undefined): FleetOptions => ({ description: ({ revision: _, ...description }) => ({ ...description, ...(revision === undefined ? {} : { revision }) }) });

const directory = synthesized();

test('both are found, after those of other platforms', () => {
  expect(findRollouts(readAssembly(directory)).map(({ controller, name }) => [controller, name])).toEqual([['SERVER', 'ServerInPlace/Fleet'], ['SERVER', 'ServerInPlace/Sidecar']]);
});

test('names, targets and the size of the fleet are those of the template', () => {
  const [fleet] = models(directory);
  expect(fleet).toMatchObject({
    controller: 'SERVER',
    name: 'ServerInPlace/Fleet',
    application: { name: 'shop-Fleet', arn: 'arn:aws:codedeploy:us-east-1:111111111111:application:shop-Fleet' },
    deploymentGroup: { name: 'Fleet', arn: 'arn:aws:codedeploy:us-east-1:111111111111:deploymentgroup:shop-Fleet/Fleet' },
    deploymentConfig: { name: 'half-zone-by-zone' },
    revision: { revisionType: 'S3', s3Location: { bucket: 'assets', key: 'Fleet.zip', bundleType: 'zip' } },
    ignorePollAlarmFailure: false,
  });
  expect(fleet!.alarms.map(({ name }) => name)).toEqual(['fleet-verdict']);
  expect(fleet!.autoScalingGroups).toEqual([
    { name: expect.stringMatching(/^ServerInPlace-Servers-/), logicalId: 'Servers', capacity: 6, min: 2, max: 20, zones: ['us-east-1a', 'us-east-1b'], zonesAreKnown: true, tags: { role: 'web' } },
  ]);
  expect(fleet!.targets).toEqual({ autoScalingGroups: [fleet!.autoScalingGroups[0]!.name], ec2TagGroups: [], onPremisesTagGroups: [] });
  expect(fleet!.loadBalancers).toHaveLength(1);
});

test('Auto Scaling groups are found by the tags that they give to instances', () => {
  const [fleet, sidecar] = models(directory);
  expect(fleet!.taggedGroups).toEqual([]);
  expect(sidecar!.taggedGroups).toEqual(fleet!.autoScalingGroups);
  expect(sidecar!.autoScalingGroups).toEqual([]);
  const others: FleetOptions = { description: (description) => ({ ...description, targets: { ...description.targets, ec2TagGroups: [[{ key: 'role', value: 'web' }], [{ key: 'role', value: 'db' }]] } }) };
  expect(models(synthesized(others))[0]!.taggedGroups).toEqual([]);
});

test('what the bundle does is read from its archive', () => {
  const [fleet, sidecar] = models(directory);
  expect(fleet!.bundle).toEqual({
    path: expect.stringMatching(/\/asset\.[0-9a-f]{64}\.zip$/),
    os: 'linux',
    copies: [{ source: '/app', destination: '/srv/shop' }],
    permissions: [],
    scripts: {
      ApplicationStop: [{ location: 'scripts/stop.sh', timeoutSeconds: 60, runAs: 'root' }],
      BeforeInstall: [{ location: 'scripts/prepare.sh', timeoutSeconds: 120 }],
      ApplicationStart: [{ location: 'scripts/start.sh', timeoutSeconds: 300 }],
      ValidateService: [{ location: 'scripts/validate.sh', timeoutSeconds: 90 }],
    },
    files: ['/srv/shop/index.html'],
  });
  expect(sidecar!.bundle).toMatchObject({ scripts: { AfterInstall: [{ location: 'reload.sh', timeoutSeconds: 30 }] }, files: ['/etc/sidecar/sidecar.conf'] });
});

test('or from its folder; everything is copied from the root, and no time-out is an hour', () => {
  const path = folder();
  const [fleet] = models(synthesized(withRevision({ source: 'asset', bucket: { value: 'assets' }, key: 'k', bundleType: 'zip', path })));
  expect(fleet!.bundle).toEqual({
    path,
    os: 'linux',
    copies: [{ source: '/', destination: '/srv/all/' }],
    permissions: [],
    scripts: { ValidateService: [{ location: 'check.sh', timeoutSeconds: 3600 }] },
    files: ['/srv/all/appspec.yml', '/srv/all/check.sh'],
    fileExistsBehavior: 'OVERWRITE',
  });
});

test('permissions are told as the agent reads them, octal numbers included', () => {
  const permissions = `
  - { object: /srv/all, mode: 644, pattern: '*.sh', except: [check.sh], type: [file], owner: web }
  - { pattern: 'has no object' }
  - { object: /srv/all/check.sh, mode: 0644, acls: ['u:web:rw'], group: web, context: { user: web } }
  - { object: /srv/other, mode: '0755' }
  - { object: /srv/third }`;
  const [fleet] = models(synthesized(withRevision({ source: 'asset', bucket: { value: 'assets' }, key: 'k', bundleType: 'zip', path: folder(`permissions:${permissions}\n`) })));
  const all = { pattern: '**', except: [], types: ['file', 'directory'], others: [] };
  expect(fleet!.bundle!.permissions).toEqual([
    { ...all, object: '/srv/all', mode: '644', pattern: '*.sh', except: ['check.sh'], types: ['file'], others: ['owner'] },
    { ...all, object: '/srv/all/check.sh', mode: '420', others: ['group', 'acls', 'context'] },
    { ...all, object: '/srv/other', mode: '0755' },
    { ...all, object: '/srv/third' },
  ]);
});

function folder(more = ''): string {
  const path = mkdtempSync(join(tmpdir(), 'bundle-'));
  made.push(path);
  writeFileSync(join(path, 'appspec.yml'), 'version: 0.0\nos: linux\nfile_exists_behavior: OVERWRITE\nfiles:\n  - { source: /, destination: /srv/all/ }\nhooks:\n  ValidateService:\n    - location: check.sh\n' + more);
  writeFileSync(join(path, 'check.sh'), '#!/bin/sh\n');
  return path;
}

test.each([
  ['none', undefined, undefined],
  ['GitHub', { source: 'gitHub', repository: 'us/shop', commitId: 'abc' }, { revisionType: 'GitHub', gitHubLocation: { repository: 'us/shop', commitId: 'abc' } }],
  ['the bucket of assets, which has account and region in its name', { source: 'bucket', bucket: { value: 'cdk-assets-<AWS::AccountId>-<AWS::Region>-<AWS::Other>' }, key: 'a.zip', bundleType: 'zip' }, { revisionType: 'S3', s3Location: { bucket: 'cdk-assets-111111111111-us-east-1-<AWS::Other>', key: 'a.zip', bundleType: 'zip' } }],
  ['a bucket', { source: 'bucket', bucket: { value: 'ours' }, key: 'a.tgz', bundleType: 'tgz', version: 'v7' }, { revisionType: 'S3', s3Location: { bucket: 'ours', key: 'a.tgz', bundleType: 'tgz', version: 'v7' } }],
] as const)('of a revision that is elsewhere nobody knows the scripts: %s', (_, given, revision) => {
  const [fleet] = models(synthesized(withRevision(given as never)));
  expect([fleet!.revision, fleet!.bundle]).toEqual([revision, undefined]);
});

test.each([
  ['an unknown key', { description: (description: object) => ({ ...description, colour: 'red' }) }, 'rollout.colour is not known'],
  ['blue/green that says nothing of its fleet', { description: (description: object) => ({ ...description, deployment: { type: 'BLUE_GREEN' } }) }, 'rollout.deployment.fleet must be an object, got nothing'],
  ['another version', { description: (description: object) => ({ ...description, schemaVersion: 2 }) }, 'has schemaVersion 2'],
])('a description with %s is refused', (_, options, message) => {
  expect(() => models(synthesized(options))).toThrow(message);
});

test('a bundle that is gone is told', () => {
  expect(() => models(synthesized(withRevision({ source: 'asset', bucket: { value: 'assets' }, key: 'k', bundleType: 'zip', path: 'asset.gone.zip' })))).toThrow(/^no such bundle: .*asset\.gone\.zip; synthesize the app again with 'cdk synth'$/);
});

test('an Auto Scaling group that is made elsewhere has a size that nobody knows', () => {
  const options: FleetOptions = { description: (description) => ({ ...description, targets: { ...description.targets, autoScalingGroups: [{ value: 'elsewhere' }] } }) };
  expect(models(synthesized(options))[0]!.autoScalingGroups).toEqual([{ name: 'elsewhere', zones: ['us-east-1a', 'us-east-1b'], zonesAreKnown: false, tags: {} }]);
});
