import { EventScheduler } from '../../../rehearsal/engine/scheduler';
import { Conductor } from '../../../rehearsal/sandbox/conductor';
import type { ConductorOptions } from '../../../rehearsal/sandbox/conductor';

import { PRELOAD, World } from './world';

function conductor(options: Partial<ConductorOptions> = {}): Conductor {
  return new Conductor({ scheduler: new EventScheduler(), epochMs: 0, ...options });
}

describe('Conductor', () => {
  test('plays events until the predicate holds, and not one more', async () => {
    const subject = conductor();
    const seen: number[] = [];
    for (const at of [1_000, 86_400_000, 172_800_000]) {
      subject.scheduler.at(at, 'event', () => seen.push(at));
    }
    await subject.run(() => seen.length === 2);
    expect(seen).toEqual([1_000, 86_400_000]);
    expect(subject.date().toISOString()).toBe('1970-01-02T00:00:00.000Z');
  });

  test('time stands still while work of ours is under way', async () => {
    const subject = conductor();
    const order: string[] = [];
    subject.scheduler.at(10, 'event', () => order.push('event'));
    const done = subject.busy('work');
    const work = (async () => {
      for (let turn = 0; turn < 50; turn++) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      order.push(`work at ${subject.now()}`);
      done();
    })();
    await subject.run(() => order.length === 2);
    await work;
    expect(order).toEqual(['work at 0', 'event']);
  });

  test('what follows an event across awaits happens before time moves', async () => {
    const subject = conductor();
    const order: string[] = [];
    let ring: () => void = () => undefined;
    const bell = new Promise<void>((resolve) => {
      ring = resolve;
    });
    subject.scheduler.at(10, 'ring', () => ring());
    subject.scheduler.at(11, 'later', () => order.push(`later at ${subject.now()}`));
    const driver = bell.then(() => Promise.resolve()).then(() => void order.push(`driver at ${subject.now()}`));
    await subject.run(() => order.length === 2);
    await driver;
    expect(order).toEqual(['driver at 10', 'later at 11']);
  });

  test('with a pace, virtual time follows wall time times the factor', async () => {
    const subject = conductor({ pace: { factor: 1_000 } });
    const started = performance.now();
    let reached = false;
    subject.scheduler.at(100_000, 'event', () => {
      reached = true;
    });
    await subject.run(() => reached);
    expect(performance.now() - started).toBeGreaterThanOrEqual(99);
  });

  test('with a pace, a request from outside arrives in the present', async () => {
    const subject = conductor({ pace: { factor: 1_000 } });
    const arrivals: number[] = [];
    const outside = new Promise<void>((resolve) => {
      setTimeout(() => {
        arrivals.push(subject.arrive());
        resolve();
      }, 50);
    });
    subject.scheduler.at(86_400_000, 'far away', () => undefined);
    await subject.run(outside);
    expect(arrivals[0]).toBeGreaterThanOrEqual(45_000);
    expect(arrivals[0]).toBe(subject.now());
  });

  test('with a pace, an event that a request from outside brings about is not late', async () => {
    const subject = conductor({ pace: { factor: 1_000 } });
    const at: number[] = [];
    setTimeout(() => {
      const now = subject.arrive();
      subject.scheduler.at(now + 10_000, 'answer', () => at.push(subject.now() - now));
      subject.nudge();
    }, 20);
    await subject.run(() => at.length > 0);
    expect(at).toEqual([10_000]);
  });

  test('without a pace, a request from outside arrives at the time that is now', () => {
    expect(conductor().arrive()).toBe(0);
  });

  test('passes on what the awaited promise rejects with', async () => {
    const subject = conductor();
    await expect(subject.run(Promise.reject(new Error('the deployment broke')))).rejects.toThrow('the deployment broke');
    await subject.run(() => true);
  });

  test('fails when nothing can make time pass any more', async () => {
    await expect(conductor({ stuckMs: 30 }).run(() => false)).rejects.toThrow(
      'the rehearsal is stuck at 0 ms: no event is scheduled, and 0 process(es) wait for nothing that has a time',
    );
  });

  test('fails when work of ours does not end', async () => {
    const subject = conductor({ stuckMs: 30 });
    subject.busy('codedeploy: POST /');
    await expect(subject.run(() => false)).rejects.toThrow("the simulator did not finish 'codedeploy: POST /' within 0.03 s");
  });

  test('work that sees to its own end may take longer, and other work beside it may not', async () => {
    const subject = conductor({ stuckMs: 30 });
    const done = subject.busy('a script', Infinity);
    setTimeout(done, 200);
    subject.scheduler.at(1, 'event', () => undefined);
    await subject.run(() => subject.now() === 1);
    subject.busy('another script', Infinity);
    subject.busy('codedeploy: POST /');
    await expect(subject.run(() => false)).rejects.toThrow("the simulator did not finish 'codedeploy: POST /' within 0.03 s");
  });

  test('fails when it runs already', async () => {
    const subject = conductor({ stuckMs: 50 });
    const first = subject.run(() => false);
    await expect(subject.run(() => true)).rejects.toThrow('the conductor is running already');
    await expect(first).rejects.toThrow('stuck');
  });

  test.each([0, -1, NaN, Infinity])('fails when the factor is %p', (factor) => {
    expect(() => conductor({ pace: { factor } })).toThrow(`the factor of real time must be a positive number, got ${factor}`);
  });
});

