/** The check that has the target version of a rollout for Lambda provisioned before traffic comes to it. The rollout adds it; nobody makes one. */
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Duration } from 'aws-cdk-lib/core';
import { Duration as Time, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { _Attempt, _CheckContext } from '../checks/check';
import { Check } from '../checks/check';
import type { ProvisionedCheckDocument } from '../model/provisioned-concurrency';
import type { AnyHookContext } from './hook-context';
import { codedeployArn } from './names';
import { requireReleasedFunctions } from './released-function';
import { findVersions, provisionVersions, readAppSpec } from './statements';

/** The calls to CodeDeploy of one attempt, two to Lambda, and what throttling may add to them. */
const LONGEST_ATTEMPT_MS = 40_000;

/** Calls that may come to nothing in a row of looks that lasts minutes. */
const ERROR_BUDGET = 10;

const LOOK = Time.seconds(5);

export interface ProvisionedConcurrency {
  readonly executions: number;
  /** How long an allocation may take. */
  readonly timeout: Duration;
}

export class ProvisionedCheck extends Check {
  constructor(private readonly wanted: ProvisionedConcurrency) {
    super('provisioned concurrency', { interval: LOOK, checkTimeout: wanted.timeout });
  }

  public get _services(): string[] {
    return ['lambda'];
  }

  public get _attempt(): _Attempt {
    return { longestMs: LONGEST_ATTEMPT_MS, errorBudget: ERROR_BUDGET };
  }

  public _statements(scope: Construct, _groupArn: string, hook: AnyHookContext): iam.PolicyStatement[] {
    const { functions, applicationName, groupArn } = requireReleasedFunctions(hook, this.name);
    return [findVersions(groupArn), readAppSpec(codedeployArn(Stack.of(scope), 'application', applicationName)), provisionVersions(...functions.map(({ functionArn }) => functionArn))];
  }

  public _render(_context: _CheckContext, hook: AnyHookContext): ProvisionedCheckDocument {
    requireReleasedFunctions(hook, this.name);
    return { kind: 'provisioned', name: this.name, policy: this._policy(hook), executions: this.wanted.executions };
  }
}
