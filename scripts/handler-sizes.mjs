/** How large the hook handlers are, and how large they may be: most of a cold start is code that is read. */
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** Bytes that a bundle may have; a new handler gets a line here. */
export const MAX_BYTES = {
  checks: 700_000,
  'checks-http': 500_000,
  'deployment-intake': 75_000,
  'deployment-step': 200_000,
  guardian: 100_000,
  'hook-inspector': 200_000,
  outcome: 100_000,
  'server-fleet': 100_000,
  'server-gate': 650_000,
  'server-gate-guardian': 100_000,
};

const SHOWN_PARTS = 4;

/** @typedef {{ name: string, bytes: number, gzipBytes: number, parts: { package: string, bytes: number }[] }} HandlerSize */

/**
 * Keeps the sizes for a later run that has nothing to build.
 *
 * @param {string} file
 * @param {import('./bundle-handlers.mjs').Size[]} sizes
 */
export function writeSizes(file, sizes) {
  const kept = sizes.map(({ name, file: bundle, bytes, parts }) => ({ name, bytes, gzipBytes: gzipSync(readFileSync(bundle)).length, parts }));
  writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`);
}

/** @returns {HandlerSize[]} */
export const readSizes = (file) => JSON.parse(readFileSync(file, 'utf8'));

/**
 * @param {HandlerSize[]} sizes
 * @returns {string} a table for the terminal
 */
export function sizeTable(sizes) {
  const rows = sizes.map(({ name, bytes, gzipBytes, parts }) => [name, kilobytes(bytes), kilobytes(gzipBytes), kilobytes(MAX_BYTES[name]), largest(parts)]);
  const table = [['handler', 'kB', 'gzip kB', 'limit kB', 'largest parts'], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  return table.map((row) => row.map((cell, column) => aligned(cell, widths[column], column)).join('  ').trimEnd()).join('\n');
}

/**
 * @param {HandlerSize[]} sizes
 * @returns {string[]} one line for each bundle that is larger than it may be, or has no limit
 */
export function oversize(sizes) {
  return sizes.flatMap(({ name, bytes }) => {
    const limit = MAX_BYTES[name];
    if (limit === undefined) {
      return [`handler ${name} has ${bytes} bytes and no limit; give it one in scripts/handler-sizes.mjs`];
    }
    return bytes > limit ? [`handler ${name} has ${bytes} bytes, at most ${limit} are allowed; import less, or lazily`] : [];
  });
}

function largest(parts) {
  const shown = parts.slice(0, SHOWN_PARTS).map(({ package: name, bytes }) => `${name === '.' ? 'own code' : name} ${kilobytes(bytes)}`);
  return [...shown, ...(parts.length > SHOWN_PARTS ? [`${parts.length - SHOWN_PARTS} more`] : [])].join(', ');
}

const kilobytes = (bytes) => (bytes === undefined ? '-' : (bytes / 1000).toFixed(1));

/** Numbers stand to the right. */
const aligned = (cell, width, column) => (column >= 1 && column <= 3 ? cell.padStart(width) : cell.padEnd(width));