describe('a conductor with children', () => {

  const within = async (clock: Partial<ConductorOptions>, body: (world: World) => Promise<void>): Promise<void> => {
    const world = new World(PRELOAD, { clock });
    try {
      await body(world);
    } finally {
      await world.close();
    }
  };
  const SLEEPER = `exports.handler = async ({ waits }) => {
    for (const wait of waits) { await new Promise((resolve) => setTimeout(resolve, wait)); }
  };`;

  test('a pace slows a child down', () =>
    within({ pace: { factor: 100 } }, async (world) => {
      const result = await world.invoke(world.handler(SLEEPER), { waits: [10_000] });
      expect(result.endedAt).toBe(10_000);
      expect(result.wallMs).toBeGreaterThanOrEqual(90);
    }));

  test('short waits are really waited where a real upstream is watching, long ones are not', () =>
    within({ dwellMs: 1_000 }, async (world) => {
      const result = await world.invoke(world.handler(SLEEPER), { waits: [60, 3_600, 60, 600_000] });
      expect(result.endedAt).toBe(603_720);
      expect(result.wallMs).toBeGreaterThanOrEqual(119);
      expect(result.wallMs).toBeLessThan(20_000);
    }));

  test('children and events of the engine keep one order', () =>
    within({}, async (world) => {
      const order: string[] = [];
      for (const at of [100, 250, 400]) {
        world.scheduler.at(at, 'event', () => order.push(`engine ${world.conductor.now()}`));
      }
      await world.serve('log.example', ({ url, arrivedAt }) => {
        order.push(`${url.slice(1)} ${arrivedAt}`);
        return { status: 200 };
      });
      const source = `exports.handler = async ({ name, waits }) => {
        for (const wait of waits) {
          await new Promise((resolve) => setTimeout(resolve, wait));
          await fetch('http://log.example/' + name);
        }
      };`;
      const spec = world.handler(source);
      const plan = { a: [100, 100, 200], b: [250], c: [90, 310] };
      const runs = Object.entries(plan).map(([name, waits]) => world.sandbox.run(spec, { requestId: name, payload: { name, waits } }));
      await world.conductor.run(Promise.all(runs));
      expect(order).toEqual(['c 90', 'engine 100', 'a 100', 'a 200', 'engine 250', 'b 250', 'engine 400', 'a 400', 'c 400']);
    }));

  test('closing the sandbox ends what runs', () =>
    within({}, async (world) => {
      const run = world.sandbox.run(world.handler('exports.handler = async () => { for (;;) { } };', { name: 'endless' }), {
        requestId: 'r',
        payload: {},
      });
      const failed = expect(run).rejects.toThrow("the sandbox was closed while 'endless' ran");
      await world.sandbox.close();
      await failed;
      await expect(world.sandbox.run(world.handler(''), { requestId: 'r', payload: {} })).rejects.toThrow('the sandbox is closed');
    }));

  test('fails when Node is not where it is said to be', async () => {
    const world = new World(PRELOAD, { nodePath: '/nowhere/node' });
    const run = world.sandbox.run(world.handler(''), { requestId: 'r', payload: {} });
    run.catch(() => undefined);
    await expect(world.conductor.run(run)).rejects.toThrow('cannot start /nowhere/node');
    await world.close();
  });
});
