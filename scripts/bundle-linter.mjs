/** Bundles what synth needs of libraries: the parser and the engines of the handlers, which prove suites, what reads and prints AppSpecs, and what makes archives of bundles. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { withoutUnusedUris } from './bundle-handlers.mjs';
import { writeThirdPartyLicenses } from './third-party.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Writes `suite-linter.js`, `appspec.js` and `bundle.js` into `outDir`. */
export async function bundleLinter({ outDir }) {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { 'suite-linter': 'lambda/synth/suite-linter.ts', appspec: 'rehearsal/documents/appspec/synth.ts', bundle: 'rehearsal/documents/bundle/synth.ts' },
    outdir: outDir,
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
