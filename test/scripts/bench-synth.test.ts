import { inScript } from '../support/module';

interface Judged {
  readonly time: { readonly exponent: number; readonly rSquared: number };
  readonly missed: readonly string[];
}

const judged = (rows: readonly object[]) => inScript<Judged>('bench-synth.mjs', 'script.superLinear("forAll", argv[0])', rows);
const rows = (cpuSeconds: (functions: number) => number, templateBytes: (functions: number) => number = (functions) => 1_000 * functions) =>
  [10, 50, 100, 200, 300].map((functions) => ({ functions, cpuSeconds: cpuSeconds(functions), templateBytes: templateBytes(functions) }));

describe('npm run bench:synth', () => {
  test('finds the power by which times grow', () => {
    const { time, missed } = judged(rows((functions) => 0.02 * functions));
    expect([time.exponent, time.rSquared].map((value) => Number(value.toFixed(6)))).toEqual([1, 1]);
    expect(missed).toEqual([]);
  });

  test('takes what is there before the first function for no fault', () => {
    const { time, missed } = judged(rows((functions) => 1 + 0.02 * functions));
    expect(time.exponent).toBeLessThan(1);
    expect(missed).toEqual([]);
  });

  test.each([
    [rows((functions) => 0.001 * functions ** 2), ["CPU time of 'forAll' grows with the power 2.00 of the functions, to be at most 1.15"]],
    [rows((functions) => functions ** 1.16), ["CPU time of 'forAll' grows with the power 1.16 of the functions, to be at most 1.15"]],
    [rows((functions) => functions ** 1.14, (functions) => functions ** 1.04), []],
    [rows((functions) => functions, (functions) => functions ** 1.5), ["templates of 'forAll' grow with the power 1.50 of the functions, to be at most 1.05"]],
  ])('misses an aim where something grows faster than the functions (case %#)', (measured, missed) => {
    expect(judged(measured).missed).toEqual(missed);
  });

  test('has no fault to find where nothing changes', () => {
    expect(inScript('bench-synth.mjs', 'script.powerFit(argv[0])', [[10, 5], [100, 5]])).toEqual({ exponent: 0, rSquared: 1 });
  });
});
