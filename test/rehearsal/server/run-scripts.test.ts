/** The scripts of a bundle, run for real by the built command. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { App, Stack } from 'aws-cdk-lib/core';

import type { Report } from '../../../lib/model/report';
import { ServerDeployment } from '../../../lib/server/server-deployment';
import { HealthyHosts } from '../../../lib/server/healthy-hosts';
import { ServerRevision } from '../../../lib/server/server-revision';
import { ServerRollout } from '../../../lib/server/server-rollout';
import { ServerTargets } from '../../../lib/server/server-targets';
import { ROOT, greenlight } from '../../support/greenlight';

process.env.CDK_VALIDATION = 'false';

const folder = mkdtempSync(join(tmpdir(), 'greenlight-run-scripts-'));
const temporary = join(folder, 'temporary');
mkdirSync(temporary);
// Where these tests run as root, the instances are somebody else's.
chmodSync(folder, 0o755);
chmodSync(temporary, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const APPSPEC = `version: 0.0
os: linux
files:
  - { source: /app, destination: /opt/shop }
permissions:
  - { object: /opt/shop, mode: 750, type: [file], owner: root }
hooks:
  ApplicationStop: [{ location: scripts/stop.sh, timeout: 60 }]
  BeforeInstall: [{ location: scripts/before.sh, timeout: 60 }]
  AfterInstall: [{ location: scripts/after.sh, timeout: 60, runas: shop }]
  ApplicationStart: [{ location: scripts/start.sh, timeout: 60 }]
  ValidateService: [{ location: scripts/check.sh, timeout: 60 }]
`;

/** Writes what it sees into the instance, and shows it where a script fails. */
const SCRIPTS = {
  'scripts/stop.sh': 'echo "stop: $DEPLOYMENT_ID $LIFECYCLE_EVENT from $0" >>/var/log/shop',
  'scripts/before.sh': '[ ! -e /opt/shop ] && echo "before: nothing there" >>/var/log/shop; echo "before: $(ls /opt/shop 2>/dev/null)" >>/var/log/shop',
  'scripts/after.sh': 'echo "after: $(id -un) $HOME $(stat -c %a /opt/shop/shop.txt)" >>/var/log/shop',
  'scripts/start.sh': 'echo "start: $APPLICATION_NAME $DEPLOYMENT_GROUP_NAME $BUNDLE_KEY" >>/var/log/shop',
  'scripts/check.sh': 'cat /var/log/shop; exit 3',
};

/** Processes of `sleep` for so long. */
const sleeping = (word: string): number => spawnSync('ps', ['-eo', 'stat=,args='], { encoding: 'utf8' }).stdout.split('\n').filter((line) => /^[^Z]\S*\s+sleep /.test(line) && line.endsWith(` ${word}`)).length;

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 120_000;
  while (!holds()) {
    expect(Date.now()).toBeLessThan(end);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

let apps = 0;

function synthesize(scripts: Record<string, string> = {}, appSpec = APPSPEC, more: Record<string, string> = {}): string {
  apps += 1;
  const bundle = join(folder, `bundle-${apps}`);
  const files = { 'appspec.yml': appSpec, 'app/shop.txt': 'shop', ...Object.fromEntries(Object.entries({ ...SCRIPTS, ...scripts }).map(([path, text]) => [path, `#!/bin/sh\n${text}\n`])), ...more };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(bundle, path)), { recursive: true });
    writeFileSync(join(bundle, path), text);
    chmodSync(join(bundle, path), 0o755);
  }
  const outdir = join(folder, `app-${apps}`);
  const app = new App({ outdir });
  new ServerRollout(new Stack(app, 'Shop', { env: { account: '111111111111', region: 'us-east-1' } }), 'Fleet', {
    applicationName: 'shop',
    deploymentGroupName: 'prod',
    targets: ServerTargets.ec2Tags([{ key: 'app', value: 'shop' }]),
    deployment: ServerDeployment.inPlace({ healthyHosts: HealthyHosts.allAtOnce() }),
    revision: ServerRevision.fromDirectory(bundle),
  });
  app.synth();
  return outdir;
}

