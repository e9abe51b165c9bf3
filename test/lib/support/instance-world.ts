/** What the script of an instance finds on its host: an AWS CLI, curl, and behind them Lambda and the instance metadata service on loopback. */
import { spawn } from 'node:child_process';
import type * as Fs from 'node:fs';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type * as Http from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import type { InstanceScript } from '../../../lib/private/instance-script';
import { instanceScript } from '../../../lib/private/instance-script';

const pathOf = (program: string): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((file) => existsSync(file));

/** Each once, whatever it is called here. */
export const SHELLS = [...new Map(['sh', 'bash', 'dash'].flatMap((name) => pathOf(name) ?? []).map((file) => [realpathSync(file), file])).values()];

/** What the script uses besides its shell. */
const PROGRAMS = ['cut', 'head', 'mktemp', 'rm', 'sed', 'timeout', 'tr', 'wc'];

export const TOKEN = 'AQAEAFwBSecretOfTheMetadataService==';

export interface World {
  readonly script?: Partial<InstanceScript>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Programs that are not there. */
  readonly without?: readonly string[];
  /** What the function answers. `error`: as the header of a function error has it; `status`: of a call that Lambda refuses. Absent: it never answers. */
  readonly lambda?: { readonly body: string; readonly error?: string; readonly status?: number };
  /** Answers of the metadata service by path, below `/latest`; a number is a status. */
  readonly metadata?: Readonly<Record<string, string | number>>;
  /** The agent's file on an on-premises instance. */
  readonly onPremises?: string;
  readonly shell?: string;
  /** A program in the place of curl, even where this machine has it. */
  readonly smallCurl?: true;
}

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Each call of the AWS CLI: its arguments, what it was given of its environment, and the question. */
  readonly asked: readonly { readonly args: readonly string[]; readonly environment: Readonly<Record<string, string>>; readonly question: string }[];
  /** Requests to the metadata service. */
  readonly metadata: readonly string[];
  /** Arguments of all programs that were given a token or a key, in one text. */
  readonly processList: string;
  /** What is left in the folder for temporary files. */
  readonly left: readonly string[];
  readonly folder: string;
}

const METADATA = { '/api/token': TOKEN, '/meta-data/instance-id': 'i-0123456789abcdef0', '/meta-data/placement/region': 'eu-west-1' };

export const PASS = { body: '{"verdict":"pass","reason":"all 2 checks passed"}' };

/** `FOLDER` stands for the folder of the world. */
export async function runScript(world: World): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'greenlight-instance-'));
  const requests: string[] = [];
  const asked: Ran['asked'][number][] = [];
  const processes: string[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      processes.push(decodeURIComponent(String(request.headers['x-arguments'] ?? '')));
      if (request.url!.startsWith('/latest')) {
        const path = request.url!.slice('/latest'.length);
        requests.push(`${request.method} ${path} ${request.headers['x-aws-ec2-metadata-token'] ?? request.headers['x-aws-ec2-metadata-token-ttl-seconds'] ?? ''}`);
        const answer = { ...METADATA, ...world.metadata }[path] ?? 404;
        response.writeHead(typeof answer === 'number' ? answer : 200).end(typeof answer === 'number' ? '' : answer);
        return;
      }
      const { args, environment, question } = JSON.parse(body) as Ran['asked'][number];
      asked.push({ args: args.map((arg) => arg.replace(/^fileb:\/\/.*\/question$/, 'fileb://WORK/question').replace(/^.*\/answer$/, 'WORK/answer')), environment, question });
      if (world.lambda !== undefined) {
        response.writeHead(world.lambda.status ?? 200, world.lambda.error === undefined ? {} : { 'x-amz-function-error': world.lambda.error }).end(world.lambda.body);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const ended = await run(world, folder, port);
    return { ...ended, asked, metadata: requests, processList: processes.join('\n'), left: readdirSync(join(folder, 'tmp')), folder };
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(world: World, folder: string, port: number): Promise<Pick<Ran, 'status' | 'stdout' | 'stderr'>> {
  const bin = programsIn(folder, world, port);
  mkdirSync(join(folder, 'tmp'));
  const onPremisesConfig = join(folder, 'codedeploy.onpremises.yml');
  if (world.onPremises !== undefined) {
    writeFileSync(onPremisesConfig, world.onPremises.replaceAll('FOLDER', folder));
  }
  const file = join(folder, 'validate-service.sh');
  writeFileSync(file, instanceScript({ functionName: 'Shop-Fleet-InstanceGate', region: 'eu-central-1', timeoutSeconds: 60, onPremisesConfig, ...world.script }));
  const child = spawn(world.shell ?? '/bin/sh', [file], { env: { PATH: bin, TMPDIR: join(folder, 'tmp'), DEPLOYMENT_ID: 'd-A1B2C3D4E', ...world.environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  const out: string[] = [];
  const err: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => err.push(text));
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (status) => resolve({ status, stdout: out.join(''), stderr: err.join('') }));
  });
}

/** A PATH on which nothing is but what a host must have. */
function programsIn(folder: string, { without = [], smallCurl: small }: World, port: number): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  PROGRAMS.filter((name) => !without.includes(name)).forEach((name) => symlinkSync(pathOf(name)!, join(bin, name)));
  const program = (name: string, text: string) => !without.includes(name) && writeFileSync(join(bin, name), text, { mode: 0o755 });
  program('aws', `#!${process.execPath}\n(${aws.toString()})(${port});\n`);
  const curl = small === true ? undefined : pathOf('curl');
  program('curl', curl === undefined ? `#!${process.execPath}\n(${smallCurl.toString()})(${port});\n` : `#!/bin/sh\nexec ${curl} --connect-to 169.254.169.254:80:127.0.0.1:${port} --header "x-arguments: $*" "$@"\n`);
  return bin;
}

