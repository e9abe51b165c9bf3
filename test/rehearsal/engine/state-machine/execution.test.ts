import { deploymentMachine } from '../../../../lib/model/deployment-machine';
import type { Json } from '../../../../rehearsal/engine/state-machine/paths';
import { FUNCTION, machine, play, task, type Script } from './stage';

const retry = (more: object = {}): object => task({ Retry: [{ ErrorEquals: ['States.ALL'], ...more }] });
const fails = (error: string): Script => ({ error });
const done = (output: Json = 'done'): Script => ({ output });

describe('a task', () => {
  test.each<[string, object, Json, Json, Json]>([
    ['gets the whole input, and its result is the output', task(), { a: 1 }, { a: 1 }, 'done'],
    ['gets its Parameters', task({ Parameters: { fixed: 1, 'a.$': '$.a', 'all.$': '$', 'from.$': '$$.Execution.StartTime', 'name.$': '$$.Execution.Name', 'id.$': '$$.Execution.Id', 'state.$': '$$.State.Name' } }),
      { a: [2] }, { state: 'Work', fixed: 1, a: [2], all: { a: [2] }, from: '2026-01-05T09:00:00.000Z', name: 'first', id: 'arn:execution' }, 'done'],
    ['has paths at any depth', task({ Parameters: { deep: { list: [{ 'b.$': "$.a[1]['two words']" }], 'c.$': '$.a[0]' } } }), { a: [null, { 'two words': 3 }] }, { deep: { list: [{ b: 3 }], c: null } }, 'done'],
    ['puts its result where ResultPath says, making objects on the way', task({ ResultPath: '$.x.y' }), { a: 1 }, { a: 1 }, { a: 1, x: { y: 'done' } }],
    ['puts it beside what is there', task({ ResultPath: '$.x.y' }), { x: { y: 0, z: 1 } }, { x: { y: 0, z: 1 } }, { x: { y: 'done', z: 1 } }],
    ['throws its result away', task({ ResultPath: null }), { a: 1 }, { a: 1 }, { a: 1 }],
  ])('%s', async (_what, state, input, given, output) => {
    const { execution, calls } = await play(machine({ Work: state }), input, [done()]);
    expect(calls).toEqual([{ at: 0, input: given }]);
    expect([execution.status, execution.output, execution.failure]).toEqual(['SUCCEEDED', output, undefined]);
  });

  test.each<[string, object, Script[], number[], string]>([
    ['three retries after 1, 2 and 4 seconds by default', retry(), [fails('Broken')], [0, 1, 3, 7], 'Broken'],
    ['waits grow by the rate', retry({ IntervalSeconds: 2, BackoffRate: 1.5, MaxAttempts: 2 }), [fails('Broken')], [0, 2, 5], 'Broken'],
    ['and to the longest delay', retry({ IntervalSeconds: 2, MaxDelaySeconds: 3, MaxAttempts: 3 }), [fails('Broken')], [0, 2, 5, 8], 'Broken'],
    ['none with MaxAttempts 0', retry({ MaxAttempts: 0 }), [fails('Broken')], [0], 'Broken'],
    ['until it succeeds', retry(), [fails('Broken'), { seconds: 10, output: 1 }], [0, 1], 'SUCCEEDED'],
    ['an error that no retrier names is not retried', task({ Retry: [{ ErrorEquals: ['Other'] }] }), [fails('Broken')], [0], 'Broken'],
    ['each retrier counts for itself', task({ Retry: [{ ErrorEquals: ['A', 'B'], MaxAttempts: 2 }, { ErrorEquals: ['C'], IntervalSeconds: 5 }] }),
      [fails('A'), fails('B'), fails('C'), fails('B')], [0, 1, 3, 8], 'B'],
    ['States.TaskFailed takes every error', task({ Retry: [{ ErrorEquals: ['States.TaskFailed'], MaxAttempts: 1 }] }), [fails('Broken')], [0, 1], 'Broken'],
    ['but no time-out', task({ TimeoutSeconds: 5, Retry: [{ ErrorEquals: ['States.TaskFailed'] }] }), [{ seconds: 6, output: 1 }], [0], 'States.Timeout'],
    ['which States.ALL takes', task({ TimeoutSeconds: 5, Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }] }), [{ seconds: 6, output: 1 }, { seconds: 4, output: 1 }], [0, 6], 'SUCCEEDED'],
    ['States.Runtime is never retried', task({ Parameters: { 'a.$': '$.missing' }, Retry: [{ ErrorEquals: ['States.Runtime'] }] }), [done()], [], 'States.Runtime'],
    ['States.DataLimitExceeded is no part of States.ALL', retry(), [done('x'.repeat(262_143))], [0], 'States.DataLimitExceeded'],
    ['a result of 262,144 bytes passes', retry(), [done('x'.repeat(262_142))], [0], 'SUCCEEDED'],
    ['a result that has no place', task({ ResultPath: '$.a.b', Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }] }), [done()], [0, 1], 'States.ResultPathMatchFailure'],
  ])('retries: %s', async (_what, state, scripts, calls, end) => {
    const played = await play(machine({ Work: state }), { a: 1 }, scripts);
    expect(played.calls.map(({ at }) => at)).toEqual(calls);
    expect(played.execution.failure?.error ?? played.execution.status).toBe(end);
  });

  test('an error is caught by the first catcher that names it, and put where its ResultPath says', async () => {
    const states = {
      Work: task({ Catch: [{ ErrorEquals: ['Other'], Next: 'No' }, { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Yes' }] }),
      Yes: { Type: 'Succeed' },
      No: { Type: 'Fail' },
    };
    const { execution, states: entered } = await play(machine(states), { a: 1 }, [{ seconds: 3, error: 'Broken', cause: 'by hand' }]);
    expect(entered).toEqual(['0 Work', '3 Yes']);
    expect(execution.output).toEqual({ a: 1, error: { Error: 'Broken', Cause: 'by hand' } });
    expect(execution.endedAt).toBe(3000);
  });

  test('a retrier begins anew when the state is entered again', async () => {
    const states = {
      Work: task({ Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }], ResultPath: '$', End: undefined, Next: 'Again?' }),
      'Again?': { Type: 'Choice', Choices: [{ Variable: '$', StringEquals: 'over', Next: 'Over' }], Default: 'Work' },
      Over: { Type: 'Succeed' },
    };
    const { calls, execution } = await play(machine(states), 0, [fails('A'), done('again'), fails('A'), done('over')]);
    expect(calls.map(({ at }) => at)).toEqual([0, 1, 1, 2]);
    expect(execution.status).toBe('SUCCEEDED');
  });
});

