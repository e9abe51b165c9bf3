/** Has the version that is released warm before traffic comes to it: asks for its provisioned concurrency, and looks until that is ready. */
import type { ProvisionedCheckDocument } from '../../../lib/model/provisioned-concurrency';
import { PROVISIONED_EXECUTIONS } from '../../../lib/model/provisioned-concurrency';
import type { Probe } from '../engine/play';
import type { Attempt, Measurement } from '../engine/state';
import { within } from '../deadline';
import { describeError, Overdue, ServiceFailure } from '../failures';
import type { Provisioned, ProvisionedConcurrencyService, Version } from '../provisioned-concurrency/allocation';
import { describeAllocation, progressOf, provision } from '../provisioned-concurrency/allocation';
import type { ReleaseSource } from '../release/ports';
import { findTarget, lambdaQuestion } from './find-target';
import type { CheckKind } from './kind';
import type { ProbeTools } from './tools';

/** Longest call to Lambda. */
const CALL_MS = 6_000;

const OUTCOMES = { ready: 'pass', pending: 'inconclusive', failed: 'fail' } as const;

export interface ProvisionedPorts {
  readonly releases: ReleaseSource;
  readonly concurrency: ProvisionedConcurrencyService;
}

export function provisionedKind(ports: ProvisionedPorts): CheckKind<ProvisionedCheckDocument> {
  return {
    parse: (fields, base) => ({ kind: 'provisioned', ...base, executions: fields.integer('executions', PROVISIONED_EXECUTIONS.min, PROVISIONED_EXECUTIONS.max) }),
    probe: (document, tools) => provisionedProbe(document, ports, tools),
  };
}

/** What later attempts know. */
interface Memory {
  readonly target?: Version;
  readonly asked?: boolean;
}

function provisionedProbe({ executions }: ProvisionedCheckDocument, { releases, concurrency }: ProvisionedPorts, tools: ProbeTools): Probe {
  const { clock, environment, hook } = tools;
  const question = lambdaQuestion(environment, hook.DeploymentId);
  return async (signal, attempt) => {
    const { target: known, asked = false } = memoryOf(attempt);
    const target = known ?? (await findTarget(releases, question, tools, signal));
    if ('reason' in target) {
      return nothingMeasured(target.reason, target.retryable);
    }
    try {
      const came = await provision(concurrency, { ...target, executions, asked }, (make) => within(clock, { ms: CALL_MS, signal }, make));
      return judged(target, came);
    } catch (error) {
      if (signal.aborted || !(error instanceof ServiceFailure || error instanceof Overdue)) {
        throw error;
      }
      return nothingMeasured(`the provisioned concurrency of ${target.functionName}:${target.version} is not known: ${describeError(error)}`, error instanceof Overdue || error.retryable);
    }
  };
}

function judged({ functionName, version }: Version, { allocation, asked }: Provisioned): Measurement {
  const progress = progressOf(allocation);
  const { requested, available } = allocation;
  return {
    outcome: OUTCOMES[progress],
    reason: describeAllocation({ functionName, version }, allocation),
    measurements: [{ what: 'provisioned execution environments', measured: available, threshold: requested, ok: progress === 'ready' }],
    samples: 1,
    memory: { target: { functionName, version }, asked },
  };
}

const nothingMeasured = (reason: string, retryable: boolean): Measurement => ({ outcome: 'error', reason, measurements: [], samples: 0, retryable });

const memoryOf = ({ memory }: Attempt): Memory => (memory as unknown as Memory | undefined) ?? {};
