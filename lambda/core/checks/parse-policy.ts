/** Reads how checks become verdicts, and refuses what could not end, or could pass without having been asked. */
import type { CheckPolicy, PassRule, SuitePolicy } from '../../../lib/model/check-policy';
import { MAX_INVOCATIONS } from '../../../lib/model/limits';
import { ConfigurationError } from '../failures';
import type { Fields } from './fields';
import { SETTLE } from './settle';

/** Longest time of a suite: what the service waits for a hook. */
const MAX_SUITE_MS = 3_600_000;
const MAX_INTERVAL_MS = 900_000;
const MAX_REPEATS = 1_000;
const MAX_CONCURRENCY = 50;

export function parseSuitePolicy(fields: Fields): SuitePolicy {
  return {
    run: fields.oneOf('run', ['ALL', 'FAIL_FAST']),
    concurrency: fields.integer('concurrency', 1, MAX_CONCURRENCY),
    deadlineMs: fields.integer('deadlineMs', 1, MAX_SUITE_MS),
    ...(fields.has('invocations') ? { invocations: fields.integer('invocations', 1, MAX_INVOCATIONS) } : {}),
  };
}

export function parseCheckPolicy(fields: Fields): CheckPolicy {
  return {
    mode: fields.oneOf('mode', ['ENFORCE', 'SHADOW']),
    after: fields.names('after'),
    passes: parsePasses(fields.object('passes')),
    attemptMs: fields.integer('attemptMs', 1, MAX_SUITE_MS),
    intervalMs: fields.integer('intervalMs', 0, MAX_INTERVAL_MS),
    errorBudget: fields.integer('errorBudget', 0, MAX_REPEATS),
    deadlineMs: fields.integer('deadlineMs', 1, MAX_SUITE_MS),
    inconclusive: fields.oneOf('inconclusive', ['FAIL', 'PASS', 'EXTEND']),
  };
}

function parsePasses(fields: Fields): PassRule {
  if (fields.has('consecutive')) {
    return { consecutive: fields.integer('consecutive', 1, MAX_REPEATS) };
  }
  const of = fields.integer('of', 1, MAX_REPEATS);
  return { of, atLeast: fields.integer('atLeast', 1, of) };
}

/** A name for each, and an order in which they can be played. */
export function requirePlayable(checks: readonly { readonly name: string; readonly policy: CheckPolicy }[]): void {
  const names = checks.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index || name === SETTLE);
  if (twice !== undefined) {
    throw new ConfigurationError(`suite.json: the check name "${twice}" is used twice; give every check a name of its own`);
  }
  const earlier = new Map<string, CheckPolicy>();
  for (const { name, policy } of checks) {
    const unknown = policy.after.find((other) => !earlier.has(other));
    if (unknown !== undefined) {
      throw new ConfigurationError(`suite.json: check "${name}" comes after "${unknown}", which does not stand before it; name an earlier check`);
    }
    const shadow = policy.after.find((other) => earlier.get(other)?.mode === 'SHADOW');
    if (policy.mode === 'ENFORCE' && shadow !== undefined) {
      throw new ConfigurationError(`suite.json: check "${name}" comes after "${shadow}", which is in shadow and must decide nothing; enforce it too`);
    }
    earlier.set(name, policy);
  }
}
