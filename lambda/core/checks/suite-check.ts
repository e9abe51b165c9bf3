import { createHash } from 'node:crypto';

import { ENV } from '../../../lib/model/hook-contract';
import type { HookEvent } from '../../../lib/model/hook-contract';
import { MAX_FUNCTION_TIMEOUT_SECONDS } from '../../../lib/model/limits';
import type { SuiteCheckDocument, SuiteRunDocument } from '../../../lib/model/suite-document';
import type { SuiteInput } from '../../../lib/model/suite-result';
import { SUITE_VARIABLES } from '../../../lib/model/suite-result';
import type { Probe } from '../engine/play';
import type { Environment, Invoker } from '../ports';
import { wrong } from './fields';
import type { Fields } from './fields';
import { FUNCTION_ARN } from './invoke-check';
import type { CheckKind } from './kind';
import { buildSuite } from './suite/build-suite';
import type { Builds } from './suite/builds';
import { functionSuite } from './suite/function-suite';
import type { ParseXml } from './suite/junit';
import { MAX_CASES } from './suite/result-document';
import type { ProbeTools } from './tools';

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Longest and shortest time-out of a build that CodeBuild takes, in minutes. */
const BUILD_MINUTES = { least: 5, most: 2_160 } as const;

export interface SuitePorts {
  readonly invoker: Invoker;
  readonly builds: Builds;
  readonly parseXml: ParseXml;
}

export function suiteKind(ports: SuitePorts): CheckKind<SuiteCheckDocument> {
  return {
    parse: (fields, base) => ({
      kind: 'suite',
      ...base,
      run: parseRun(fields.object('run')),
      variables: parseVariables(fields),
      minCases: fields.integer('minCases', 1, MAX_CASES),
      allowSkipped: requiredFlag(fields, 'allowSkipped'),
    }),
    probe: (document, tools) => suiteProbe(document, ports, tools),
  };
}

function suiteProbe(document: SuiteCheckDocument, ports: SuitePorts, { clock, environment, hook, run }: ProbeTools): Probe {
  const input = inputOf(document, environment, hook);
  if ('functionArn' in document.run) {
    const { functionArn, timeoutMs } = document.run;
    const { deploymentId, event, check } = input;
    return functionSuite({ functionArn, timeoutMs, payload: JSON.stringify(input), identity: { deploymentId, event, check } }, document, { ...ports, clock, run });
  }
  const request = {
    projectName: document.run.projectName,
    token: tokenOf(hook, document.name),
    variables: buildVariables(input),
    timeoutMinutes: Math.min(BUILD_MINUTES.most, Math.max(BUILD_MINUTES.least, Math.ceil(document.policy.deadlineMs / 60_000))),
  };
  return buildSuite(request, document, { builds: ports.builds, clock });
}

/** The same for every try of this check in this execution of the hook, so that none of them starts a second build. */
function tokenOf({ LifecycleEventHookExecutionId: execution }: HookEvent, check: string): string {
  return createHash('sha256').update(JSON.stringify([execution, check])).digest('hex');
}

function inputOf({ name, variables }: SuiteCheckDocument, environment: Environment, { DeploymentId: deploymentId }: HookEvent): SuiteInput {
  const read = (variable: string) => environment.variable(variable) ?? '';
  const [testUrl, productionUrl] = [read(ENV.testUrl), read(ENV.productionUrl)];
  return {
    deploymentId,
    event: read(ENV.event),
    rollout: read(ENV.rollout),
    check: name,
    ...(testUrl === '' ? {} : { testUrl }),
    ...(productionUrl === '' ? {} : { productionUrl }),
    variables,
  };
}

function buildVariables({ variables, ...input }: SuiteInput): Readonly<Record<string, string>> {
  const ours = Object.entries(input).map(([key, value]) => [SUITE_VARIABLES[key as keyof typeof SUITE_VARIABLES], value] as const);
  return { ...variables, ...Object.fromEntries(ours) };
}

function parseRun(fields: Fields): SuiteRunDocument {
  return fields.has('projectName')
    ? { projectName: fields.string('projectName', /\S/, 'the name of a CodeBuild project') }
    : { functionArn: fields.string('functionArn', FUNCTION_ARN, 'the ARN of a function'), timeoutMs: fields.integer('timeoutMs', 1, MAX_FUNCTION_TIMEOUT_SECONDS * 1_000) };
}

function parseVariables(fields: Fields): Readonly<Record<string, string>> {
  const variables = fields.raw('variables');
  if (typeof variables !== 'object' || variables === null || Array.isArray(variables)) {
    throw wrong(fields.at('variables'), 'an object', variables);
  }
  const bad = Object.entries(variables).find(([name, value]) => !VARIABLE_NAME.test(name) || typeof value !== 'string');
  if (bad !== undefined) {
    throw wrong(`${fields.at('variables')}.${bad[0]}`, 'a text under the name of a variable', bad[1]);
  }
  return { ...variables } as Record<string, string>;
}

function requiredFlag(fields: Fields, name: string): boolean {
  const value = fields.raw(name);
  if (typeof value !== 'boolean') {
    throw wrong(fields.at(name), 'true or false', value);
  }
  return value;
}
