import { Fields } from '../../../../lambda/core/checks/fields';

const fields = (value: Readonly<Record<string, unknown>>, open = false) => new Fields(value, 'part', open);

test.each<[unknown, string]>([
  [null, 'nothing'],
  [undefined, 'nothing'],
  [5, '5'],
  [true, 'true'],
  ['x'.repeat(61), `"${'x'.repeat(59)}…"`],
  [[], 'an empty list'],
  [[1], 'a list'],
])('%j is no object', (value, shown) => {
  expect(() => new Fields(value, 'part')).toThrow(`suite.json: 'part' must be an object, got ${shown}`);
});

describe('a field', () => {
  test.each<[string, (of: Fields) => unknown, unknown]>([
    ['string', (of) => of.string('a'), ''],
    ['integer', (of) => of.integer('a', 1, 3), 1],
    ['integer', (of) => of.integer('a', 1, 3), 3],
    ['number', (of) => of.number('a', 0.5, 3), 0.5],
    ['number', (of) => of.number('a', 0.5, 3), 3],
    ['flag', (of) => of.flag('a'), false],
    ['flag', (of) => of.flag('b'), undefined],
    ['statuses', (of) => of.statuses('a'), [100, 599]],
    ['oneOf', (of) => of.oneOf('a', ['x', 'y']), 'y'],
    ['names', (of) => of.names('a'), []],
    ['names', (of) => of.names('a'), ['x', '']],
    ['strings', (of) => of.strings('a', /^[a-z]+$/, /^.*$/), { x: 'y' }],
  ])('read by %s', (_, read, value) => {
    expect(read(fields({ a: value }))).toEqual(value);
  });

  test.each<[(of: Fields) => unknown, unknown, string]>([
    [(of) => of.string('a'), 5, "'part.a' must be a string, got 5"],
    [(of) => of.string('a', /^x$/, 'an x'), 'y', '\'part.a\' must be an x, got "y"'],
    [(of) => of.integer('a', 1, 3), 0, "'part.a' must be a whole number from 1 to 3, got 0"],
    [(of) => of.integer('a', 1, 3), 4, 'from 1 to 3, got 4'],
    [(of) => of.integer('a', 1, 3), 1.5, 'from 1 to 3, got 1.5'],
    [(of) => of.integer('a', 1, 3), '2', 'from 1 to 3, got "2"'],
    [(of) => of.number('a', 1, 3), 0.99, "'part.a' must be a number from 1 to 3, got 0.99"],
    [(of) => of.number('a', 1, 3), 3.01, 'from 1 to 3, got 3.01'],
    [(of) => of.number('a', 1, 3), Number.NaN, 'from 1 to 3, got NaN'],
    [(of) => of.number('a', 1, 3), '2', 'from 1 to 3, got "2"'],
    [(of) => of.flag('a'), 'yes', '\'part.a\' must be true or false, got "yes"'],
    [(of) => of.statuses('a'), [], "'part.a' must be a list of whole numbers from 100 to 599, got an empty list"],
    [(of) => of.statuses('a'), [200, 99], 'from 100 to 599, got a list'],
    [(of) => of.statuses('a'), [200, 600], 'from 100 to 599, got a list'],
    [(of) => of.statuses('a'), [200, 200.5], 'from 100 to 599, got a list'],
    [(of) => of.statuses('a'), 200, 'from 100 to 599, got 200'],
    [(of) => of.oneOf('a', ['x', 'y']), 'z', '\'part.a\' must be one of x, y, got "z"'],
    [(of) => of.list('a', (entry) => entry), [], "'part.a' must be a list with at least one entry, got an empty list"],
    [(of) => of.list('a', (entry) => entry), { x: 1 }, 'got an object'],
    [(of) => of.list('a', (entry) => entry), [{}, 1], "'part.a[1]' must be an object, got 1"],
    [(of) => of.entriesOf('a', (entry) => entry), null, 'a list with at least one entry, got nothing'],
    [(of) => of.names('a'), 'x', "'part.a' must be a list of names, got \"x\""],
    [(of) => of.names('a'), ['x', 5], 'a list of names, got a list'],
    [(of) => of.atLeastOne('a', []), [], "'part.a' must be a list with at least one entry, got an empty list"],
    [(of) => of.object('a').string('b'), { b: null }, "'part.a.b' must be a string, got nothing"],
    [(of) => of.map('a', /^[a-z]+$/, (entry) => entry), { A: {} }, "'part.a' must be an object whose names match /^[a-z]+$/, got \"A\""],
    [(of) => of.map('a', /^[a-z]+$/, (entry) => entry), { x: 1 }, "'part.a.x' must be an object, got 1"],
    [(of) => of.strings('a', /^[a-z]+$/, /^.*$/), { A: 'hunter2' }, '\'part.a\' has the entry "A", which is no header that can be sent'],
    [(of) => of.strings('a', /^[a-z]+$/, /^.*$/), { x: 5 }, 'has the entry "x"'],
    [(of) => of.strings('a', /^[a-z]+$/, /^y$/, 'no y'), { x: 'z' }, 'has the entry "x", which is no y'],
  ])('is refused: %#', (read, value, message) => {
    expect(() => read(fields({ a: value }))).toThrow(message);
  });

  test('may be a list without entries, or a map', () => {
    expect(fields({ a: [] }).entriesOf('a', () => 1)).toEqual([]);
    expect(fields({ a: [{ n: 1 }, { n: 2 }] }).entriesOf('a', (entry) => entry.raw('n'))).toEqual([1, 2]);
    expect(fields({ a: { x: { n: 1 }, y: { n: 2 } } }).map('a', /^[a-z]$/, (entry) => entry.integer('n', 1, 2))).toEqual({ x: 1, y: 2 });
    expect(fields({ a: ['x'] }).atLeastOne('a', ['x'])).toEqual(['x']);
  });

  test('that refers to a deploy-time value is any text, where such values are still open', () => {
    const read = (open: boolean) => fields({ a: '${greenlight:Arn}' }, open).string('a', /^arn:/, 'an ARN');
    expect(read(true)).toBe('${greenlight:Arn}');
    expect(() => read(false)).toThrow("'part.a' must be an ARN");
    expect(() => fields({ a: 5 }, true).string('a')).toThrow('must be a string, got 5');
  });
});

