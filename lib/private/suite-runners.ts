/** What runs a suite of the user's: how long an attempt takes, what the hook's role needs for it, and how it stands in the suite. */
import type * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { _Attempt } from '../checks/check';
import type { BuildSuiteOptions, FunctionSuiteOptions } from '../checks/suite-check';
import type { SuiteRunDocument } from '../model/suite-document';
import type { DeployTimeValues } from './deploy-time-values';
import { invocationTimeout, LONGEST_REFUSAL_MS, requireInvocationTimeout } from './invocations';
import { requireWhole } from './numbers';
import { invokeChecked } from './statements';

/** A few calls to CodeBuild, and what throttling may add to them. */
const LONGEST_LOOK_MS = 20_000;

export interface SuiteRunner {
  /** As VPC endpoints are named. */
  readonly service: string;
  readonly attempt: _Attempt;
  statements(scope: Construct): iam.PolicyStatement[];
  render(values: DeployTimeValues): SuiteRunDocument;
}

export function functionRunner(fn: lambda.IFunction, { timeout = invocationTimeout(fn), startRetries = 2 }: FunctionSuiteOptions): SuiteRunner {
  requireInvocationTimeout(timeout);
  requireWhole('startRetries', startRetries, 0, 10);
  return {
    service: 'lambda',
    attempt: { longestMs: timeout.toMilliseconds(), errorBudget: startRetries, refusalMs: LONGEST_REFUSAL_MS },
    statements: () => [invokeChecked(fn.functionArn)],
    render: (values) => ({ functionArn: values.replace(fn.functionArn), timeoutMs: timeout.toMilliseconds() }),
  };
}

export function buildRunner(name: string, project: codebuild.IProject, { readRetries = 5, passes, reportGroups }: BuildSuiteOptions): SuiteRunner {
  requireWhole('readRetries', readRetries, 0, 10);
  if (passes !== undefined && passes._answers !== 1) {
    throw new Error(`check '${name}' asks for several passes of a build, which is started once; leave 'passes' out, or repeat the cases within the suite`);
  }
  if (reportGroups?.length === 0) {
    throw new Error(`'reportGroups' of check '${name}' is empty, and without a report nothing can be proven; name the groups, or leave it out`);
  }
  return {
    service: 'codebuild',
    attempt: { longestMs: LONGEST_LOOK_MS, errorBudget: readRetries },
    statements: (scope) => [runBuilds(project.projectArn), readReports(reportGroups?.map(({ reportGroupArn }) => reportGroupArn) ?? [groupsOf(scope, project)])],
    render: (values) => ({ projectName: values.replace(project.projectName) }),
  };
}

function runBuilds(projectArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'RunSuites', actions: ['codebuild:StartBuild', 'codebuild:BatchGetBuilds'], resources: [projectArn] });
}

function readReports(groupArns: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'ReadSuiteReports', actions: ['codebuild:BatchGetReports', 'codebuild:DescribeTestCases'], resources: groupArns });
}

/** CodeBuild names a group that a buildspec names after the project and it: which ones, only the buildspec knows. */
function groupsOf(scope: Construct, { projectName }: codebuild.IProject): string {
  return Stack.of(scope).formatArn({ service: 'codebuild', resource: 'report-group', resourceName: `${projectName}-*` });
}
