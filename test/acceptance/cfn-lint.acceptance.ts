import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

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

/** Errors that cfn-lint finds, by rule, place and words. */
async function errorsOf(file: string): Promise<string[]> {
  const { stdout, stderr } = await promisify(execFile)(CFN_LINT, ['--format', 'json', '--non-zero-exit-code', 'none', '--', file], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  expect(stderr).toBe('');
  const findings = JSON.parse(stdout) as { Level: string; Message: string; Rule: { Id: string }; Location: { Path?: string[] } }[];
  return findings.filter(({ Level, Rule, Message }) => Level === 'Error' && !isHint(Rule.Id, Message)).map(({ Rule, Message, Location }) => `${Rule.Id} ${Location.Path?.join('/')}: ${Message}`);
}

describe('cfn-lint', () => {
  /** As many at a time as there are processors: it has one to itself for some seconds. */
  const errors = new Map<string, Promise<string[]>>();
  beforeAll(async () => {
    const queue = [...templates];
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const found = errorsOf(join(ASSEMBLY, next));
        errors.set(next, found);
        await found.catch(() => undefined);
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, worker));
  });

  test.each(templates)('finds no error in %s', async (template) => {
    expect(await errors.get(template)).toEqual([]);
  });
});

test('the one exception is the section of the blue/green hook, which cfn-lint does not know', async () => {
  const { Metadata, ...template } = JSON.parse(readFileSync(join(ASSEMBLY, 'EcsCloudFormation.template.json'), 'utf8')) as { Metadata: Record<string, unknown> };
  const { 'cfn-lint': exception, ...others } = Metadata;
  expect(exception).toEqual({ config: { ignore_checks: ['E1001'] } });
  const folder = mkdtempSync(join(tmpdir(), 'cfn-lint-'));
  try {
    const file = join(folder, 'template.json');
    writeFileSync(file, JSON.stringify({ ...template, Metadata: others }));
    expect(await errorsOf(file)).toEqual([expect.stringMatching(/^E1001 Hooks: /)]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