describe('the other states', () => {
  test.each<[string, object, Json, Json]>([
    ['Pass hands on', { Type: 'Pass', End: true }, { a: 1 }, { a: 1 }],
    ['Pass has a result', { Type: 'Pass', Result: { b: 2 }, ResultPath: '$.r', End: true }, { a: 1 }, { a: 1, r: { b: 2 } }],
    ['Pass fills parameters', { Type: 'Pass', Parameters: { 'b.$': '$.a' }, End: true }, { a: 1 }, { b: 1 }],
    ['Succeed', { Type: 'Succeed' }, [1], [1]],
  ])('%s', async (_what, state, input, output) => {
    expect((await play(machine({ Only: state }), input)).execution.output).toEqual(output);
  });

  test('Fail', async () => {
    const { execution } = await play(machine({ Only: { Type: 'Fail', Error: 'Bad', Cause: 'as meant' } }), {});
    expect([execution.status, execution.failure, execution.output]).toEqual(['FAILED', { error: 'Bad', cause: 'as meant' }, undefined]);
  });

  test.each<[string, object, Json, number | string]>([
    ['Seconds', { Seconds: 7 }, {}, 7],
    ['SecondsPath', { SecondsPath: '$.wait' }, { wait: 12 }, 12],
    ['no wait at all', { SecondsPath: '$.wait' }, { wait: 0 }, 0],
    ['a broken number', { SecondsPath: '$.wait' }, { wait: 1.5 }, 'The SecondsPath parameter does not reference an integer value from 0 to 99999999: $.wait == 1.5'],
    ['a negative number', { SecondsPath: '$.wait' }, { wait: -1 }, 'The SecondsPath parameter does not reference an integer value from 0 to 99999999: $.wait == -1'],
    ['a text', { SecondsPath: '$.wait' }, { wait: '5' }, 'The SecondsPath parameter does not reference an integer value from 0 to 99999999: $.wait == "5"'],
    ['nothing', { SecondsPath: '$.wait' }, {}, "The JSONPath '$.wait' specified for the field 'SecondsPath' could not be found in the input '{}'"],
  ])('Wait: %s', async (_what, wait, input, end) => {
    const { execution } = await play(machine({ Wait: { Type: 'Wait', ...wait, End: true } }), input);
    expect(execution.failure?.cause ?? Number(execution.endedAt) / 1000).toBe(end);
  });

  test.each<[Json, string]>([
    [{ v: true }, 'Yes'],
    [{ v: 3 }, 'Three'],
    [{ v: 'x' }, 'Text'],
    [{ v: false }, 'States.NoChoiceMatched'],
    [{ v: 'true' }, 'States.NoChoiceMatched'],
    [{}, 'States.Runtime'],
  ])('Choice of %j', async (input, end) => {
    const Choices = [
      { Variable: '$.v', BooleanEquals: true, Next: 'Yes' },
      { Variable: '$.v', NumericEquals: 3, Next: 'Three' },
      { Variable: '$.v', StringEquals: 'x', Next: 'Text' },
    ];
    const { execution } = await play(machine({ Which: { Type: 'Choice', Choices }, Yes: { Type: 'Succeed' }, Three: { Type: 'Succeed' }, Text: { Type: 'Succeed' } }), input);
    expect(execution.failure?.error ?? execution.entered.at(-1)?.state).toBe(end);
  });

  test('an execution that never ends reaches the limit of its history', async () => {
    const { execution } = await play(machine({ A: { Type: 'Pass', Next: 'W' }, W: { Type: 'Wait', Seconds: 0, Next: 'A' } }), {});
    expect(execution.failure).toEqual({ error: 'States.Runtime', cause: 'The execution reached the maximum number of history events (25000).' });
    expect(execution.entered).toHaveLength(12_500);
  });
});

