/** What docs/checks/invoke.md shows for checks of a target version works as it says. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Duration } from 'aws-cdk-lib/core';

import type { Check } from '../../lib';
import { HttpAssertion, InvokeCheck } from '../../lib';
import { CLIENT_CONTEXT } from '../../lib/model/invoke-document';
import { inTemporaryFolder } from '../support/greenlight';

const PAGE = readFileSync(join(__dirname, '../../docs/checks/invoke.md'), 'utf8');
const CUSTOM = { [CLIENT_CONTEXT.deploymentId]: 'd-1', [CLIENT_CONTEXT.event]: 'BeforeAllowTraffic', [CLIENT_CONTEXT.check]: 'orders', [CLIENT_CONTEXT.case]: 'one' };

function block(language: string, beginning: string): string {
  const found = [...PAGE.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(([, code]) => code ?? '');
  return found.find((code) => code.includes(beginning))!;
}

test('the example is a check', () => {
  const code = block('ts', 'InvokeCheck.targetVersion');
  inTemporaryFolder((folder) => {
    mkdirSync(join(folder, 'test'));
    writeFileSync(join(folder, 'test', 'largest-order.json'), '{"items":[]}');
    const before = process.cwd();
    process.chdir(folder);
    try {
      const check = new Function('InvokeCheck', 'HttpAssertion', 'Duration', `${code}; return smoke;`)(InvokeCheck, HttpAssertion, Duration) as Check;
      expect([check.name, [...check._payloads.values()]]).toEqual(['orders', ['{"items":[]}']]);
    } finally {
      process.chdir(before);
    }
  });
});

describe('the helper for handlers in Node.js', () => {
  const code = block('js', 'releaseCheck').replaceAll('export ', '');
  const handle = async (context: object) => {
    const shipped: unknown[] = [];
    const { releaseCheck, handler } = new Function('priceOf', 'ship', `${code}; return { releaseCheck, handler };`)(() => 8.4, (order: unknown) => shipped.push(order));
    return { told: releaseCheck(context), returned: await handler({ sku: 'tea' }, context), shipped };
  };

  test('knows a check, and ships nothing for it', async () => {
    expect(await handle({ clientContext: { custom: CUSTOM } })).toEqual({ told: { deploymentId: 'd-1', check: 'orders', case: 'one' }, returned: { total: 8.4 }, shipped: [] });
  });

  test.each([{}, { clientContext: {} }, { clientContext: { custom: {} } }])('ships for everybody else: %j', async (context) => {
    expect(await handle(context)).toEqual({ told: undefined, returned: { total: 8.4 }, shipped: [{ sku: 'tea' }] });
  });
});

const hasPython = spawnSync('python3', ['--version']).status === 0;

(hasPython ? test : test.skip)('the helper for handlers in Python knows a check', () => {
  const program = `
import json, sys, types
${block('python', 'release_check')}
of = lambda custom: types.SimpleNamespace(client_context=types.SimpleNamespace(custom=custom))
print(json.dumps([release_check(of(json.loads(sys.argv[1]))), release_check(of({"a": "b"})), release_check(of(None)), release_check(types.SimpleNamespace(client_context=None))]))
`;
  const { stdout, stderr } = spawnSync('python3', ['-c', program, JSON.stringify(CUSTOM)], { encoding: 'utf8' });
  expect([stderr, JSON.parse(stdout)]).toEqual(['', [{ deploymentId: 'd-1', event: 'BeforeAllowTraffic', check: 'orders', case: 'one' }, null, null, null]]);
});
