import type * as iam from 'aws-cdk-lib/aws-iam';
import { Duration, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { PayloadDocument } from '../model/invoke-document';
import { MAX_FUNCTION_TIMEOUT_SECONDS } from '../model/limits';
import type { InvocationCaseDocument, PayloadFileDocument, TargetVersionCheckDocument } from '../model/target-version-document';
import { MAX_CASE_CONCURRENCY, MAX_INVOCATION_CASES } from '../model/target-version-document';
import type { DeployTimeValues } from '../private/deploy-time-values';
import type { AnyHookContext } from '../private/hook-context';
import { invocationTimeout, LONGEST_REFUSAL_MS, requireErrorType, requireInvocationConditions, requireInvocationTimeout } from '../private/invocations';
import { codedeployArn } from '../private/names';
import { requireDuration, requireWhole } from '../private/numbers';
import { renderPayload, requireValidPayload } from '../private/payload';
import { MAX_INLINE_PAYLOAD_BYTES, payloadFile, readPayloadFile } from '../private/payload-file';
import { releasedFunctions, requireReleasedFunctions } from '../private/released-function';
import { findVersions, invokeVersions, readAppSpec } from '../private/statements';
import type { _Attempt, _CheckContext } from './check';
import { Check } from './check';
import type { InvokeCase, TargetVersionOptions } from './target-version-options';

/** The calls to CodeDeploy of one attempt, and what throttling may add to them. */
const LONGEST_LOOK_MS = 20_000;

const UNKNOWN_TIMEOUT = Duration.minutes(1);

/** `InvokeCheck.targetVersion`. */
export class TargetVersionCheck extends Check {
  private readonly options: TargetVersionOptions;
  /** Texts of the cases that lie beside the suite, by the names of the cases. */
  private readonly texts: ReadonlyMap<string, string>;

  public constructor(options: TargetVersionOptions) {
    super(options.name ?? 'invoke target version', options);
    this.options = options;
    requireWhole('concurrency', this.concurrency, 1, MAX_CASE_CONCURRENCY);
    requireWhole('startRetries', this.startRetries, 0, 10);
    if (options.timeout !== undefined) {
      requireInvocationTimeout(options.timeout);
    }
    requireLimit('coldBelow', options.coldBelow);
    requireLimit('warmBelow', options.warmBelow);
    this.requireCases();
    this.texts = new Map(options.cases.flatMap((each) => this.textBeside(each)));
  }

  /** @internal */
  public get _services(): string[] {
    return ['lambda'];
  }

  /** @internal */
  public get _payloads(): ReadonlyMap<string, string> {
    return new Map([...this.texts.values()].map((text) => [payloadFile(text), text]));
  }

  /** @internal */
  public get _attempt(): _Attempt {
    return this._attemptIn();
  }

  /** @internal */
  public _attemptIn(hook?: AnyHookContext): _Attempt {
    const turns = Math.ceil(this.options.cases.length / this.concurrency);
    return {
      longestMs: LONGEST_LOOK_MS + turns * this.timeoutIn(hook).toMilliseconds(),
      errorBudget: this.startRetries,
      // Cases that were invoked are not invoked again.
      refusalMs: LONGEST_LOOK_MS + turns * LONGEST_REFUSAL_MS,
    };
  }

  /** @internal */
  public _longestMs(hook?: AnyHookContext): number {
    const { checkTimeout, warmBelow } = this.options;
    // Where all were cold starts, they are invoked once more.
    const again = warmBelow === undefined || checkTimeout !== undefined ? 0 : this._attemptIn(hook).longestMs + this._interval.toMilliseconds();
    return super._longestMs(hook) + again;
  }

  /** @internal */
  public _statements(scope: Construct, _groupArn: string, hook: AnyHookContext): iam.PolicyStatement[] {
    const { functions, applicationName, groupArn } = requireReleasedFunctions(hook, this.name);
    const invoking = invokeVersions(...functions.map(({ functionArn }) => functionArn));
    return [findVersions(groupArn), readAppSpec(codedeployArn(Stack.of(scope), 'application', applicationName)), invoking];
  }

  /** @internal */
  public _render({ values }: _CheckContext, hook: AnyHookContext): TargetVersionCheckDocument {
    requireReleasedFunctions(hook, this.name);
    const { cases, coldBelow, warmBelow } = this.options;
    return {
      kind: 'targetVersion',
      name: this.name,
      policy: this._policy(hook),
      cases: cases.map((each) => this.renderCase(each, values)),
      concurrency: this.concurrency,
      timeoutMs: this.timeoutIn(hook).toMilliseconds(),
      ...(coldBelow === undefined ? {} : { coldBelowMs: coldBelow.toMilliseconds() }),
      ...(warmBelow === undefined ? {} : { warmBelowMs: warmBelow.toMilliseconds() }),
    };
  }

  private renderCase(each: InvokeCase, values: DeployTimeValues): InvocationCaseDocument {
    const { name, assertions = [], expectedErrorType } = each;
    return {
      name,
      payload: this.renderPayload(each, values),
      ...(expectedErrorType === undefined ? {} : { expectedErrorType }),
      ...(assertions.length === 0 ? {} : { assertions: assertions.map((assertion) => assertion._render(values)) }),
    };
  }

  private renderPayload(each: InvokeCase, values: DeployTimeValues): PayloadDocument | PayloadFileDocument {
    const text = this.texts.get(each.name);
    return text === undefined ? renderPayload(this.what(each), each, values) : { file: payloadFile(text) };
  }

  /** A text that holds deploy-time values stays in the suite, where they are put in. */
  private textBeside(each: InvokeCase): [string, string][] {
    const { name, payload = {}, payloadJson, payloadFile: file } = each;
    if (file !== undefined) {
      return [[name, readPayloadFile(this.what(each), file)]];
    }
    const text = payloadJson ?? JSON.stringify(payload);
    return Buffer.byteLength(text) > MAX_INLINE_PAYLOAD_BYTES && !Token.isUnresolved(text) ? [[name, text]] : [];
  }

  private requireCases(): void {
    const { cases } = this.options;
    if (cases.length === 0 || cases.length > MAX_INVOCATION_CASES) {
      throw new Error(`check '${this.name}' must have 1 to ${MAX_INVOCATION_CASES} cases, got ${cases.length}; spread them over several checks`);
    }
    const names = cases.map(({ name }) => name);
    const nameless = names.find((name) => Token.isUnresolved(name) || name.trim() === '');
    if (nameless !== undefined) {
      throw new Error(`check '${this.name}' has a case whose 'name' is empty, or not known at synth; name what it proves`);
    }
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) {
      throw new Error(`check '${this.name}' has two cases named '${twice}'; give one of them another 'name'`);
    }
    cases.forEach((each) => this.requireCase(each));
  }

  private requireCase(each: InvokeCase): void {
    const given = (['payload', 'payloadJson', 'payloadFile'] as const).filter((prop) => each[prop] !== undefined);
    if (given.length > 1) {
      throw new Error(`${this.what(each)} has ${given.map((prop) => `'${prop}'`).join(' and ')}; use one of them`);
    }
    requireValidPayload(this.what(each), each);
    requireInvocationConditions(this.what(each), each.assertions ?? []);
    requireErrorType(this.what(each), each.expectedErrorType);
  }

  private what({ name }: InvokeCase): string {
    return `case '${name}' of check '${this.name}'`;
  }

  /** What is not known yet, since the hook is not, is no rollout's function. */
  private timeoutIn(hook: AnyHookContext | undefined): Duration {
    const timeouts = releasedFunctions(hook).map(invocationTimeout);
    return this.options.timeout ?? timeouts.reduce((longest, each) => (each.toSeconds() > longest.toSeconds() ? each : longest), timeouts[0] ?? UNKNOWN_TIMEOUT);
  }

  private get concurrency(): number {
    return this.options.concurrency ?? 1;
  }

  private get startRetries(): number {
    return this.options.startRetries ?? 2;
  }
}

function requireLimit(prop: string, limit: Duration | undefined): void {
  if (limit !== undefined) {
    requireDuration(prop, limit, 'milliseconds', 1, MAX_FUNCTION_TIMEOUT_SECONDS * 1_000);
  }
}
