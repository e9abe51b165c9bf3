/** Synthesis bundles nothing and starts no process: whatever would start one fails here, in the CDK as in the constructs. */
import * as childProcess from 'node:child_process';

import { App } from 'aws-cdk-lib/core';

import { LifecycleHook } from '../../../lib';
import { checksHook, rolloutIn, stackOf, userFunction } from '../support/sample';

const STARTERS = ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork'] as const;

describe('synthesis', () => {
  const started: string[] = [];

  beforeAll(() => {
    STARTERS.forEach((name) => {
      jest.spyOn(childProcess, name).mockImplementation(() => {
        started.push(name);
        throw new Error(`synthesis started a process by '${name}'`);
      });
    });
  });

  afterAll(() => {
    jest.restoreAllMocks();
  });

  test('starts no process, with every kind of hook', () => {
    const app = new App();
    const stack = stackOf(app);
    rolloutIn(stack, {
      hooks: {
        afterInstall: LifecycleHook.fromFunction(userFunction(stack, 'Mine')),
        afterAllowTestTraffic: checksHook(),
        beforeAllowTraffic: LifecycleHook.fromOutcome(userFunction(stack, 'Target')),
      },
    });
    expect(app.synth().stacks).toHaveLength(1);
    expect(started).toEqual([]);
  });

  test('would have been caught starting one', () => {
    expect(() => childProcess.spawnSync(process.execPath, ['--version'])).toThrow("synthesis started a process by 'spawnSync'");
    expect(started).toEqual(['spawnSync']);
  });
});
