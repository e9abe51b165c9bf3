import type * as codebuild from 'aws-cdk-lib/aws-codebuild';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { SuiteCheckDocument } from '../model/suite-document';
import { requireWhole } from '../private/numbers';
import type { SuiteRunner } from '../private/suite-runners';
import { buildRunner, functionRunner } from '../private/suite-runners';
import { requireVariables } from '../private/suite-variables';
import type { _Attempt, _CheckContext } from './check';
import { Check } from './check';
import type { CheckOptions } from './check-options';

/** What every suite of your own has. */
export interface SuiteOptions extends CheckOptions {
  /**
   * What the suite is told besides the deployment: texts by names, which may be deploy-time values. They are no place for secrets: a build shows
   * its environment variables to whoever may read it.
   *
   * @default - nothing
   */
  readonly variables?: { readonly [name: string]: string };

  /**
   * Cases that must have been run, skipped ones not counted, 1 to 10,000. With fewer the check is undecided.
   *
   * @default 1
   */
  readonly minCases?: number;

  /**
   * Whether skipped cases are no matter. Otherwise the check is undecided where there is one.
   *
   * @default true
   */
  readonly allowSkipped?: boolean;
}

/** A suite that is a Lambda function. */
export interface FunctionSuiteOptions extends SuiteOptions {
  /**
   * Time from sending the invocation to the result, one second to fifteen minutes. It must fit into the hook's time-out.
   *
   * @default - ten seconds for a cold start more than the function's own time-out; one minute where that is not known
   */
  readonly timeout?: Duration;

  /**
   * Invocations that Lambda may refuse to start, as it does when it throttles, 0 to 10. A function that may have begun is never invoked again.
   *
   * @default 2
   */
  readonly startRetries?: number;
}

/** A suite that runs in CodeBuild. Unless `checkTimeout` says otherwise the build has ten minutes, and is looked at every ten seconds (`interval`). */
export interface BuildSuiteOptions extends SuiteOptions {
  /**
   * Report groups that the build's test reports go to, for the permission to read them.
   *
   * @default - those that CodeBuild makes for the project itself, whose names begin with the project's
   */
  readonly reportGroups?: codebuild.IReportGroup[];

  /**
   * Calls to CodeBuild that may come to nothing, such as throttled ones, 0 to 10.
   *
   * @default 5
   */
  readonly readRetries?: number;
}

/**
 * Lets a suite of your own run, and judges its cases: one that did not pass fails the check, and each appears in the report. A suite without a case that
 * was run proves nothing, and leaves the check undecided.
 */
export class SuiteCheck extends Check {
  /**
   * A function that runs the cases, and returns a result document or JUnit XML as a text, up to 1 MB. Throwing and timing out fail the check.
   *
   * It is sent `deploymentId`, `event`, `rollout`, `check`, `testUrl`, `productionUrl` and `variables`, and must reach what it asks by itself.
   *
   * @param fn the function, or a version or an alias of it; every attempt invokes it once
   * @param options what differs from the defaults
   * @throws when the options are out of range
   */
  public static fromFunction(fn: lambda.IFunction, options: FunctionSuiteOptions = {}): SuiteCheck {
    return new SuiteCheck(functionRunner(fn, options), { ...options, name: options.name ?? `suite ${fn.node.id}` });
  }

  /**
   * A CodeBuild project, of which one build is started. Its test reports are the result, together with the status of the build: its buildspec needs
   * a `reports` section.
   *
   * The build gets `GREENLIGHT_DEPLOYMENT_ID`, `GREENLIGHT_EVENT`, `GREENLIGHT_ROLLOUT`, `GREENLIGHT_CHECK`, `GREENLIGHT_TEST_URL`,
   * `GREENLIGHT_PRODUCTION_URL` and the variables in its environment, and must reach what it asks by itself. CodeBuild ends it when the time of the
   * check is up, in whole minutes and after five at the earliest.
   *
   * @param project the project
   * @param options what differs from the defaults
   * @throws when the options are out of range, or several passes are asked for
   * @see https://docs.aws.amazon.com/codebuild/latest/userguide/test-reporting.html
   */
  public static fromCodeBuild(project: codebuild.IProject, options: BuildSuiteOptions = {}): SuiteCheck {
    const { checkTimeout = Duration.minutes(10), interval = Duration.seconds(10), name = `suite ${project.node.id}` } = options;
    return new SuiteCheck(buildRunner(name, project, options), { ...options, name, checkTimeout, interval });
  }

  private constructor(
    private readonly runner: SuiteRunner,
    private readonly options: SuiteOptions & { readonly name: string },
  ) {
    super(options.name, options);
    requireWhole('minCases', this.minCases, 1, 10_000);
    requireVariables(`check '${this.name}'`, options.variables ?? {});
  }

  /** @internal */
  public get _services(): string[] {
    return [this.runner.service];
  }

  /** @internal */
  public get _passesUrlsOn(): boolean {
    return true;
  }

  /** @internal */
  public get _attempt(): _Attempt {
    return this.runner.attempt;
  }

  /** @internal */
  public _statements(scope: Construct): iam.PolicyStatement[] {
    return this.runner.statements(scope);
  }

  /** @internal */
  public _render({ values }: _CheckContext): SuiteCheckDocument {
    const variables = Object.entries(this.options.variables ?? {}).map(([name, value]) => [name, values.replace(value)]);
    return {
      kind: 'suite',
      name: this.name,
      policy: this._policy(),
      run: this.runner.render(values),
      variables: Object.fromEntries(variables),
      minCases: this.minCases,
      allowSkipped: this.options.allowSkipped ?? true,
    };
  }

  private get minCases(): number {
    return this.options.minCases ?? 1;
  }
}
