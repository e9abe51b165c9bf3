import type { Build, BuildReport, Builds } from '../../../../../lambda/core/checks/suite/builds';
import { buildSuite } from '../../../../../lambda/core/checks/suite/build-suite';
import type { Attempt } from '../../../../../lambda/core/engine/state';
import { ServiceFailure } from '../../../../../lambda/core/failures';

const REQUEST = { projectName: 'shop-suite', token: 't', variables: {}, timeoutMinutes: 5 };
const REPORT: BuildReport = { arn: 'arn:report', status: 'SUCCEEDED', isTest: true, counts: { passed: 2, failed: 0, errored: 0, skipped: 0 }, total: 2 };
const SUCCEEDED: Build = { id: 'b:1', status: 'SUCCEEDED', phase: 'COMPLETED', reportArns: ['arn:report'] };

interface World {
  readonly build?: Build | Error;
  readonly report?: BuildReport;
  readonly attempt?: Partial<Attempt>;
  readonly now?: number;
  readonly signal?: AbortSignal;
}

/** One attempt; what was called is noted. */
async function attempt({ build = SUCCEEDED, report = REPORT, attempt: given = {}, now = 1_000, signal = new AbortController().signal }: World) {
  const calls: string[] = [];
  const answer = async (call: string): Promise<Build> => {
    calls.push(call);
    if (build instanceof Error) {
      throw build;
    }
    return build;
  };
  const builds: Builds = {
    start: ({ token }) => answer(`start ${token}`),
    read: (id) => answer(`read ${id}`),
    reports: async () => [report],
    cases: async () => [],
  };
  const probe = buildSuite(REQUEST, { minCases: 1, allowSkipped: true }, { builds, clock: { now: () => now, epoch: () => 0, sleep: async () => undefined } });
  return { calls, measurement: await probe(signal, { number: 1, startedAt: 1_000, ...given }) };
}

describe('a build', () => {
  test('that goes on is remembered, and has measured nothing', async () => {
    const { calls, measurement } = await attempt({ build: { ...SUCCEEDED, status: 'IN_PROGRESS', phase: 'BUILD' } });
    expect(calls).toEqual(['start t']);
    expect(measurement).toEqual({ outcome: 'inconclusive', reason: 'build b:1 is in progress, in phase BUILD', measurements: [], samples: 0, memory: { buildId: 'b:1' } });
  });

  test('that has ended before its report is waited for', async () => {
    const { measurement } = await attempt({ report: { ...REPORT, status: 'GENERATING' } });
    expect(measurement).toEqual({ outcome: 'inconclusive', reason: 'build b:1 has ended, and test report arn:report is being made', measurements: [], samples: 0, memory: { buildId: 'b:1' } });
  });

  test.each([
    [{ memory: { buildId: 'b:9' } }, ['read b:9']],
    [{ memory: { buildId: 9 } }, ['start t']],
    [{ memory: {} }, ['start t']],
    [{ memory: null }, ['start t']],
    [{ memory: 'b:9' }, ['start t']],
  ])('is read where %j names it, and else started', async (given, calls) => {
    expect((await attempt({ attempt: given })).calls).toEqual(calls);
  });

  test.each([
    [240_999, ['start t']],
    [241_000, ['start t']],
    [241_001, []],
  ])('is started until four minutes after the check began: at %i', async (now, calls) => {
    expect((await attempt({ now })).calls).toEqual(calls);
  });

  test('that may not be started a second time is an error that no attempt mends', async () => {
    const { measurement } = await attempt({ now: 300_000 });
    const reason = 'whether a build of shop-suite was started is not known, and after 240 seconds a further try could start a second one';
    expect(measurement).toEqual({ outcome: 'error', reason, measurements: [], samples: 0, retryable: false });
  });

  test.each([true, false])('that cannot be read is an error, to be tried again: %s', async (retryable) => {
    const { measurement } = await attempt({ build: new ServiceFailure('codebuild:StartBuild', 'Oops', 'no', retryable) });
    expect(measurement).toEqual({ outcome: 'error', reason: 'codebuild:StartBuild failed: Oops: no', measurements: [], samples: 0, retryable });
  });

  test('that cannot be read for a reason of ours, or after the time is up, ends the attempt', async () => {
    const broken = new TypeError('broken');
    await expect(attempt({ build: broken })).rejects.toBe(broken);
    const late = new ServiceFailure('codebuild:StartBuild', 'Oops', 'no', true);
    await expect(attempt({ build: late, signal: AbortSignal.abort() })).rejects.toBe(late);
  });
});

describe('a build that has ended', () => {
  const [run, bad] = [{ what: 'cases that were run', measured: 2, threshold: 1, ok: true }, { what: 'cases that did not pass', measured: 0, threshold: 0, ok: true }];
  const status = (measured: string, ok: boolean) => ({ what: 'build', measured, threshold: 'SUCCEEDED', ok });

  test.each<[Build['status'], object]>([
    ['SUCCEEDED', { outcome: 'pass', reason: '2 cases passed (build b:1 ended as SUCCEEDED)', measurements: [status('SUCCEEDED', true), bad, run], samples: 2 }],
    ['FAILED', { outcome: 'fail', reason: 'build b:1 ended as FAILED, expected SUCCEEDED (2 cases passed)', measurements: [status('FAILED', false), bad, run], samples: 2 }],
    ['STOPPED', { outcome: 'inconclusive', reason: 'build b:1 ended as STOPPED, expected SUCCEEDED (2 cases passed)', measurements: [status('STOPPED', false), bad, run], samples: 2, retryable: false }],
  ])('as %s', async (ended, expected) => {
    const { measurement } = await attempt({ build: { ...SUCCEEDED, status: ended } });
    expect(measurement).toEqual({ ...expected, cases: { listed: [], leftOut: 2 } });
  });

  test('without a report that can be read is a sample where it failed', async () => {
    const { measurement } = await attempt({ build: { ...SUCCEEDED, status: 'FAILED', reportArns: [], problem: 'no disk' } });
    expect(measurement).toEqual({ outcome: 'fail', reason: 'build b:1 ended as FAILED: "no disk", expected SUCCEEDED', measurements: [status('FAILED', false)], samples: 1, retryable: false });
  });

  test('with a failed case fails by its cases', async () => {
    const { measurement } = await attempt({ build: { ...SUCCEEDED, status: 'FAILED' }, report: { ...REPORT, counts: { passed: 1, failed: 1, errored: 0, skipped: 0 } } });
    expect([measurement.outcome, measurement.measurements]).toEqual(['fail', [{ ...bad, measured: 1, ok: false }, run]]);
  });
});
