/**
 * `npm run test:deploy`: bootstraps an environment of a local AWS emulator and deploys the ECS example into it, by the AWS CDK's own commands, then looks at what is there.
 * Needs Python 3.10 or newer. Ends with 0 when everything that the emulator supports is there and as the template states, else with 1.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import { build, ROOT } from './build.mjs';
import { callsFor, canLookUp, compare, describe, isLater, knownOf, listed } from './emulator/compare.mjs';
import { ACCOUNT, installMoto, Moto, MOTO_VERSION, REGION, supportedTypes } from './emulator/moto.mjs';
import { bakeIn, playBake } from './emulator/bake.mjs';
import { commandsIn, playCommands } from './emulator/pipeline-files.mjs';
import { run } from './emulator/processes.mjs';
import { divide, filesOf, withoutAttributesOf } from './emulator/template.mjs';

/** Without custom resources, which the emulator does not run, and without an image to build. */
const STACK = 'EcsWebExternal';
/** The pipeline that releases its images, and the one that deploys stacks with a bake between them. */
const PIPELINE = 'Release';
const DELIVERY = 'Delivery';
const OUT = join(ROOT, 'build', 'deploy');
const ASSEMBLY = join(OUT, 'cdk.out');
const RESULTS = join(ROOT, 'build', 'deploy-results.json');
const PLACE = { account: ACCOUNT, region: REGION };
const PSEUDO = { 'AWS::AccountId': ACCOUNT, 'AWS::Region': REGION, 'AWS::Partition': 'aws', 'AWS::URLSuffix': 'amazonaws.com' };

/** Without these the test would say nothing of a rollout. */
const ESSENTIAL = [
  'AWS::ECS::Service',
  'AWS::ECS::TaskDefinition',
  'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::ElasticLoadBalancingV2::TargetGroup',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::Function',
];

const INSTALL = { what: 'installing the emulator', seconds: 600 };
const DEPLOY = { what: 'starting the emulator, bootstrapping, deploying and looking', seconds: 300 };

const cancelled = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => cancelled.abort(new Error(`ended by ${signal}`)));
}
function within({ what, seconds }) {
  const timeout = new AbortController();
  setTimeout(() => timeout.abort(new Error(`${what} took longer than ${seconds} s`)), seconds * 1_000).unref();
  return AbortSignal.any([cancelled.signal, timeout.signal]);
}

/** What was looked at, as the tests that it counts as. */
const checks = [];
function check(name, problems) {
  checks.push({ name, problems });
  console.log(problems.length === 0 ? `  ✓ ${name}` : `  ✗ ${name}\n${problems.map((problem) => `      ${problem}`).join('\n')}`);
}

