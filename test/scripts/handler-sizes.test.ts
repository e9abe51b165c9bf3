import { inScript } from '../support/module';

const part = (name: string, bytes: number) => ({ package: name, bytes });

const SIZES = [
  { name: 'checks-http', bytes: 328_490, gzipBytes: 106_512, parts: [part('re2js', 151_160), part('json-p3', 61_249), part('.', 59_301), part('@smithy/core', 29_360), part('ajv', 4), part('b', 1)] },
  { name: 'guardian', bytes: 69_274, gzipBytes: 26_300, parts: [part('@smithy/core', 29_300), part('.', 16_000)] },
];

describe('the table of handler sizes', () => {
  test('shows size, limit and the largest parts', () => {
    expect(inScript<string>('handler-sizes.mjs', 'script.sizeTable(argv[0])', SIZES).split('\n')).toEqual([
      'handler         kB  gzip kB  limit kB  largest parts',
      'checks-http  328.5    106.5     500.0  re2js 151.2, json-p3 61.2, own code 59.3, @smithy/core 29.4, 2 more',
      'guardian      69.3     26.3     100.0  @smithy/core 29.3, own code 16.0',
    ]);
  });

  test.each([
    ['checks', 700_000, []],
    ['checks', 700_001, ['handler checks has 700001 bytes, at most 700000 are allowed; import less, or lazily']],
    ['checks-http', 500_001, ['handler checks-http has 500001 bytes, at most 500000 are allowed; import less, or lazily']],
    ['outcome', 100_000, []],
    ['newcomer', 1, ['handler newcomer has 1 bytes and no limit; give it one in scripts/handler-sizes.mjs']],
  ])('%s with %i bytes', (name, bytes, complaints) => {
    expect(inScript('handler-sizes.mjs', 'script.oversize(argv[0])', [{ name, bytes, gzipBytes: 1, parts: [] }])).toEqual(complaints);
  });
});
