import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

interface Named {
  readonly path: string;
  readonly context: object;
}
interface Sequencer {
  sort(tests: readonly Named[]): Named[];
}
const LongestFirst = createRequire(__filename)('../../scripts/test-sequencer.cjs') as { readonly LONGEST: readonly string[]; new (options: object): Sequencer };

test('the files that are said to be the longest are there', () => {
  expect(LongestFirst.LONGEST.filter((file) => !existsSync(file))).toEqual([]);
});

test('they begin in that order, before all others', () => {
  const context = { config: { id: 'none', cacheDirectory: '/nowhere', haste: {} }, hasteFS: { getSize: () => 1 } };
  const named = (path: string) => ({ path, context });
  const [first, second, third] = LongestFirst.LONGEST as [string, string, string];
  const sorted = new LongestFirst({ contexts: [], globalConfig: {} }).sort([__filename, third, first, second].map(named));
  expect(sorted.map(({ path }) => path)).toEqual([first, second, third, __filename]);
});
