/**
 * CodeBuild, as far as a check starts a build and reads what came of it.
 *
 * @see https://docs.aws.amazon.com/codebuild/latest/APIReference/Welcome.html
 */
import type { Build as BuildOutput, Report, TestCase as TestCaseOutput } from '@aws-sdk/client-codebuild';
import type { Build, Builds, TestCase } from '../engine/builds';
import { ServiceError } from '../engine/ports';
import type { AwsPlace, AwsService, Caller } from './aws-service';
import { notModelled, uuidOf } from './aws-service';
import type { Fields } from './fields';

/** Prefix of `x-amz-target`. */
export const CODEBUILD_TARGET = 'CodeBuild_20161006';

const MAX_BATCH = 100;
const MINUTES = { least: 5, most: 2_160 } as const;
const DEFAULT_MINUTES = 60;

/** What a rehearsal takes of StartBuild. */
const START_MEMBERS = ['projectName', 'environmentVariablesOverride', 'idempotencyToken', 'timeoutInMinutesOverride'] as const;

export function codeBuildService(place: AwsPlace, builds: Builds): AwsService {
  return {
    name: 'codebuild',
    operations: {
      StartBuild: (input, caller) => ({ build: describe(place, builds, start(place, builds, input, caller)) }),
      BatchGetBuilds: (input, caller) => {
        const found = batch(input, 'ids').map((id) => [id, builds.list().find((build) => idOf(build) === id)] as const);
        found.forEach(([id]) => caller.authorize('codebuild:BatchGetBuilds', projectArn(place, id.split(':')[0] ?? '')));
        return {
          builds: found.flatMap(([, build]) => (build === undefined ? [] : [describe(place, builds, build)])),
          buildsNotFound: found.flatMap(([id, build]) => (build === undefined ? [id] : [])),
        };
      },
      BatchGetReports: (input, caller) => {
        const found = batch(input, 'reportArns').map((arn) => [arn, reported(place, builds, arn, caller, 'codebuild:BatchGetReports')] as const);
        return {
          reports: found.flatMap(([, build]) => (build === undefined ? [] : [reportOf(place, build)])),
          reportsNotFound: found.flatMap(([arn, build]) => (build === undefined ? [arn] : [])),
        };
      },
      DescribeTestCases: (input, caller) => describeTestCases(place, builds, input, caller),
    },
  };
}

function start(place: AwsPlace, builds: Builds, input: Fields, caller: Caller): Build {
  const name = input.string('projectName');
  if (name === undefined || name === '') {
    throw new ServiceError('InvalidInputException', 'Project name is required');
  }
  const project = builds.project(name);
  caller.authorize('codebuild:StartBuild', project?.arn ?? projectArn(place, name));
  if (project === undefined) {
    throw new ServiceError('ResourceNotFoundException', `Project cannot be found: ${projectArn(place, name)}`);
  }
  const other = input.names().find((member) => !START_MEMBERS.some((known) => known === member));
  if (other !== undefined) {
    throw notModelled(`StartBuild with ${other}`);
  }
  if (project.scripts.length === 0) {
    throw notModelled(`what project ${project.name} builds, which only the key "builds" of a scenario can say,`);
  }
  const minutes = input.number('timeoutInMinutesOverride') ?? DEFAULT_MINUTES;
  if (!Number.isInteger(minutes) || minutes < MINUTES.least || minutes > MINUTES.most) {
    throw new ServiceError('InvalidInputException', `Invalid timeoutInMinutes: must be between ${MINUTES.least} and ${MINUTES.most}`);
  }
  const variables = (input.structures('environmentVariablesOverride') ?? []).map(variableOf);
  const token = input.string('idempotencyToken');
  return builds.start(project, { projectName: project.name, variables, timeoutMs: minutes * 60_000, ...(token === undefined ? {} : { token }) });
}

function variableOf(fields: Fields): object {
  const variable = { name: fields.string('name'), value: fields.string('value'), type: fields.string('type') ?? 'PLAINTEXT' };
  if (variable.name === undefined || variable.value === undefined) {
    throw new ServiceError('InvalidInputException', 'Environment variable must have a name and a value');
  }
  return variable;
}

function describeTestCases(place: AwsPlace, builds: Builds, input: Fields, caller: Caller): object {
  const arn = input.string('reportArn') ?? '';
  const build = reported(place, builds, arn, caller, 'codebuild:DescribeTestCases');
  if (build === undefined) {
    throw new ServiceError('ResourceNotFoundException', `Report cannot be found: ${arn}`);
  }
  const filter = input.structure('filter');
  if (filter?.has('keyword') === true) {
    throw notModelled('DescribeTestCases with a keyword');
  }
  const status = filter?.string('status');
  const matching = (build.cases ?? []).filter((each) => status === undefined || each.status === status);
  const from = Number(input.string('nextToken') ?? 0);
  const to = from + Math.min(MAX_BATCH, input.number('maxResults') ?? MAX_BATCH);
  return { testCases: matching.slice(from, to).map((each) => testCase(reportArn(place, build), each)), ...(to < matching.length ? { nextToken: String(to) } : {}) };
}