function play(app: string, scenario: string, options: { readonly path?: string; readonly args?: readonly string[] } = {}) {
  const file = join(folder, 'scenario.yaml');
  writeFileSync(file, `rollout: Shop/Fleet\n${scenario}\n`);
  const { status, stdout, stderr } = greenlight(['rehearse', '--app', app, '--scenario', file, '--json', '-', ...(options.args ?? ['--run-scripts'])], { temporary, ...(options.path === undefined ? {} : { path: options.path }) });
  return { status, stderr, report: stdout === '' ? undefined : (JSON.parse(stdout) as Report) };
}

const ONE = 'fleet: { instances: 1 }\nreleases: [{ name: v2, rollback: off }]';

test('a script that fails: its log is in the report, with what the others have seen on the instance', () => {
  const { status, report } = play(synthesize(), ONE);
  const [deployment] = report!.deployments;
  const { failures } = deployment!.instances!;
  expect([status, report!.outcome, failures.length]).toEqual([1, 'failed', 1]);
  expect(failures[0]).toMatchObject({ event: 'ValidateService', errorCode: 'ScriptFailed', scriptName: 'scripts/check.sh', message: 'Script at specified location: scripts/check.sh failed with exit code 3' });
  const lines = failures[0]!.logTail!.trim().split('\n');
  const { deploymentId } = deployment!;
  expect(lines).toEqual([
    'LifecycleEvent - ValidateService',
    'Script - scripts/check.sh',
    // Of the deployment before, in the environment of this one.
    expect.stringMatching(new RegExp(`^\\[stdout\\]stop: ${deploymentId} ApplicationStop from /opt/codedeploy-agent/deployment-root/[-0-9a-f]{36}/d-BEFORE000/deployment-archive/scripts/stop\\.sh$`)),
    '[stdout]before: shop.txt',
    '[stdout]after: shop /home/shop 750',
    expect.stringMatching(/^\[stdout\]start: shop prod [0-9a-f]{64}\.zip$/),
  ]);
});

test('the first deployment ever finds nothing, and stops nothing', () => {
  const { report } = play(synthesize(), 'fleet: { instances: 1, deployed: off }\nreleases: [{ name: v1 }]');
  const { logTail } = report!.deployments[0]!.instances!.failures[0]!;
  expect(logTail).toContain('[stdout]before: nothing there\n');
  expect(logTail).not.toContain('stop:');
});

