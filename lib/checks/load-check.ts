import { Token } from 'aws-cdk-lib/core';

import { longestLoadMs, MAX_IN_FLIGHT, MAX_LOAD_RATE, MAX_LOAD_REQUESTS, measuredRequests } from '../model/load-document';
import type { LoadCheckDocument, LoadShape } from '../model/load-document';
import { MAX_FUNCTION_TIMEOUT_SECONDS } from '../model/limits';
import type { ValuesByName } from '../private/check-values';
import { CheckValues } from '../private/check-values';
import { workSeconds } from '../private/handler-limits';
import { requireDuration, requireWhole } from '../private/numbers';
import { renderRequest, renderTarget, requireValidRequest, targetOf, timeoutOf } from '../private/render-request';
import type { _Attempt, _CheckContext } from './check';
import { Check } from './check';
import { InconclusivePolicy } from './check-options';
import type { HttpRequestOptions } from './http-request';
import type { LoadCheckOptions, LoadOptions } from './load-check-options';
import { LoadWarmUp } from './load-check-options';
import type { LoadThreshold } from './load-threshold';

/** Places where none are named. */
const LEAST_IN_FLIGHT = 10;

/**
 * Sends requests at a fixed rate, and judges latency, errors and throughput.
 *
 * Requests come at their times whether earlier ones have been answered or not, and latency counts from when a request was due, so that a slow
 * service cannot hide its latency by slowing down what asks it. A load is started once: a check that could not finish it is undecided.
 */
export class LoadCheck extends Check {
  /**
   * GET requests for one path on the test listener.
   *
   * @param requestPath path and query
   */
  public static get(requestPath: string, options: LoadOptions): LoadCheck {
    return new LoadCheck({ ...options, requests: [{ method: 'GET', path: requestPath }] });
  }

  private readonly options: LoadCheckOptions;
  private readonly shape: LoadShape;

  /** @throws when the load is not valid, could be started twice, or decides nothing */
  constructor(options: LoadCheckOptions) {
    super(options.name ?? defaultName(options), options);
    this.options = options;
    this.shape = shapeOf(options);
    this.requireSendable();
    this.requireDeciding();
    this.requireOnce();
  }

  /** @internal */
  public get _requests(): HttpRequestOptions[] {
    return this.options.requests;
  }

  /** @internal */
  public get _values(): ValuesByName {
    return new CheckValues(this.options.values ?? {}, []).all;
  }

  /** @internal */
  public get _attempt(): _Attempt {
    const timeouts = this.options.requests.map((request) => timeoutOf(request).toMilliseconds());
    return { longestMs: longestLoadMs(this.shape, timeouts), errorBudget: 0 };
  }

  /** @internal */
  public _render(context: _CheckContext): LoadCheckDocument {
    const { requests, expectedStatuses, thresholds, abortWhen } = this.options;
    return {
      kind: 'load',
      name: this.name,
      policy: this._policy(),
      requests: requests.map((request) => ({ target: renderTarget(`check '${this.name}'`, request, context), request: renderRequest(request, context) })),
      shape: this.shape,
      maxInFlight: this.maxInFlight,
      ...(expectedStatuses === undefined ? {} : { expectedStatuses }),
      thresholds: thresholds.map(({ _document }) => _document),
      ...(abortWhen === undefined ? {} : { abort: abortWhen._document }),
    };
  }

  private get maxInFlight(): number {
    return this.options.maxInFlight ?? Math.min(MAX_IN_FLIGHT, Math.max(LEAST_IN_FLIGHT, this.options.rate));
  }

  private requireSendable(): void {
    const { requests, expectedStatuses, loadsProduction, rate } = this.options;
    if (requests.length === 0 || requests.length > MAX_LOAD_REQUESTS) {
      throw new Error(`check '${this.name}' must have 1 to ${MAX_LOAD_REQUESTS} requests, got ${requests.length}; spread them over several checks`);
    }
    requests.forEach(requireValidRequest);
    if (requests.some(({ maxRedirects }) => (maxRedirects ?? 0) > 0)) {
      throw new Error(`check '${this.name}' follows redirects, which a load does not; ask for what they lead to`);
    }
    requireWhole('maxInFlight', this.maxInFlight, 1, MAX_IN_FLIGHT, 'each takes a connection, of which a function can have a thousand');
    (expectedStatuses ?? []).forEach((status) => requireWhole('expectedStatuses', status, 100, 599));
    if (expectedStatuses?.length === 0) {
      throw new Error(`check '${this.name}' expects no status, so that every answer would be an error; name one or leave 'expectedStatuses' out`);
    }
    const production = requests.some((request) => isProduction(request));
    if (production && loadsProduction !== true) {
      throw new Error(
        `check '${this.name}' sends ${rate} requests a second to the production listener, behind which users are served; ask the test listener, ` +
          `or type out 'loadsProduction: true'`,
      );
    }
    if (!production && loadsProduction === true) {
      throw new Error(`check '${this.name}' has 'loadsProduction', but sends nothing to the production listener; leave it out, or set 'target'`);
    }
  }