/** The build whose report this is, once it has ended. */
function reported(place: AwsPlace, builds: Builds, arn: string, caller: Caller, action: string): Build | undefined {
  const group = /:report\/([^:]+):/.exec(arn)?.[1] ?? '';
  caller.authorize(action, `arn:${place.partition}:codebuild:${place.region}:${place.accountId}:report-group/${group}`);
  return builds.list().find((build) => build.cases !== undefined && builds.hasEnded(build) && reportArn(place, build) === arn);
}

function describe(place: AwsPlace, builds: Builds, build: Build): BuildOutput {
  const { project, number, startedAt, endsAt, endsAs, cases, variables } = build;
  const ended = builds.hasEnded(build);
  const at = (ms: number) => new Date(place.epochMs + ms);
  return {
    id: idOf(build),
    arn: `arn:${place.partition}:codebuild:${place.region}:${place.accountId}:build/${idOf(build)}`,
    buildNumber: number,
    projectName: project.name,
    buildStatus: ended ? endsAs : 'IN_PROGRESS',
    buildComplete: ended,
    currentPhase: ended ? 'COMPLETED' : 'BUILD',
    startTime: at(startedAt),
    ...(ended ? { endTime: at(endsAt) } : {}),
    phases: phasesOf(build, ended),
    environment: { type: 'LINUX_CONTAINER', image: 'rehearsal', computeType: 'BUILD_GENERAL1_SMALL', environmentVariables: variables as { name: string; value: string }[] },
    reportArns: ended && cases !== undefined ? [reportArn(place, build)] : [],
  };
}

function phasesOf({ endsAs, startedAt, endsAt }: Build, ended: boolean): BuildOutput['phases'] {
  const phase = { phaseType: 'BUILD', ...(ended ? { phaseStatus: endsAs, durationInSeconds: Math.round((endsAt - startedAt) / 1000) } : {}) } as const;
  const contexts = ended && endsAs !== 'SUCCEEDED' ? [{ statusCode: 'COMMAND_EXECUTION_ERROR', message: `the scenario lets this build end as ${endsAs}` }] : [];
  return [{ phaseType: 'SUBMITTED', phaseStatus: 'SUCCEEDED' }, { ...phase, contexts }];
}

function reportOf(place: AwsPlace, build: Build): Report {
  const cases = build.cases ?? [];
  const count = (status: TestCase['status']) => cases.filter((each) => each.status === status).length;
  const statusCounts = { SUCCEEDED: count('SUCCEEDED'), FAILED: count('FAILED'), ERROR: count('ERROR'), SKIPPED: count('SKIPPED'), UNKNOWN: 0 };
  return {
    arn: reportArn(place, build),
    type: 'TEST',
    status: statusCounts.FAILED + statusCounts.ERROR > 0 ? 'FAILED' : 'SUCCEEDED',
    executionId: idOf(build),
    testSummary: { total: cases.length, statusCounts, durationInNanoSeconds: cases.reduce((sum, { durationMs = 0 }) => sum + durationMs * 1e6, 0) },
  };
}

function testCase(reportArn: string, { name, status, durationMs = 0, message }: TestCase): TestCaseOutput {
  return { reportArn, name, status, durationInNanoSeconds: durationMs * 1e6, ...(message === undefined ? {} : { message }) };
}

/** By project and number, never by the order in which projects come. */
const idOf = ({ project, number }: Build): string => `${project.name}:${uuidOf(`build ${project.arn} ${number}`)}`;

/** CodeBuild makes a report group of the project for what its buildspec calls `tests`. */
function reportArn({ partition, region, accountId }: AwsPlace, build: Build): string {
  return `arn:${partition}:codebuild:${region}:${accountId}:report/${build.project.name}-tests:${uuidOf(`report ${idOf(build)}`)}`;
}

function projectArn({ partition, region, accountId }: AwsPlace, name: string): string {
  return `arn:${partition}:codebuild:${region}:${accountId}:project/${name}`;
}

function batch(input: Fields, name: string): readonly string[] {
  const values = input.strings(name) ?? [];
  if (values.length === 0 || values.length > MAX_BATCH) {
    throw new ServiceError('InvalidInputException', `${name} must have 1 to ${MAX_BATCH} entries, got ${values.length}`);
  }
  return values;
}
