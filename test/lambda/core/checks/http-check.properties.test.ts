/** What holds for every HTTP check, whatever is answered, whatever is not, and in whatever order. */
import type { CheckPolicy } from '../../../../lib/model/check-policy';
import type { AssertionDocument, CheckSuite, HttpCheckDocument } from '../../../../lib/model/suite';
import { runBounded } from '../../../../lambda/adapters/bounded-run';
import { loadEngines } from '../../../../lambda/core/checks/engines';
import { httpKind } from '../../../../lambda/core/checks/http-check';
import type { LoadedKinds } from '../../../../lambda/core/checks/kind';
import { runSuite } from '../../../../lambda/core/checks/run-suite';
import type { TransportCategory } from '../../../../lambda/core/failures';
import { TransportFailure } from '../../../../lambda/core/failures';
import type { Judgement } from '../../../../lambda/core/judgement';
import type { HttpAnswer, HttpClient } from '../../../../lambda/core/ports';
import { answer, fakeEnvironment, fakeSources, FIRST_ATTEMPT, HOOK } from '../../support/fake-ports';
import { fc, RUNS } from '../../../support/properties';
import { virtualClock } from '../../support/virtual-clock';

type Reply = HttpAnswer | TransportCategory | 'hangs';

/** Assertions, and the answers of which they may be said to hold. What was not read, or is encoded, proves nothing. */
interface Asserted {
  readonly document: AssertionDocument;
  readonly met: (answer: HttpAnswer) => boolean;
}
const GOOD_BODY = '{"status":"ok"}';
const legible = ({ headers }: HttpAnswer) => headers['content-encoding'] === undefined;
const whole = (each: HttpAnswer) => legible(each) && !each.bodyTruncated;
const ASSERTED: readonly Asserted[] = [
  { document: { kind: 'status', equals: 200 }, met: ({ status }) => status === 200 },
  { document: { kind: 'statusBetween', min: 200, max: 499 }, met: ({ status }) => status !== 503 },
  { document: { kind: 'headerEquals', name: 'x-version', equals: '2' }, met: ({ headers }) => headers['x-version'] === '2' },
  { document: { kind: 'headerAbsent', name: 'x-debug' }, met: ({ headers }) => headers['x-debug'] === undefined },
  { document: { kind: 'latencyBelow', ms: 300 }, met: ({ durationMs }) => durationMs === 18 },
  { document: { kind: 'bodyContains', text: 'ok' }, met: (each) => legible(each) && each.body === GOOD_BODY },
  { document: { kind: 'bodyContains', text: 'error', negate: true }, met: (each) => whole(each) && !each.body.includes('error') },
  { document: { kind: 'bodyMatches', pattern: '^\\{' }, met: (each) => whole(each) && each.body.startsWith('{') },
  { document: { kind: 'bodySize', min: 15, max: 15 }, met: (each) => whole(each) && each.body === GOOD_BODY },
  { document: { kind: 'jsonPathEquals', path: '$.status', equals: 'ok' }, met: (each) => whole(each) && each.body === GOOD_BODY },
  { document: { kind: 'jsonPathEquals', path: '$.status', equals: 'error', negate: true }, met: (each) => whole(each) && each.body === GOOD_BODY },
  { document: { kind: 'jsonPathAbsent', path: '$.code' }, met: (each) => whole(each) && ['{"status":"ok"}', '{"status":"error"}', 'null', '[]'].includes(each.body) },
  { document: { kind: 'jsonSchema', schema: { type: 'object', required: ['status'] } }, met: (each) => whole(each) && each.body.startsWith('{"status"') },
];
const CERTIFIED: Asserted = { document: { kind: 'tlsDaysLeft', atLeast: 30 }, met: ({ certificate }) => certificate?.daysLeft === 90 };
const asserted = fc.record({ all: fc.subarray([...ASSERTED, CERTIFIED], { minLength: 1, maxLength: 4 }), warnings: fc.subarray([...ASSERTED], { maxLength: 2 }) });
const documents = (all: readonly Asserted[], warnings: readonly Asserted[]): AssertionDocument[] => [...all.map(({ document }) => document), ...warnings.map(({ document }) => ({ ...document, warning: true }))];

