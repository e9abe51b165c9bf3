/** The emulator: moto's server from PyPI, in the virtual environment of the tests, on a free port of loopback. */
import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { end, run } from './processes.mjs';

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');

export const MOTO_VERSION = /^moto\[server\]==(\S+)$/m.exec(readFileSync(REQUIREMENTS, 'utf8'))[1];
export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';

const INSTALLED = "import importlib.metadata as m, flask, boto3; print(m.version('moto'))";
const SUPPORTED = 'import json; from moto.cloudformation.parsing import get_model_map as types; print(json.dumps(sorted(types())))';
const START_TIMEOUT_MS = 60_000;

/**
 * Brings the pinned emulator into a virtual environment, which is made where there is none.
 * @returns the environment's Python
 * @throws Error where there is no Python 3, or no package index
 */
export async function installMoto(venv, { signal, say }) {
  const python = join(venv, 'bin', 'python');
  if (!existsSync(python)) {
    await makeEnvironment(venv, { signal });
  }
  const installed = await run(python, ['-c', INSTALLED], { signal }).then(
    (text) => text.trim(),
    () => 'none',
  );
  if (installed !== MOTO_VERSION) {
    say(`installing moto ${MOTO_VERSION} into ${venv}`);
    const pip = (...args) => run(python, ['-m', 'pip', '--disable-pip-version-check', ...args], { signal });
    // What is there stays as it is: the environment is shared with the acceptance tests.
    const constraints = join(venv, 'constraints.txt');
    writeFileSync(constraints, await pip('freeze'));
    await pip('install', '--quiet', '--requirement', REQUIREMENTS, '--constraint', constraints);
  }
  return python;
}

async function makeEnvironment(venv, { signal }) {
  try {
    await run('python3', ['-c', 'import sys, venv, ensurepip; assert sys.version_info >= (3, 10), sys.version'], { signal });
  } catch (error) {
    throw signal.aborted ? error : new Error(`Python 3 is missing: moto, the AWS emulator, needs 3.10 or newer with its venv module.\n${error.message}`);
  }
  await run('python3', ['-m', 'venv', venv], { signal });
}

/** Types of resources that the emulator's CloudFormation can create. */
export const supportedTypes = async (python, { signal }) => JSON.parse(await run(python, ['-W', 'ignore', '-c', SUPPORTED], { signal }));

/** A running emulator. */
export class Moto {
  static async start(python, { log, home, signal }) {
    const port = await freePort();
    const file = openSync(log, 'w');
    const child = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], { env: emulatedEnv(home), stdio: ['ignore', file, file] });
    const moto = new Moto(child, python, home, `http://localhost:${port}`);
    try {
      await moto.#answers(log, signal);
    } catch (error) {
      await moto.stop();
      throw error;
    }
    return moto;
  }

  constructor(child, python, home, url) {
    Object.assign(this, { child, python, home, url });
    child.on('error', () => {});
    // Also where this process ends by an error that nobody caught.
    process.once('exit', () => child.kill('SIGKILL'));
  }

  /** Environment of the AWS CDK and of boto3: nothing of this machine's configuration, no credentials that are worth anything. */
  get env() {
    return { ...emulatedEnv(this.home), AWS_ENDPOINT_URL: this.url };
  }

  /** Plays calls, each `[service, operation, parameters]`; each comes back as `{ answer }` or `{ error }`. */
  async call(calls, { signal }) {
    return JSON.parse(await run(this.python, [join(import.meta.dirname, 'aws-calls.py')], { env: this.env, input: JSON.stringify(calls), signal }));
  }

  stop() {
    return end(this.child);
  }

  async #answers(log, signal) {
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (performance.now() < deadline && this.child.exitCode === null && this.child.pid !== undefined) {
      const status = await fetch(`${this.url}/moto-api/data.json`, { signal }).then((response) => response.status, () => 0);
      signal.throwIfAborted();
      if (status === 200) {
        return;
      }
      await sleep(100);
    }
    throw new Error(`moto does not answer on ${this.url}; see ${log}`);
  }
}

function emulatedEnv(home) {
  return {
    PATH: process.env.PATH,
    HOME: home,
    AWS_ACCESS_KEY_ID: 'emulated',
    AWS_SECRET_ACCESS_KEY: 'emulated',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