async function test() {
  const python = await installMoto(join(ROOT, 'build', 'venv'), { signal: within(INSTALL), say: console.log });
  await build({ synth: true });
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  const home = mkdtempSync(join(tmpdir(), 'greenlight-deploy-'));
  const signal = within(DEPLOY);
  const start = performance.now();
  const moto = await Moto.start(python, { log: join(OUT, 'moto.log'), home, signal });
  try {
    await deployAndLook(moto, { python, signal });
  } finally {
    await moto.stop();
    rmSync(home, { recursive: true, force: true });
  }
  console.log(`\nDeployed ${STACK} and looked at it in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

async function deployAndLook(moto, { python, signal }) {
  console.log(`moto ${MOTO_VERSION} answers on ${moto.url}`);
  const types = await supportedTypes(python, { signal });
  const { template, leftOut, replaced, manifest } = prepareAssembly(types);

  await cdk(moto, ['bootstrap', `aws://${ACCOUNT}/${REGION}`], { signal });
  await cdk(moto, ['deploy', STACK, '--app', ASSEMBLY, '--require-approval', 'never'], { signal });

  const gaps = await look(moto, { template, types, files: filesOf(manifest, PLACE), signal });
  await writePipelineFiles(moto, { template, python, signal });
  const baked = await playBake(bakeIn(readAssembled(DELIVERY)), { moto, account: ACCOUNT, signal });
  Object.entries(baked).forEach(([name, problems]) => check(name, problems));
  admit({ leftOut, gaps, replaced });
}

/** The example's assembly, with the attributes replaced that the emulator could not resolve. */
function prepareAssembly(types) {
  cpSync(join(ROOT, 'build', 'cdk.out'), ASSEMBLY, { recursive: true });
  const read = (name) => JSON.parse(readFileSync(join(ASSEMBLY, name), 'utf8'));
  const original = read(`${STACK}.template.json`);
  const { leftOut } = divide(original, types);
  const { template, replaced } = withoutAttributesOf(original, leftOut, PLACE);
  writeFileSync(join(ASSEMBLY, `${STACK}.template.json`), JSON.stringify(template));
  return { template, leftOut, replaced, manifest: read(`${STACK}.assets.json`) };
}

const readAssembled = (stack) => JSON.parse(readFileSync(join(ASSEMBLY, `${stack}.template.json`), 'utf8'));

/** Runs the AWS CDK's command as it stands in node_modules, with the emulator for all of AWS, and without a word to anything else. */
async function cdk(moto, args, { signal }) {
  const bin = join(ROOT, 'node_modules', '.bin');
  const env = { ...moto.env, PATH: `${bin}:${process.env.PATH}`, CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_DISABLE_VERSION_CHECK: 'true', CDK_DOCKER: 'docker-is-not-used-by-this-test' };
  console.log(`> cdk ${args.map((arg) => (arg === ASSEMBLY ? relative(ROOT, arg) : arg)).join(' ')}`);
  await run(join(bin, 'cdk'), [...args, '--ci', '--no-notices', '--no-color'], { cwd: OUT, env, signal });
}

/** @returns what could not be looked at, though the emulator supports it */
async function look(moto, { template, types, files, signal }) {
  const stacks = ['CDKToolkit', STACK];
  const [resources, ...answers] = await moto.call(
    [
      ['cloudformation', 'list_stack_resources', { StackName: STACK }],
      ...stacks.map((name) => ['cloudformation', 'describe_stacks', { StackName: name }]),
      ...files.map(({ bucket, key }) => ['s3', 'head_object', { Bucket: bucket, Key: key }]),
    ],
    { signal },
  );
  stacks.forEach((name, index) => {
    const status = answers[index].answer?.Stacks[0].StackStatus ?? answers[index].error;
    check(`CloudFormation says CREATE_COMPLETE of ${name}`, status === 'CREATE_COMPLETE' ? [] : [`${name} is ${status}`]);
  });
  const missing = files.filter((_, index) => !(answers[stacks.length + index].answer?.ContentLength > 0));
  check(`${files.length} files are in the bucket`, missing.map(({ bucket, key }) => `${key} is not in ${bucket}`));

  const parts = divide(template, types);
  const summaries = resources.answer?.StackResourceSummaries ?? [];
  check(`CloudFormation lists ${parts.created.length} resources of types that the emulator supports`, listed(parts, summaries));
  const absent = ESSENTIAL.filter((essential) => !parts.created.some(({ type }) => type === essential));
  check('service, load balancer, hooks and roles are among them', absent.map((type) => `the emulator supports no ${type}, or the template has none`));
  return lookUp(moto, parts.created, knownOf(parts, summaries, PSEUDO), { signal });
}

async function lookUp(moto, created, known, { signal }) {
  const unknown = created.filter(({ type }) => !canLookUp(type));
  check('every type can be looked up', unknown.map(({ logicalId, type }) => `${logicalId} is a ${type}, give it a look-up (scripts/emulator/look-ups.mjs)`));
  const looked = created.filter(({ type }) => canLookUp(type));
  const described = [];
  for (const round of [looked.filter(({ type }) => !isLater(type)), looked.filter(({ type }) => isLater(type))]) {
    const calls = round.map((resource) => callsFor(resource, known));
    const outcomes = await moto.call(calls.flat(), { signal });
    round.forEach((resource, index) => {
      const seen = describe(resource, known, outcomes.splice(0, calls[index].length));
      known.descriptions.set(resource.logicalId, seen.description);
      described.push({ resource, ...seen });
    });
  }
  return [...Map.groupBy(described, ({ resource }) => resource.type)].flatMap(([type, ofType]) => judge(type, ofType, known));
}

/** Checks all resources of one type. @returns what could not be looked at */
function judge(type, described, known) {
  const comparisons = described.filter(({ description }) => description !== undefined).map(({ resource }) => compare(resource, known));
  const problems = [...described.flatMap(({ problem }) => problem ?? []), ...comparisons.flatMap((comparison) => comparison.problems)];
  const compared = new Set(comparisons.flatMap((comparison) => comparison.compared));
  const notHandedOn = new Set(comparisons.flatMap((comparison) => comparison.notHandedOn));
  const notShown = described.filter((one) => one.notShown).length;
  if (notShown < described.length) {
    check(`${type} × ${described.length}${compared.size === 0 ? '' : `: ${[...compared].join(', ')}`}`, problems);
  }
  return [
    ...(notShown > 0 ? [`${type} × ${notShown}: listed by CloudFormation, not shown by its service`] : []),
    ...(notHandedOn.size > 0 ? [`${type}: ${[...notHandedOn].join(', ')}, which the emulator's CloudFormation does not hand on`] : []),
  ];
}

/** Runs what the pipeline runs before it releases. */
async function writePipelineFiles(moto, { template, python, signal }) {
  const commands = commandsIn(readAssembled(PIPELINE));
  // moto/cloudformation/models.py: a stack that a change set has made has no outputs before it is updated.
  const TemplateBody = JSON.stringify({ ...template, Description: 'The same once more' });
  const [, { answer, error }] = await moto.call(
    [
      ['cloudformation', 'update_stack', { StackName: STACK, TemplateBody, Capabilities: ['CAPABILITY_IAM'] }],
      ['cloudformation', 'describe_stacks', { StackName: STACK }],
    ],
    { signal },
  );
  const appSpec = answer?.Stacks[0].Outputs?.find(({ OutputKey }) => OutputKey.startsWith('WebAppSpec'))?.OutputValue;
  check(`${STACK} has its outputs`, appSpec === undefined ? [error ?? 'there is no AppSpec among them'] : []);
  if (appSpec !== undefined) {
    const directory = join(OUT, 'pipeline');
    mkdirSync(directory);
    const played = await playCommands(commands, { moto, python, appSpec, directory, signal });
    Object.entries(played).forEach(([name, problems]) => check(name, problems));
  }
}

/** What this test does not say anything about. */
function admit({ leftOut, gaps, replaced }) {
  const lines = [
    ...[...Map.groupBy(leftOut, ({ type }) => type)].map(([type, ofType]) => `${type} × ${ofType.length}: not supported by the emulator's CloudFormation`),
    ...gaps,
    ...[...Map.groupBy(replaced, (attribute) => attribute)].map(([attribute, places]) => `${attribute}: a text in its place, in ${places.length} of the template`),
  ];
  console.log(`\nNot looked at:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

mkdirSync(join(ROOT, 'build'), { recursive: true });
rmSync(RESULTS, { force: true });
let broken = 0;
try {
  await test();
} catch (error) {
  broken = 1;
  console.error((error.name === 'AbortError' ? error.cause : error).message);
}
const failed = checks.filter(({ problems }) => problems.length > 0).length;
writeFileSync(RESULTS, JSON.stringify({ numPassedTests: checks.length - failed, numFailedTests: failed, numRuntimeErrorTestSuites: broken }));
console.log(`${checks.length - failed} passed, ${failed + broken} failed`);
process.exitCode = failed + broken > 0 ? 1 : 0;
