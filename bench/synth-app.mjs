/**
 * An app of many functions behind aliases, synthesized once: what `npm run bench:synth` measures, in a process of its own.
 *
 *   node bench/synth-app.mjs '{ "functions": 300, "by": "forAll" }'
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, Duration, Stack } from 'aws-cdk-lib/core';

import { HttpAssertion, InvokeCheck, LambdaRollout, LifecycleHook, TrafficShift } from '../build/lib/index.js';

/** Functions of a stack, so that its resources are fewer than the 500 that CloudFormation takes. */
const IN_A_STACK = { none: 100, each: 18, forAll: 75 };

const traffic = () => TrafficShift.linear({ percentage: 10, interval: Duration.minutes(1) });

/** Of its own for each rollout, as teams write it. */
const hooks = () => ({
  beforeAllowTraffic: LifecycleHook.checks({
    checks: [InvokeCheck.targetVersion({ name: 'takes', cases: [{ name: 'one', payload: { order: 1 }, assertions: [HttpAssertion.jsonPath('$.ok').equalsBoolean(true)] }] })],
  }),
});

function aliasIn(stack, number) {
  const code = lambda.Code.fromInline('exports.handler = async () => ({ ok: true });');
  const fn = new lambda.Function(stack, `Function${number}`, { code, handler: 'index.handler', runtime: lambda.Runtime.NODEJS_24_X });
  return new lambda.Alias(stack, `Live${number}`, { aliasName: 'live', version: fn.currentVersion });
}

const RELEASE = {
  none: () => undefined,
  each: (stack, aliases) => aliases.forEach((alias, index) => new LambdaRollout(stack, `Rollout${index}`, { alias, traffic: traffic(), hooks: hooks() })),
  forAll: (stack, aliases) => LambdaRollout.forAll(stack, 'Functions', { aliases, traffic: traffic(), hooks: hooks() }),
};

function synthesize({ functions, by, outdir }) {
  const app = new App({ outdir, analyticsReporting: false });
  for (let first = 0; first < functions; first += IN_A_STACK[by]) {
    const stack = new Stack(app, `Stack${first / IN_A_STACK[by]}`);
    const aliases = Array.from({ length: Math.min(IN_A_STACK[by], functions - first) }, (_, index) => aliasIn(stack, index));
    RELEASE[by](stack, aliases);
  }
  app.synth();
}

const { functions, by } = JSON.parse(process.argv[2]);
const outdir = mkdtempSync(join(tmpdir(), 'greenlight-synth-'));
try {
  const [started, before] = [performance.now(), process.cpuUsage()];
  synthesize({ functions, by, outdir });
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(before);
  const cpuSeconds = (user + system) / 1_000_000;
  const templates = readdirSync(outdir)
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => readFileSync(join(outdir, file), 'utf8'));
  const resources = templates.reduce((sum, text) => sum + Object.keys(JSON.parse(text).Resources).length, 0);
  const templateBytes = templates.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const largestTemplateBytes = Math.max(...templates.map((text) => Buffer.byteLength(text)));
  console.log(JSON.stringify({ seconds, cpuSeconds, stacks: templates.length, resources, templateBytes, largestTemplateBytes, maxRssMb: process.resourceUsage().maxRSS / 1_024 }));
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
