/**
 * `npm run bench`: what the load sender of the bundled handler does, with client and server on a core each.
 *
 *   node scripts/bench.mjs [--runs N] [--json FILE]
 *
 * Ends with 1 when the median of the runs misses an aim. Everything else that runs on the machine shows in the figures.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { bundleHandler } from './bundle-handlers.mjs';
import { ROOT } from './build.mjs';

const PERCENTILES = ['p50', 'p90', 'p99', 'p99.9'];

/** The JavaScript heap of a function with 256 MB leaves the rest of the process room. */
const HEAP_MB = 160;

const AIMS = { ratePerSecond: 2_000, maxRssMb: 256, deviation: 0.05 };

/** Of 2,000 requests that were due in a second, the last may be answered after it. */
const LEAST_SHARE = 0.995;

const REQUEST = { method: 'GET', path: '/api/orders', headers: {}, timeoutMs: 5_000, maxRedirects: 0 };

const THROUGHPUT = { ratePerSecond: AIMS.ratePerSecond, warmUpMs: 3_000, warmUpRate: 'CONSTANT', durationMs: 30_000 };
const ACCURACY = { ratePerSecond: 200, warmUpMs: 5_000, warmUpRate: 'CONSTANT', durationMs: 60_000 };
const INJECTION = { seed: 7, p50Ms: 10, sigma: 0.5, stallEveryMs: 5_000, stallMs: 500, ...ACCURACY };

async function bench({ runs, json }) {
  const client = join(ROOT, 'build', 'bench', 'load-client.js');
  await bundleHandler('load-client', join(ROOT, 'bench', 'load-client.ts'), client);
  const machine = { cores: availableParallelism(), node: process.versions.node, pinned: canPin(), loadAverage: loadavg()[0] };
  console.log(`Node ${machine.node}, ${machine.cores} cores, ${machine.pinned ? 'client and server pinned to one each' : 'not pinned: no taskset, or one core only'}, load average ${machine.loadAverage.toFixed(1)}`);

  const results = [];
  for (let run = 1; run <= runs; run++) {
    results.push({ throughput: await play({ client, shape: THROUGHPUT }), accuracy: await play({ client, shape: ACCURACY, injection: INJECTION }) });
    console.log(`run ${run} of ${runs}: ${brief(results.at(-1))}`);
  }
  const report = { schemaVersion: 1, machine, aims: AIMS, ...judge(results), runs: results };
  print(report);
  if (json !== undefined) {
    mkdirSync(join(json, '..'), { recursive: true });
    writeFileSync(json, `${JSON.stringify(report, undefined, 2)}\n`);
  }
  return report.missed.length === 0;
}

