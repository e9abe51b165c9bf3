import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const ASSEMBLY = join(ROOT, 'build', 'cdk.out');
const CFN_LINT = join(ROOT, 'build', 'venv', 'bin', 'cfn-lint');

const templates = readdirSync(ASSEMBLY).filter((name) => name.endsWith('.template.json'));

test('the example has templates to look at', () => {
  expect(templates.length).toBeGreaterThan(0);
});

/** Errors that cfn-lint finds, by rule, place and words. */
function errorsOf(file: string): string[] {
  const { stdout, stderr, error } = spawnSync(CFN_LINT, ['--format', 'json', '--non-zero-exit-code', 'none', '--', file], { encoding: 'utf8' });
  expect(error).toBeUndefined();
  expect(stderr).toBe('');
  const findings = JSON.parse(stdout) as { Level: string; Message: string; Rule: { Id: string }; Location: { Path?: string[] } }[];
  return findings.filter(({ Level }) => Level === 'Error').map(({ Rule, Message, Location }) => `${Rule.Id} ${Location.Path?.join('/')}: ${Message}`);
}

test.each(templates)('cfn-lint finds no error in %s', (template) => {
  expect(errorsOf(join(ASSEMBLY, template))).toEqual([]);
});

test('the one exception is the section of the blue/green hook, which cfn-lint does not know', () => {
  const { Metadata, ...template } = JSON.parse(readFileSync(join(ASSEMBLY, 'EcsCloudFormation.template.json'), 'utf8')) as { Metadata: Record<string, unknown> };
  const { 'cfn-lint': exception, ...others } = Metadata;
  expect(exception).toEqual({ config: { ignore_checks: ['E1001'] } });
  const folder = mkdtempSync(join(tmpdir(), 'cfn-lint-'));
  try {
    const file = join(folder, 'template.json');
    writeFileSync(file, JSON.stringify({ ...template, Metadata: others }));
    expect(errorsOf(file)).toEqual([expect.stringMatching(/^E1001 Hooks: /)]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
