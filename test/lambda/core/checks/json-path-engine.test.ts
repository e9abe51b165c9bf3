import type { CompilePattern } from '../../../../lambda/core/checks/engines';
import { compilers } from '../../../../lambda/core/checks/engines';
import { jsonPathCompiler } from '../../../../lambda/core/checks/json-path-engine';

const ITEMS = [{ name: 'cart', like: 'c.*t' }, { name: 'art', like: 'c.*t' }, { name: 5, like: '5' }, { name: 'x', like: 5 }, { name: '(', like: '(' }];

/** Notes which patterns are compiled. */
function notedPatterns() {
  const compiled: string[] = [];
  const compile: CompilePattern = (text) => {
    compiled.push(text);
    const expression = new RegExp(text, 'u');
    return { found: (given) => expression.test(given), all: (given) => new RegExp(`^(?:${text})$`, 'u').test(given) };
  };
  return { compiled, compile };
}

const names = (values: readonly unknown[]) => values.map((value) => (value as { name: unknown }).name);

test.each([
  ["$[?match(@.name, '.*art')]", ['cart', 'art']],
  ["$[?match(@.name, 'art')]", ['art']],
  ["$[?search(@.name, 'ar')]", ['cart', 'art']],
  ['$[?match(@.name, @.like)]', ['cart']],
  ["$[?search(@.name, '5')]", []],
  ["$[?search(@.name, '(')]", []],
])('%s selects the items %j', async (path, expected) => {
  const { compile } = notedPatterns();
  expect(names((await jsonPathCompiler(compile))(path)(ITEMS))).toEqual(expected);
});

test('compiles a pattern once for all nodes, and forgets them after a hundred', async () => {
  const { compiled, compile } = notedPatterns();
  const select = (await jsonPathCompiler(compile))('$[?match(@.name, @.like)]');
  select(Array.from({ length: 50 }, () => ({ name: 'a', like: 'b' })));
  expect(compiled).toEqual(['b']);
  const many = Array.from({ length: 100 }, (_, index) => ({ name: 'a', like: `${index}` }));
  select(many);
  expect(compiled).toHaveLength(101);
  select([{ name: 'a', like: '99' }]);
  expect(compiled).toHaveLength(101);
  select([{ name: 'a', like: 'b' }]);
  expect(compiled).toHaveLength(102);
});

test.each(["$[?match(@.name, 'a')]", "$[?search(@.name, 'a')]"])('without patterns, %s is none', async (path) => {
  const compile = await jsonPathCompiler(undefined);
  expect(() => compile(path)).toThrow(/no such function/);
});

test('a text that was not announced is a mistake of ours, one that cannot be used one of the suite', async () => {
  const none = await compilers({});
  expect(() => none.pattern('a')).toThrow('no pattern was announced by the suite');
  expect(() => none.jsonPath('$')).toThrow('no JSON path was announced by the suite');
  const some = await compilers({ patterns: ['a'], jsonPaths: ['$'] });
  expect(() => some.pattern('(')).toThrow('suite.json: pattern "(" cannot be used: ');
  expect(() => some.jsonPath('$.')).toThrow('suite.json: JSON path "$." cannot be used: ');
});