const GOOD = answer({ body: GOOD_BODY, headers: { 'x-version': '2' }, certificate: { validTo: '2026-04-05T00:00:00.000Z', daysLeft: 90 } });

const answered: fc.Arbitrary<HttpAnswer> = fc
  .record({
    status: fc.constantFrom(200, 200, 404, 503),
    body: fc.constantFrom(GOOD_BODY, GOOD_BODY, '{"status":"error"}', '{"code":5}', '{', '<html>', 'null', '[]', ''),
    headers: fc.constantFrom<Record<string, string>>({ 'x-version': '2' }, { 'x-version': '2' }, { 'x-version': '1' }, {}, { 'x-version': '2', 'x-debug': '' }, { 'x-version': '2', 'content-encoding': 'gzip' }),
    bodyTruncated: fc.constantFrom(false, false, true),
    durationMs: fc.constantFrom(18, 18, 300, 5_000),
    certificate: fc.constantFrom({ validTo: '2026-04-05T00:00:00.000Z', daysLeft: 90 }, { validTo: '2026-01-06T00:00:00.000Z', daysLeft: 1 }, undefined),
  })
  .map(({ certificate, ...others }) => answer({ ...others, ...(certificate === undefined ? {} : { certificate }) }));
const failed = fc.constantFrom<TransportCategory>('dns', 'connect', 'tls', 'timeout', 'reset', 'too-large', 'protocol', 'refused-address');
const reply: fc.Arbitrary<Reply> = fc.oneof({ weight: 4, arbitrary: fc.constant(GOOD) }, { weight: 2, arbitrary: answered }, { weight: 2, arbitrary: failed }, { weight: 1, arbitrary: fc.constant('hangs' as const) });

const isAnswer = (each: Reply | undefined): each is HttpAnswer => typeof each === 'object';
const proves = (each: Reply | undefined, all: readonly Asserted[]) => isAnswer(each) && all.every(({ met }) => met(each));

/** Replies in turn, and none at all after the last one. Notes what each path was replied. */
function client(replies: readonly Reply[]): { readonly http: HttpClient; readonly replied: (path: string) => readonly Reply[] } {
  const noted: { readonly path: string; readonly reply: Reply }[] = [];
  const send: HttpClient['send'] = ({ url }, signal) => {
    const next = replies[noted.length] ?? 'connect';
    noted.push({ path: new URL(url).pathname, reply: next });
    if (next === 'hangs') {
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    }
    return isAnswer(next) ? Promise.resolve(next) : Promise.reject(new TransportFailure(next, 'no answer'));
  };
  return { http: { send }, replied: (path) => noted.filter((each) => each.path === path).map((each) => each.reply) };
}

const POLICY: CheckPolicy = { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 5_000, intervalMs: 5_000, errorBudget: 2, deadlineMs: 60_000, inconclusive: 'FAIL' };
const check = (steps: readonly (readonly AssertionDocument[])[], policy: Partial<CheckPolicy> = {}): HttpCheckDocument => ({
  kind: 'http',
  name: 'flow',
  policy: { ...POLICY, ...policy },
  steps: steps.map((assertions, index) => ({ target: { listener: 'test' }, request: { method: 'GET', path: `/${index}`, headers: {}, timeoutMs: 1_000, maxRedirects: 0 }, assertions })),
});
const suiteOf = (document: HttpCheckDocument): CheckSuite => ({ schemaVersion: 1, event: 'AfterAllowTestTraffic', policy: { run: 'ALL', concurrency: 1, deadlineMs: 120_000 }, checks: [document] });
const KINDS: LoadedKinds = new Map([['http', httpKind]]) as unknown as LoadedKinds;
const ports = (http: HttpClient) => ({ clock: virtualClock(), random: () => 0.5, http, run: runBounded, sources: fakeSources({}) });