test('two releases: the second stops the first by the scripts of its own archive, and what runs in the background goes on in between', () => {
  const scripts = {
    'scripts/start.sh': 'nohup sleep 7654321 >/dev/null 2>&1 </dev/null &\necho $! >/run/shop.pid',
    'scripts/stop.sh': '[ ! -e /run/shop.pid ] || { kill "$(cat /run/shop.pid)" && touch /var/stopped; }',
    'scripts/check.sh': 'kill -0 "$(cat /run/shop.pid)" && case $0 in *BEFORE*) exit 1 ;; esac',
    'scripts/before.sh': '[ -e /var/stopped ] || [ ! -e /run/shop.pid ]',
  };
  const { status, report } = play(synthesize(scripts), 'expect: { outcome: released }\nfleet: { instances: 2 }\nreleases: [{ name: v2 }, { name: v3 }]');
  expect([status, report!.deployments.map(({ status: each, instances }) => [each, instances!.counts])]).toEqual([0, [['Succeeded', { Succeeded: 2 }], ['Succeeded', { Succeeded: 2 }]]]);
  expect(report!.fidelity.approximated).toContainEqual(expect.stringMatching(/^scripts of the bundle of Shop\/Fleet ran for real, in (bubblewrap|user namespaces) on this machine's own system: .* at most 120 s each$/));
  expect(report!.fidelity.approximated).toContain('users of Shop/Fleet: scripts that run as shop see themselves as that user, and may do with files what root may');
  expect(report!.fidelity.notModelled).toContain('permissions of Shop/Fleet: owner; modes are set');
  expect(JSON.stringify(report!.fidelity)).not.toContain('are not run');
});

test('what a release breaks is rolled back by real scripts', () => {
  const { report } = play(synthesize({ 'scripts/check.sh': '[ "$(cat /var/installs 2>/dev/null)" = xx ]', 'scripts/before.sh': 'printf x >>/var/installs' }), 'fleet: { instances: 1 }\nreleases: [{ name: v2, rollback: on }]');
  expect([report!.outcome, report!.deployments.map(({ creator, status }) => [creator, status])]).toEqual(['rolledBack', [['user', 'Failed'], ['codeDeployRollback', 'Succeeded']]]);
});

test('a fault of the scenario comes before the script, and a duration before what it takes', () => {
  const { report } = play(synthesize({ 'scripts/check.sh': 'exit 0' }), 'fleet: { instances: [{ ids: [i-a, i-b] }] }\nreleases: [{ name: v2, rollback: off, scriptDurations: { AfterInstall: 40s }, instanceFaults: [{ scriptFails: ValidateService, ids: [i-a], exitCode: 9, log: made up }] }]');
  const [deployment] = report!.deployments;
  expect(deployment!.instances!.failures).toMatchObject([{ instance: 'i-a', message: 'Script at specified location: scripts/check.sh failed with exit code 9', logTail: 'made up' }]);
  const { start, end } = deployment!.lifecycleEvents.find(({ name }) => name === 'AfterInstall')!;
  expect(end! - start!).toBeGreaterThanOrEqual(40);
});

test.each<[string, Record<string, string>, object]>([
  ['takes longer than its time-out', { 'scripts/check.sh': 'echo waiting; sleep 600' }, { errorCode: 'ScriptTimedOut', message: 'Script at specified location: scripts/check.sh failed to complete in 3 seconds', logTail: expect.stringContaining('[stdout]waiting\n') }],
  ['leaves its output open', { 'scripts/check.sh': 'sleep 600 &' }, { errorCode: 'UnknownError', message: 'Script at specified location: scripts/check.sh failed to close STDOUT' }],
  ['is removed by another', { 'scripts/start.sh': 'rm "${0%/*}/check.sh"' }, { errorCode: 'ScriptMissing', message: expect.stringMatching(/^Script does not exist at specified location: \/opt\/codedeploy-agent\/deployment-root\/.*\/deployment-archive\/scripts\/check\.sh$/) }],
])('a script that %s', (_, scripts, failure) => {
  const { report } = play(synthesize(scripts, APPSPEC.replace('check.sh, timeout: 60', 'check.sh, timeout: 3')), ONE);
  expect(report!.deployments[0]!.instances!.failures).toMatchObject([{ event: 'ValidateService', scriptName: 'scripts/check.sh', ...failure }]);
});

test('Install fails in the words of the agent where a file exists', () => {
  const { report } = play(synthesize({ 'scripts/before.sh': 'mkdir -p /opt/new && echo mine >/opt/new/shop.txt' }, APPSPEC.replace('files:', 'files:\n  - { source: /app, destination: /opt/new }')), 'fleet: { instances: 1, deployed: off }\nreleases: [{ name: v1 }]');
  expect(report!.deployments[0]!.instances!.failures).toMatchObject([{ event: 'Install', errorCode: 'UnknownError', message: 'The deployment failed because a specified file already exists at this location: /opt/new/shop.txt' }]);
});

test.each(['SIGINT', 'SIGTERM'] as const)('interrupted by %s while a script runs, it ends with everything', async (signal) => {
  const word = `9${process.pid}${signal === 'SIGINT' ? 1 : 2}`;
  const file = join(folder, `interrupted-${signal}.yaml`);
  writeFileSync(file, `rollout: Shop/Fleet\n${ONE}\n`);
  const assembly = synthesize({ 'scripts/start.sh': `setsid nohup sleep ${word} >/dev/null 2>&1 </dev/null &\nsleep ${word}` });
  const command = spawn(process.execPath, [join(ROOT, 'build', 'rehearsal', 'greenlight.js'), 'rehearse', '--app', assembly, '--scenario', file, '--run-scripts'], { env: { PATH: process.env.PATH, TMPDIR: temporary }, stdio: 'ignore' });
  const ended = once(command, 'exit');
  await until(() => sleeping(word) >= 2);
  command.kill(signal);
  expect(await ended).toEqual([130, null]);
  expect(sleeping(word)).toBe(0);
});

test('killed while a script runs, it takes the instances with it', async () => {
  const word = `8${process.pid}`;
  const file = join(folder, 'killed.yaml');
  writeFileSync(file, `rollout: Shop/Fleet\n${ONE}\n`);
  const assembly = synthesize({ 'scripts/start.sh': `setsid nohup sleep ${word} >/dev/null 2>&1 </dev/null &\nsleep ${word}` });
  const leftOver = join(folder, 'left-over');
  mkdirSync(leftOver);
  chmodSync(leftOver, 0o755);
  const command = spawn(process.execPath, [join(ROOT, 'build', 'rehearsal', 'greenlight.js'), 'rehearse', '--app', assembly, '--scenario', file, '--run-scripts'], { env: { PATH: process.env.PATH, TMPDIR: leftOver }, stdio: 'ignore' });
  const ended = once(command, 'exit');
  await until(() => sleeping(word) >= 2);
  command.kill('SIGKILL');
  await ended;
  await until(() => sleeping(word) === 0);
});

test('nothing is left on this machine', () => {
  expect(readdirSync(temporary)).toEqual([]);
});

const app = synthesize({ 'scripts/check.sh': 'exit 0' });

test('without the option no script is run, whatever the scenario says', () => {
  const { status, report } = play(synthesize(), ONE, { args: [] });
  expect([status, report!.outcome]).toEqual([0, 'released']);
  const { status: refused, stderr } = play(app, `${ONE}\nrunScripts: true`, { args: [] });
  expect([refused, stderr]).toEqual([2, expect.stringContaining('"runScripts"')]);
});

test.each<[string, () => ReturnType<typeof play>, string]>([
  ['neither bubblewrap nor user namespaces', () => play(app, ONE, { path: '' }), '--run-scripts needs bubblewrap or user namespaces, which keep the scripts of a bundle apart from this machine, and neither works: bwrap: it is not on the PATH; unshare: it is not on the PATH; '],
  ['too many instances', () => play(app, 'fleet: { instances: 51 }\nreleases: [{ name: v2 }]'), '--run-scripts runs the scripts of at most 50 instances, and the fleet has 51; give it fewer in a scenario, such as "fleet: { instances: 6 }"'],
  [
    'a bundle for Windows',
    () => play(synthesize({}, 'version: 0.0\nos: windows\nfiles:\n  - { source: app, destination: c:\\shop }\nhooks:\n  AfterInstall: [{ location: after.ps1 }]\n', { 'after.ps1': 'exit 0\r\n' }), ONE),
    'the scripts of rollout Shop/Fleet cannot be run, since its bundle is for Windows',
  ],
  ['a rollout that is none to servers', () => {
    const { status, stderr } = greenlight(['rehearse', 'EcsWeb/Web', '--run-scripts']);
    return { status, stderr, report: undefined };
  }, '--run-scripts is for rollouts to servers, and EcsWeb/Web is none; leave it out'],
])('refused before anything is played: %s', (_, refused, message) => {
  const { status, stderr, report } = refused();
  expect([status, report]).toEqual([2, undefined]);
  expect(stderr).toContain(`greenlight: ${message}`);
});

describe('the example', () => {
  const example = (rollout: string): { readonly status: number | null; readonly report: Report } => {
    const { status, stdout } = greenlight(['rehearse', rollout, '--run-scripts', '--json', '-', '--app', join(ROOT, 'build', 'cdk.out')]);
    return { status, report: JSON.parse(stdout) as Report };
  };

  test('the shop is installed, started and asked on every instance', () => {
    const { status, report } = example('ServerInPlace/Fleet');
    expect([status, report.deployments[0]!.instances!.failures, report.deployments[0]!.instances!.counts]).toEqual([0, [], { Succeeded: 6 }]);
  });

  test('the sidecar, which needs systemd, tells what it misses', () => {
    const { status, report } = example('ServerInPlace/Sidecar');
    const [failure] = report.deployments[0]!.instances!.failures;
    expect([status, failure]).toEqual([1, expect.objectContaining({ event: 'AfterInstall', scriptName: 'scripts/schedule.sh', logTail: expect.stringMatching(/systemd|systemctl/) })]);
  });
});
