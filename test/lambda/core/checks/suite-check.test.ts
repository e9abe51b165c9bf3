import { parseXML } from '@aws-sdk/xml-builder';

import { runBounded } from '../../../../lambda/adapters/bounded-run';
import { checksWork } from '../../../../lambda/core/checks/checks-work';
import { Fields } from '../../../../lambda/core/checks/fields';
import type { SuitePorts } from '../../../../lambda/core/checks/suite-check';
import { suiteKind } from '../../../../lambda/core/checks/suite-check';
import type { Build, BuildReport, BuildRequest } from '../../../../lambda/core/checks/suite/builds';
import { ServiceFailure } from '../../../../lambda/core/failures';
import { makeHook } from '../../../../lambda/core/hook';
import type { Invocation, InvocationEnd } from '../../../../lambda/core/ports';
import type { SuiteCheckDocument } from '../../../../lib/model/suite-document';
import type { Script } from '../../support/fake-ports';
import { context, fakeEnvironment, fakeHttp, fakeSources, fakeWorld, HOOK, player } from '../../support/fake-ports';

const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:suite';
const POLICY = { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 5_000, intervalMs: 10_000, errorBudget: 2, deadlineMs: 600_000, inconclusive: 'FAIL' } as const;
const DOCUMENT: SuiteCheckDocument = { kind: 'suite', name: 'shop', policy: POLICY, run: { functionArn: FUNCTION_ARN, timeoutMs: 30_000 }, variables: { SHARD: '1' }, minCases: 1, allowSkipped: true };
const BUILD: SuiteCheckDocument = { ...DOCUMENT, run: { projectName: 'shop-suite' } };

const REPORT_ARN = 'arn:aws:codebuild:eu-central-1:111122223333:report/shop-suite-tests:1';
const build = (overrides: Partial<Build> = {}): Build => ({ id: 'shop-suite:1', status: 'IN_PROGRESS', phase: 'BUILD', reportArns: [], ...overrides });
const done = (overrides: Partial<Build> = {}): Build => build({ status: 'SUCCEEDED', phase: 'COMPLETED', reportArns: [REPORT_ARN], ...overrides });
const report = (overrides: Partial<BuildReport> = {}): BuildReport => ({ arn: REPORT_ARN, status: 'SUCCEEDED', isTest: true, counts: { passed: 2, failed: 0, errored: 0, skipped: 0 }, total: 2, ...overrides });
const failure = (code: string, retryable: boolean) => new ServiceFailure('codebuild:BatchGetBuilds', code, 'no', retryable);

interface Run {
  readonly document?: SuiteCheckDocument;
  readonly ends?: Script<InvocationEnd>;
  readonly start?: Script<Build>;
  readonly read?: Script<Build | undefined>;
  readonly reports?: Script<readonly BuildReport[]>;
  readonly remainingMs?: number;
}

/** Plays one check in the whole envelope. */
async function run({ document = DOCUMENT, ends = [], start = [build()], read = [done()], reports = [[report()]], remainingMs = 900_000 }: Run) {
  const world = fakeWorld();
  const [invocations, starts, asked, reads] = [[] as Invocation[], [] as BuildRequest[], [] as string[], [] as number[]];
  const [end, begun, reading, reported] = [player(ends), player(start), player(read), player(reports)];
  const ports: SuitePorts = {
    invoker: {
      invoke: async (invocation) => {
        invocations.push(invocation);
        return end();
      },
    },
    builds: {
      start: async (request) => {
        starts.push(request);
        return begun();
      },
      read: async () => {
        reads.push(world.ports.clock.now());
        return reading();
      },
      reports: async () => reported(),
      cases: async (_, status) => {
        asked.push(status);
        return [{ name: `a case of ${status}`, status: status === 'SUCCEEDED' ? 'passed' : status === 'FAILED' ? 'failed' : 'errored' }];
      },
    },
    parseXml: parseXML,
  };
  const environment = fakeEnvironment({}, { schemaVersion: 1, event: 'AfterAllowTestTraffic', policy: { run: 'ALL', concurrency: 1, deadlineMs: 800_000 }, checks: [document] });
  const work = checksWork(environment, { clock: world.ports.clock, random: () => 0.5, http: fakeHttp([]).http, run: runBounded, sources: fakeSources({}) }, { suite: async () => suiteKind(ports) });
  await makeHook({ by: 'checks', environment, ports: world.ports, work })(HOOK, context(remainingMs));
  const [check] = world.verdicts[0]!.checks;
  return { invocations, starts, asked, reads, reason: world.verdicts[0]!.reason, check };
}

