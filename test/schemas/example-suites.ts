/** The suites that the synthesized examples carry beside their handlers. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ASSEMBLY = join(__dirname, '..', '..', 'build', 'cdk.out');

export interface ExampleSuite {
  /** The stack, and the lifecycle event of the hook. */
  readonly name: string;
  readonly file: string;
  readonly suite: { readonly event: string; readonly checks: readonly { readonly kind: string }[] };
}

/** Only what the stacks name: a folder of an earlier synthesis may lie beside it. */
export function exampleSuites(): readonly ExampleSuite[] {
  return globSync('*.assets.json', { cwd: ASSEMBLY }).sort().flatMap((manifest) =>
    Object.values(readJson(join(ASSEMBLY, manifest)).files as Record<string, { readonly source: { readonly path: string } }>)
      .map(({ source }) => join(ASSEMBLY, source.path, 'suite.json'))
      .filter((file) => existsSync(file))
      .map((file) => ({ file, suite: readJson(file) }))
      .map(({ file, suite }) => ({ name: `${manifest.replace('.assets.json', '')} ${suite.event}`, file, suite })),
  );
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- JSON of any shape
export const readJson = (file: string): any => JSON.parse(readFileSync(file, 'utf8'));
