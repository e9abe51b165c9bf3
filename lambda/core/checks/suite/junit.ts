/**
 * JUnit XML, as test runners write it: `testsuites` or `testsuite`, nested or not, with `testcase`s that hold `failure`, `error` or `skipped`.
 * Nobody owns the format; what is read here is what its writers share.
 *
 * @see https://github.com/testmoapp/junitxml
 */
import type { SuiteCase, SuiteCaseStatus } from '../../../../lib/model/suite-result';
import { describeError } from '../../failures';
import { quoted } from '../../text';
import { UnreadableResult } from './unreadable';

/**
 * An element as its text, or as its attributes and children by name; several of one name are a list, text beside others is `#text`. Throws for
 * what is not well-formed. Entities beyond XML's own five are not known to it.
 */
export type ParseXml = (text: string) => unknown;

/** Deepest nesting of `testsuite`. */
const MAX_DEPTH = 20;

/** Several documents in one text would hide all but the first. */
const WRAPPER = 'greenlight-results';

/** Declaration, comments and processing instructions before the first element. */
const PROLOG = /^(?:\s+|<\?[^]*?\?>|<!--[^]*?-->)*/;

/** @throws UnreadableResult */
export function casesOfJUnit(text: string, parseXml: ParseXml): readonly SuiteCase[] {
  const body = text.replace(PROLOG, '');
  if (/^<!DOCTYPE/i.test(body)) {
    throw new UnreadableResult('it is XML with a document type, whose definitions are not read; leave the DOCTYPE out');
  }
  const root = rootOf(body, parseXml);
  const suites = [...elements(root, 'testsuites'), ...elements(root, 'testsuite')];
  const others = Object.keys(members(root)).filter((name) => name !== 'testsuites' && name !== 'testsuite');
  if (suites.length !== 1 || others.length > 0) {
    throw new UnreadableResult(`it is XML, but not one 'testsuites' or 'testsuite': ${quoted(body)}`);
  }
  return withDistinctNames(casesIn(suites[0], 0));
}

function rootOf(body: string, parseXml: ParseXml): unknown {
  if (body.includes(`</${WRAPPER}`)) {
    throw new UnreadableResult(`it is XML with the element '${WRAPPER}', which no test runner writes`);
  }
  try {
    return (parseXml(`<${WRAPPER}>${body}</${WRAPPER}>`) as Readonly<Record<string, unknown>>)[WRAPPER];
  } catch (error) {
    throw new UnreadableResult(`it is XML that cannot be read: ${describeError(error)}`);
  }
}

function casesIn(suite: unknown, depth: number): readonly SuiteCase[] {
  if (depth > MAX_DEPTH) {
    throw new UnreadableResult(`its test suites are nested more than ${MAX_DEPTH} deep`);
  }
  const own = elements(suite, 'testcase').map(caseOf);
  const cases = [...own, ...elements(suite, 'testsuite').flatMap((nested) => casesIn(nested, depth + 1))];
  const bad = cases.filter(({ status }) => status === 'failed' || status === 'errored').length;
  requireDeclared(suite, 'tests', cases.length, declared(suite, 'tests'));
  requireDeclared(suite, 'failures and errors', bad, declared(suite, 'failures') + declared(suite, 'errors'));
  return cases;
}

/** A suite that counts more than it shows was cut, or its failures stand where they are not read. */
function requireDeclared(suite: unknown, what: string, found: number, wanted: number): void {
  if (found < wanted) {
    throw new UnreadableResult(`test suite ${quoted(attribute(suite, 'name') ?? '')} counts ${wanted} ${what}, but shows ${found}`);
  }
}

function declared(suite: unknown, name: string): number {
  const count = Number(attribute(suite, name) ?? 0);
  return Number.isFinite(count) ? count : 0;
}

function caseOf(element: unknown): SuiteCase {
  const name = attribute(element, 'name')?.trim() ?? '';
  if (name === '') {
    throw new UnreadableResult("a 'testcase' has no name");
  }
  const group = attribute(element, 'classname')?.trim() ?? '';
  const [status, told] = statusOf(element);
  const seconds = Number(attribute(element, 'time')?.replaceAll(',', '') ?? Number.NaN);
  const message = told === undefined ? '' : messageOf(told);
  return {
    name: group === '' || name.startsWith(group) ? name : `${group} ${name}`,
    status,
    ...(Number.isFinite(seconds) && seconds >= 0 ? { durationMs: Math.round(seconds * 1_000) } : {}),
    ...(message === '' ? {} : { message }),
  };
}

const NOT_RUN: readonly (string | undefined)[] = ['notrun', 'disabled', 'skipped', 'suppressed'];

/** With the element that tells why. */
function statusOf(element: unknown): readonly [SuiteCaseStatus, unknown?] {
  const [failure] = elements(element, 'failure');
  const [error] = elements(element, 'error');
  const [skipped] = elements(element, 'skipped');
  if (failure !== undefined || error !== undefined) {
    return failure === undefined ? ['errored', error] : ['failed', failure];
  }
  const notRun = skipped !== undefined || NOT_RUN.includes(attribute(element, 'status')) || NOT_RUN.includes(attribute(element, 'result'));
  return notRun ? ['skipped', skipped] : ['passed'];
}

function messageOf(element: unknown): string {
  return typeof element === 'string' ? element.trim() : (attribute(element, 'message') || attribute(element, '#text') || attribute(element, 'type') || '').trim();
}

/** Runners repeat the names of parameterized cases. */
function withDistinctNames(cases: readonly SuiteCase[]): readonly SuiteCase[] {
  const seen = new Map<string, number>();
  return cases.map((each) => {
    const times = (seen.get(each.name) ?? 0) + 1;
    seen.set(each.name, times);
    return times === 1 ? each : { ...each, name: `${each.name} (${times})` };
  });
}

function elements(parent: unknown, name: string): readonly unknown[] {
  const value = Object.hasOwn(members(parent), name) ? members(parent)[name] : undefined;
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function attribute(element: unknown, name: string): string | undefined {
  const [value] = elements(element, name);
  return typeof value === 'string' ? value : undefined;
}

const members = (element: unknown): Readonly<Record<string, unknown>> => (typeof element === 'object' && element !== null ? (element as Record<string, unknown>) : {});
