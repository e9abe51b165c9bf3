/**
 * `npm run bench:synth`: what an app of many functions costs when it is synthesized, with a rollout of its own for each, and with `LambdaRollout.forAll`.
 *
 *   node scripts/bench-synth.mjs [--runs N] [--sizes 10,50,100,200,300] [--json FILE]
 *
 * Ends with 1 when time or template size grows faster than the number of functions. Growth is that of CPU seconds, in which other work on the machine shows least.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { median } from './bench.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const SIZES = [10, 50, 100, 200, 300];

/** How the functions of an app are released, and what that is called. */
const WAYS = { none: 'functions and aliases alone', each: 'new LambdaRollout for each', forAll: 'LambdaRollout.forAll, once a stack' };

/** What a function more may cost in the larger half of the apps, against the smaller half: 1 is linear; growth by the square has 3.6 with these sizes, whatever start-up costs. */
const AIMS = { timeBend: 1.3, bytesBend: 1.05 };

const BAR_WIDTH = 30;

/** One synthesis in a process of its own. */
function play({ functions, by, validators }) {
  const script = join(ROOT, 'bench', 'synth-app.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, JSON.stringify({ functions, by })], {
    encoding: 'utf8',
    env: { ...process.env, CDK_VALIDATION: String(validators) },
  });
  if (status !== 0) {
    throw new Error(`an app of ${functions} functions (${by}) was not synthesized:\n${stderr}`);
  }
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/** Medians of some runs; resources and templates are the same in each. */
function measure({ runs, ...app }) {
  const results = Array.from({ length: runs }, () => play(app));
  return { ...app, ...results[0], seconds: median(results.map(({ seconds }) => seconds)), cpuSeconds: median(results.map(({ cpuSeconds }) => cpuSeconds)), maxRssMb: Math.max(...results.map(({ maxRssMb }) => maxRssMb)) };
}

/**
 * The line that fits points best (least squares), and how much of their variance it explains.
 *
 * @param {readonly (readonly [number, number])[]} points at least two different x
 */
