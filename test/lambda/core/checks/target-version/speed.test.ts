import type { CaseResult } from '../../../../../lambda/core/checks/target-version/play-cases';
import type { Speed } from '../../../../../lambda/core/checks/target-version/speed';
import { describeSpeed, judgeSpeed, NO_SPEED, speedMeasurements, withResults } from '../../../../../lambda/core/checks/target-version/speed';
import type { TargetVersionCheckDocument } from '../../../../../lib/model/target-version-document';

const result = (more: Partial<CaseResult>): CaseResult => ({ status: 'passed', message: '', ...more });
const NONE = { count: 0, ms: 0, initMs: 0 };
const limits = (more: Partial<TargetVersionCheckDocument>) => more as TargetVersionCheckDocument;
const of = (more: Partial<Speed>): Speed => ({ ...NO_SPEED, ...more });

test('cold starts and others are measured apart', () => {
  const results = [
    result({ durationMs: 700, start: 'cold', initMs: 500 }),
    result({ durationMs: 800, start: 'cold', initMs: 400 }),
    result({ durationMs: 750, start: 'cold', initMs: 450 }),
    result({ durationMs: 41, start: 'warm' }),
    result({ durationMs: 12, start: 'warm', status: 'failed' }),
    result({ durationMs: 9_000 }),
    result({ status: 'errored' }),
  ];
  const speed = { cold: { count: 3, ms: 800, initMs: 500 }, warm: { count: 2, ms: 41, initMs: 0 }, untold: 1 };
  expect(withResults(NO_SPEED, results)).toEqual(speed);
  expect(withResults(speed, [result({ durationMs: 900, start: 'warm' })])).toEqual({ ...speed, warm: { count: 3, ms: 900, initMs: 0 } });
});

test.each<[Partial<Speed>, string]>([
  [{}, ''],
  [{ cold: { count: 1, ms: 812.4, initMs: 530.25 } }, '1 cold start in 812 ms, 530 ms of it to initialize'],
  [{ cold: { count: 2, ms: 812, initMs: 5.25 }, warm: { count: 1, ms: 9.26, initMs: 0 } }, '2 cold starts in 812 ms at most, 5.3 ms of it to initialize; 1 warm in 9.3 ms'],
  [{ warm: { count: 2, ms: 41, initMs: 0 }, untold: 3 }, '2 warm in 41 ms at most; 3 of which the log does not tell whether cold or warm'],
])('%j is told as %j', (speed, words) => {
  expect(describeSpeed(of(speed))).toBe(words);
});

const cold = (ms: number) => of({ cold: { count: 1, ms, initMs: 1 } });
const warm = (ms: number) => of({ warm: { count: 1, ms, initMs: 0 } });
const COLD = 'slowest cold start in ms';
const WARM = 'slowest warm invocation in ms';

test.each<[Speed, Partial<TargetVersionCheckDocument>, object[]]>([
  [NO_SPEED, {}, []],
  [NO_SPEED, { coldBelowMs: 5, warmBelowMs: 6 }, [{ what: COLD, measured: null, threshold: 5, ok: false }, { what: WARM, measured: null, threshold: 6, ok: false }]],
  [cold(5.04), {}, [{ what: COLD, measured: 5, threshold: null, ok: true }]],
  [cold(4), { coldBelowMs: 5 }, [{ what: COLD, measured: 4, threshold: 5, ok: true }]],
  [cold(5), { coldBelowMs: 5 }, [{ what: COLD, measured: 5, threshold: 5, ok: false }]],
  [warm(5), { coldBelowMs: 5, warmBelowMs: 6 }, [{ what: COLD, measured: null, threshold: 5, ok: false }, { what: WARM, measured: 5, threshold: 6, ok: true }]],
])('%j with limits %j', (speed, document, measurements) => {
  expect(speedMeasurements(speed, limits(document))).toEqual(measurements);
});

test.each<[Speed, Partial<TargetVersionCheckDocument>, object[]]>([
  [NO_SPEED, {}, []],
  [of({ cold: { count: 1, ms: 4.9, initMs: 1 }, warm: { count: 1, ms: 5.9, initMs: 1 } }), { coldBelowMs: 5, warmBelowMs: 6 }, []],
  [cold(5), { coldBelowMs: 5 }, [{ outcome: 'fails', statement: 'the slowest cold start took 5 ms, expected below 5 ms', again: false }]],
  [warm(6), { warmBelowMs: 6 }, [{ outcome: 'fails', statement: 'the slowest warm invocation took 6 ms, expected below 6 ms', again: false }]],
  [warm(1), { coldBelowMs: 5 }, [{ outcome: 'undecided', statement: 'there was no cold start to be below 5 ms', again: false }]],
  [cold(1), { warmBelowMs: 6 }, [{ outcome: 'undecided', statement: 'there was no warm invocation to be below 6 ms', again: true }]],
  [
    of({ untold: 2 }),
    { warmBelowMs: 6 },
    [{ outcome: 'undecided', statement: 'there was no warm invocation to be below 6 ms, and 2 did not say what they were: the log of the function holds no REPORT line', again: true }],
  ],
])('%j against limits %j', (speed, document, findings) => {
  expect(judgeSpeed(speed, limits(document))).toEqual(findings);
});

test('nothing was measured at first', () => {
  expect(NO_SPEED).toEqual({ cold: NONE, warm: NONE, untold: 0 });
});