const returned = (value: unknown): InvocationEnd => ({ end: 'returned', payload: Buffer.from(JSON.stringify(value)), log: '' });
const cases = (...statuses: string[]) => ({ schemaVersion: 1, cases: statuses.map((status, index) => ({ name: `c${index}`, status })) });

describe('a suite that is a function', () => {
  test('is told of the deployment, and its cases appear in the report', async () => {
    const { invocations, check } = await run({ ends: [returned(cases('passed', 'skipped'))] });
    expect(invocations.map(({ payload, ...rest }) => ({ ...rest, payload: JSON.parse(payload) }))).toEqual([
      {
        functionArn: FUNCTION_ARN,
        payload: {
          deploymentId: 'd-A1B2C3D4E',
          event: 'AfterAllowTestTraffic',
          rollout: 'App/Web',
          check: 'shop',
          testUrl: 'http://web.example.internal:8080',
          productionUrl: 'http://web.example.internal',
          variables: { SHARD: '1' },
        },
        custom: { 'greenlight.deploymentId': 'd-A1B2C3D4E', 'greenlight.event': 'AfterAllowTestTraffic', 'greenlight.check': 'shop' },
        logTail: true,
      },
    ]);
    expect(check).toMatchObject({
      verdict: 'pass',
      samples: 1,
      reason: '1 case passed, 1 skipped (function suite, returned after 0 ms)',
      cases: { listed: [{ name: 'c1', status: 'skipped' }, { name: 'c0', status: 'passed' }], leftOut: 0 },
    });
  });

  test('is not invoked again whatever it returns', async () => {
    for (const result of [cases('passed', 'failed'), cases('skipped'), 'nonsense']) {
      expect((await run({ ends: [returned(result)] })).invocations).toHaveLength(1);
    }
  });

  test.each<[string, InvocationEnd, string, string]>([
    ['with a failed case fails', returned(cases('passed', 'failed')), 'fail', 'shop: 1 of 2 cases did not pass: c1 (function suite, returned after 0 ms)'],
    ['that returns JUnit XML is read', returned('<testsuite><testcase name="pays"><failure message="no card"/></testcase></testsuite>'), 'fail', 'shop: 1 of 1 case did not pass: pays: "no card"'],
    ['without a case proves nothing', returned(cases()), 'inconclusive', 'no case was run, expected at least 1'],
    ['with skipped cases only proves nothing', returned(cases('skipped')), 'inconclusive', 'no case was run (1 skipped), expected at least 1'],
    ['that returns something else could not be measured', returned({ ok: true }), 'inconclusive', "could not be measured: the result of the suite cannot be read: 'schemaVersion' must be 1, got nothing (function suite, returned after 0 ms)"],
    ['that returns bytes could not be measured', { end: 'returned', payload: Buffer.from([0xff]), log: '' }, 'inconclusive', 'the result of the suite cannot be read: it is not valid UTF-8'],
    [
      'that breaks fails',
      { end: 'failed', errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 3.00 seconds', payload: Buffer.from('{}'), log: 'case 7 of 9\n' },
      'fail',
      'shop: the suite failed with Sandbox.Timedout: "Task timed out after 3.00 seconds", expected a result; its log ends: "case 7 of 9" (function suite, failed after 0 ms)',
    ],
  ])('%s', async (_, end, verdict, reason) => {
    const { check, reason: overall } = await run({ ends: [end] });
    expect(check?.verdict).toBe(verdict);
    expect(overall).toContain(reason);
  });

  test('is invoked again where Lambda did not start it', async () => {
    const { invocations, check } = await run({ ends: [new ServiceFailure('lambda:Invoke', 'TooManyRequestsException', 'Rate exceeded', true), returned(cases('passed'))] });
    expect([invocations.length, check?.verdict, check?.errors]).toEqual([2, 'pass', 1]);
  });
});

describe('a suite in CodeBuild', () => {
  test('is started once, is told of the deployment, and is looked at until it has ended', async () => {
    const { starts, reads, asked, check } = await run({ document: BUILD, read: [build(), build({ phase: 'POST_BUILD' }), done()] });
    expect(starts).toEqual([
      {
        projectName: 'shop-suite',
        token: expect.stringMatching(/^[0-9a-f]{64}$/),
        timeoutMinutes: 10,
        variables: {
          SHARD: '1',
          GREENLIGHT_DEPLOYMENT_ID: 'd-A1B2C3D4E',
          GREENLIGHT_EVENT: 'AfterAllowTestTraffic',
          GREENLIGHT_ROLLOUT: 'App/Web',
          GREENLIGHT_CHECK: 'shop',
          GREENLIGHT_TEST_URL: 'http://web.example.internal:8080',
          GREENLIGHT_PRODUCTION_URL: 'http://web.example.internal',
        },
      },
    ]);
    expect([reads, asked]).toEqual([[10_000, 20_000, 30_000], ['SUCCEEDED']]);
    expect(check).toMatchObject({ verdict: 'pass', samples: 2, reason: '2 cases passed (build shop-suite:1 ended as SUCCEEDED)', cases: { leftOut: 1 } });
    expect(check?.measurements[0]).toEqual({ what: 'build', measured: 'SUCCEEDED', threshold: 'SUCCEEDED', ok: true });
  });

  test('has the same token in every try of one hook, and another one in another check', async () => {
    const tokens = async (document: SuiteCheckDocument) => (await run({ document, start: [failure('ThrottlingException', true), failure('ECONNRESET', true), build()] })).starts.map(({ token }) => token);
    const [first, second, third] = await tokens(BUILD);
    expect([second, third]).toEqual([first, first]);
    expect(await tokens({ ...BUILD, name: 'other' })).not.toContain(first);
  });

  test.each<[string, Run, string, string]>([
    ['with failed cases fails, and the build with it', { read: [done({ status: 'FAILED' })], reports: [[report({ status: 'FAILED', counts: { passed: 5, failed: 1, errored: 0, skipped: 0 }, total: 6 })]] }, 'fail', '1 of 6 cases did not pass: a case of FAILED (build shop-suite:1 ended as FAILED)'],
    ['with failed cases fails, although the build succeeded', { reports: [[report({ status: 'FAILED', counts: { passed: 5, failed: 0, errored: 1, skipped: 0 }, total: 6 })]] }, 'fail', '1 of 6 cases did not pass (1 of them errored)'],
    ['whose build failed, although every case passed, fails', { read: [done({ status: 'FAILED', problem: 'phase POST_BUILD FAILED: exit status 1' })] }, 'fail', 'build shop-suite:1 ended as FAILED: "phase POST_BUILD FAILED: exit status 1", expected SUCCEEDED (2 cases passed)'],
    ['whose build failed before any case fails', { read: [done({ status: 'FAILED', reportArns: [], problem: 'phase INSTALL FAILED' })] }, 'fail', 'build shop-suite:1 ended as FAILED: "phase INSTALL FAILED", expected SUCCEEDED'],
    ['whose build broke is undecided', { read: [done({ status: 'FAULT', reportArns: [] })] }, 'inconclusive', 'build shop-suite:1 ended as FAULT, expected SUCCEEDED'],
    ['whose build had no time left is undecided', { read: [done({ status: 'TIMED_OUT' })] }, 'inconclusive', 'build shop-suite:1 ended as TIMED_OUT, expected SUCCEEDED (2 cases passed)'],
    ['whose build was stopped is undecided', { read: [done({ status: 'STOPPED', reportArns: [] })] }, 'inconclusive', 'build shop-suite:1 ended as STOPPED'],
    ['without a report is undecided', { read: [done({ reportArns: [] })] }, 'inconclusive', "the build made no test report, so that nothing says what was run; give its buildspec a 'reports' section (build shop-suite:1 ended as SUCCEEDED)"],
    ['whose report is empty is undecided', { reports: [[report({ counts: { passed: 0, failed: 0, errored: 0, skipped: 0 }, total: 0 })]] }, 'inconclusive', 'no case was run, expected at least 1'],
    ['with a report about coverage only is undecided', { reports: [[report({ isTest: false })]] }, 'inconclusive', 'no case was run, expected at least 1'],
    ['whose report is incomplete is undecided', { reports: [[report({ status: 'INCOMPLETE' })]] }, 'inconclusive', `test report ${REPORT_ARN} is INCOMPLETE`],
    ['whose report is gone is undecided', { reports: [[]] }, 'inconclusive', `test report ${REPORT_ARN} does not exist`],
    ['whose report counts more cases than it tells is undecided', { reports: [[report({ total: 3 })]] }, 'inconclusive', `test report ${REPORT_ARN} has 3 cases, and not as many with a status`],
    ['whose report is being made is waited for', { reports: [[report({ status: 'GENERATING', total: 0 })], [report()]] }, 'pass', '1 check passed: shop'],
    ['whose build is gone is undecided', { read: [undefined] }, 'inconclusive', 'build shop-suite:1 does not exist any more'],
    ['that could not be read for a moment goes on', { read: [failure('ThrottlingException', true), done()] }, 'pass', '1 check passed: shop'],
    ['that may not be read is undecided', { read: [failure('AccessDeniedException', false)] }, 'inconclusive', 'codebuild:BatchGetBuilds failed: AccessDeniedException: no'],
    ['that does not end in time is undecided', { read: [build()] }, 'inconclusive', 'time was up after 0 of 1 passes in a row, 0 attempts not measured; last: build shop-suite:1 is in progress, in phase BUILD'],
  ])('%s', async (_, script, verdict, reason) => {
    const { check, reason: overall, starts } = await run({ document: BUILD, ...script });
    expect(check?.verdict).toBe(verdict);
    expect(overall).toContain(reason);
    expect(starts).toHaveLength(1);
  });

  test('is not started any more once CodeBuild has forgotten the token', async () => {
    const document = { ...BUILD, policy: { ...POLICY, intervalMs: 60_000, errorBudget: 10 } };
    const { starts, check } = await run({ document, start: [failure('ECONNRESET', true)] });
    expect(starts).toHaveLength(5);
    expect(check).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining('whether a build of shop-suite was started is not known, and after 240 seconds a further try could start a second one') });
  });

  test('is given the whole minutes that the check has, and five at the least', async () => {
    const minutes = async (deadlineMs: number) => (await run({ document: { ...BUILD, policy: { ...POLICY, deadlineMs } } })).starts[0]?.timeoutMinutes;
    expect([await minutes(60_000), await minutes(300_001), await minutes(3_600_000)]).toEqual([5, 6, 60]);
  });
});

