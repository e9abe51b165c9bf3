/**
 * One AppSpec with all that the user guide and the agent know, on its way: from the builder into a bundle and out of the archive again, through the linters of synth and of the command, and
 * written by hand to the same end.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure.html#server-appspec-structure
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { parse } from 'yaml';

import { ServerAppSpec, ServerFileExistsBehavior, ServerFileType, ServerOperatingSystem, ServerRevision } from '../../../lib';
import { readZip } from '../../../rehearsal/documents/bundle/read-zip';
import { greenlight, inTemporaryFolder } from '../../support/greenlight';

process.env.CDK_VALIDATION = 'false';

const BY_HAND = `version: 0.0
os: linux
files:
  - source: Config/config.txt
    destination: /webapps/Config
  - source: source
    destination: /webapps/myApp
file_exists_behavior: OVERWRITE
permissions:
  - object: /webapps/myApp
    pattern: "**"
    except: [secrets.txt]
    owner: webapp
    group: webapp
    mode: "4750"
    acls: ["u:logger:rw", "m::r-x"]
    context: { user: unconfined_u, name: unconfined_u, type: httpd_sys_content_t, range: "s0-s3:c0,c2.c5" }
    type: [file]
hooks:
  ApplicationStop:
    - location: Scripts/stop.sh
      timeout: 180
      runas: webapp
  BeforeInstall:
    - location: Scripts/UnzipResourceBundle.sh
      timeout: 1800
      runas: root
    - location: Scripts/UnzipDataBundle.sh
      timeout: 1800
      runas: root
  AfterInstall:
    - location: Scripts/RunResourceTests.sh
      timeout: 180
  ApplicationStart:
    - location: Scripts/RunFunctionalTests.sh
      timeout: 3600
      runas: webapp
  ValidateService:
    - location: Scripts/MonitorService.sh
`;

const BUILT = new ServerAppSpec({
  os: ServerOperatingSystem.LINUX,
  files: [
    { source: 'Config/config.txt', destination: '/webapps/Config' },
    { source: 'source', destination: '/webapps/myApp' },
  ],
  fileExistsBehavior: ServerFileExistsBehavior.OVERWRITE,
  permissions: [
    {
      object: '/webapps/myApp',
      pattern: '**',
      except: ['secrets.txt'],
      owner: 'webapp',
      group: 'webapp',
      mode: '4750',
      acls: ['u:logger:rw', 'm::r-x'],
      context: { user: 'unconfined_u', type: 'httpd_sys_content_t', range: 's0-s3:c0,c2.c5' },
      types: [ServerFileType.FILE],
    },
  ],
  hooks: {
    applicationStop: [{ location: 'Scripts/stop.sh', timeout: Duration.minutes(3), runAs: 'webapp' }],
    beforeInstall: ['Resource', 'Data'].map((what) => ({ location: `Scripts/Unzip${what}Bundle.sh`, timeout: Duration.minutes(30), runAs: 'root' })),
    afterInstall: [{ location: 'Scripts/RunResourceTests.sh', timeout: Duration.minutes(3) }],
    applicationStart: [{ location: 'Scripts/RunFunctionalTests.sh', timeout: Duration.hours(1), runAs: 'webapp' }],
    validateService: [{ location: 'Scripts/MonitorService.sh' }],
  },
});

const SCRIPTS = ['stop', 'UnzipResourceBundle', 'UnzipDataBundle', 'RunResourceTests', 'RunFunctionalTests', 'MonitorService'].map((name) => `Scripts/${name}.sh`);
const FILES: Readonly<Record<string, string>> = { 'Config/config.txt': 'x=1\n', 'source/index.html': '<p>\n', ...Object.fromEntries(SCRIPTS.map((name) => [name, '#!/bin/bash\nexit 0\n'])) };

function write(folder: string, files: Readonly<Record<string, string>>): void {
  Object.entries(files).forEach(([name, content]) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
    chmodSync(join(folder, name), 0o644);
  });
}

/** What an agent finds in the archive that the stack deploys. */
function unpacked(revision: ServerRevision): { readonly text: string; readonly appSpec: unknown; readonly executable: readonly string[] } {
  const app = new App();
  const { bundle, findings } = revision._bind(new Stack(app, 'Shop'));
  expect(findings).toEqual([]);
  const zip = readZip(join(app.outdir, bundle?.assetPath ?? ''));
  const text = zip.read('appspec.yml', 100_000).toString();
  return { text, appSpec: parse(text), executable: zip.entries.flatMap((entry) => (entry.kind === 'file' && entry.executable ? [entry.path] : [])) };
}

const inBundle = <T>(files: Readonly<Record<string, string>>, use: (folder: string) => T): T =>
  inTemporaryFolder((folder) => {
    write(folder, files);
    return use(folder);
  });

test('builder, bundle and linter come to what is written by hand', () => {
  const built = inBundle(FILES, (folder) => unpacked(ServerRevision.fromDirectory(folder, { appSpec: BUILT })));
  const byHand = inBundle({ ...FILES, 'appspec.yml': BY_HAND }, (folder) => unpacked(ServerRevision.fromDirectory(folder)));
  expect(byHand.text).toBe(BY_HAND);
  expect(built.appSpec).toEqual(parse(BY_HAND));
  expect(built.appSpec).toEqual(byHand.appSpec);
  expect(built.executable).toEqual([...SCRIPTS].sort());
  expect(byHand.executable).toEqual(built.executable);
});

test('what came out of the archive is clean for the command, with its bundle and without, and makes the same archive again', () => {
  const { text, appSpec } = inBundle(FILES, (folder) => unpacked(ServerRevision.fromDirectory(folder, { appSpec: BUILT })));
  inBundle({ ...FILES, 'appspec.yml': text }, (folder) => {
    expect(greenlight(['appspec', 'lint', join(folder, 'appspec.yml'), '--platform', 'server'])).toMatchObject({ status: 0, stdout: '' });
    SCRIPTS.forEach((script) => chmodSync(join(folder, script), 0o755));
    expect(greenlight(['appspec', 'lint', '--bundle', folder, join(folder, 'appspec.yml')])).toMatchObject({ status: 0, stdout: '' });
    const again = unpacked(ServerRevision.fromDirectory(folder));
    expect(again.text).toBe(text);
    expect(again.appSpec).toEqual(appSpec);
  });
});
