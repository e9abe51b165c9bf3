/** What checks by HTTP have in common, with one request or several: what is wrong with them, how long they take, and how they are written. */
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Duration } from 'aws-cdk-lib/core';

import type { _Attempt, _CheckContext } from '../checks/check';
import type { HttpStepOptions } from '../checks/http-step';
import type { HttpCheckDocument, HttpStepDocument } from '../model/suite';
import type { ValuesByName } from './check-values';
import { CheckValues, requireValueName } from './check-values';
import { requireWhole } from './numbers';
import { renderRequest, renderTarget, requireValidRequest, timeoutOf } from './render-request';

const MAX_STEPS = 20;

export interface HttpFlowOptions {
  readonly steps: HttpStepOptions[];
  readonly values?: ValuesByName;
  readonly keepCookies?: boolean;
  readonly transportRetries?: number;
}

export class HttpFlow {
  public readonly steps: HttpStepOptions[];
  private readonly known: CheckValues;
  private readonly transportRetries: number;

  constructor(
    private readonly check: string,
    private readonly options: HttpFlowOptions,
  ) {
    this.steps = options.steps;
    this.transportRetries = options.transportRetries ?? 2;
    if (this.steps.length === 0 || this.steps.length > MAX_STEPS) {
      throw new Error(`check '${check}' must have 1 to ${MAX_STEPS} steps, got ${this.steps.length}; spread them over several checks`);
    }
    this.steps.forEach((step, index) => this.requireValid(step, index));
    requireWhole('transportRetries', this.transportRetries, 0, 10);
    this.known = new CheckValues(options.values ?? {}, this.steps.flatMap(({ captures }) => Object.keys(captures ?? {})));
    this.steps.flatMap(({ auth }) => auth?._values ?? []).forEach((value) => this.known.reference(value));
  }

  public get values(): ValuesByName {
    return this.known.all;
  }

  public get statements(): iam.PolicyStatement[] {
    return this.steps.flatMap(({ auth }) => auth?._statements ?? []);
  }

  public attempt(interval: Duration): _Attempt {
    const [first = 0, ...later] = this.steps.map((step) => timeoutOf(step).toMilliseconds());
    const madeUpFor = later.length === 0 ? 0 : this.transportRetries * (Math.max(...later) + interval.toMilliseconds());
    const longestMs = later.reduce((sum, ms) => sum + ms, first) + madeUpFor;
    return { longestMs, errorBudget: this.transportRetries, refusalMs: first };
  }

  public render(context: _CheckContext): Pick<HttpCheckDocument, 'steps' | 'keepCookies'> {
    return { steps: this.steps.map((step) => this.renderStep(step, context)), ...(this.options.keepCookies === true ? { keepCookies: true } : {}) };
  }

  private renderStep(step: HttpStepOptions, context: _CheckContext): HttpStepDocument {
    const captures = Object.entries(step.captures ?? {}).map(([name, capture]) => [name, capture._document] as const);
    return {
      target: renderTarget(`check '${this.check}'`, step, context),
      request: renderRequest(step, context),
      ...(step.auth === undefined ? {} : { auth: step.auth._render(context.values, this.known) }),
      assertions: (step.assertions ?? []).map((assertion) => assertion._render(context.values)),
      ...(captures.length === 0 ? {} : { captures: Object.fromEntries(captures) }),
    };
  }

  private requireValid(step: HttpStepOptions, index: number): void {
    requireValidRequest(step);
    Object.keys(step.captures ?? {}).forEach(requireValueName);
    const { assertions = [], captures = {} } = step;
    const who = this.steps.length === 1 ? `check '${this.check}'` : `step ${index + 1} (${labelOf(step)}) of check '${this.check}'`;
    const last = index === this.steps.length - 1;
    if (assertions.length === 0 && (last || Object.keys(captures).length === 0)) {
      throw new Error(`${who} asserts nothing, and would pass whatever answers; add an assertion such as HttpAssertion.status(200)`);
    }
    if (last && assertions.every((assertion) => assertion._isWarning)) {
      throw new Error(`${who} only warns, and would pass whatever answers; enforce an assertion, or put the check in shadow with 'mode'`);
    }
    const header = Object.keys(step.headers ?? {}).find((name) => name.toLowerCase() === 'authorization');
    if (header !== undefined && step.auth !== undefined) {
      throw new Error(`${who} has 'auth' and the header '${header}', which 'auth' writes; leave one of them out`);
    }
  }
}

/** Such as `GET /health`. */
export function labelOf({ target, method, path }: HttpStepOptions): string {
  const asked = target?._target;
  return `${method ?? 'GET'} ${asked !== undefined && 'url' in asked ? asked.url : (path ?? '/')}`;
}
