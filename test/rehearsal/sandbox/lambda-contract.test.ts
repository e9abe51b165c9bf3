import { NODES, PRELOAD, World } from './world';


describe.each(NODES)('the Lambda contract in a child of $node', ({ nodePath }) => {
  let world: World;
  beforeEach(() => {
    world = new World(PRELOAD, { nodePath });
  });
  afterEach(() => world.close());

  describe('handlers', () => {
    test.each([
      ['an async function', 'exports.handler = async (event) => ({ got: event.n });'],
      ['a promise', 'exports.handler = (event) => new Promise((resolve) => setTimeout(resolve, 10, { got: event.n }));'],
      ['a callback', 'exports.handler = (event, context, callback) => { setTimeout(() => callback(null, { got: event.n }), 10); };'],
      ['a callback at once', 'exports.handler = (event, context, callback) => callback(null, { got: event.n });'],
      ['context.succeed', 'exports.handler = (event, context) => context.succeed({ got: event.n });'],
    ])('%s answers', async (_style, source) => {
      expect(await world.invoke(world.handler(source), { n: 7 })).toMatchObject({ end: 'returned', payload: { got: 7 } });
    });

    test('an ES module answers, its top-level waits included', async () => {
      const source = 'await new Promise((resolve) => setTimeout(resolve, 500)); export const handler = async (event) => event.n + 1;';
      const result = await world.invoke(world.handler(source, { file: 'index.mjs' }), { n: 1 });
      expect(result).toMatchObject({ end: 'returned', payload: 2, endedAt: 500 });
    });

    test('a handler with another name in another file is found', async () => {
      const source = 'exports.hooks = { before: async () => "found" };';
      const result = await world.invoke(world.handler(source, { file: 'checks.cjs', handler: 'checks.hooks.before' }));
      expect(result.payload).toBe('found');
    });

    test('a callback waits for what is pending, unless the handler says otherwise', async () => {
      const source = (waits: boolean) => `exports.handler = (event, context, callback) => {
        context.callbackWaitsForEmptyEventLoop = ${waits};
        setTimeout(() => undefined, 5_000);
        callback(null, 'early');
      };`;
      expect((await world.invoke(world.handler(source(true)))).endedAt).toBe(5_000);
      expect((await world.invoke(world.handler(source(false)))).endedAt).toBe(5_000);
      expect(world.conductor.now()).toBe(5_000);
    });

    test('the client context is what the caller sent', async () => {
      const spec = world.handler('exports.handler = async (event, { clientContext }) => clientContext.custom;');
      expect((await world.invoke(spec, {}, { custom: { a: 'b' } })).payload).toEqual({ a: 'b' });
    });

    test('the context tells what the function is', async () => {
      const source = 'exports.handler = async (event, context) => ({ ...context, left: context.getRemainingTimeInMillis() });';
      const result = await world.invoke(world.handler(source, { name: 'checks', timeoutMs: 60_000 }));
      expect(result.payload).toEqual({
        callbackWaitsForEmptyEventLoop: true,
        functionName: 'checks',
        functionVersion: '$LATEST',
        invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:checks',
        memoryLimitInMB: '256',
        awsRequestId: 'request-1',
        logGroupName: '/aws/lambda/checks',
        logStreamName: 'rehearsal/[$LATEST]1',
        left: 60_000,
      });
    });

    test('the environment is built from nothing', async () => {
      const spec = world.handler('exports.handler = async () => process.env;', { environment: { STAGE: 'test', AWS_REGION: 'mars-1' } });
      const { payload } = await world.invoke(spec);
      const environment = payload as Record<string, string>;
      expect(Object.keys(environment).filter((name) => name in process.env).sort()).toEqual(
        ['HOME', 'LANG', 'PATH', 'TMPDIR', 'TZ'].filter((name) => name in process.env),
      );
      expect(environment).toMatchObject({
        STAGE: 'test',
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'AKIAREHEARSAL0000000',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_LAMBDA_FUNCTION_NAME: 'fn1',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
        LAMBDA_TASK_ROOT: spec.directory,
        _HANDLER: 'index.handler',
        TZ: 'UTC',
      });
      expect(environment.HOME).not.toBe(process.env.HOME);
    });
  });

  describe('ends', () => {
    test('what a handler throws has its name, its message and its trace', async () => {
      const result = await world.invoke(world.handler('exports.handler = async () => { throw new RangeError("too far"); };'));
      expect(result).toMatchObject({ end: 'threw', error: { errorType: 'RangeError', errorMessage: 'too far' } });
      expect(result.error?.trace?.join('\n')).toContain('index.js');
    });

    test.each([
      ['a throw before the first wait', 'exports.handler = () => { throw new Error("at once"); };', 'at once'],
      ['an error for the callback', 'exports.handler = (event, context, callback) => callback(new Error("called"));', 'called'],
      ['an answer that JSON cannot carry', 'exports.handler = async () => { const a = {}; a.a = a; return a; };', 'circular'],
    ])('%s is thrown', async (_what, source, message) => {
      const result = await world.invoke(world.handler(source));
      expect(result.end).toBe('threw');
      expect(result.error?.errorMessage).toContain(message);
    });

    test.each([
      ['a module that throws', 'throw new TypeError("bad module");', 'TypeError', 'bad module'],
      ['a syntax error', 'exports.handler = (', 'SyntaxError', 'Unexpected'],
      ['a missing export', 'exports.other = 1;', 'Runtime.HandlerNotFound', 'index.handler is undefined or not exported'],
      ['a missing module', 'require("not-there");', 'Error', "Cannot find module 'not-there'"],
      ['a load that calls process.exit', 'process.exit(3);', 'Runtime.ExitError', 'exit status 3'],
    ])('%s crashes at init', async (_what, source, errorType, message) => {
      const result = await world.invoke(world.handler(source));
      expect(result).toMatchObject({ end: 'crashed', error: { errorType } });
      expect(result.error?.errorMessage).toContain(message);
    });

    test('a missing file crashes at init', async () => {
      const result = await world.invoke(world.handler('', { handler: 'other.handler' }));
      expect(result.error?.errorMessage).toContain("cannot find module 'other' of handler 'other.handler'");
    });

    test.each([
      ['process.exit', 'process.exit(0);', 'Runtime.ExitError', 'exited without providing a reason'],
      ['an uncaught throw', 'setTimeout(() => { throw new Error("loose"); }, 5); await new Promise(() => undefined);', 'Error', 'loose'],
      [
        'an unhandled rejection',
        'Promise.reject(new Error("nobody")); await new Promise((resolve) => setTimeout(resolve, 5));',
        'Runtime.UnhandledPromiseRejection',
        'nobody',
      ],
    ])('%s crashes', async (_what, body, errorType, message) => {
      const result = await world.invoke(world.handler(`exports.handler = async () => { ${body} };`));
      expect(result).toMatchObject({ end: 'crashed', error: { errorType } });
      expect(result.error?.errorMessage).toContain(message);
    });

    test('a heap beyond the memory of the template crashes', async () => {
      const source = 'exports.handler = async () => { const all = []; for (;;) { all.push(new Array(100_000).fill(Math.random())); } };';
      const result = await world.invoke(world.handler(source, { memoryMb: 128 }));
      expect(result).toMatchObject({ end: 'crashed', error: { errorType: 'Runtime.OutOfMemory' } });
      expect(result.error?.errorMessage).toContain('out of memory at 128 MB');
    });

    test('a handler with nothing pending and no answer is silent at once', async () => {
      const result = await world.invoke(world.handler('exports.handler = () => new Promise(() => undefined);'));
      expect(result).toMatchObject({ end: 'silent', endedAt: 0 });
    });

    test('a timer that does not count does not keep a handler from being silent', async () => {
      const source = 'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 1_000).unref());';
      expect(await world.invoke(world.handler(source))).toMatchObject({ end: 'silent', endedAt: 0 });
    });

    test('a load beyond ten seconds is begun again under the time-out of the function', async () => {
      const source = 'await new Promise((resolve) => setTimeout(resolve, 12_000)); export const handler = async () => "late";';
      const patient = await world.invoke(world.handler(source, { file: 'index.mjs', timeoutMs: 60_000 }));
      expect(patient).toMatchObject({ end: 'returned', payload: 'late', endedAt: 22_000 });
      const result = await world.invoke(world.handler(source, { file: 'index.mjs', timeoutMs: 3_000 }));
      expect(result).toMatchObject({ end: 'timedOut', startedAt: 22_000, endedAt: 35_000 });
    });

    test('an answer beyond 6 MB is an error of the function', async () => {
      const result = await world.invoke(world.handler('exports.handler = async () => "x".repeat(7 * 1024 * 1024);'));
      expect(result).toMatchObject({ end: 'threw', error: { errorType: 'Function.ResponseSizeTooLarge' } });
    });
  });

  describe('output', () => {
    test('standard output and standard error keep their order', async () => {
      const source = `exports.handler = async () => {
        console.log('one'); console.error('two'); process.stdout.write('three\\n'); console.warn('four'); process.stdout.write('no end');
      };`;
      expect((await world.invoke(world.handler(source))).log).toEqual(['one', 'two', 'three', 'four', 'no end']);
    });

    test('no more than 10,000 lines are kept', async () => {
      const source = 'exports.handler = async () => { for (let i = 0; i < 20_000; i++) { console.log(i); } };';
      const { log } = await world.invoke(world.handler(source));
      expect(log).toHaveLength(10_001);
      expect(log[9_999]).toBe('9999');
      expect(log[10_000]).toContain('left out');
    });

    test('each invocation of a warm process has its own lines', async () => {
      const spec = world.handler('exports.handler = async (event) => { console.log(event.n); };');
      expect((await world.invoke(spec, { n: 1 })).log).toEqual(['1']);
      expect((await world.invoke(spec, { n: 2 })).log).toEqual(['2']);
    });
  });

  describe('warm processes', () => {
    const COUNTER = 'let calls = 0; exports.handler = async () => ++calls;';

    test('serve a further invocation of their function with their modules as they are', async () => {
      const spec = world.handler(COUNTER);
      expect((await world.invoke(spec)).payload).toBe(1);
      expect((await world.invoke(spec)).payload).toBe(2);
      expect((await world.invoke(world.handler(COUNTER, { name: 'other' }))).payload).toBe(1);
    });

    test('end after their idle time', async () => {
      const spec = world.handler(COUNTER);
      await world.invoke(spec);
      world.scheduler.after(400_000, 'later', () => undefined);
      await world.conductor.run(() => world.conductor.now() >= 400_000);
      expect((await world.invoke(spec)).payload).toBe(1);
    });

    test('freeze their timers between two invocations, and thaw them', async () => {
      const source = `let fired = -1; const start = Date.now();
        exports.handler = async (event) => {
          if (event.first) { setTimeout(() => { fired = Date.now() - start; }, 1_000); return fired; }
          await new Promise((resolve) => setTimeout(resolve, 1));
          return fired;
        };`;
      const spec = world.handler(source);
      expect((await world.invoke(spec, { first: true })).payload).toBe(-1);
      world.scheduler.after(60_000, 'later', () => undefined);
      await world.conductor.run(() => world.conductor.now() >= 60_000);
      expect((await world.invoke(spec)).payload).toBe(60_000);
    });

    test('that are killed, busy or idle, serve nothing any more', async () => {
      const spec = world.handler('let n = 0; exports.handler = async ({ waitMs }) => { await new Promise((r) => setTimeout(r, waitMs)); return (n += 1); };');
      const [first, second] = [10, 20].map((waitMs) => world.sandbox.run(spec, { requestId: `at once ${waitMs}`, payload: { waitMs } }));
      await world.conductor.run(Promise.all([first, second]));
      const busy = world.sandbox.run(spec, { requestId: 'busy', payload: { waitMs: 1000 } });
      world.scheduler.after(500, 'kill', () => {
        world.sandbox.kill('another function');
        world.sandbox.kill(spec.name);
      });
      await world.conductor.run(busy);
      expect(await busy).toMatchObject({ end: 'crashed', error: { errorType: 'Runtime.ExitError', errorMessage: 'RequestId: busy Error: Runtime exited with error: signal: SIGKILL' } });
      expect((await world.invoke(spec, { waitMs: 1 })).payload).toBe(1);
    });

    test('two invocations at once have a process each', async () => {
      const spec = world.handler('exports.handler = async () => { await new Promise((resolve) => setTimeout(resolve, 100)); return process.pid; };');
      const both = Promise.all(['a', 'b'].map((requestId) => world.sandbox.run(spec, { requestId, payload: {} })));
      await world.conductor.run(both);
      const [a, b] = await both;
      expect(a.payload).not.toBe(b.payload);
      expect([a.endedAt, b.endedAt]).toEqual([100, 100]);
    });
  });

  describe('a function that breaks its own process', () => {
    test.each([
      ['writes to the asking channel', "require('node:fs').writeSync(3, 'no message\\n');"],
      ['writes an empty message to it', "require('node:fs').writeSync(3, 'null\\n');"],
      ['writes to the telling channel', "require('node:fs').writeSync(4, '{ \"op\": \"shout\" }\\n');"],
      ['closes the asking channel', "require('node:fs').closeSync(3);"],
    ])('%s: it has crashed, and nobody else', async (_what, body) => {
      const spec = world.handler(`exports.handler = async () => { ${body} await new Promise((resolve) => setTimeout(resolve, 1000)); };`);
      expect(await world.invoke(spec)).toMatchObject({ end: 'crashed', error: { errorType: 'Runtime.ExitError' } });
      expect(await world.invoke(world.handler('exports.handler = async () => 1;'))).toMatchObject({ end: 'returned', payload: 1 });
    });

    const alive = (pid: number): boolean => {
      try {
        process.kill(pid, 0);
        return true;
      } catch {
        return false;
      }
    };
    const starts = (options: string, after: string): string =>
      `exports.handler = async () => {
        const child = require('node:child_process').spawn('sleep', ['600'], ${options});
        child.unref();
        console.log('started ' + child.pid);
        ${after}
      };`;
    const startedBy = (log: readonly string[]): number => Number(/started (\d+)/.exec(log.join('\n'))?.[1]);

    test('takes what it started with it', async () => {
      const { end, log } = await world.invoke(world.handler(starts("{ stdio: 'ignore' }", 'process.exit(3);')));
      expect(end).toBe('crashed');
      // Whoever collects it does so a moment later.
      while (alive(startedBy(log))) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    });

    test('is not waited for where something that left its group keeps its outputs open', async () => {
      const { end, log, wallMs } = await world.invoke(world.handler(starts("{ stdio: 'inherit', detached: true }", 'process.exit(3);')));
      expect(end).toBe('crashed');
      expect(wallMs).toBeLessThan(60_000);
      process.kill(startedBy(log), 'SIGKILL');
    });
  });

  describe('refuses', () => {
    test('fails when the runtime is not Node', async () => {
      const spec = world.handler('', { name: 'snake', runtime: 'python3.13' });
      await expect(world.sandbox.run(spec, { requestId: 'r', payload: {} })).rejects.toThrow(
        "function 'snake' has the runtime 'python3.13', which the sandbox does not run; it runs nodejs runtimes",
      );
    });

    test('fails when the asset is not there', async () => {
      const spec = world.handler('', { directory: '/nowhere' });
      await expect(world.sandbox.run(spec, { requestId: 'r', payload: {} })).rejects.toThrow('does not exist: /nowhere');
    });

    test('fails when the payload is too large', async () => {
      const payload = 'x'.repeat(7 * 1024 * 1024);
      await expect(world.sandbox.run(world.handler(''), { requestId: 'r', payload })).rejects.toThrow('must be at most 6291456 bytes, got 7340034');
    });
  });
});
