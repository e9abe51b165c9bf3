/** The examples as a user synthesizes them: by the package's name, with the template validator on. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { EcsRolloutDescription } from '../../lib/model/rollout';
import { ROLLOUT_METADATA_KEY } from '../../lib/model/rollout';
import type { GraphTemplate } from '../support/template-graph';
import { findCycle } from '../support/template-graph';

interface Resource {
  readonly Type: string;
  readonly Properties?: {
    readonly PolicyDocument?: { readonly Statement: { readonly Action: string | string[] }[] };
    readonly SecurityGroupIngress?: unknown;
  };
  readonly Metadata?: Record<string, unknown>;
}

const assembly = mkdtempSync(join(tmpdir(), 'examples-'));

beforeAll(() => {
  const app = join('examples', 'app.ts');
  const result = spawnSync(process.execPath, [app], { env: { ...process.env, CDK_VALIDATION: 'true', CDK_OUTDIR: assembly }, encoding: 'utf8' });
  if (result.status !== 0) {
    throw new Error(`'node ${app}' ended with ${result.status}; run 'npm run build' first where the package is missing\n${result.stderr}`);
  }
});

afterAll(() => rmSync(assembly, { recursive: true }));

const template = (stack: string): GraphTemplate & { Resources: Record<string, Resource> } => JSON.parse(readFileSync(join(assembly, `${stack}.template.json`), 'utf8'));

function description(stack: string): EcsRolloutDescription {
  const [found] = Object.values(template(stack).Resources).flatMap(({ Metadata }) => (Metadata?.[ROLLOUT_METADATA_KEY] === undefined ? [] : [Metadata[ROLLOUT_METADATA_KEY]]));
  return found as EcsRolloutDescription;
}

test("the CDK's own validators find nothing", () => {
  const { pluginReports } = JSON.parse(readFileSync(join(assembly, 'validation-report.json'), 'utf8')) as { pluginReports: { pluginName: string; violations: unknown[] }[] };
  expect(pluginReports.map(({ pluginName, violations }) => [pluginName, violations])).toEqual([['CloudFormation Validate', []]]);
});

describe('the example EcsNative', () => {
  test('has no dependency cycle, and its hooks may do nothing by a wildcard', () => {
    expect(findCycle(template('EcsNative'))).toBeUndefined();
    const policies = Object.entries(template('EcsNative').Resources).filter(([id]) => id.includes('Hook')).flatMap(([, { Properties }]) => Properties?.PolicyDocument?.Statement ?? []);
    expect(policies.length).toBeGreaterThan(4);
    expect(policies.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
  });
});

describe('the example EcsCloudFormation', () => {
  test('has no dependency cycle, no output and no wildcard action, and a gate at each event', () => {
    expect(findCycle(template('EcsCloudFormation'))).toBeUndefined();
    const { Outputs, Hooks, Metadata } = template('EcsCloudFormation') as unknown as { Outputs?: object; Hooks: Record<string, { Properties: { LifecycleEventHooks: object } }>; Metadata: Record<string, { findings: { level: string }[] }> };
    expect(Outputs).toBeUndefined();
    expect(Object.keys(Object.values(Hooks)[0]!.Properties.LifecycleEventHooks)).toHaveLength(5);
    const statements = Object.values(template('EcsCloudFormation').Resources).flatMap(({ Properties }) => Properties?.PolicyDocument?.Statement ?? []);
    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
    expect(Metadata['cdk-greenlight:cloudformation-rollout']!.findings.map(({ level }) => level)).toEqual(['info']);
  });
});

/** What is off by a word of the example is told, so that nobody takes it over unawares. */
const TOLD: Readonly<Record<string, string[]>> = {
  EcsWebExternal: ['info unguarded-listener', 'info unguarded-listener'],
  ListenerUnguarded: ['info unguarded-listener', 'info unguarded-listener'],
  ServerCopied: ['warning copied-auto-scaling-group'],
};

describe.each(['EcsWeb', 'EcsWebGated', 'EcsWebExternal', 'EcsWebNetwork', 'HttpChecks', 'InvokeChecks', 'LongChecks', 'SuiteChecks', 'MetricChecks', 'CalendarChecks', 'LoginChecks', 'ListenerGuard', 'ListenerUnguarded', 'LambdaOrders', 'LambdaWarm', 'ServerInPlace', 'ServerBlueGreen', 'ServerCopied'])('the example %s', (stack) => {
  test('has no dependency cycle', () => {
    expect(findCycle(template(stack))).toBeUndefined();
  });

  test('names no wildcard action', () => {
    const statements = Object.values(template(stack).Resources).flatMap(({ Properties }) => Properties?.PolicyDocument?.Statement ?? []);
    expect(statements.length).toBeGreaterThan(stack === 'ServerInPlace' ? 5 : 10);
    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
  });

  test('lets nobody in from everywhere', () => {
    const ingress = Object.values(template(stack).Resources).map(({ Properties }) => Properties?.SecurityGroupIngress ?? []);
    expect(JSON.stringify(ingress)).not.toContain('0.0.0.0/0');
  });

  test('has nothing to find', () => {
    expect(description(stack).findings.map(({ id, level }) => `${level} ${id}`)).toEqual(TOLD[stack] ?? []);
  });
});

describe('deployments by CloudFormation', () => {
  const customResources = (stack: string) => Object.values(template(stack).Resources).filter(({ Type }) => Type.startsWith('Custom::')).map(({ Type }) => Type);

  test.each([['EcsWeb', 1], ['EcsWebGated', 2], ['EcsWebNetwork', 1]])('are in the stack %s', (stack, waits) => {
    expect(customResources(stack)).toEqual(['Custom::GreenlightServiceSettings', 'Custom::GreenlightLiveListener', 'Custom::GreenlightLiveListener', 'Custom::GreenlightDeployment', ...Array.from({ length: waits }, () => 'Custom::GreenlightDeploymentWait')]);
  });

  test('are not where something else deploys, and nothing there needs a container engine', () => {
    expect(customResources('EcsWebExternal')).toEqual([]);
    const manifest = JSON.parse(readFileSync(join(assembly, 'EcsWebExternal.assets.json'), 'utf8')) as { dockerImages: object };
    expect(manifest.dockerImages).toEqual({});
  });
});

describe('the examples', () => {
  test('have a rollout of the name that the scenarios use', () => {
    expect(['EcsWeb', 'EcsWebGated'].map((stack) => description(stack).name)).toEqual(['EcsWeb/Web', 'EcsWebGated/Web']);
  });

  test('have the hooks that the scenarios play', () => {
    const hooks = (stack: string) => description(stack).hooks.map(({ event, kind, guarded, reportsLater }) => [event, kind, guarded, reportsLater]);
    expect(hooks('EcsWeb')).toEqual([['AfterAllowTestTraffic', 'checks', true, false]]);
    expect(hooks('EcsWebGated')).toEqual([
      ['AfterAllowTestTraffic', 'function', true, false],
      ['BeforeAllowTraffic', 'function', true, true],
    ]);
  });
});
