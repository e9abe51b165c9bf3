/**
 * Builds of CodeBuild as a scenario tells them: no container engine runs a buildspec here. Times are virtual milliseconds.
 *
 * @see https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html
 */
import { ServiceError } from './ports';

export type BuildStatus = 'SUCCEEDED' | 'FAILED' | 'FAULT' | 'TIMED_OUT' | 'STOPPED';

export type TestStatus = 'SUCCEEDED' | 'FAILED' | 'ERROR' | 'SKIPPED';

export interface TestCase {
  readonly name: string;
  readonly status: TestStatus;
  readonly durationMs?: number;
  readonly message?: string;
}

/** What comes of one build. */
export interface BuildScript {
  readonly afterMs: number;
  readonly status: BuildStatus;
  /** Absent: the build makes no test report. */
  readonly cases?: readonly TestCase[];
}

export interface BuildProject {
  readonly name: string;
  readonly arn: string;
  /** Of its builds, one after the other; the last one stays. Empty where the scenario says nothing. */
  readonly scripts: readonly BuildScript[];
}

export interface BuildStart {
  readonly projectName: string;
  readonly token?: string;
  readonly variables: readonly object[];
  /** Ends the build, whatever its script says. */
  readonly timeoutMs: number;
}

export interface Build {
  readonly number: number;
  readonly project: BuildProject;
  readonly variables: readonly object[];
  readonly startedAt: number;
  readonly endsAt: number;
  readonly endsAs: BuildStatus;
  readonly cases?: readonly TestCase[];
}

/** CodeBuild knows a token for so long. */
const TOKEN_MS = 5 * 60_000;

export class Builds {
  private readonly started: Build[] = [];
  private readonly tokens = new Map<string, { readonly build: Build; readonly start: string }>();

  constructor(
    private readonly projects: readonly BuildProject[],
    private readonly now: () => number,
  ) {}

  project(name: string): BuildProject | undefined {
    return this.projects.find((project) => project.name === name || project.arn === name);
  }

  /** Every build, the first one first. */
  list(): readonly Build[] {
    return this.started;
  }

  hasEnded({ endsAt }: Build): boolean {
    return this.now() >= endsAt;
  }

  /** @throws ServiceError `InvalidInputException` where a token comes with another request */
  start(project: BuildProject, request: BuildStart): Build {
    const { token, ...start } = request;
    const known = token === undefined ? undefined : this.tokens.get(token);
    if (known !== undefined && this.now() - known.build.startedAt < TOKEN_MS) {
      if (known.start !== JSON.stringify(start)) {
        throw new ServiceError('InvalidInputException', 'Parameter mismatch for the idempotency token');
      }
      return known.build;
    }
    const build = this.begin(project, request);
    if (token !== undefined) {
      this.tokens.set(token, { build, start: JSON.stringify(start) });
    }
    return build;
  }

  private begin(project: BuildProject, { variables, timeoutMs }: BuildStart): Build {
    const number = this.started.filter((build) => build.project.name === project.name).length + 1;
    const script = project.scripts[Math.min(number, project.scripts.length) - 1]!;
    const overdue = script.afterMs > timeoutMs;
    const startedAt = this.now();
    const build: Build = {
      number,
      project,
      variables,
      startedAt,
      endsAt: startedAt + Math.min(script.afterMs, timeoutMs),
      endsAs: overdue ? 'TIMED_OUT' : script.status,
      // A build that is cut short has not come to its reports.
      ...(script.cases === undefined || overdue ? {} : { cases: script.cases }),
    };
    this.started.push(build);
    return build;
  }
}