  private requireDeciding(): void {
    const { thresholds, rate } = this.options;
    if (thresholds.length === 0) {
      throw new Error(`check '${this.name}' has no threshold, and would pass whatever answers; add one such as LoadThreshold.errorRate({ atMost: 1, minSamples: 100 })`);
    }
    const planned = measuredRequests(this.shape);
    const starved = thresholds.find(({ _document }) => _document.minSamples > planned);
    if (starved !== undefined) {
      throw new Error(
        `check '${this.name}' sends ${planned} requests that count (${rate} a second for ${this.shape.durationMs / 1_000} seconds), fewer than the ` +
          `${starved._document.minSamples} samples that its threshold '${starved._label}' needs; raise 'rate' or 'duration', or lower 'minSamples'`,
      );
    }
    const unreachable = thresholds.find((threshold) => wantedThroughput(threshold) > rate);
    if (unreachable !== undefined) {
      throw new Error(`check '${this.name}' sends ${rate} requests a second, so that its threshold '${unreachable._label}' cannot be met; raise 'rate' or lower 'atLeast'`);
    }
  }

  /** Nothing may begin the load again, or end it before its own end. */
  private requireOnce(): void {
    const { passes, interval, checkTimeout, inconclusive } = this.options;
    if (passes !== undefined || interval !== undefined) {
      const prop = passes === undefined ? 'interval' : 'passes';
      throw new Error(`check '${this.name}' has '${prop}', but a load is played once and never started again; leave it out, or raise 'duration'`);
    }
    if (inconclusive === InconclusivePolicy.EXTEND) {
      throw new Error(`check '${this.name}' cannot be extended, since a load is never started again; raise 'duration'`);
    }
    const seconds = (ms: number) => Math.ceil(ms / 1_000);
    const parts = 'looking up its targets, warm-up, duration and the longest time-out of a request';
    if (checkTimeout !== undefined && checkTimeout.toMilliseconds() < this._attempt.longestMs) {
      throw new Error(`check '${this.name}' can take ${seconds(this._attempt.longestMs)} seconds (${parts}), longer than its 'checkTimeout' of ${checkTimeout.toSeconds()}; leave that out`);
    }
    const room = workSeconds(MAX_FUNCTION_TIMEOUT_SECONDS);
    if (seconds(this._longestMs()) > room) {
      throw new Error(
        `check '${this.name}' can take ${seconds(this._longestMs())} seconds (${parts}), of which ${room} fit into one invocation, and a load is never started twice; ` +
          `lower 'warmUp' or 'duration'`,
      );
    }
  }
}

function shapeOf({ rate, duration, warmUp, warmUpRate }: LoadOptions): LoadShape {
  requireWhole('rate', rate, 1, MAX_LOAD_RATE, 'it is counted per second');
  requireDuration('duration', duration, 'seconds', 1, MAX_FUNCTION_TIMEOUT_SECONDS);
  if (warmUp !== undefined) {
    requireDuration('warmUp', warmUp, 'seconds', 0, MAX_FUNCTION_TIMEOUT_SECONDS);
  }
  return { ratePerSecond: rate, warmUpMs: warmUp?.toMilliseconds() ?? 0, warmUpRate: warmUpRate ?? LoadWarmUp.CONSTANT, durationMs: duration.toMilliseconds() };
}

function isProduction(request: HttpRequestOptions): boolean {
  const target = targetOf(request);
  return 'listener' in target && target.listener === 'production';
}

function wantedThroughput({ _document }: LoadThreshold): number {
  return _document.kind === 'throughput' ? _document.atLeastPerSecond : 0;
}

function defaultName({ requests: [first, ...others], rate }: LoadCheckOptions): string {
  const target = first === undefined ? undefined : targetOf(first);
  const where = target !== undefined && 'url' in target ? target.url : (first?.path ?? '/');
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return Token.isUnresolved(rate) ? where : `${first?.method ?? 'GET'} ${where}${more} at ${rate}/s`;
}
