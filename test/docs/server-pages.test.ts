/** What the pages about servers show in TypeScript is taken by the compiler as it stands, with what it leaves out declared. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import * as ts from 'typescript';

import * as library from '../../lib';

const ROOT = join(__dirname, '../..');
const PAGES = ['server-rollout', 'server-blue-green', 'server-deployments', 'server-gates', 'server-revisions', 'server-agent'];

const PRELUDE = `
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ${Object.keys(library).join(', ')} } from './lib';

declare const fleet: autoscaling.AutoScalingGroup;
declare const fleetA: autoscaling.AutoScalingGroup;
declare const fleetB: autoscaling.AutoScalingGroup;
declare const targetGroup: elbv2.ApplicationTargetGroup;
declare const errorRate: cloudwatch.Alarm;
declare const errors: cloudwatch.Alarm;
declare const targets: ServerTargets;
declare const rollout: ServerRollout;
`;

const snippets = PAGES.flatMap((page) => [...readFileSync(join(ROOT, 'docs', `${page}.md`), 'utf8').matchAll(/```ts\n([^]*?)```/g)].map(([, text]) => ({ page, text: text! })));

/** What the compiler says of a file that is nowhere but here. */
function complaintsOf(text: string): string[] {
  const file = join(ROOT, 'snippets.ts');
  const options: ts.CompilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10, ignoreDeprecations: '6.0', strict: true, noEmit: true, skipLibCheck: true, types: ['node'] };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, version, ...rest) => (name === file ? ts.createSourceFile(name, text, version) : getSourceFile.call(host, name, version, ...rest));
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file);
  return [...program.getOptionsDiagnostics(), ...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(({ messageText, start = 0 }) => `${text.slice(start, start + 60)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}

test('each page shows something', () => {
  expect([...new Set(snippets.map(({ page }) => page))]).toEqual(PAGES);
});

/** That the compiler is asked in earnest, too. */
const WRONG = 'export const wrong = ServerDeployment.blueGreen({ readyWeight: 1 });';

test('what they show compiles', () => {
  const functions = snippets.map(({ page, text }, index) => `// ${page}\nexport function snippet${index}(this: Construct): void {\n${text}}\n`);
  expect(complaintsOf([PRELUDE, ...functions, WRONG].join('\n'))).toEqual([expect.stringContaining("'readyWeight' does not exist in type 'ServerBlueGreenOptions'")]);
});
