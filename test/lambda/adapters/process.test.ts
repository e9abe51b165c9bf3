import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { systemClock } from '../../../lambda/adapters/clock';
import { lambdaEnvironment } from '../../../lambda/adapters/environment';
import { jsonLog } from '../../../lambda/adapters/log';

describe('systemClock', () => {
  test('sleeps for the time asked', async () => {
    const before = systemClock.now();
    await systemClock.sleep(20);
    expect(systemClock.now() - before).toBeGreaterThanOrEqual(19);
  });

  test('wakes with the reason of an abort, before and during the sleep', async () => {
    const stop = new AbortController();
    const asleep = systemClock.sleep(60_000, stop.signal);
    stop.abort(new Error('enough'));
    await expect(asleep).rejects.toThrow('enough');
    await expect(systemClock.sleep(60_000, stop.signal)).rejects.toThrow('enough');
  });

  test('fails when a timer could not wait that long', async () => {
    await expect(systemClock.sleep(2 ** 31)).rejects.toThrow('cannot sleep for 2147483648 ms, at most 2147483647');
  });
});

describe('lambdaEnvironment', () => {
  test('reads variables and the suite of its folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'greenlight-environment-'));
    expect(() => lambdaEnvironment(folder).suite()).toThrow('ENOENT');
    writeFileSync(join(folder, 'suite.json'), '{}');
    expect(lambdaEnvironment(folder).suite()).toBe('{}');
    expect(() => lambdaEnvironment(folder).payload('payload-1.json')).toThrow('ENOENT');
    writeFileSync(join(folder, 'payload-1.json'), ' [1]\n');
    expect(lambdaEnvironment(folder).payload('payload-1.json')).toBe(' [1]\n');
    rmSync(folder, { recursive: true });
    expect(lambdaEnvironment(folder).variable('GREENLIGHT_SURELY_NOT_SET')).toBeUndefined();
  });
});

describe('jsonLog', () => {
  test('writes one line for each call', () => {
    const lines: string[] = [];
    const log = jsonLog((line) => lines.push(line));
    log.warn('two\nlines', { deploymentId: 'd-1' });
    log.verdict({ schemaVersion: 1, rollout: 'r', event: 'e', deploymentId: 'd-1', verdict: 'pass', reason: 'fine', report: 'Succeeded', by: 'checks', durationMs: 1, checks: [] });
    expect(lines[0]).toBe('{"level":"WARN","message":"two\\nlines","deploymentId":"d-1"}');
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ level: 'INFO', message: 'fine', greenlightVerdict: { verdict: 'pass' } });
  });
});