export function linearFit(points) {
  const mean = (index) => points.reduce((sum, point) => sum + point[index], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const sum = (of) => points.reduce((total, [x, y]) => total + of(x - meanX, y - meanY), 0);
  const [xx, xy, yy] = [sum((x) => x * x), sum((x, y) => x * y), sum((_, y) => y * y)];
  return { slope: xy / xx, intercept: meanY - (xy / xx) * meanX, rSquared: yy === 0 ? 1 : (xy * xy) / (xx * yy) };
}

/** A line through all points, and how much steeper one through the larger half is than one through the smaller half; the middle belongs to both. */
function growth(rows, read) {
  const points = rows.map((row) => [row.functions, read(row)]);
  const middle = points.length >> 1;
  return { ...linearFit(points), bend: linearFit(points.slice(middle)).slope / linearFit(points.slice(0, middle + 1)).slope };
}

/** How time and templates grow, and what is not linear, in words. Rows are ordered by their functions, at least three of them. */
export function judge(by, rows) {
  const time = growth(rows, ({ cpuSeconds }) => cpuSeconds);
  const bytes = growth(rows, ({ templateBytes }) => templateBytes);
  const missed = [
    time.bend > AIMS.timeBend && `a function more takes ${time.bend.toFixed(2)} times the CPU in large apps of '${by}', to be at most ${AIMS.timeBend}`,
    bytes.bend > AIMS.bytesBend && `a function more takes ${bytes.bend.toFixed(2)} times the template in large apps of '${by}', to be at most ${AIMS.bytesBend}`,
  ];
  return { time, bytes, missed: missed.filter((miss) => miss !== false) };
}

function bench({ runs, sizes, json }) {
  const machine = { cores: availableParallelism(), node: process.versions.node, loadAverage: loadavg()[0] };
  console.log(`Node ${machine.node}, ${machine.cores} cores, load average ${machine.loadAverage.toFixed(1)}; each synthesis in a process of its own, ${runs} each, medians; without the CDK's validators`);
  const ways = Object.entries(WAYS).map(([by, name]) => {
    const rows = sizes.map((functions) => measure({ functions, by, validators: false, runs }));
    console.log(`\n${table(name, rows)}`);
    return { by, rows, ...judge(by, rows) };
  });
  const validated = measure({ functions: sizes.at(-1), by: 'forAll', validators: true, runs: 1 });
  console.log(`\nwith the CDK's validators, ${validated.functions} functions by forAll: ${validated.seconds.toFixed(2)} s, ${validated.cpuSeconds.toFixed(2)} s of CPU`);
  // What the CDK does by itself is shown to compare with.
  const missed = ways.filter(({ by }) => by !== 'none').flatMap((way) => way.missed);
  console.log(`\n${ways.map(verdict).join('\n')}`);
  console.log(missed.length === 0 ? 'Time and templates grow linearly.' : missed.map((miss) => `Missed: ${miss}`).join('\n'));
  if (missed.length > 0 && machine.loadAverage > machine.cores / 2) {
    console.log(`Other work had the machine (load average ${machine.loadAverage.toFixed(1)} on ${machine.cores} cores); run it again when it is idle.`);
  }
  if (json !== undefined) {
    mkdirSync(dirname(json), { recursive: true });
    writeFileSync(json, `${JSON.stringify({ schemaVersion: 1, machine, aims: AIMS, ways, validated, missed }, undefined, 2)}\n`);
  }
  return missed.length === 0;
}

const verdict = ({ by, time, bytes }) =>
  `${by.padEnd(8)} ${time.intercept.toFixed(2)} s + ${(time.slope * 1_000).toFixed(1)} ms of CPU a function (R² ${time.rSquared.toFixed(3)}, bend ${time.bend.toFixed(2)}); ` +
  `${Math.round(bytes.intercept / 1_000) || 0} kB + ${(bytes.slope / 1_000).toFixed(2)} kB a function (R² ${bytes.rSquared.toFixed(3)}, bend ${bytes.bend.toFixed(2)})`;

function table(name, rows) {
  const slowest = Math.max(...rows.map(({ cpuSeconds }) => cpuSeconds));
  const cells = rows.map((row) => [
    String(row.functions),
    row.seconds.toFixed(2),
    row.cpuSeconds.toFixed(2),
    ((row.cpuSeconds * 1_000) / row.functions).toFixed(1),
    String(row.stacks),
    String(row.resources),
    (row.templateBytes / 1_000).toFixed(0),
    (row.largestTemplateBytes / 1_000).toFixed(0),
    row.maxRssMb.toFixed(0),
    '█'.repeat(Math.max(1, Math.round((row.cpuSeconds / slowest) * BAR_WIDTH))),
  ]);
  const heads = ['functions', 'seconds', 'CPU s', 'CPU ms each', 'stacks', 'resources', 'templates kB', 'largest kB', 'MB', 'CPU'];
  const last = heads.length - 1;
  const line = (row) => row.map((cell, column) => (column === last ? cell : cell.padStart(heads[column].length))).join('  ').trimEnd();
  return [name, ...[heads, ...cells].map(line)].join('\n');
}

function readOptions() {
  const { values } = parseArgs({ options: { runs: { type: 'string', default: '3' }, sizes: { type: 'string', default: SIZES.join(',') }, json: { type: 'string' } } });
  const runs = Number(values.runs);
  const sizes = values.sizes.split(',').map(Number);
  if (!Number.isInteger(runs) || runs < 1) {
    throw new RangeError(`--runs must be a whole number from 1, got '${values.runs}'`);
  }
  if (sizes.length < 3 || !sizes.every((size, index) => Number.isInteger(size) && size >= 1 && size > (sizes[index - 1] ?? 0))) {
    throw new RangeError(`--sizes must be at least three whole numbers from 1, each larger than the one before, with commas between them, got '${values.sizes}'`);
  }
  if (!existsSync(join(ROOT, 'build', 'lib', 'index.js'))) {
    throw new RangeError("the constructs are not built; run 'npm run build'");
  }
  return { runs, sizes, json: values.json };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = bench(readOptions()) ? 0 : 1;
  } catch (error) {
    console.error(error instanceof RangeError ? error.message : error);
    process.exitCode = 2;
  }
}
