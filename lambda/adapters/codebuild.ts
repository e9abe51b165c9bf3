import type { Build, BuildReport, Builds, ReportedStatus } from '../core/checks/suite/builds';
import { NO_CASES } from '../core/checks/suite/cases';
import { ServiceFailure } from '../core/failures';
import type { SuiteCase, SuiteCaseStatus } from '../../lib/model/suite-result';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { CODE_BUILD } from './aws-endpoint';
import type { JsonObject, JsonRpc } from './json-rpc';
import { jsonClient } from './json-rpc';

const RPC: JsonRpc = { service: CODE_BUILD, version: '1.1', target: 'CodeBuild_20161006' };

/** Reports that one BatchGetReports asks for, and cases that one DescribeTestCases answers with. */
const MAX_BATCH = 100;

export function codeBuild(call: AwsCall = awsCall(CODE_BUILD)): Builds {
  const client = jsonClient(call, RPC);
  return {
    start: async ({ projectName, token, variables, timeoutMinutes }, signal) => {
      const environmentVariablesOverride = Object.entries(variables).map(([name, value]) => ({ name, value, type: 'PLAINTEXT' }));
      const { build } = await client('StartBuild', { projectName, environmentVariablesOverride, idempotencyToken: token, timeoutInMinutesOverride: timeoutMinutes }, signal);
      const started = buildOf(build);
      if (started === undefined) {
        throw new ServiceFailure('codebuild:StartBuild', 'NoBuild', 'the answer holds no build', false);
      }
      return started;
    },

    read: async (id, signal) => {
      const { builds } = await client('BatchGetBuilds', { ids: [id] }, signal);
      return objects(builds).map(buildOf).find((build) => build?.id === id);
    },

    reports: async (arns, signal) => {
      const { reports } = await client('BatchGetReports', { reportArns: arns.slice(0, MAX_BATCH) }, signal);
      return objects(reports).flatMap(reportOf);
    },

    cases: async (reportArn, status, signal) => {
      const { testCases } = await client('DescribeTestCases', { reportArn, filter: { status }, maxResults: MAX_BATCH }, signal);
      return objects(testCases).flatMap(caseOf);
    },
  };
}

const STATUSES: readonly unknown[] = ['IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'FAULT', 'TIMED_OUT', 'STOPPED'] satisfies Build['status'][];

/** An unknown status is none that lets anything through. */
function buildOf(build: unknown): Build | undefined {
  const { id, buildStatus, currentPhase, phases, reportArns } = (build ?? {}) as JsonObject;
  if (typeof id !== 'string') {
    return undefined;
  }
  const problem = problemOf(phases);
  return {
    id,
    status: (STATUSES.includes(buildStatus) ? buildStatus : 'FAULT') as Build['status'],
    phase: textOf(currentPhase) ?? 'unknown',
    ...(problem === undefined ? {} : { problem }),
    reportArns: Array.isArray(reportArns) ? reportArns.filter((arn) => typeof arn === 'string') : [],
  };
}

function problemOf(phases: unknown): string | undefined {
  for (const { phaseType, phaseStatus, contexts } of objects(phases)) {
    if (phaseStatus !== undefined && phaseStatus !== 'SUCCEEDED' && phaseStatus !== 'IN_PROGRESS') {
      const said = objects(contexts).flatMap(({ message }) => textOf(message) ?? []);
      return [`phase ${textOf(phaseType) ?? 'unknown'} ${String(phaseStatus)}`, ...said].join(': ');
    }
  }
  return undefined;
}

function reportOf({ arn, status, type, testSummary }: JsonObject): readonly BuildReport[] {
  const { total, statusCounts } = (testSummary ?? {}) as JsonObject;
  const countOf = (...names: ReportedStatus[]) => names.map((name) => Number((statusCounts as JsonObject | undefined)?.[name] ?? 0)).reduce((sum, count) => sum + count, 0);
  const counts = statusCounts === undefined ? NO_CASES : { passed: countOf('SUCCEEDED'), failed: countOf('FAILED'), errored: countOf('ERROR', 'UNKNOWN'), skipped: countOf('SKIPPED') };
  return typeof arn === 'string' ? [{ arn, status: textOf(status) ?? 'unknown', isTest: type !== 'CODE_COVERAGE', counts, total: Number(total ?? 0) }] : [];
}

const CASE_STATUSES: Readonly<Record<ReportedStatus, SuiteCaseStatus>> = { SUCCEEDED: 'passed', FAILED: 'failed', ERROR: 'errored', UNKNOWN: 'errored', SKIPPED: 'skipped' };

function caseOf({ name, prefix, testSuiteName, status, durationInNanoSeconds, message }: JsonObject): readonly SuiteCase[] {
  const text = textOf(name);
  const known = Object.hasOwn(CASE_STATUSES, String(status)) ? CASE_STATUSES[String(status) as ReportedStatus] : 'errored';
  const group = textOf(prefix) ?? textOf(testSuiteName);
  const said = textOf(message);
  return text === undefined
    ? []
    : [
        {
          name: group === undefined || text.startsWith(group) ? text : `${group} ${text}`,
          status: known,
          ...(typeof durationInNanoSeconds === 'number' ? { durationMs: Math.round(durationInNanoSeconds / 1e6) } : {}),
          ...(said === undefined ? {} : { message: said }),
        },
      ];
}

const objects = (list: unknown): readonly JsonObject[] => (Array.isArray(list) ? list.filter((entry) => typeof entry === 'object' && entry !== null) : []);

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
