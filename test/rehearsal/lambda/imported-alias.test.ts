/** Rehearsals of a rollout whose alias, and whose function, no template of the assembly makes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, type Stack } from 'aws-cdk-lib/core';

import { HttpAssertion, InvokeCheck, LifecycleHook, TrafficShift } from '../../../lib';
import { resolveLambdaRollout, type LambdaRolloutModel } from '../../../rehearsal/assembly/lambda-rollout-model';
import { readAssembly } from '../../../rehearsal/assembly/read-assembly';
import { selectRollout, type FoundLambdaRollout } from '../../../rehearsal/assembly/rollouts';
import { deploymentOf, importedRollout, importedVersion } from '../../lib/support/imported-alias';
import { stackOf, userFunction } from '../../lib/support/sample';
import { greenlight, rehearse } from '../../support/greenlight';

process.env.CDK_VALIDATION = 'false';

const FUNCTIONS = join(__dirname, 'functions');
const FIRST = join(FUNCTIONS, 'place-order');
const NEXT = join(FUNCTIONS, 'place-order-next');
const scratch = mkdtempSync(join(tmpdir(), 'imported-alias-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let synthesizedApps = 0;

/** @returns the folder of the cloud assembly */
function synthesized(make: (stack: Stack) => unknown): string {
  const outdir = join(scratch, `app-${(synthesizedApps += 1)}`);
  const app = new App({ outdir });
  make(stackOf(app));
  app.synth();
  return outdir;
}

const placesAnOrder = () =>
  LifecycleHook.checks({
    checks: [InvokeCheck.targetVersion({ name: 'orders', cases: [{ name: 'an order is taken', payload: { items: ['coffee'] }, assertions: [HttpAssertion.jsonPath('$.status').matches('^placed$')] }] })],
  });

const app = synthesized((stack) =>
  deploymentOf(importedRollout(stack, { traffic: TrafficShift.LAMBDA_CANARY_10_PERCENT_5_MINUTES, hooks: { beforeAllowTraffic: placesAnOrder() }, expectedRequestsPerSecond: 5 }), stack, { version: importedVersion(stack, 'Next', 8) }),
);
const play = (...more: readonly string[]) => rehearse('--app', app, 'Shop/Orders', ...more);

