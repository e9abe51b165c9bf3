import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const ASSEMBLY = join(ROOT, 'build', 'cdk.out');
const CFN_LINT = join(ROOT, 'build', 'venv', 'bin', 'cfn-lint');

const templates = readdirSync(ASSEMBLY).filter((name) => name.endsWith('.template.json'));

test('the example has templates to look at', () => {
  expect(templates.length).toBeGreaterThan(0);
});

test.each(templates)('cfn-lint finds no error in %s', (template) => {
  const { stdout, stderr, error } = spawnSync(CFN_LINT, ['--format', 'json', '--non-zero-exit-code', 'none', '--', join(ASSEMBLY, template)], { encoding: 'utf8' });
  expect(error).toBeUndefined();
  expect(stderr).toBe('');
  const findings = JSON.parse(stdout) as { Level: string; Message: string; Rule: { Id: string }; Location: { Path?: string[] } }[];
  const errors = findings.filter(({ Level }) => Level === 'Error').map(({ Rule, Message, Location }) => `${Rule.Id} ${Location.Path?.join('/')}: ${Message}`);
  expect(errors).toEqual([]);
});
