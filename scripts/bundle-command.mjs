/**
 * Bundles the `greenlight` command, what `npm run replay` runs (which the package leaves out), the certificates that only rehearsals with HTTPS need, the schema that only `suite lint` needs, and the preload that puts a handler's process
 * on the virtual clock, into one file each.
 */
import { build } from 'esbuild';
import { chmodSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { writeThirdPartyLicenses } from './third-party.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

export async function bundleCommand({ outDir }) {
  const options = {
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    mainFields: ['module', 'main'],
    outdir: outDir,
    legalComments: 'none',
    logLevel: 'silent',
    metafile: true,
  };
  const bundles = await Promise.all([
    build({
      ...options,
      entryPoints: { greenlight: 'rehearsal/greenlight.ts' },
      external: ['./x509', './suite-schema'],
      // Such an import becomes a require, which finds the file without its extension.
      supported: { 'dynamic-import': false },
      banner: { js: '#!/usr/bin/env node' },
      minify: true,
    }),
    build({ ...options, entryPoints: { replay: 'rehearsal/replay.ts' }, external: ['./x509'], supported: { 'dynamic-import': false } }),
    build({ ...options, entryPoints: { x509: 'rehearsal/endpoints/x509.ts' }, minify: true }),
    build({ ...options, entryPoints: { 'suite-schema': 'rehearsal/commands/suite-schema.ts' }, minify: true }),
    build({ ...options, entryPoints: { preload: 'rehearsal/sandbox/preload/index.ts' } }),
  ]);
  writeThirdPartyLicenses({ root: ROOT, outDir, inputs: bundles.flatMap(({ metafile }) => Object.keys(metafile.inputs)) });
  chmodSync(join(outDir, 'greenlight.js'), 0o755);
}