describe('with folders of both versions', () => {
  const { report, status } = play('--blue', FIRST, '--green', FIRST);

  test('is released from the version before, by the provider', () => {
    expect([report.outcome, status]).toEqual(['released', 0]);
    expect(report.deployments).toMatchObject([{ status: 'Succeeded', creator: 'user', deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes' }]);
    expect(report.deployments[0]!.traffic.map(({ original, replacement }) => `${original}/${replacement}`)).toEqual(['100/0', '90/10', '0/100']);
    expect(report.iam.filter(({ action }) => action === 'lambda:InvokeFunction').map(({ resource }) => resource)).toContain('arn:aws:lambda:eu-west-1:111122223333:function:take:8');
  });

  test('says what is taken for granted, and what is left out', () => {
    expect(report.fidelity.approximated).toEqual(
      expect.arrayContaining([
        'alias live of take is made elsewhere: it begins at version 7, and nobody else moves it',
        'function take is made elsewhere: handler and runtime by the files in its folders, 1024 MB, no environment variables',
      ]),
    );
    expect(report.fidelity.notModelled).toContain('the role of function take, which no template makes: whatever it asks of AWS is denied');
  });

  test('fails by the code of the version that is released', () => {
    const { report: failed } = play('--blue', FIRST, '--green', NEXT);
    expect(failed.outcome).toBe('rolledBack');
    expect(failed.deployments[0]!.lifecycleEvents[0]!.hook!.reason).toContain('$.status was "lost", expected a match of /^placed$/');
  });

  test('that hold no handler is not invoked', () => {
    const empty = join(scratch, 'empty');
    mkdirSync(empty);
    const { report: failed } = play('--blue', FIRST, '--green', empty);
    expect(failed.outcome).toBe('rolledBack');
    expect(failed.fidelity.notModelled).toContain(
      'the folders of --blue and --green must both hold one of index.mjs, index.js, index.cjs, lambda_function.py, index.py, since no template tells the handler of function take',
    );
  });
});

describe('without folders', () => {
  const { report } = play();

  test('its invocations by hooks are not modelled, with what to do instead', () => {
    expect(report.outcome).toBe('rolledBack');
    expect(report.fidelity.notModelled).toContain(
      'function take is not made in this assembly, so its code cannot be rehearsed; name folders with the code of both versions by --blue and --green, or add the stack that makes it to the app',
    );
  });

  test('traffic is drawn from the profile of each version all the same', () => {
    expect(report.fidelity.approximated.join('\n')).toContain('5 invocations of the alias a second by users: drawn from the profile of each version');
  });
});

test('a scenario that would change the rollback is refused', () => {
  const refused = (release: string) => {
    const file = join(scratch, 'scenario.yaml');
    writeFileSync(file, `rollout: Shop/Orders\nexpect: { outcome: released }\nreleases:\n  - name: v2\n    ${release}\n`);
    return greenlight(['rehearse', '--app', app, '--scenario', file]).stderr;
  };
  expect(refused('rollback: off')).toContain('which is a setting of CreateDeployment, and LambdaDeployment starts the deployments of an alias with those of the group');
});

test('an alias that is imported by name is rehearsed alike', () => {
  const byName = synthesized((stack) => {
    const fn = lambda.Function.fromFunctionName(stack, 'Take', 'take');
    const alias = lambda.Alias.fromAliasAttributes(stack, 'Imported', { aliasName: 'live', aliasVersion: lambda.Version.fromVersionAttributes(stack, 'Now', { lambda: fn, version: '1' }) });
    deploymentOf(importedRollout(stack, { alias, hooks: { beforeAllowTraffic: placesAnOrder() } }), stack, { version: lambda.Version.fromVersionAttributes(stack, 'Next', { lambda: fn, version: '8' }) });
  });
  const { report } = rehearse('--app', byName, '--blue', FIRST, '--green', FIRST);
  expect([report.outcome, report.deployments[0]!.lifecycleEvents[0]!.hook!.reason]).toEqual(['released', '1 check passed: orders']);
});

describe('the model', () => {
  const modelOf = (folder: string): LambdaRolloutModel => {
    const assembly = readAssembly(folder);
    return resolveLambdaRollout(assembly, selectRollout(assembly) as FoundLambdaRollout);
  };

  test.each<[string, (stack: Stack) => unknown, number]>([
    ['that its deployment names', (stack) => deploymentOf(importedRollout(stack), stack, { version: importedVersion(stack, 'Next', 8) }), 8],
    ['2 where its deployment names the first', (stack) => deploymentOf(importedRollout(stack), stack, { version: importedVersion(stack, 'Next', 1) }), 2],
    ['2 where there is no deployment', (stack) => importedRollout(stack), 2],
  ])('releases the version %s', (_what, make, version) => {
    expect(modelOf(synthesized(make))).toMatchObject({ version, aliasName: 'live', aliasIsImported: true, functionIsMade: false, timeoutMs: 3000, released: { name: 'take', arn: 'arn:aws:lambda:eu-west-1:111122223333:function:take' } });
  });

  test('knows a function of the assembly behind an imported alias', () => {
    const model = modelOf(
      synthesized((stack) => {
        const fn = userFunction(stack, 'Take', { functionName: 'take' });
        const alias = lambda.Alias.fromAliasAttributes(stack, 'Imported', { aliasName: 'live', aliasVersion: fn.currentVersion });
        deploymentOf(importedRollout(stack, { alias }), stack, { version: fn.currentVersion });
      }),
    );
    expect(model).toMatchObject({ aliasName: 'live', aliasIsImported: true, functionIsMade: true, released: { name: 'take' }, version: 2 });
  });
});
