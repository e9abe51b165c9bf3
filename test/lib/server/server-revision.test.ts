import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, Duration, Lazy, Stack, Stage } from 'aws-cdk-lib/core';

import type { ServerAppSpecProps, ServerDirectoryOptions, ServerGitHubOptions } from '../../../lib';
import { AppSpecBundleType, AppSpecDocument, ServerAppSpec, ServerOperatingSystem, ServerRevision } from '../../../lib';
import { readZip } from '../../../rehearsal/documents/bundle/read-zip';
import { greenlight, inTemporaryFolder } from '../../support/greenlight';

process.env.CDK_VALIDATION = 'false';

const { LINUX, WINDOWS } = ServerOperatingSystem;

type Files = Readonly<Record<string, string>>;

/** Writes files; a name that ends with a slash is a folder. */
function write(folder: string, files: Files, mode = 0o644): void {
  Object.entries(files).forEach(([name, content]) => {
    const at = join(folder, name);
    mkdirSync(name.endsWith('/') ? at : join(at, '..'), { recursive: true });
    if (!name.endsWith('/')) {
      writeFileSync(at, content, { mode });
    }
  });
}

function withFiles<T>(files: Files, use: (folder: string) => T): T {
  return inTemporaryFolder((folder) => {
    write(folder, files);
    return use(folder);
  });
}


/** The archive in the assembly. */
function archiveOf(revision: ServerRevision, app = new App()): { readonly file: string; readonly key: string } {
  const stack = new Stack(app, 'Shop');
  const { bundle, revision: location } = revision._bind(stack);
  const { s3Location } = stack.resolve(location);
  return { file: join(app.outdir, bundle?.assetPath ?? ''), key: s3Location.key };
}

const SCRIPT = '#!/bin/sh\nexit 0\n';
const APPSPEC = 'version: 0.0\nos: linux\nfiles:\n  - source: web\n    destination: /srv\nhooks:\n  AfterInstall:\n    - location: run.sh\n';
const SOUND: Files = { 'appspec.yml': APPSPEC, 'run.sh': SCRIPT, 'web/index.html': '<p>\n' };

const refused = (files: Files, message: string, options: ServerDirectoryOptions = {}) =>
  withFiles(files, (folder) => expect(() => ServerRevision.fromDirectory(folder, options)).toThrow(new Error(message.replaceAll('DIR', folder))));