test('one attempt passes if it was answered and every assertion held, and else never', async () => {
  const engines = await loadEngines(suiteOf(check([documents(ASSERTED, [])])), KINDS);
  await fc.assert(
    fc.asyncProperty(asserted, fc.oneof(reply, answered), async ({ all, warnings }, replied) => {
      const document = check([documents(all, warnings)]);
      const { http } = client([replied]);
      const stop = new AbortController();
      const attempt = httpKind.probe(document, { ...ports(http), environment: fakeEnvironment(), hook: HOOK, engines })(stop.signal, FIRST_ATTEMPT);
      stop.abort(new Error('out of time'));
      const measurement = await attempt.catch(() => undefined);
      expect(measurement?.outcome === 'pass').toBe(proves(replied, all));
      expect(measurement?.samples ?? 0).toBe(isAnswer(replied) ? 1 : 0);
    }),
    { numRuns: RUNS / 4 },
  );
});

test('warnings alone never pass', () => {
  return fc.assert(
    fc.asyncProperty(fc.subarray([...ASSERTED], { minLength: 1, maxLength: 3 }), reply, async (warnings, replied) => {
      expect((await play(check([documents([], warnings)]), [replied])).judgement.verdict).not.toBe('pass');
    }),
    { numRuns: RUNS / 20 },
  );
});

async function play(document: HttpCheckDocument, replies: readonly Reply[]) {
  const { http, replied } = client(replies);
  const judgement = await runSuite({ suite: suiteOf(document), kinds: KINDS, hook: HOOK }, fakeEnvironment(), ports(http), { signal: new AbortController().signal });
  return { judgement: judgement as Judgement, replied };
}

const passes = fc.oneof(
  fc.integer({ min: 1, max: 3 }).map((consecutive) => ({ consecutive })),
  fc.integer({ min: 1, max: 4 }).chain((of) => fc.record({ atLeast: fc.integer({ min: 1, max: of }), of: fc.constant(of) })),
);
const policies: fc.Arbitrary<Partial<CheckPolicy>> = fc.record({ passes, errorBudget: fc.integer({ min: 0, max: 3 }), inconclusive: fc.constantFrom('FAIL', 'EXTEND') });

const leastOf = ({ passes: rule = POLICY.passes }: Partial<CheckPolicy>) => ('consecutive' in rule ? rule.consecutive : rule.atLeast);

test('no sequence of replies passes without as many good answers of every step as were asked for', () => {
  return fc.assert(
    fc.asyncProperty(fc.array(asserted, { minLength: 1, maxLength: 2 }), policies, fc.array(reply, { maxLength: 10 }), async (steps, policy, replies) => {
      const least = leastOf(policy);
      const { judgement, replied } = await play(check(steps.map(({ all, warnings }) => documents(all, warnings)), policy), replies);
      if (judgement.verdict !== 'pass') {
        return;
      }
      expect(judgement.checks[0]?.samples).toBeGreaterThanOrEqual(least);
      steps.forEach(({ all }, index) => {
        const answers = replied(`/${index}`).filter(isAnswer);
        const good = 'consecutive' in (policy.passes ?? {}) ? answers.slice(-least) : answers;
        expect(good.filter((each) => proves(each, all)).length).toBeGreaterThanOrEqual(least);
        // Whatever came before: the answer that decided was a good one.
        expect(proves(replied(`/${index}`).at(-1), all)).toBe(true);
      });
    }),
    { numRuns: RUNS / 20 },
  );
});

test('good answers to all that was asked pass', () => {
  return fc.assert(
    fc.asyncProperty(fc.array(asserted, { minLength: 1, maxLength: 2 }), policies, async (steps, policy) => {
      const { judgement } = await play(check(steps.map(({ all, warnings }) => documents(all, warnings)), policy), Array<Reply>(8).fill(GOOD));
      expect(judgement).toMatchObject({ verdict: 'pass', checks: [{ samples: leastOf(policy) }] });
    }),
    { numRuns: RUNS / 20 },
  );
});

test('where nothing is answered, nothing passes', () => {
  return fc.assert(
    fc.asyncProperty(asserted, policies, fc.array(fc.oneof(failed, fc.constant('hangs' as const)), { maxLength: 6 }), async ({ all, warnings }, policy, replies) => {
      const { judgement } = await play(check([documents(all, warnings)], policy), replies);
      expect(judgement).toMatchObject({ verdict: 'inconclusive', checks: [{ samples: 0 }] });
    }),
    { numRuns: RUNS / 20 },
  );
});
