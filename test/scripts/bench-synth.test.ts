import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { inScript } from '../support/module';

interface Judged {
  readonly time: { readonly slope: number; readonly intercept: number; readonly rSquared: number; readonly bend: number };
  readonly missed: readonly string[];
}

const judged = (rows: readonly object[]) => inScript<Judged>('bench-synth.mjs', 'script.judge("forAll", argv[0])', rows);
const rows = (cpuSeconds: (functions: number) => number, templateBytes: (functions: number) => number = (functions) => 1_000 * functions) =>
  [10, 50, 100, 200, 300].map((functions) => ({ functions, cpuSeconds: cpuSeconds(functions), templateBytes: templateBytes(functions) }));

describe('npm run bench:synth', () => {
  test('tells what is there before the first function from what each of them costs', () => {
    const { time, missed } = judged(rows((functions) => 1.5 + 0.02 * functions));
    expect(Object.fromEntries(Object.entries(time).map(([name, value]) => [name, Number(value.toFixed(6))]))).toEqual({ slope: 0.02, intercept: 1.5, rSquared: 1, bend: 1 });
    expect(missed).toEqual([]);
  });

  test.each([
    [rows((functions) => functions ** 2), ["a function more takes 3.58 times the CPU in large apps of 'forAll', to be at most 1.3"]],
    // However much the start hides of it.
    [rows((functions) => 60 + 0.0001 * functions ** 2), ["a function more takes 3.58 times the CPU in large apps of 'forAll', to be at most 1.3"]],
    [rows((functions) => functions + 0.001 * functions ** 2), []],
    [rows((functions) => functions + 0.0015 * functions ** 2), ["a function more takes 1.37 times the CPU in large apps of 'forAll', to be at most 1.3"]],
    [rows((functions) => functions, (functions) => 1_000 * functions + 0.1 * functions ** 2), []],
    [rows((functions) => functions, (functions) => 1_000 * functions + 0.3 * functions ** 2), ["a function more takes 1.08 times the template in large apps of 'forAll', to be at most 1.05"]],
  ])('misses an aim where something grows faster than the functions (case %#)', (measured, missed) => {
    expect(judged(measured).missed).toEqual(missed);
  });

  test('has no fault to find where nothing changes', () => {
    expect(inScript('bench-synth.mjs', 'script.linearFit(argv[0])', [[10, 5], [100, 5]])).toEqual({ slope: 0, intercept: 5, rSquared: 1 });
  });

  test.each([
    ['each', 19, 2],
    ['forAll', 76, 2],
  ])('has room in its stacks for as many functions as it puts there (%s)', (by, functions, stacks) => {
    const { stdout, stderr } = spawnSync(process.execPath, [join(__dirname, '..', '..', 'bench', 'synth-app.mjs'), JSON.stringify({ functions, by })], { encoding: 'utf8', env: { ...process.env, CDK_VALIDATION: 'false' } });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ stacks });
  });
});
