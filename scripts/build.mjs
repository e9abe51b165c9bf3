/**
 * Builds what is not up to date: handlers and command by esbuild, JSON Schemas of the documents from their types, constructs by jsii, and with
 * `--synth` the example assembly by the CDK CLI.
 * A step is skipped when the bytes of its inputs are those of its last success.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { writeSizes } from './handler-sizes.mjs';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const STAMPS = join(ROOT, 'build', 'stamps.json');
/** What the handlers came to, for `npm test` to show. */
export const HANDLER_SIZES = join(ROOT, 'build', 'handler-sizes.json');
const SHARED_INPUTS = ['package-lock.json', 'scripts/build.mjs', 'lib/model/**/*.ts'];

const STEPS = {
  handlers: {
    inputs: ['lambda/**/*.ts', 'scripts/bundle-handlers.mjs', 'scripts/handler-sizes.mjs', 'scripts/third-party.mjs'],
    output: ['build/handlers', 'build/handler-sizes.json'],
    run: buildHandlers,
  },
  schemas: { inputs: ['scripts/schemas.mjs', 'tsconfig.jsii.json'], output: 'build/schemas', run: buildSchemas },
  linter: { inputs: ['lambda/core/**/*.ts', 'lambda/synth/**/*.ts', 'rehearsal/documents/**/*.ts', 'scripts/bundle-linter.mjs', 'scripts/bundle-handlers.mjs', 'scripts/third-party.mjs'], output: ['build/synth/suite-linter.js', 'build/synth/appspec.js', 'build/synth/bundle.js'], run: buildLinter },
  command: { inputs: ['rehearsal/**/*', 'build/schemas/suite.schema.json', 'scripts/bundle-command.mjs', 'scripts/third-party.mjs'], output: 'build/rehearsal/greenlight.js', run: buildCommand },
  constructs: { inputs: ['lib/**/*', 'package.json', 'README.md', 'tsconfig.jsii.json'], output: 'build/lib/index.js', run: buildConstructs },
  assembly: { inputs: ['lib/**/*', 'lambda/**/*.ts', 'examples/**/*', 'cdk.json', 'package.json'], output: 'build/cdk.out/manifest.json', run: synthesize },
};

async function buildHandlers() {
  const { bundleHandlers } = await import('./bundle-handlers.mjs');
  const outDir = join(ROOT, 'build', 'handlers');
  // A handler that is gone must not travel in the package.
  rmSync(outDir, { recursive: true, force: true });
  writeSizes(HANDLER_SIZES, await bundleHandlers({ outDir }));
}

async function buildSchemas() {
  const { writeSchemas } = await import('./schemas.mjs');
  writeSchemas({ outDir: join(ROOT, 'build', 'schemas') });
}

async function buildLinter() {
  const { bundleLinter } = await import('./bundle-linter.mjs');
  await bundleLinter({ outDir: join(ROOT, 'build', 'synth') });
}

async function buildCommand() {
  const { bundleCommand } = await import('./bundle-command.mjs');
  await bundleCommand({ outDir: join(ROOT, 'build', 'rehearsal') });
}

function buildConstructs() {
  return run('jsii', ['--silence-warnings=reserved-word']);
}

function synthesize() {
  return run('cdk', ['synth', '--quiet']);
}

/** Runs a locally installed command on the Node that runs this script; its output is shown only when it fails. */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const bin = join(ROOT, 'node_modules', '.bin');
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, CDK_DISABLE_CLI_TELEMETRY: 'true' };
    const child = spawn(join(bin, command), args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`'${command} ${args.join(' ')}' ended with ${code}:\n${Buffer.concat(output)}`)),
    );
  });
}

function fingerprint(patterns) {
  const hash = createHash('sha256');
  for (const file of globSync(patterns, { cwd: ROOT, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort()) {
    hash.update(file.slice(ROOT.length)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

const readStamps = () => (existsSync(STAMPS) ? JSON.parse(readFileSync(STAMPS, 'utf8')) : {});

async function buildStep(name, say) {
  const step = STEPS[name];
  const now = fingerprint([...SHARED_INPUTS, ...step.inputs]);
  if (readStamps()[name] === now && [step.output].flat().every((output) => existsSync(join(ROOT, output)))) {
    return;
  }
  const start = performance.now();
  await step.run();
  mkdirSync(dirname(STAMPS), { recursive: true });
  writeFileSync(STAMPS, JSON.stringify({ ...readStamps(), [name]: now }, null, 2));
  say(`built ${name} in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** What does not wait for jsii. The command holds the schemas. */
async function buildOurs(say) {
  for (const name of ['handlers', 'linter', 'schemas', 'command']) {
    await buildStep(name, say);
  }
}

/** Brings every output up to date. */
export async function build({ synth = false, say = console.log } = {}) {
  await Promise.all([buildOurs(say), buildStep('constructs', say)]);
  if (synth) {
    await buildStep('assembly', say);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await build({ synth: process.argv.includes('--synth') });
  } catch (error) {
    console.error(error.code === 'ERR_MODULE_NOT_FOUND' ? `${error.message}; 'npm ci' brings what package.json has asked for since` : error.message);
    process.exitCode = 1;
  }
}
