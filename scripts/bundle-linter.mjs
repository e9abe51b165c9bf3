/** Bundles what proves suites at synth: the parser and the engines of the handlers, without anything that measures. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { withoutUnusedUris } from './bundle-handlers.mjs';
import { writeThirdPartyLicenses } from './third-party.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Writes `<outDir>/suite-linter.js`. */
export async function bundleLinter({ outDir }) {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['lambda/synth/suite-linter.ts'],
    outfile: join(outDir, 'suite-linter.js'),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    mainFields: ['module', 'main'],
    supported: { 'dynamic-import': false },
    minify: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    plugins: [withoutUnusedUris],
  });
  writeThirdPartyLicenses({ root: ROOT, outDir, inputs: Object.keys(metafile.inputs) });
}
