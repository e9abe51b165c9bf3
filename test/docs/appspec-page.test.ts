import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { App, Stack } from 'aws-cdk-lib/core';

import { AppSpecDocument } from '../../lib';
import { greenlight, inTemporaryFolder } from '../support/greenlight';
import { ruleTables } from './appspec-tables';

const PAGE = readFileSync(join(__dirname, '../../docs/appspec.md'), 'utf8');

test('the tables are those of the rules', () => {
  const [, tables] = /<!-- rules -->\n([^]*?)<!-- end of rules -->/.exec(PAGE) ?? [];
  expect(tables).toBe(ruleTables());
});

test('the command says what the page says it does', () => {
  const [, yaml, lines] = /```yaml\n([^]*?)```\n\n```sh\n\$ greenlight appspec lint appspec\.yml\n([^]*?)```/.exec(PAGE) ?? [];
  expect(yaml).toMatch(/^version: 0\.0\n/);
  inTemporaryFolder((folder) => {
    writeFileSync(join(folder, 'appspec.yml'), yaml as string);
    expect(greenlight(['appspec', 'lint', 'appspec.yml'], { cwd: folder })).toMatchObject({ status: 1, stdout: lines });
  });
});

test('what the page reads at synth is an AppSpec', () => {
  const [, text] = /AppSpecDocument\.parse\(`([^]*?)`\)/.exec(PAGE) ?? [];
  const stack = new Stack(new App(), 'Shop');
  expect(JSON.parse(AppSpecDocument.parse(text as string).toJson(stack)).Resources).toHaveLength(1);
});
