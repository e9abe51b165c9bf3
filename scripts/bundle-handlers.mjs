/** Bundles each hook handler into one CommonJS file that needs nothing beside it. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { writeThirdPartyLicenses } from './third-party.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** What Lambda never uses, since its credentials come in environment variables; and what is imported from there. */
const UNUSED_CREDENTIALS = /^(@aws-sdk\/credential-provider-(sso|ini|process|web-identity|http|login)|@smithy\/credential-provider-imds)$/;
const PROVIDERS = ['fromSSO', 'fromIni', 'fromProcess', 'fromTokenFile', 'fromWebToken', 'fromHttp', 'fromLoginCredentials'];
const METADATA_PROVIDERS = ['fromContainerMetadata', 'fromInstanceMetadata'];

/** Warnings about imports that would be missing at run time. */
const IMPORTS_MUST_RESOLVE = { 'unsupported-dynamic-import': 'error', 'unsupported-require-call': 'error', 'indirect-require': 'error' };

/**
 * @typedef {{ name: string, file: string, bytes: number, parts: { package: string, bytes: number }[], inputs: string[] }} Size
 *
 * @param {{ outDir: string }} options `<outDir>/<name>/index.js` is written for every file of lambda/handlers
 * @returns {Promise<Size[]>} how large they are, and what they are made of, largest first
 */
export async function bundleHandlers({ outDir }) {
  const folder = join(ROOT, 'lambda', 'handlers');
  const names = (await readdir(folder)).filter((file) => file.endsWith('.ts')).map((file) => basename(file, '.ts')).sort();
  const sizes = await Promise.all(names.map((name) => bundleHandler(name, join(folder, `${name}.ts`), join(outDir, name, 'index.js'))));
  writeThirdPartyLicenses({ root: ROOT, outDir, inputs: sizes.flatMap(({ inputs }) => inputs) });
  return sizes;
}

/** Bundles one file as every handler is bundled. */
export async function bundleHandler(name, entry, file) {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    mainFields: ['module', 'main'],
    // A true import() of a built-in module loads Node's module loader with it, and its HTTP client: a third of a cold start.
    supported: { 'dynamic-import': false },
    minify: true,
    sourcemap: false,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    logOverride: IMPORTS_MUST_RESOLVE,
    plugins: [withoutUnusedCredentials, withoutUnusedUris, withoutDiscriminator],
  });
  const [output] = Object.values(metafile.outputs);
  return { name, file, bytes: output.bytes, parts: partsOf(output.inputs), inputs: Object.keys(output.inputs) };
}

/** Puts a module in place of each unused credential provider that says so when somebody comes to need it. */
const withoutUnusedCredentials = {
  name: 'without-unused-credentials',
  setup(bundle) {
    bundle.onResolve({ filter: UNUSED_CREDENTIALS }, ({ path }) => ({ path, namespace: 'unused-credentials' }));
    bundle.onLoad({ filter: /.*/, namespace: 'unused-credentials' }, ({ path }) => ({ contents: refusal(path) }));
  },
};

/** The default of an option that is always given: URIs of schemas. */
export const withoutUnusedUris = {
  name: 'without-unused-uris',
  setup(bundle) {
    bundle.onResolve({ filter: /^fast-uri$/ }, ({ path }) => ({ path, namespace: 'unused-uris' }));
    bundle.onLoad({ filter: /.*/, namespace: 'unused-uris' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** A keyword of OpenAPI, and none of JSON Schema: Ajv adds it where an option says so, which no handler sets. */
const withoutDiscriminator = {
  name: 'without-discriminator',
  setup(bundle) {
    bundle.onResolve({ filter: /^\.\/vocabularies\/discriminator$/ }, ({ path }) => ({ path, namespace: 'unused-keyword' }));
    bundle.onLoad({ filter: /.*/, namespace: 'unused-keyword' }, () => ({ contents: 'module.exports = {};' }));
  },
};

function refusal(path) {
  const text = `${path} is not part of this handler; credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN`;
  return `const refuse = () => { throw new Error(${JSON.stringify(text)}); };
export { ${[...PROVIDERS, ...METADATA_PROVIDERS].map((name) => `refuse as ${name}`).join(', ')} };
export const ENV_CMDS_RELATIVE_URI = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI';
export const ENV_CMDS_FULL_URI = 'AWS_CONTAINER_CREDENTIALS_FULL_URI';`;
}

/** Bytes by package; our own code is the package named `.`. */
function partsOf(inputs) {
  const bytes = new Map();
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? '.';
    bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
  }
  return [...bytes].map(([name, size]) => ({ package: name, bytes: size })).sort((a, b) => b.bytes - a.bytes);
}
