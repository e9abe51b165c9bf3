import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { bundleText } from '../../support/bundle';
import { NODES, PRELOAD, World } from './world';


const RANDOM = 'const first = Math.random(); exports.handler = async () => [first, Math.random(), Math.random()];';

async function draws(seed: number, nodePath: string, ids: readonly string[] = ['a', 'b']): Promise<unknown[]> {
  const world = new World(PRELOAD, { seed, nodePath });
  try {
    const spec = world.handler(RANDOM, { name: 'random' });
    const payloads: unknown[] = [];
    for (const requestId of ids) {
      const result = world.sandbox.run(spec, { requestId, payload: {} });
      await world.conductor.run(result);
      payloads.push((await result).payload);
    }
    return payloads;
  } finally {
    await world.close();
  }
}

describe('Math.random', () => {
  test('repeats itself with the seed, on every Node', async () => {
    const [first, second] = [await draws(5, NODES[0].nodePath), await draws(5, NODES[1].nodePath)];
    expect(second).toEqual(first);
    expect(await draws(6, NODES[0].nodePath)).not.toEqual(first);
  });

  test('depends on who asks, not on the order of asking', async () => {
    const forth = await draws(5, NODES[0].nodePath, ['a', 'b']);
    const back = await draws(5, NODES[0].nodePath, ['b', 'a']);
    expect(back).toEqual([forth[1], forth[0]]);
    expect(forth[0]).not.toEqual(forth[1]);
  });
});

/** Three handlers, a service whose latency depends on the request, an abort, a world event: everything that happened, in order. */
async function scenario(nodePath: string): Promise<string[]> {
  const world = new World(PRELOAD, { nodePath });
  const happened: string[] = [];
  try {
    world.scheduler.at(61_000, 'alarm', () => happened.push('alarm at 61000'));
    await world.serve('service.example', ({ url, arrivedAt }) => {
      happened.push(`${url} at ${arrivedAt}`);
      return url.endsWith('/7') ? { hang: true } : { status: 200, afterMs: (url.length * 37.25) % 50 };
    });
    const source = `exports.handler = async ({ name }) => {
      const times = [];
      for (let i = 0; i < 12; i++) {
        await fetch('http://service.example/' + name + '/' + i, { signal: AbortSignal.timeout(3_000) }).then((r) => r.text(), () => undefined);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20_000));
        times.push(performance.now());
      }
      console.log(times.join());
      return times;
    };`;
    const spec = world.handler(source, { name: 'checks' });
    const runs = Promise.all(['x', 'yy', 'zzz'].map((name) => world.sandbox.run(spec, { requestId: name, payload: { name } })));
    await world.conductor.run(runs);
    for (const { end, payload, endedAt, log } of await runs) {
      happened.push(JSON.stringify([end, payload, endedAt, log]));
    }
    return happened;
  } finally {
    await world.close();
  }
}

describe('a scenario', () => {
  test.each(NODES)('gives one result in five runs on $node', async ({ nodePath }) => {
    const first = await scenario(nodePath);
    expect(first.length).toBeGreaterThan(39);
    for (let run = 1; run < 5; run++) {
      expect(await scenario(nodePath)).toEqual(first);
    }
  });
});

/** A parent that is killed leaves its temporary folders behind. */
const scratch = mkdtempSync(path.join(os.tmpdir(), 'greenlight-orphan-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Starts a rehearsal in a process of its own, which prints the child's process id when its handler runs. */
async function orphan(body: string): Promise<{ parent: number; child: number }> {
  const program = bundleText(
    `import { World } from './world';
      const world = new World(process.argv[1]);
      world.scheduler.at(3_600_000, 'never so far', () => undefined);
      void world.serve('child.example', ({ url }) => { console.log('pid ' + url.slice(1)); return { hang: true }; }).then(() => {
        const spec = world.handler(\`exports.handler = async () => { void fetch('http://child.example/' + process.pid); ${body} };\`);
        return world.conductor.run(world.sandbox.run(spec, { requestId: 'r', payload: {} }));
      });`,
    __dirname,
  );
  const parent = spawn(process.execPath, ['-e', program, PRELOAD], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: path.resolve(__dirname, '../../..'),
    env: { ...process.env, TMPDIR: scratch },
  });
  let text = '';
  for await (const chunk of parent.stdout) {
    text += String(chunk);
    const [, pid] = /pid (\d+)\n/.exec(text) ?? [];
    if (pid !== undefined) {
      return { parent: parent.pid ?? 0, child: Number(pid) };
    }
  }
  throw new Error(`no child was seen: ${text}`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a child whose parent is gone', () => {
  test.each([
    ['while it waits', 'await new Promise((resolve) => setTimeout(resolve, 1e9));'],
    ['while it works', 'await new Promise(() => { const poll = () => setImmediate(poll); poll(); });'],
    ['while it spins', 'await new Promise((resolve) => setTimeout(resolve, 10)); for (;;) { }'],
  ])('ends %s', async (_what, body) => {
    const { parent, child } = await orphan(body);
    process.kill(parent, 'SIGKILL');
    const deadline = performance.now() + 20_000;
    while (isAlive(child) && performance.now() < deadline) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(isAlive(child)).toBe(false);
  });
});