/** One load, in a process of its own against a server in another. */
async function play({ client, shape, injection }) {
  const server = spawn(...pinned(1, [process.execPath, join(ROOT, 'bench', 'load-server.mjs'), ...(injection === undefined ? [] : [JSON.stringify(injection)])]), { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const { port, ...expected } = JSON.parse(await firstLine(server));
    const document = {
      kind: 'load',
      name: 'benchmark',
      policy: {},
      requests: [{ target: { url: 'http://127.0.0.1' }, request: REQUEST }],
      shape,
      maxInFlight: 500,
      thresholds: [{ kind: 'errorRate', atMostPercent: 0, minSamples: 1 }],
    };
    const argument = JSON.stringify({ url: `http://127.0.0.1:${port}/api/orders`, document });
    const child = spawn(...pinned(0, [process.execPath, `--max-old-space-size=${HEAP_MB}`, client, argument]), { stdio: ['ignore', 'pipe', 'inherit'] });
    return { ...JSON.parse(await firstLine(child)), ...expected };
  } finally {
    server.stdin.end();
  }
}

const canPin = () => availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;

function pinned(core, words) {
  const [command, ...args] = canPin() ? ['taskset', '-c', String(core), ...words] : words;
  return [command, args];
}

function firstLine(child) {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) {
        resolve(text.slice(0, text.indexOf('\n')));
      }
    });
    child.on('error', reject);
    child.on('close', (code) => reject(new Error(`a process of the benchmark ended with ${code} before it said anything`)));
  });
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The medians of all runs, and the aims that they miss. */
export function judge(results) {
  const of = (read) => median(results.map(read));
  const throughput = {
    sentPerSecond: of(({ throughput: { sentPerSecond } }) => sentPerSecond),
    answeredPerSecond: of(({ throughput: { answeredPerSecond } }) => answeredPerSecond),
    failed: of(({ throughput: { failed } }) => failed),
    lateP99Ms: of(({ throughput: { lateMs } }) => lateMs.p99),
    cpuMicrosecondsPerRequest: of(({ throughput: { cpuMs, samples } }) => (cpuMs * 1_000) / samples),
    maxRssMb: of(({ throughput: { maxRssMb } }) => maxRssMb),
  };
  const accuracy = PERCENTILES.map((name, index) => {
    const [measured, injected, closedLoop] = ['latencyMs', 'openModel', 'closedLoop'].map((key) => of(({ accuracy: run }) => run[key][index]));
    return { name, injected, measured, deviation: of(({ accuracy: run }) => run.latencyMs[index] / run.openModel[index] - 1), closedLoop };
  });
  const p99 = accuracy.find(({ name }) => name === 'p99');
  const missed = [
    throughput.answeredPerSecond < AIMS.ratePerSecond * LEAST_SHARE && `answered ${throughput.answeredPerSecond.toFixed(0)} requests a second, to be ${AIMS.ratePerSecond}`,
    throughput.failed > 0 && `${throughput.failed} requests failed, to be none`,
    throughput.maxRssMb >= AIMS.maxRssMb && `took ${throughput.maxRssMb.toFixed(0)} MB, to be below ${AIMS.maxRssMb}`,
    Math.abs(p99.deviation) > AIMS.deviation && `p99 was ${percent(p99.deviation)} off what was injected, to be within ${percent(AIMS.deviation)}`,
  ].filter((miss) => miss !== false);
  return { throughput, accuracy, missed };
}

const percent = (share) => `${(share * 100).toFixed(1)} %`;
const ms = (value) => `${value.toFixed(1)} ms`;

function brief({ throughput, accuracy }) {
  const [, , p99] = accuracy.latencyMs;
  return `${throughput.answeredPerSecond.toFixed(0)}/s, late p99 ${ms(throughput.lateMs.p99)}, ${throughput.maxRssMb.toFixed(0)} MB, ${throughput.outcome}; p99 ${ms(p99)} of ${ms(accuracy.openModel[2])}, ${accuracy.outcome}`;
}

function print({ machine, throughput, accuracy, missed }) {
  const rows = [
    ['2,000 requests a second for 30 s', ''],
    ['  sent', `${throughput.sentPerSecond.toFixed(1)}/s`],
    ['  answered', `${throughput.answeredPerSecond.toFixed(1)}/s`],
    ['  late, p99', ms(throughput.lateP99Ms)],
    ['  CPU', `${throughput.cpuMicrosecondsPerRequest.toFixed(0)} µs a request`],
    ['  memory, at most', `${throughput.maxRssMb.toFixed(0)} MB`],
    ['200 a second for 60 s, stalls of 500 ms every 5 s', 'injected   measured   off       a closed loop would say'],
    ...accuracy.map(({ name, injected, measured, deviation, closedLoop }) => [`  ${name}`, `${ms(injected).padEnd(11)}${ms(measured).padEnd(11)}${percent(deviation).padEnd(10)}${ms(closedLoop)}`]),
  ];
  console.log(`\n${rows.map(([what, value]) => `${what.padEnd(52)}${value}`.trimEnd()).join('\n')}\n`);
  console.log(missed.length === 0 ? 'All aims are met.' : missed.map((miss) => `Missed: ${miss}`).join('\n'));
  if (missed.length > 0 && machine.loadAverage > machine.cores / 2) {
    console.log(`Other work had the machine (load average ${machine.loadAverage.toFixed(1)} on ${machine.cores} cores); run it again when it is idle.`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { runs: { type: 'string', default: '1' }, json: { type: 'string' } } });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) {
    console.error(`--runs must be a whole number from 1, got '${values.runs}'`);
    process.exit(2);
  }
  process.exitCode = (await bench({ runs, json: values.json })) ? 0 : 1;
}
