import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const ASSEMBLY = join(ROOT, 'build', 'cdk.out');
const CFN_LINT = join(ROOT, 'build', 'venv', 'bin', 'cfn-lint');

/** Those of the stages, each of which has a directory, too. */
const templates = readdirSync(ASSEMBLY, { recursive: true, encoding: 'utf8' }).filter((name) => /^(assembly-[^/]*\/)*[^/]*\.template\.json$/.test(name));

/** A hint on style (I1022) that cfn-lint 1.58 calls an error where it looks at a pipeline's roles, which CDK Pipelines writes. */
const isHint = (id: string, message: string) => id === 'E3703' && message === 'Prefer using Fn::Sub over Fn::Join with an empty delimiter';

test('the example has templates to look at', () => {
  expect(templates).toContain('EcsWeb.template.json');
  expect(templates.filter((name) => name.startsWith('assembly-Delivery-'))).toHaveLength(4);
});

test.each(templates)('cfn-lint finds no error in %s', (template) => {
  const { stdout, stderr, error } = spawnSync(CFN_LINT, ['--format', 'json', '--non-zero-exit-code', 'none', '--', join(ASSEMBLY, template)], { encoding: 'utf8' });
  expect(error).toBeUndefined();
  expect(stderr).toBe('');
  const findings = JSON.parse(stdout) as { Level: string; Message: string; Rule: { Id: string }; Location: { Path?: string[] } }[];
  const errors = findings.filter(({ Level, Rule, Message }) => Level === 'Error' && !isHint(Rule.Id, Message)).map(({ Rule, Message, Location }) => `${Rule.Id} ${Location.Path?.join('/')}: ${Message}`);
  expect(errors).toEqual([]);
});
