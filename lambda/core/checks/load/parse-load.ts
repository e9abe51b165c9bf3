/** Reads what a load check has of its own, and refuses what would start a load twice or could decide nothing. */
import type { LoadAbortDocument, LoadCheckDocument, LoadRequestDocument, LoadShape, LoadThresholdDocument } from '../../../../lib/model/load-document';
import { longestLoadMs, MAX_IN_FLIGHT, MAX_LOAD_PERCENT, MAX_LOAD_RATE, MAX_LOAD_REQUESTS, MAX_LOAD_SAMPLES, measuredRequests, MIN_LOAD_THROUGHPUT } from '../../../../lib/model/load-document';
import type { CheckDocumentBase } from '../../../../lib/model/suite';
import { ConfigurationError } from '../../failures';
import type { Fields } from '../fields';
import { MAX_MS, parseRequest, parseTarget } from '../parse-http';
import { requireReferences } from '../references';

export function parseLoad(fields: Fields, base: CheckDocumentBase): LoadCheckDocument {
  const { passes } = base.policy;
  if (!('consecutive' in passes) || passes.consecutive !== 1) {
    throw new ConfigurationError(`suite.json: check "${base.name}" asks for more than one pass, but a load is never started twice; ask for one`);
  }
  const values = Object.keys(base.values ?? {});
  const requests = fields.list('requests', (each) => parseLoadRequest(each, values));
  if (requests.length > MAX_LOAD_REQUESTS) {
    throw new ConfigurationError(`suite.json: check "${base.name}" must have at most ${MAX_LOAD_REQUESTS} requests, got ${requests.length}`);
  }
  const shape = parseShape(fields.object('shape'));
  const thresholds = fields.list('thresholds', parseThreshold);
  requireReachable(base.name, shape, thresholds);
  requireTime(base, longestLoadMs(shape, requests.map(({ request }) => request.timeoutMs)));
  return {
    kind: 'load',
    ...base,
    requests,
    shape,
    maxInFlight: fields.integer('maxInFlight', 1, MAX_IN_FLIGHT),
    ...(fields.has('expectedStatuses') ? { expectedStatuses: fields.statuses('expectedStatuses') } : {}),
    thresholds,
    ...(fields.has('abort') ? { abort: parseAbort(fields.object('abort')) } : {}),
  };
}

function parseLoadRequest(fields: Fields, values: readonly string[]): LoadRequestDocument {
  const target = parseTarget(fields.object('target'));
  const request = parseRequest(fields.object('request'), target);
  if (request.maxRedirects !== 0) {
    throw new ConfigurationError(`suite.json: '${fields.at('request')}.maxRedirects' must be 0, got ${request.maxRedirects}; a load takes a redirect as the answer`);
  }
  requireReferences(fields.place, { target, request }, values);
  return { target, request };
}

function parseShape(fields: Fields): LoadShape {
  return {
    ratePerSecond: fields.integer('ratePerSecond', 1, MAX_LOAD_RATE),
    warmUpMs: fields.integer('warmUpMs', 0, MAX_MS),
    warmUpRate: fields.oneOf('warmUpRate', ['CONSTANT', 'LINEAR']),
    durationMs: fields.integer('durationMs', 1, MAX_MS),
  };
}

function parseThreshold(fields: Fields): LoadThresholdDocument {
  const minSamples = fields.integer('minSamples', 1, MAX_LOAD_SAMPLES);
  const kind = fields.oneOf('kind', ['latency', 'errorRate', 'throughput']);
  switch (kind) {
    case 'latency':
      return { kind, percentile: fields.number('percentile', 1, MAX_LOAD_PERCENT), belowMs: fields.integer('belowMs', 1, MAX_MS), minSamples };
    case 'errorRate':
      return { kind, atMostPercent: fields.number('atMostPercent', 0, MAX_LOAD_PERCENT), minSamples };
    case 'throughput':
      return { kind, atLeastPerSecond: fields.number('atLeastPerSecond', MIN_LOAD_THROUGHPUT, MAX_LOAD_RATE), minSamples };
  }
}

function parseAbort(fields: Fields): LoadAbortDocument {
  const kind = fields.oneOf('kind', ['errorRate', 'outOfReach']);
  return kind === 'outOfReach' ? { kind } : { kind, abovePercent: fields.number('abovePercent', 0, MAX_LOAD_PERCENT), minSamples: fields.integer('minSamples', 1, MAX_LOAD_SAMPLES) };
}

function requireReachable(name: string, shape: LoadShape, thresholds: readonly LoadThresholdDocument[]): void {
  const planned = measuredRequests(shape);
  const unreachable = thresholds.find(({ minSamples }) => minSamples > planned);
  if (unreachable !== undefined) {
    throw new ConfigurationError(
      `suite.json: check "${name}" sends ${planned} requests that count, fewer than the ${unreachable.minSamples} that its threshold '${unreachable.kind}' needs; raise rate or duration`,
    );
  }
}

/** An attempt that is cut off has loaded the service for nothing, and cannot be made again. */
function requireTime({ name, policy: { attemptMs, deadlineMs } }: CheckDocumentBase, longestMs: number): void {
  const given = Math.min(attemptMs, deadlineMs);
  if (given < longestMs) {
    throw new ConfigurationError(`suite.json: check "${name}" can take ${longestMs} ms, but has only ${given} ms for it; a load must not be cut off, so give it the time`);
  }
}
