/** The script that asks its gate, among the others of the event. */
import type { Instance } from '../../../rehearsal/engine/fleet/fleet';
import { simulatedScripts, type ScriptExecution } from '../../../rehearsal/engine/fleet/scripts';
import type { Diagnostics } from '../../../rehearsal/engine/fleet/target-log';
import type { InvocationResult } from '../../../rehearsal/engine/ports';
import { EventScheduler } from '../../../rehearsal/engine/scheduler';
import { ASKED_AT_ONCE, GatedScripts } from '../../../rehearsal/stage/gated-scripts';

const SCRIPT = { location: 'greenlight/validate-service.sh', timeoutSeconds: 60 };
const other = (location: string, timeoutSeconds = 60) => ({ location, timeoutSeconds });

const instance = (id: string): Instance => ({ id, index: 0, zone: 'a', platform: 'ec2', tags: {}, state: 'inService' });

function execution(more: Partial<ScriptExecution> = {}): ScriptExecution {
  return { instance: instance('i-1'), event: 'ValidateService', revision: { release: 'r1', scripts: {}, files: [] }, scripts: [SCRIPT], deploymentId: 'd-1', slowness: 1, ...more };
}

type Answer = Partial<InvocationResult>;

/** Each question takes two virtual seconds. */
async function played(executions: readonly ScriptExecution[], answer: Answer) {
  const scheduler = new EventScheduler();
  const asked: string[] = [];
  const scripts = new GatedScripts({
    scheduler,
    others: simulatedScripts(scheduler, 1000),
    ask: ({ deploymentId, instanceId }) => {
      asked.push(`${deploymentId} ${instanceId} at ${scheduler.now()}`);
      const startedAt = scheduler.now();
      return Promise.resolve({ end: 'returned', log: [], startedAt, endedAt: startedAt + 2000, wallMs: 1, ...answer });
    },
  });
  const ends: { readonly at: number; readonly failure: Diagnostics | undefined }[] = [];
  executions.forEach((one) => scripts.run(one, (failure) => ends.push({ at: scheduler.now(), failure })));
  const waiting = scripts.asking;
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    if (scheduler.nextAt() === undefined) {
      return { asked, ends, waiting, left: scripts.asking, waited: scripts.waited };
    }
    scheduler.runNext();
  }
}

const PASS = { payload: { verdict: 'pass', reason: 'fine' } };

const failed = (logTail: string): Diagnostics => ({ errorCode: 'ScriptFailed', scriptName: SCRIPT.location, message: `Script at specified location: ${SCRIPT.location} failed with exit code 1`, logTail });

test.each<[string, Partial<ScriptExecution>, readonly string[], number]>([
  ['alone', {}, ['d-1 i-1 at 0'], 2000],
  ['in other words', { scripts: [{ ...SCRIPT, location: './greenlight/validate-service.sh' }] }, ['d-1 i-1 at 0'], 2000],
  ['between others', { scripts: [other('a.sh'), SCRIPT, other('b.sh'), other('c.sh')] }, ['d-1 i-1 at 1000'], 5000],
  ['on a slow host', { slowness: 3, scripts: [other('a.sh'), SCRIPT] }, ['d-1 i-1 at 3000'], 5000],
  ['of another event', { event: 'ApplicationStart' }, [], 1000],
  ['elsewhere', { scripts: [other('validate-service.sh')] }, [], 1000],
])('a script %s', async (_, more, asked, at) => {
  expect(await played([execution(more)], PASS)).toMatchObject({ asked, ends: [{ at, failure: undefined }], left: 0, waited: false });
});

test.each<[Answer, string]>([
  [{ payload: { verdict: 'fail', reason: '/health said 503' } }, '/health said 503'],
  [{ payload: { verdict: 'fail' } }, 'the function of the gate gave no answer that its script understands'],
  [{ payload: 'pass' }, 'the function of the gate gave no answer that its script understands'],
  [{ payload: null }, 'the function of the gate gave no answer that its script understands'],
  [{ end: 'threw', payload: { verdict: 'pass' }, error: { errorType: 'TypeError', errorMessage: 'broken' } }, 'TypeError: broken'],
  [{ end: 'silent', payload: { verdict: 'pass', reason: 'fine' } }, 'the function of the gate gave no answer that its script understands'],
])('%j fails the instance', async (answer, said) => {
  expect(await played([execution({ scripts: [SCRIPT, other('never.sh')] })], answer)).toMatchObject({ ends: [{ at: 2000, failure: failed(said) }] });
});

test('a script that fails before keeps it from being asked, by its own time or by the scenario', async () => {
  const slow = await played([execution({ scripts: [other('a.sh', 0.5), SCRIPT] })], PASS);
  expect(slow).toMatchObject({ asked: [], ends: [{ at: 500, failure: { errorCode: 'ScriptTimedOut', scriptName: 'a.sh' } }] });
  const fault = await played([execution({ fault: { kind: 'scriptFails', event: 'ValidateService' } })], PASS);
  expect(fault).toMatchObject({ asked: [], ends: [{ at: 1000, failure: { errorCode: 'ScriptFailed' } }] });
});

test('a gate that takes longer than the script may is not waited for', async () => {
  const { ends } = await played([execution({ scripts: [{ ...SCRIPT, timeoutSeconds: 1 }] })], PASS);
  expect(ends).toEqual([{ at: 1000, failure: { errorCode: 'ScriptTimedOut', scriptName: SCRIPT.location, message: `Script at specified location: ${SCRIPT.location} failed to complete in 1 seconds` } }]);
});

test('many instances are asked some at a time', async () => {
  const many = Array.from({ length: 2 * ASKED_AT_ONCE + 1 }, (_, index) => execution({ instance: instance(`i-${index}`) }));
  const { asked, ends, waiting, left, waited } = await played(many, PASS);
  expect([waiting, left, waited]).toEqual([many.length, 0, true]);
  expect(asked.filter((line) => line.endsWith(' at 0'))).toHaveLength(ASKED_AT_ONCE);
  expect([asked[ASKED_AT_ONCE], asked.at(-1)]).toEqual([`d-1 i-${ASKED_AT_ONCE} at 2000`, `d-1 i-${2 * ASKED_AT_ONCE} at 4000`]);
  expect(ends.map(({ at }) => at)).toEqual([...Array<number>(ASKED_AT_ONCE).fill(2000), ...Array<number>(ASKED_AT_ONCE).fill(4000), 6000]);
});