describe('parse', () => {
  const parse = (overrides: object) => suiteKind({} as SuitePorts).parse(new Fields({ ...DOCUMENT, ...overrides }, 'checks[0]'), { name: 'shop', policy: POLICY });

  test.each([{}, { run: { projectName: 'shop-suite' } }, { variables: {}, minCases: 12, allowSkipped: false }])('reads %j as it stands', (overrides) => {
    expect(parse(overrides)).toEqual({ ...DOCUMENT, ...overrides });
  });

  test.each<[object, string]>([
    [{ run: undefined }, "'checks[0].run' must be an object, got nothing"],
    [{ run: {} }, "'checks[0].run.functionArn' must be the ARN of a function, got nothing"],
    [{ run: { projectName: ' ' } }, "'checks[0].run.projectName' must be the name of a CodeBuild project, got \" \""],
    [{ run: { functionArn: FUNCTION_ARN, timeoutMs: 900_001 } }, "'checks[0].run.timeoutMs' must be a whole number from 1 to 900000"],
    [{ variables: undefined }, "'checks[0].variables' must be an object, got nothing"],
    [{ variables: { 'a-b': 'c' } }, "'checks[0].variables.a-b' must be a text under the name of a variable, got \"c\""],
    [{ variables: { A: 1 } }, "'checks[0].variables.A' must be a text under the name of a variable, got 1"],
    [{ minCases: 0 }, "'checks[0].minCases' must be a whole number from 1 to 10000"],
    [{ allowSkipped: undefined }, "'checks[0].allowSkipped' must be true or false, got nothing"],
  ])('refuses %j', (overrides, message) => {
    expect(() => parse(overrides)).toThrow(message);
  });
});
