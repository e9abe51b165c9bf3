/** What docs/checks/metric.md shows stands in the example that is compiled and synthesized. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

test('the code of the page is that of the example', () => {
  const page = readFileSync(join(ROOT, 'docs/checks/metric.md'), 'utf8');
  const example = readFileSync(join(ROOT, 'examples/checks/metric-checks-stack.ts'), 'utf8');
  const [, code] = /```ts\n([^]*?)```\n\nFrom \[the example stack\]/.exec(page) ?? [];
  expect(code).toBeDefined();
  expect(example).toContain(code);
});
