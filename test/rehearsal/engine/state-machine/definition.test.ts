import { stateMachineDefinition } from '../../../../rehearsal/engine/state-machine/definition';
import { machine, task } from './stage';

const step = (more: object): object => machine({ Work: task(more) });
const pass = (more: object): object => machine({ Work: { Type: 'Pass', End: true, ...more } });
const choice = (rule: object): object => machine({ Work: { Type: 'Choice', Choices: [{ Variable: '$.a', Next: 'Work', ...rule }] } });
const wait = (more: object): object => machine({ Work: { Type: 'Wait', End: true, ...more } });
const KNOWN = {
  task: 'Type, Comment, Resource, Parameters, ResultPath, TimeoutSeconds, Retry, Catch, Next, End',
  rule: 'Comment, Variable, BooleanEquals, NumericEquals, StringEquals, Next',
  paths: 'this player follows paths such as $.name, and $$.Execution.Id, $$.Execution.Name, $$.Execution.StartTime, $$.State.Name, $$.State.RetryCount',
};

test.each<[string, unknown, string]>([
  ['no object', 'text', 'the state machine must be an object, got "text"'],
  ['another query language', { ...machine({}), QueryLanguage: 'JSONata' }, 'the state machine has QueryLanguage "JSONata", and this player plays "JSONPath"'],
  ['a time-out of the machine', { ...pass({}), TimeoutSeconds: 5 }, 'the state machine has TimeoutSeconds, which this player does not play; it knows Comment, QueryLanguage, StartAt, States, Version'],
  ['another version', { ...pass({}), Version: '2.0' }, 'the state machine has Version "2.0", and this player plays "1.0"'],
  ['no states', { StartAt: 'A' }, 'the state machine must have States as an object, got undefined'],
  ['no start', { States: {} }, 'the state machine must have StartAt as a string, got undefined'],
  ['a start that is not there', machine({ Work: task() }, 'Wrk'), "the state machine StartAt leads to 'Wrk', and the states are Work"],
  ['a state that is not there', step({ End: undefined, Next: 'Wrk' }), "the state machine state 'Work' leads to 'Wrk', and the states are Work"],
  ['a catcher that leads nowhere', step({ Catch: [{ ErrorEquals: ['A'], Next: 'Wrk' }] }), "the state machine state 'Work' leads to 'Wrk', and the states are Work"],
  ['a default that leads nowhere', machine({ Work: { Type: 'Choice', Choices: [], Default: 'Wrk' } }), "the state machine state 'Work' leads to 'Wrk', and the states are Work"],
  ['Map', machine({ Work: { Type: 'Map', End: true } }), "state 'Work' has Type \"Map\", and this player knows Pass, Task, Choice, Wait, Succeed and Fail"],
  ['a state that is no object', machine({ Work: 1 }), "state 'Work' must be an object, got 1"],
  ['an integration of a service', step({ Resource: 'arn:aws:states:::lambda:invoke' }), "state 'Work' has Resource 'arn:aws:states:::lambda:invoke', and this player runs functions by their ARN"],
  ['ResultSelector', step({ ResultSelector: {} }), `state 'Work' has ResultSelector, which this player does not play; it knows ${KNOWN.task}`],
  ['a heartbeat', step({ HeartbeatSeconds: 5 }), `state 'Work' has HeartbeatSeconds, which this player does not play; it knows ${KNOWN.task}`],
  ['neither Next nor End', step({ End: undefined }), "state 'Work' needs either Next or \"End\": true"],
  ['both', step({ Next: 'Work' }), "state 'Work' needs either Next or \"End\": true"],
  ['an intrinsic function', step({ Parameters: { list: [{ 'a.$': "States.Format('x')" }] } }), `state 'Work' has a.$ "States.Format('x')", and ${KNOWN.paths}`],
  ['a wildcard', step({ Parameters: { 'a.$': '$.b[*]' } }), `state 'Work' has a.$ "$.b[*]", and ${KNOWN.paths}`],
  ['a descent', step({ Parameters: { 'a.$': '$..b' } }), `state 'Work' has a.$ "$..b", and ${KNOWN.paths}`],
  ['a value that is no path', step({ Parameters: { 'a.$': 1 } }), `state 'Work' has a.$ 1, and ${KNOWN.paths}`],
  ['more of the context', step({ Parameters: { 'a.$': '$$.Task.Token' } }), `state 'Work' has a.$ "$$.Task.Token", and ${KNOWN.paths}`],
  ['a result in the context', step({ ResultPath: '$$.Execution.Name' }), "state 'Work' has ResultPath '$$.Execution.Name', and this player puts results under names below $"],
  ['a result in a list', step({ ResultPath: '$.a[0]' }), "state 'Work' has ResultPath '$.a[0]', and this player puts results under names below $"],
  ['jitter', step({ Retry: [{ ErrorEquals: ['A'], JitterStrategy: 'FULL' }] }), "retrier 1 of state 'Work' has JitterStrategy \"FULL\", and this player plays \"NONE\""],
  ['a retrier for nothing', step({ Retry: [{ ErrorEquals: [] }] }), "retrier 1 of state 'Work' must have ErrorEquals as a list of texts, got []"],
  ['a name that is no text', step({ Retry: [{ ErrorEquals: ['A', 1] }] }), "retrier 1 of state 'Work' must have ErrorEquals as a list of texts, got [\"A\",1]"],
  ['States.ALL in company', step({ Catch: [{ ErrorEquals: ['States.ALL', 'A'], Next: 'Work' }] }), "catcher 1 of state 'Work' has States.ALL beside other names in ErrorEquals; it must stand alone"],
  ['something behind States.ALL', step({ Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['A'] }] }), "state 'Work' has something behind the States.ALL of its Retry; States.ALL must come last"],
  ['retries that are no list', step({ Retry: {} }), "state 'Work' must have Retry as a list, got {}"],
  ['an interval of nothing', step({ Retry: [{ ErrorEquals: ['A'], IntervalSeconds: 0 }] }), "retrier 1 of state 'Work' must have IntervalSeconds as a number from 1 to 99999999, got 0"],
  ['half an attempt', step({ Retry: [{ ErrorEquals: ['A'], MaxAttempts: 0.5 }] }), "retrier 1 of state 'Work' must have MaxAttempts as a whole number from 0 to 99999999, got 0.5"],
  ['a rate that shrinks', step({ Retry: [{ ErrorEquals: ['A'], BackoffRate: 0.9 }] }), /^retrier 1 of state 'Work' must have BackoffRate as a number from 1 to/ as unknown as string],
  ['a timestamp', wait({ Timestamp: 'x' }), "state 'Work' has Timestamp, which this player does not play; it knows Type, Comment, Seconds, SecondsPath, Next, End"],
  ['a wait for nothing', wait({}), "state 'Work' needs either Seconds or SecondsPath"],
  ['two waits', wait({ Seconds: 1, SecondsPath: '$.a' }), "state 'Work' needs either Seconds or SecondsPath"],
  ['a wait that is too long', wait({ Seconds: 100_000_000 }), "state 'Work' must have Seconds as a number from 0 to 99999999, got 100000000"],
  ['another comparison', choice({ IsPresent: true }), `rule 1 of state 'Work' has IsPresent, which this player does not play; it knows ${KNOWN.rule}`],
  ['no comparison', choice({}), "rule 1 of state 'Work' needs one of BooleanEquals, NumericEquals, StringEquals"],
  ['two comparisons', choice({ BooleanEquals: true, StringEquals: 'a' }), "rule 1 of state 'Work' needs one of BooleanEquals, NumericEquals, StringEquals"],
  ['a comparison with something else', choice({ BooleanEquals: 'true' }), "rule 1 of state 'Work' must have BooleanEquals as a boolean, got \"true\""],
  ['InputPath', pass({ InputPath: '$.a' }), "state 'Work' has InputPath, which this player does not play; it knows Type, Comment, Parameters, Result, ResultPath, Next, End"],
])('%s is refused', (_what, definition, message) => {
  expect(() => stateMachineDefinition(definition)).toThrow(message);
});

test('the defaults', () => {
  const { states, startAt } = stateMachineDefinition(step({ Retry: [{ ErrorEquals: ['A'] }], Catch: [{ ErrorEquals: ['A'], Next: 'Work' }] }));
  const root = { text: '$', context: false, steps: [] };
  expect(startAt).toBe('Work');
  expect(states.get('Work')).toEqual({
    type: 'Task',
    resource: 'arn:aws:lambda:eu-central-1:111122223333:function:step',
    resultPath: root,
    timeoutSeconds: 99_999_999,
    retry: [{ errorEquals: ['A'], intervalSeconds: 1, maxAttempts: 3, backoffRate: 2, maxDelaySeconds: 31_622_400 }],
    catch: [{ errorEquals: ['A'], resultPath: root, next: 'Work' }],
    next: undefined,
  });
});
