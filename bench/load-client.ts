/** Sends one load, as a bundled handler does, and prints what came of it as JSON. Only what a hook may reach differs: here it is this machine. */
import { systemClock } from '../lambda/adapters/clock';
import { histogram } from '../lambda/adapters/histogram';
import { loadGenerator } from '../lambda/adapters/load-line';
import { judgeLoad } from '../lambda/core/checks/load/judge-load';
import { runLoad } from '../lambda/core/checks/load/run-load';
import type { Environment } from '../lambda/core/ports';
import type { LoadCheckDocument } from '../lib/model/load-document';

const PERCENTILES = [50, 90, 99, 99.9] as const;
const WITHOUT: Environment = { variable: () => undefined, payload: () => '', suite: () => '' };

async function main({ url, document }: { readonly url: string; readonly document: LoadCheckDocument }): Promise<void> {
  const requests = document.requests.map(({ request }) => ({ ...request, url }));
  const { signal } = new AbortController();
  const line = await loadGenerator({ policy: () => undefined }).open(requests, { environment: WITHOUT, maxInFlight: document.maxInFlight }, signal);
  const before = process.cpuUsage();
  const summary = await runLoad(document, { clock: systemClock, histogram, line }, signal);
  line.close();
  const { user, system } = process.cpuUsage(before);
  const { outcome, reason } = judgeLoad(document, summary, 'benchmark');
  const at = (of: typeof summary.latency, percentile: number) => of.atRank(Math.max(1, Math.ceil((percentile / 100) * of.count)));
  const result = {
    outcome,
    reason,
    samples: summary.samples,
    failed: summary.failed,
    sentPerSecond: (summary.sent * 1_000) / summary.sendingMs,
    answeredPerSecond: (summary.answered * 1_000) / summary.answeringMs,
    latencyMs: PERCENTILES.map((percentile) => at(summary.latency, percentile)),
    lateMs: { p50: at(summary.lateness, 50), p99: at(summary.lateness, 99), max: at(summary.lateness, 100) },
    cpuMs: (user + system) / 1_000,
    maxRssMb: process.resourceUsage().maxRSS / 1_024,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

void main(JSON.parse(process.argv[2] ?? '') as Parameters<typeof main>[0]);
