/** JSON Schemas of the documents, made from the types of lib/model and their comments: what the constructs write, handlers read and the command reports. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createGenerator } from 'ts-json-schema-generator';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where a published schema can be read. */
const BASE = 'https://unpkg.com/cdk-greenlight/build/schemas';

const DOCUMENTS = [
  { name: 'suite', type: 'CheckSuite', source: 'lib/model/suite.ts', title: 'Check suite of cdk-greenlight, version 1' },
  { name: 'suite-result', type: 'SuiteResult', source: 'lib/model/suite-result.ts', title: 'Result document of a suite of your own for cdk-greenlight, version 1', open: true },
  { name: 'report', type: 'Report', source: 'lib/model/report.ts', title: 'Report of a rehearsal by cdk-greenlight, version 1' },
];

/** Writes `<outDir>/<name>.schema.json` for every document. */
export function writeSchemas({ outDir }) {
  mkdirSync(outDir, { recursive: true });
  for (const document of DOCUMENTS) {
    writeFileSync(join(outDir, `${document.name}.schema.json`), `${JSON.stringify(schemaOf(document), null, 2)}\n`);
  }
}

/** @param document.open other members are ignored by who reads it */
function schemaOf({ name, type, source, title, open = false }) {
  const generator = createGenerator({
    path: join(ROOT, source),
    tsconfig: join(ROOT, 'tsconfig.jsii.json'),
    type,
    expose: 'export',
    topRef: false,
    additionalProperties: open,
    // The linter has checked the types already.
    skipTypeCheck: true,
  });
  const { $schema, ...schema } = generator.createSchema(type);
  return { $schema, $id: `${BASE}/${name}.schema.json`, title, description: fileComment(source), ...schema };
}

/** What the file says first, which is about the document as a whole. */
function fileComment(source) {
  const [, comment] = /^\/\*\*([^]*?)\*\//.exec(readFileSync(join(ROOT, source), 'utf8'));
  return comment.replace(/^\s*\* ?/gm, '').trim().replace(/(?<!\n)\n(?!\n)/g, ' ');
}