async function bodyOf(request: Http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `aws lambda invoke` as far as the script uses it: what it is given goes to the server, and the answer into the last argument. Runs alone, as a program. */
function aws(port: number): void {
  /* eslint-disable @typescript-eslint/no-require-imports */
  const http = require('node:http') as typeof Http;
  const fs = require('node:fs') as typeof Fs;
  /* eslint-enable @typescript-eslint/no-require-imports */
  const args = process.argv.slice(2);
  const payload = args[args.indexOf('--payload') + 1]!;
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('AWS_')));
  const request = http.request({ port, host: '127.0.0.1', method: 'POST', path: '/invoke', headers: { 'x-arguments': encodeURIComponent(args.join(' ')) } }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => {
      const body = Buffer.concat(chunks);
      if (response.statusCode !== 200) {
        process.stderr.write(`\nAn error occurred (AccessDeniedException) when calling the Invoke operation:\n${body.toString()}\n`);
        process.exit(254);
      }
      fs.writeFileSync(args.at(-1)!, body);
      process.stdout.write(`${String(response.headers['x-amz-function-error'] ?? 'None')}\n`);
    });
  });
  request.end(JSON.stringify({ args, environment, question: fs.readFileSync(payload.replace('fileb://', ''), 'utf8') }));
}

/** curl as far as the script uses it: headers as arguments and on standard input, and failure by status. Runs alone, as a program. */
function smallCurl(port: number): void {
  /* eslint-disable @typescript-eslint/no-require-imports */
  const http = require('node:http') as typeof Http;
  const fs = require('node:fs') as typeof Fs;
  /* eslint-enable @typescript-eslint/no-require-imports */
  const args = process.argv.slice(2);
  const value = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const lines = value('--config') === '-' ? fs.readFileSync(0, 'utf8') : '';
  const texts = [value('--header'), /^header = "(.*)"$/m.exec(lines)?.[1]].filter((text) => text !== undefined);
  const headers = Object.fromEntries(texts.map((text) => text.split(': ') as [string, string]));
  const { pathname } = new URL(args.at(-1)!);
  http
    .request({ port, host: '127.0.0.1', method: value('--request') ?? 'GET', path: pathname, headers: { ...headers, 'x-arguments': encodeURIComponent(args.join(' ')) } }, (response) => {
      if (response.statusCode !== 200) {
        process.exit(22);
      }
      response.pipe(process.stdout);
    })
    .end();
}