describe('the state machine of deployments', () => {
  const definition = deploymentMachine({ stepFunctionArn: FUNCTION });
  const request = { RequestId: 'r' };
  const input = { request, step: { memory: {} } };
  const wait = (waitSeconds: number, memory: Json): Script => ({ output: { done: false, waitSeconds, memory } });

  test('steps until there is an answer, and has it sent', async () => {
    const answer = { Status: 'SUCCESS' };
    const { execution, calls, states } = await play(definition, input, [wait(5, { n: 1 }), wait(10, { n: 2 }), { output: { done: true, memory: { n: 3 }, answer } }, { output: null }]);
    const startedAt = '2026-01-05T09:00:00.000Z';
    expect(calls).toEqual([
      { at: 0, input: { action: 'step', request, startedAt, retries: 0, memory: {} } },
      { at: 5, input: { action: 'step', request, startedAt, retries: 0, memory: { n: 1 } } },
      { at: 15, input: { action: 'step', request, startedAt, retries: 0, memory: { n: 2 } } },
      { at: 15, input: { action: 'answer', request, step: { done: true, memory: { n: 3 }, answer } } },
    ]);
    expect(states).toEqual(['0 Step', '0 Done?', '0 Wait', '5 Step', '5 Done?', '5 Wait', '15 Step', '15 Done?', '15 Answer']);
    expect(execution.status).toBe('SUCCEEDED');
  });

  test('a step that dies for good is answered for, with the memory of the last one', async () => {
    const { calls } = await play(definition, input, [wait(5, { n: 1 }), ...Array.from({ length: 9 }, () => ({ error: 'Sandbox.Timedout', cause: 'slow' })), { output: null }]);
    expect(calls.map(({ at }) => at)).toEqual([0, 5, 7, 11, 19, 35, 65, 95, 125, 155, 155]);
    expect(calls.slice(1, -1).map(({ input: given }) => (given as { retries: number }).retries)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(calls.at(-1)?.input).toEqual({ action: 'answer', request, step: { done: false, waitSeconds: 5, memory: { n: 1 } }, error: { Error: 'Sandbox.Timedout', Cause: 'slow' } });
  });

  test('an answer that cannot be sent is tried for eleven minutes', async () => {
    const { execution, calls } = await play(definition, input, [{ output: { done: true, memory: {}, answer: { Status: 'SUCCESS' } } }, fails('Broken')]);
    expect([calls.length, execution.status, execution.failure?.error]).toEqual([17, 'FAILED', 'Broken']);
    expect(execution.endedAt).toBe(662_000);
  });
});