describe('a folder', () => {
  test('is an archive in the assembly', () => {
    withFiles(SOUND, (folder) => {
      const stack = new Stack(new App(), 'Shop');
      const { revision, findings, readStatements, bundle } = ServerRevision.fromDirectory(folder)._bind(stack);
      const bucket = { 'Fn::Sub': 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}' };
      expect(stack.resolve(revision)).toEqual({ revisionType: 'S3', s3Location: { bucket, key: expect.stringMatching(/^[0-9a-f]{64}\.zip$/), bundleType: 'zip' } });
      expect(findings).toEqual([]);
      expect(readStatements.map((statement) => stack.resolve(statement.toStatementJson()))).toEqual([
        { Sid: 'ReadRevisions', Effect: 'Allow', Action: 's3:GetObject', Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::', bucket, '/*.zip']] } },
      ]);
      expect(bundle?.appSpec).toEqual({ version: 0, os: 'linux', files: [{ source: 'web', destination: '/srv' }], hooks: { AfterInstall: [{ location: 'run.sh' }] } });
      expect(bundle?.entries).toEqual([
        { path: 'appspec.yml', kind: 'file', size: APPSPEC.length, executable: false },
        { path: 'run.sh', kind: 'file', size: 17, executable: true },
        { path: 'web', kind: 'folder', size: 0 },
        { path: 'web/index.html', kind: 'file', size: 4, executable: false },
      ]);
      expect(bundle?.assetPath).toMatch(/^asset\.[0-9a-f]{64}\.zip$/);
      expect(stack.node.tryFindChild('Revision')).toBeDefined();
    });
  });

  test('gives the same bytes, whatever its times, permissions and order are', () => {
    const archives = [0, 1].map((index) =>
      inTemporaryFolder((folder) => {
        const files = index === 0 ? SOUND : Object.fromEntries(Object.entries(SOUND).reverse());
        write(folder, files, index === 0 ? 0o644 : 0o600);
        utimesSync(join(folder, 'run.sh'), index * 1e6, index * 1e6);
        const { file, key } = archiveOf(ServerRevision.fromDirectory(folder));
        return { key, bytes: readFileSync(file).toString('hex') };
      }),
    );
    expect(archives[0]).toEqual(archives[1]);
  });

  test('has another archive where a file becomes executable', () => {
    withFiles({ ...SOUND, 'web/tool': SCRIPT }, (folder) => {
      const before = archiveOf(ServerRevision.fromDirectory(folder));
      chmodSync(join(folder, 'web/tool'), 0o755);
      const after = archiveOf(ServerRevision.fromDirectory(folder));
      expect(after.key).not.toBe(before.key);
      const executable = (file: string) => readZip(file).entries.filter((entry) => entry.executable).map(({ path }) => path);
      expect([executable(before.file), executable(after.file)]).toEqual([['run.sh'], ['run.sh', 'web/tool']]);
    });
  });

  test('is written once into an assembly', () => {
    withFiles(SOUND, (folder) => {
      const outdir = `${folder}-out`;
      const revision = ServerRevision.fromDirectory(folder);
      const first = archiveOf(revision, new App({ outdir }));
      // Nobody would notice otherwise.
      writeFileSync(first.file, 'as it was');
      const second = archiveOf(revision, new App({ outdir }));
      expect(second).toEqual(first);
      expect(readFileSync(second.file, 'utf8')).toBe('as it was');
      spawnSync('rm', ['-r', outdir]);
    });
  });

  test('serves several rollouts, stages among them', () => {
    withFiles(SOUND, (folder) => {
      const app = new App();
      const revision = ServerRevision.fromDirectory(folder);
      const stage = new Stage(app, 'Production');
      const [here, there] = [new Stack(app, 'Shop'), new Stack(stage, 'Shop')].map((stack) => revision._bind(stack).bundle?.assetPath ?? '');
      expect(there).toBe(join('..', here ?? ''));
      expect(existsSync(join(stage.outdir, there ?? ''))).toBe(true);
    });
  });

  test('stays where it was made without staging', () => {
    withFiles(SOUND, (folder) => {
      const app = new App({ context: { 'aws:cdk:disable-asset-staging': true } });
      const { assetPath = '' } = ServerRevision.fromDirectory(folder)._bind(new Stack(app, 'Shop')).bundle ?? {};
      expect(readZip(assetPath).entries).toHaveLength(4);
      spawnSync('rm', ['-r', join(assetPath, '..')]);
    });
  });

  test('leaves out what it is told to', () => {
    withFiles({ ...SOUND, 'web/debug.log': '', 'node_modules/a/index.js': '', '.git/HEAD': '' }, (folder) => {
      const { bundle } = ServerRevision.fromDirectory(folder, { exclude: ['*.log', '/node_modules/', '.git'] })._bind(new Stack(new App(), 'Shop'));
      expect(bundle?.entries.map(({ path }) => path)).toEqual(['appspec.yml', 'run.sh', 'web', 'web/index.html']);
    });
  });

  test('keeps links that lead to something in it', () => {
    withFiles(SOUND, (folder) => {
      symlinkSync('web', join(folder, 'current'));
      expect(readZip(archiveOf(ServerRevision.fromDirectory(folder)).file).entries[1]).toEqual({ path: 'current', kind: 'link', size: 0, target: 'web' });
    });
  });
});

describe('the AppSpec', () => {
  const typed = (props: Partial<ServerAppSpecProps> = {}) => new ServerAppSpec({ os: LINUX, files: [{ source: 'web', destination: '/srv' }], ...props });
  const WITHOUT: Files = Object.fromEntries(Object.entries(SOUND).filter(([name]) => name !== 'appspec.yml'));

  test('may come from the builder, and is the same bundle then', () => {
    withFiles(WITHOUT, (folder) => {
      const made = archiveOf(ServerRevision.fromDirectory(folder, { appSpec: typed({ hooks: { afterInstall: [{ location: 'run.sh' }] } }) }));
      expect(readZip(made.file).read('appspec.yml', 1000).toString()).toBe(APPSPEC);
      expect(existsSync(join(folder, 'appspec.yml'))).toBe(false);
      writeFileSync(join(folder, 'appspec.yml'), APPSPEC);
      const given = archiveOf(ServerRevision.fromDirectory(folder));
      expect(readFileSync(given.file).equals(readFileSync(made.file))).toBe(true);
      expect(given.key).toBe(made.key);
    });
  });

  test('may be read from a text', () => {
    withFiles(WITHOUT, (folder) => {
      const { bundle } = ServerRevision.fromDirectory(folder, { appSpec: AppSpecDocument.parse(APPSPEC) })._bind(new Stack(new App(), 'Shop'));
      expect(bundle?.entries[0]?.path).toBe('appspec.yml');
    });
  });

  test('must be there', () => {
    refused(WITHOUT, `a bundle must have its AppSpec, and the file 'appspec.yml' is not in the root of 'DIR'; write one, or give 'appSpec'`);
    refused({ ...WITHOUT, 'AppSpec.yaml': APPSPEC }, `a bundle must have its AppSpec, and the file 'appspec.yml' is not in the root of 'DIR'; rename 'AppSpec.yaml', agents look for no other name`);
    refused(SOUND, `a bundle must have its AppSpec, and the file 'appspec.yml' is not in the root of 'DIR'; write one, or give 'appSpec'`, { exclude: ['*.yml'] });
    refused({ ...WITHOUT, 'appspec.yml/a': '' }, `the AppSpec of a bundle must be a file, and 'appspec.yml' in 'DIR' is a folder; put the file in its place, or give 'appSpec' and leave this one out by 'exclude'`);
    withFiles({ ...WITHOUT, 'spec.yml': APPSPEC }, (folder) => {
      symlinkSync('spec.yml', join(folder, 'appspec.yml'));
      expect(() => ServerRevision.fromDirectory(folder)).toThrow(`the AppSpec of a bundle must be a file, and 'appspec.yml' in '${folder}' is a link; put the file in its place, or give 'appSpec' and leave this one out by 'exclude'`);
    });
  });

  test('must be one', () => {
    refused(SOUND, `a bundle must have one AppSpec, got 'appSpec' and the file 'appspec.yml' in 'DIR'; remove one of them, or leave the file out by 'exclude'`, { appSpec: typed() });
    withFiles(SOUND, (folder) => expect(() => ServerRevision.fromDirectory(folder, { appSpec: typed(), exclude: ['appspec.yml'] })).not.toThrow());
  });

  test('must be for servers', () => {
    const lambda = AppSpecDocument.parse('version: 0.0\nResources: [{ f: { Type: AWS::Lambda::Function, Properties: { Name: f, Alias: live, CurrentVersion: 1, TargetVersion: 2 } } }]\n');
    refused(WITHOUT, "'appSpec' of a bundle must be one for EC2 and on-premises servers, got one for a Lambda function; give a ServerAppSpec", { appSpec: lambda });
  });

  test('is held to its own rules first, with lines', () => {
    refused({ ...SOUND, 'appspec.yml': 'version: 0.0\nos: linux\nhooks:\n  AfterInstal:\n    - location: run.sh\n' }, `DIR/appspec.yml:4: "AfterInstal" is no event at which a deployment to EC2 and on-premises servers runs scripts; did you mean "AfterInstall"?`);
    refused({ ...SOUND, 'appspec.yml': '\u0001' }, 'DIR/appspec.yml:1: not YAML: the control character U+0001 stands here; remove it');
  });

  test('is held to the bundle, each rule that is broken', () => {
    refused(
      { 'appspec.yml': APPSPEC.replace('run.sh', 'scripts/run.sh') },
      `DIR/appspec.yml:4: 'files[0].source' "web" is not in the bundle; add it, or correct the path, which begins at the root of the bundle
DIR/appspec.yml:8: 'hooks.AfterInstall[0].location' "scripts/run.sh" is not in the bundle; add it, or correct the path, which begins at the root of the bundle`,
    );
    refused({}, `AppSpec of the bundle: 'files[0].source' "web" is not in the bundle; add it, or correct the path, which begins at the root of the bundle`, { appSpec: typed() });
  });

  test('of Windows is held to Windows', () => {
    refused({ 'run.sh': SCRIPT }, `AppSpec of the bundle: 'hooks.AfterInstall[0].location' "run.sh" must end in one of .ps1, .bat, .cmd, .exe, .com, which Windows runs, got ".sh"; call the program from such a script`, {
      appSpec: new ServerAppSpec({ os: WINDOWS, hooks: { afterInstall: [{ location: 'run.sh' }] } }),
    });
    withFiles({ 'run.cmd': '@echo off\r\n' }, (folder) => {
      chmodSync(join(folder, 'run.cmd'), 0o755);
      const { bundle } = ServerRevision.fromDirectory(folder, { appSpec: new ServerAppSpec({ os: WINDOWS, hooks: { afterInstall: [{ location: 'run.cmd' }] } }) })._bind(new Stack(new App(), 'Shop'));
      expect(bundle?.entries.map(({ executable }) => executable)).toEqual([false, false]);
    });
  });

  test('may run itself, which nobody wants', () => {
    withFiles({}, (folder) => {
      const { findings } = ServerRevision.fromDirectory(folder, { appSpec: new ServerAppSpec({ os: LINUX, hooks: { afterInstall: [{ location: 'appspec.yml' }] } }) })._bind(new Stack(new App(), 'Shop'));
      expect(findings.map(({ id }) => id)).toEqual(['appspec-script-interpreter-missing']);
    });
  });

  test('that may work, and not as it is written, is told with its remedy', () => {
    withFiles({ ...SOUND, 'run.sh': 'exit 0\n', 'appspec.yml': APPSPEC.replace('/srv', 'srv') }, (folder) => {
      const stack = new Stack(new App(), 'Shop');
      const { findings } = ServerRevision.fromDirectory(folder)._bind(stack);
      expect(findings).toEqual([
        {
          id: 'appspec-file-destination-relative',
          level: 'warning',
          message: "'files[0].destination' must be an absolute path such as /var/www/html, got \"srv\"",
          remedy: 'it would be relative to where the agent happens to run',
        },
        {
          id: 'appspec-script-interpreter-missing',
          level: 'warning',
          message: `'hooks.AfterInstall[0].location' "run.sh" does not begin with "#!" and an interpreter: agent 1 runs it by /bin/sh, agent 2 only under 'runas'`,
          remedy: 'write such as #!/bin/bash',
        },
      ]);
      // Rollouts show them.
      Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
    });
  });

  test('tells what a deployment group without a load balancer never runs', () => {
    withFiles({ 'run.sh': SCRIPT }, (folder) => {
      const appSpec = new ServerAppSpec({ os: LINUX, hooks: { beforeAllowTraffic: [{ location: 'run.sh' }], validateService: [{ location: 'run.sh' }] } });
      const { bundle } = ServerRevision.fromDirectory(folder, { appSpec })._bind(new Stack(new App(), 'Shop'));
      expect(bundle?.eventFindings({ loadBalancer: true })).toEqual([]);
      expect(bundle?.eventFindings({ loadBalancer: false })).toEqual([
        {
          id: 'appspec-script-hook-without-load-balancer',
          level: 'warning',
          message: 'the scripts of BeforeAllowTraffic are never run, since the deployment group has no load balancer',
          remedy: 'give it one, or move them to ValidateService',
        },
      ]);
    });
  });
});

describe('a folder that is no bundle', () => {
  test('is refused', () => {
    expect(() => ServerRevision.fromDirectory('/nowhere/app')).toThrow(new Error("a bundle must be a folder, and there is none at '/nowhere/app'; relative paths begin where synth runs"));
    const path = (got: string) => new Error(`a bundle must be a folder that is there at synth, got ${got}; give its path, '.' for where synth runs`);
    expect(() => ServerRevision.fromDirectory('')).toThrow(path('an empty text'));
    expect(() => ServerRevision.fromDirectory(undefined as never)).toThrow(path('none'));
    expect(() => ServerRevision.fromDirectory(Lazy.string({ produce: () => 'app' }))).toThrow(path('a deploy-time value'));
    withFiles(SOUND, (folder) => expect(() => ServerRevision.fromDirectory(folder, { exclude: '*.log' as never })).toThrow(new Error("'exclude' must be a list, got the text '*.log'; put the patterns into one, such as ['*.log']")));
    withFiles(SOUND, (folder) => expect(() => ServerRevision.fromDirectory(join(folder, 'run.sh'))).toThrow(`a bundle must be a folder, and there is none at '${folder}/run.sh'`));
  });

  test('has files of more than 5 GB', () => {
    withFiles(SOUND, (folder) => {
      writeFileSync(join(folder, 'web/large.bin'), '');
      truncateSync(join(folder, 'web/large.bin'), 5 * 1024 ** 3);
      const bytes = 5 * 1024 ** 3 + APPSPEC.length + SCRIPT.length + 4;
      expect(() => ServerRevision.fromDirectory(folder)).toThrow(
        new Error(`bundle ${folder}: the files of a bundle must come to 5368709120 bytes at most, got ${bytes}, 5368709120 of them in "web/large.bin"; leave out what hosts can fetch by themselves`),
      );
      expect(() => ServerRevision.fromDirectory(folder, { exclude: ['large.bin'] })).not.toThrow();
    });
  });

  test('has a link that leaves it', () => {
    withFiles(SOUND, (folder) => {
      symlinkSync('../secrets', join(folder, 'web/secrets'));
      symlinkSync('../../secrets', join(folder, 'web/more'));
      symlinkSync('/etc/passwd', join(folder, 'web/users'));
      expect(() => ServerRevision.fromDirectory(folder)).toThrow(
        new Error(
          [
            `bundle ${folder}: "web/more" is a link to "../../secrets", which is outside of the bundle; put a copy in its place, or link to something in the bundle by a relative path`,
            `bundle ${folder}: "web/users" is a link to "/etc/passwd", which is outside of the bundle; put a copy in its place, or link to something in the bundle by a relative path`,
            `bundle ${folder}: "web/secrets" is a link to "../secrets", which is not in the bundle; add it, or remove the link`,
          ].join('\n'),
        ),
      );
    });
  });

  test('has names that are not UTF-8', () => {
    withFiles(SOUND, (folder) => {
      writeFileSync(Buffer.concat([Buffer.from(`${folder}/web/caf`), Buffer.from([0xe9])]), '');
      expect(() => ServerRevision.fromDirectory(folder)).toThrow(new Error(`bundle ${folder}: "web/caf\\\\xE9" has a name that is not UTF-8; rename it`));
    });
  });

  test('has a pipe', () => {
    withFiles(SOUND, (folder) => {
      spawnSync('mkfifo', [join(folder, 'web/pipe')]);
      expect(() => ServerRevision.fromDirectory(folder)).toThrow(new Error(`bundle ${folder}: "web/pipe" is a socket, a pipe or a device, which no archive carries; remove it, or leave it out of the bundle`));
    });
  });

  test('has scripts with CR LF for Linux', () => {
    refused(
      { ...SOUND, 'run.sh': '#!/bin/bash\r\nexit 0\r\n' },
      `DIR/appspec.yml:8: 'hooks.AfterInstall[0].location' "run.sh" has lines that end with CR LF, and Linux looks for the interpreter "/bin/bash" with a CR at the end of its name; save it with LF, and keep it so by "*.sh text eol=lf" in .gitattributes`,
    );
  });

  test('holds the assembly', () => {
    withFiles({ ...SOUND, 'cdk.out/cdk.out': '{}' }, (folder) => {
      const bound = (outdir: string, exclude: string[] = []) => () => ServerRevision.fromDirectory(folder, { exclude })._bind(new Stack(new App({ outdir }), 'Shop'));
      const message = (outdir: string) => new Error(`the bundle '${folder}' must not hold the cloud assembly that it goes into, which is '${outdir}'; leave it out by 'exclude'`);
      expect(bound(join(folder, 'cdk.out'))).toThrow(message(join(folder, 'cdk.out')));
      expect(bound(folder)).toThrow(message(folder));
      expect(bound(join(folder, 'cdk.out'), ['cdk.out'])).not.toThrow();
    });
  });

  test('changes while it is read', () => {
    withFiles(SOUND, (folder) => {
      const revision = ServerRevision.fromDirectory(folder);
      writeFileSync(join(folder, 'web/index.html'), '<p>more\n');
      expect(() => revision._bind(new Stack(new App(), 'Shop'))).toThrow(`${folder}/web/index.html has changed while it was read; synthesize again when nothing writes to it`);
    });
  });
});

/** @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-example.html#appspec-file-example-server */
test('the documented example goes through builder, bundle, archive and linter', () => {
  const scripts = ['UnzipResourceBundle', 'UnzipDataBundle', 'RunResourceTests', 'RunFunctionalTests', 'MonitorService'];
  const files = { ...Object.fromEntries(scripts.map((script) => [`Scripts/${script}.sh`, SCRIPT])), 'Config/config.txt': 'port=80\n', 'source/index.html': '<p>\n' };
  const at = (script: string) => `Scripts/${script}.sh`;
  const appSpec = new ServerAppSpec({
    os: LINUX,
    files: [
      { source: 'Config/config.txt', destination: '/webapps/Config' },
      { source: 'source', destination: '/webapps/myApp' },
    ],
    hooks: {
      beforeInstall: [{ location: at('UnzipResourceBundle') }, { location: at('UnzipDataBundle') }],
      afterInstall: [{ location: at('RunResourceTests'), timeout: Duration.seconds(180) }],
      applicationStart: [{ location: at('RunFunctionalTests'), timeout: Duration.hours(1) }],
      validateService: [{ location: at('MonitorService'), timeout: Duration.hours(1), runAs: 'codedeployuser' }],
    },
  });
  const yaml = `version: 0.0
os: linux
files:
  - source: Config/config.txt
    destination: /webapps/Config
  - source: source
    destination: /webapps/myApp
hooks:
  BeforeInstall:
    - location: Scripts/UnzipResourceBundle.sh
    - location: Scripts/UnzipDataBundle.sh
  AfterInstall:
    - location: Scripts/RunResourceTests.sh
      timeout: 180
  ApplicationStart:
    - location: Scripts/RunFunctionalTests.sh
      timeout: 3600
  ValidateService:
    - location: Scripts/MonitorService.sh
      timeout: 3600
      runas: codedeployuser
`;
  withFiles(files, (folder) => {
    const { file, key } = archiveOf(ServerRevision.fromDirectory(folder, { appSpec }));
    const { entries, read } = readZip(file);
    expect(read('appspec.yml', 10_000).toString()).toBe(yaml);
    expect(entries.filter(({ executable }) => executable).map(({ path }) => path)).toEqual(scripts.map(at).sort());
    expect(AppSpecDocument.parse(read('appspec.yml', 10_000).toString())._document()).toEqual(appSpec._document());
    // As a user would have written it, it is the same bundle.
    writeFileSync(join(folder, 'appspec.yml'), yaml);
    scripts.forEach((script) => chmodSync(join(folder, at(script)), 0o755));
    expect(archiveOf(ServerRevision.fromDirectory(folder)).key).toBe(key);
    expect(greenlight(['appspec', 'lint', '--bundle', '.', 'appspec.yml'], { cwd: folder })).toMatchObject({ status: 0, stdout: '', stderr: 'appspec.yml is a sound AppSpec for EC2 and on-premises servers\n' });
  });
});

describe('an object of a bucket', () => {
  const bound = (key: string, options?: Parameters<typeof ServerRevision.fromBucket>[2], bucketOf = (stack: Stack): s3.IBucket => s3.Bucket.fromBucketName(stack, 'Releases', 'releases')) => {
    const stack = new Stack(new App(), 'Shop', { env: { region: 'eu-west-1', account: '111122223333' } });
    const { revision, findings, readStatements, bundle } = ServerRevision.fromBucket(bucketOf(stack), key, options)._bind(stack);
    return { revision: stack.resolve(revision), findings, statements: readStatements.map((statement) => stack.resolve(statement.toStatementJson())), bundle };
  };
  const arn = (keys: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::releases/${keys}`]] });

  test('is the location of the revision', () => {
    expect(bound('shop/7.tar.gz')).toEqual({
      revision: { revisionType: 'S3', s3Location: { bucket: 'releases', key: 'shop/7.tar.gz', bundleType: 'tgz' } },
      findings: [
        {
          id: 'revision-not-pinned',
          level: 'info',
          message: "the revision is whatever the object 'shop/7.tar.gz' is when an instance fetches it, at a rollback and when Auto Scaling launches one too",
          remedy: "give 'version' in a bucket with versions, or write each revision under a key of its own",
        },
      ],
      statements: [{ Sid: 'ReadRevisions', Effect: 'Allow', Action: 's3:GetObject', Resource: arn('shop/*.tar.gz') }],
      bundle: undefined,
    });
  });

  test('may have a version and an ETag', () => {
    const { revision, findings, statements } = bound('shop.zip', { version: 'v7', eTag: 'abc' });
    expect(revision).toEqual({ revisionType: 'S3', s3Location: { bucket: 'releases', key: 'shop.zip', bundleType: 'zip', version: 'v7', eTag: 'abc' } });
    expect(findings).toEqual([]);
    expect(statements).toEqual([{ Sid: 'ReadRevisions', Effect: 'Allow', Action: ['s3:GetObject', 's3:GetObjectVersion'], Resource: arn('*.zip') }]);
    expect(bound('shop.zip', { eTag: 'abc' }).findings).toEqual([]);
    expect(() => bound('shop.zip', { version: '' })).toThrow(new Error("'version' of a revision must not be empty; leave it out, or give that of the object"));
    expect(() => bound('shop.zip', { eTag: '' })).toThrow(new Error("'eTag' of a revision must not be empty; leave it out, or give that of the object"));
  });

  test('whose key tells no type may have one, and a key of deploy time', () => {
    expect(bound('shop/latest', { bundleType: AppSpecBundleType.TAR }).statements).toEqual([{ Sid: 'ReadRevisions', Effect: 'Allow', Action: 's3:GetObject', Resource: arn('shop/*') }]);
    const late = bound(Lazy.string({ produce: () => 'late.zip' }), { bundleType: AppSpecBundleType.ZIP });
    expect(late.statements).toEqual([{ Sid: 'ReadRevisions', Effect: 'Allow', Action: 's3:GetObject', Resource: arn('late.zip') }]);
    expect(late.findings[0]?.message).toBe('the revision is whatever the object is when an instance fetches it, at a rollback and when Auto Scaling launches one too');
    expect(() => bound('shop/latest')).toThrow("it cannot be told from the key 'shop/latest' what the object is; give 'bundleType'");
    expect(() => bound(Lazy.string({ produce: () => 'late.zip' }))).toThrow("it cannot be told from a key that is known at deploy time only what the object is; give 'bundleType'");
    expect(() => bound('s3://releases/shop/7.zip')).toThrow(new Error("'key' of an AppSpec in a bucket must be that of the object alone, got 's3://releases/shop/7.zip'; leave 's3://releases/' out"));
  });

  test('must be an archive', () => {
    expect(() => bound('appspec.yml')).toThrow(new Error('the bundle type of a revision for EC2 and on-premises servers must be one of tar, zip, tgz, got YAML; name another object'));
  });

  test('of a bucket with a key is decrypted by way of S3', () => {
    const { statements } = bound('shop/7.zip', { version: 'v' }, (stack) => new s3.Bucket(stack, 'Releases', { encryptionKey: new kms.Key(stack, 'Key') }));
    expect(statements[1]).toEqual({
      Sid: 'DecryptRevisions',
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] },
      Condition: { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } },
    });
    expect(statements).toHaveLength(2);
  });

  test('must be in the region of its instances', () => {
    const of = (region: string) => (stack: Stack) => s3.Bucket.fromBucketAttributes(stack, 'Releases', { bucketName: 'releases', region });
    expect(() => bound('shop.zip', {}, of('us-east-1'))).toThrow(new Error('the bucket of a revision must be in the region of its instances, eu-west-1, got one in us-east-1; copy the revision to a bucket in eu-west-1'));
    expect(() => bound('shop.zip', {}, of('eu-west-1'))).not.toThrow();
  });
});

describe('a commit of GitHub', () => {
  const COMMIT = '0123456789abcdef0123456789ABCDEF01234567';
  const gitHub = (changed: Partial<ServerGitHubOptions> = {}) => ServerRevision.fromGitHub({ repository: 'my-org/my.app_1', commitId: COMMIT, connection: 'deployments', ...changed });

  test('is the location of the revision, and says what it needs', () => {
    const { revision, findings, readStatements, bundle } = gitHub()._bind(new Stack(new App(), 'Shop'));
    expect(revision).toEqual({ revisionType: 'GitHub', gitHubLocation: { repository: 'my-org/my.app_1', commitId: COMMIT } });
    expect(findings).toEqual([
      {
        id: 'github-connection',
        level: 'warning',
        message: 'CodeDeploy reads from GitHub only when its application has been connected, which the console alone can do, and once for each application that is made',
        remedy: "choose the connection 'deployments' on the page 'Create deployment' of the application before the first deployment",
      },
    ]);
    expect([readStatements, bundle]).toEqual([[], undefined]);
  });

  test('needs a connection', () => {
    const message = "'connection' must name the connection of CodeDeploy to GitHub, got none; connect the application on the page 'Create deployment' of CodeDeploy's console, which nothing else can do, and give the name from there";
    expect(() => gitHub({ connection: ' ' })).toThrow(new Error(message));
    // Not every language has types.
    expect(() => gitHub({ connection: undefined as unknown as string })).toThrow(new Error(message));
  });

  test.each([
    ['my-app', 'write it as GitHub shows it'],
    ['my-org/', 'write it as GitHub shows it'],
    ['-org/app', 'write it as GitHub shows it'],
    ['my--org/app', 'write it as GitHub shows it'],
    [`${'o'.repeat(40)}/app`, 'write it as GitHub shows it'],
    [`org/${'a'.repeat(101)}`, 'write it as GitHub shows it'],
    ['org/..', 'write it as GitHub shows it'],
    ['org/app/tree/main', 'write it as GitHub shows it'],
    ['org/my app', 'write it as GitHub shows it'],
    ['https://github.com/org/app', 'leave the address of GitHub out'],
    ['git@github.com:org/app', 'leave the address of GitHub out'],
    ['org/app.git', 'leave .git out'],
  ])('has no repository %s', (repository, remedy) => {
    const shown = repository.length > 60 ? `${repository.slice(0, 60)}…` : repository;
    expect(() => gitHub({ repository })).toThrow(new Error(`'repository' must be owner and name such as my-org/my-app, got ${JSON.stringify(shown)}; ${remedy}`));
  });

  test.each([`${'o'.repeat(39)}/a`, `o/${'a'.repeat(100)}`, 'o-1/...', 'a/b'])('may have the repository %s', (repository) => {
    expect(() => gitHub({ repository })).not.toThrow();
  });

  test.each(['main', 'v1.0', COMMIT.slice(1), `${COMMIT}0`, `g${COMMIT.slice(1)}`])('has no commit %s', (commitId) => {
    expect(() => gitHub({ commitId })).toThrow(new Error(`'commitId' must be a commit of 40 hexadecimal digits, got "${commitId}"; give what 'git rev-parse' prints for the branch or the tag`));
  });

  test('may be known at deploy time', () => {
    const late = Lazy.string({ produce: () => 'anything' });
    expect(() => gitHub({ repository: late, commitId: late })).not.toThrow();
    expect(gitHub({ connection: late })._bind(new Stack(new App(), 'Shop')).findings.map(({ remedy }) => remedy)).toEqual([
      "choose the connection that 'connection' names on the page 'Create deployment' of the application before the first deployment",
    ]);
  });
});
