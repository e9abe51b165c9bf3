/** A suite in CodeBuild: one attempt starts the build, the later ones look how far it is, and the last one reads its test reports. */
import type { Probe } from '../../engine/play';
import type { Attempt, Measurement } from '../../engine/state';
import { describeError, ServiceFailure } from '../../failures';
import type { Clock } from '../../ports';
import { excerpt, quoted } from '../../text';
import { readReports } from './build-reports';
import type { Build, BuildRequest, Builds } from './builds';
import type { SuiteOutcome } from './cases';
import { judgeCases, NO_CASES } from './cases';

/** CodeBuild knows a token for five minutes; what is asked after that could start a second build. */
const TOKEN_MS = 240_000;

export interface BuildSuitePorts {
  readonly builds: Builds;
  readonly clock: Clock;
}

export function buildSuite(request: BuildRequest, rule: Parameters<typeof judgeCases>[0], { builds, clock }: BuildSuitePorts): Probe {
  return async (signal, attempt) => {
    const known = buildIdOf(attempt);
    if (known === undefined && clock.now() - attempt.startedAt > TOKEN_MS) {
      return lost(`whether a build of ${request.projectName} was started is not known, and after ${TOKEN_MS / 1_000} seconds a further try could start a second one`);
    }
    try {
      const build = known === undefined ? await builds.start(request, signal) : await builds.read(known, signal);
      return build === undefined ? lost(`build ${known} does not exist any more`) : await measured(build, rule, builds, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof ServiceFailure)) {
        throw error;
      }
      return { ...lost(describeError(error)), retryable: error.retryable };
    }
  };
}

function buildIdOf({ memory }: Attempt): string | undefined {
  const id = typeof memory === 'object' && memory !== null && 'buildId' in memory ? memory['buildId'] : undefined;
  return typeof id === 'string' ? id : undefined;
}

async function measured(build: Build, rule: Parameters<typeof judgeCases>[0], builds: Builds, signal: AbortSignal): Promise<Measurement> {
  const name = `build ${excerpt(build.id)}`;
  if (build.status === 'IN_PROGRESS') {
    return waiting(build, `${name} is in progress, in phase ${excerpt(build.phase)}`);
  }
  const reports = await readReports(build.reportArns, builds, signal);
  if ('waitingFor' in reports) {
    return waiting(build, `${name} has ended, and ${reports.waitingFor}`);
  }
  const ended = `${name} ended as ${build.status}`;
  const cases: Measurement = 'unreadable' in reports ? lost(`${reports.unreadable} (${ended})`) : judgeCases(rule, reports, ended);
  return cases.outcome === 'fail' ? cases : byStatus(build, ended, cases, 'unreadable' in reports ? undefined : reports);
}

/** Cases that all passed do not make a build good that did not succeed. */
function byStatus({ status, problem }: Build, ended: string, cases: Measurement, reports: SuiteOutcome | undefined): Measurement {
  const measurement = { what: 'build', measured: status, threshold: 'SUCCEEDED', ok: status === 'SUCCEEDED' };
  const { counts = NO_CASES } = reports ?? {};
  const told = `${ended}${problem === undefined ? '' : `: ${quoted(problem, 300)}`}, expected SUCCEEDED${reports === undefined ? '' : ` (${counts.passed} cases passed)`}`;
  const measurements = [measurement, ...cases.measurements];
  switch (status) {
    case 'SUCCEEDED':
      return { ...cases, measurements };
    case 'FAILED':
      return { ...cases, outcome: 'fail', reason: told, measurements, samples: Math.max(1, cases.samples) };
    default:
      // A build that broke, was stopped or had no time left is no verdict on the release.
      return { ...cases, outcome: 'inconclusive', reason: told, measurements, retryable: false };
  }
}

function waiting({ id }: Build, reason: string): Measurement {
  return { outcome: 'inconclusive', reason, measurements: [], samples: 0, memory: { buildId: id } };
}

function lost(reason: string): Measurement {
  return { outcome: 'error', reason, measurements: [], samples: 0, retryable: false };
}
