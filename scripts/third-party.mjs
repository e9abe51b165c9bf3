/** The licences of what is bundled: they ask to be shipped along, and the bundles leave their comments out. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes `THIRD-PARTY-LICENSES.txt` beside the bundles.
 *
 * @param {{ root: string, outDir: string, inputs: readonly string[] }} options `inputs`: every file that went into a bundle, relative to `root`
 */
export function writeThirdPartyLicenses({ root, outDir, inputs }) {
  const folders = new Set(inputs.map((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]).filter((folder) => folder !== undefined));
  const texts = [...folders].sort().map((folder) => licenceOf(join(root, folder)));
  writeFileSync(join(outDir, 'THIRD-PARTY-LICENSES.txt'), `${[...new Set(texts)].join(`\n${'-'.repeat(80)}\n\n`)}`);
}

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.|$)/i.test(entry));
  const text = file !== undefined && existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8').trim() : `Licensed under ${license}.`;
  return `${name} ${version} (${license})\n\n${text}\n`;
}
