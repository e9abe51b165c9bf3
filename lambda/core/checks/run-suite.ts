import type { CheckResult } from '../../../lib/model/hook-contract';
import type { CheckSuite } from '../../../lib/model/suite';
import type { Judgement } from '../judgement';
import { combinedVerdict } from '../judgement';
import type { Environment } from '../ports';
import { counted } from '../text';
import { loadEngines } from './engines';
import type { CheckPorts } from './http-check';
import { prepareHttpCheck } from './http-check';
import { prepareSettle } from './settle';

/**
 * Settles, then plays the checks in order. All of them are played, so that one run shows everything that is wrong; when
 * time is up the rest is undecided. Nothing is sent before every part of the suite has been found playable.
 */
export async function runSuite(suite: CheckSuite, environment: Environment, ports: CheckPorts, signal: AbortSignal): Promise<Judgement> {
  const engines = await loadEngines(suite);
  const settle = suite.settle === undefined ? undefined : prepareSettle(suite.settle, environment, engines);
  const checks = suite.checks.map((document) => ({ document, run: prepareHttpCheck(document, environment, engines) }));

  const results: CheckResult[] = [];
  if (settle !== undefined) {
    const settled = await settle(ports, signal);
    results.push(settled);
    if (settled.verdict !== 'pass') {
      return { verdict: settled.verdict, reason: `${spoken(settled)}; ${counted(checks.length, 'check')} not run`, checks: results };
    }
  }
  for (const { document, run } of checks) {
    results.push(signal.aborted ? notRun(document.name, document.kind) : await run(ports, signal));
  }
  return { verdict: combinedVerdict(results.map(({ verdict }) => verdict)), reason: overallReason(results), checks: results };
}

/** The first failed check speaks for all; else the first undecided one. */
function overallReason(results: readonly CheckResult[]): string {
  const failed = results.filter(({ verdict }) => verdict === 'fail');
  const undecided = results.filter(({ verdict }) => verdict === 'inconclusive');
  const first = failed[0] ?? undecided[0];
  if (first === undefined) {
    const played = results.filter(({ kind }) => kind !== 'settle');
    return `${counted(played.length, 'check')} passed: ${played.map(({ name }) => name).join(', ')}`;
  }
  const others = failed.length + undecided.length - 1;
  return others === 0 ? spoken(first) : `${spoken(first)}; and ${counted(others, 'more check')} did not pass`;
}

/** A check's reason where its name does not stand beside it. */
function spoken({ name, reason }: CheckResult): string {
  return `${name}: ${reason}`;
}

function notRun(name: string, kind: string): CheckResult {
  return { name, kind, verdict: 'inconclusive', reason: 'not run, time was up before it', measurements: [], samples: 0, errors: 0, windowMs: 0 };
}