describe('what nobody has asked for', () => {
  test.each<[Readonly<Record<string, unknown>>, (of: Fields) => unknown, string]>([
    [{ a: 1, b: 2 }, (of) => of.integer('a', 1, 1), 'part.b'],
    [{ a: { b: 1 } }, (of) => of.object('a'), 'part.a.b'],
    [{ a: [{ b: 1 }, { c: 1 }] }, (of) => of.list('a', (entry) => entry.has('b')), 'part.a[1].c'],
    [{ a: { x: { c: 1 } } }, (of) => of.map('a', /x/, (entry) => entry.has('b')), 'part.a.x.c'],
  ])('in %j has no meaning', (value, read, place) => {
    const of = fields(value);
    read(of);
    expect(() => of.requireNothingElse()).toThrow(`suite.json: '${place}' has no meaning here; remove it, or correct its name`);
  });

  test('is nothing where everything was read, in several goes or in one', () => {
    const of = fields({ a: { b: 1, c: 2 }, h: { x: 'y' }, m: { k: { n: 1 } }, optional: undefined });
    of.object('a').raw('b');
    of.object('a').raw('c');
    of.strings('h', /x/, /y/);
    of.map('m', /k/, (entry) => entry.raw('n'));
    of.has('optional');
    expect(() => of.requireNothingElse()).not.toThrow();
  });

  test('of the whole document is named without a dot before it', () => {
    expect(() => new Fields({ x: 1 }, '').requireNothingElse()).toThrow("suite.json: 'x' has no meaning here");
  });
});
