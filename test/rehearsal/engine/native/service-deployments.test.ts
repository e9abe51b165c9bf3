import type { EcsNativeHookEvent } from '../../../../lib/model/ecs-native';
import type { AlarmState } from '../../../../lib/model/status';
import { nativeBehaviour, type NativeBehaviour } from '../../../../rehearsal/engine/native/native-behaviour';
import { nativeOutcome, serviceDeploymentReport } from '../../../../rehearsal/engine/native/service-deployment-report';
import { ServiceDeployments } from '../../../../rehearsal/engine/native/service-deployments';
import type { HookAnswer, LifecycleHookModel, NativeServiceModel } from '../../../../rehearsal/engine/native/service-model';
import type { InvocationResult } from '../../../../rehearsal/engine/ports';
import { seededRandom } from '../../../../rehearsal/engine/random';
import { EventScheduler } from '../../../../rehearsal/engine/scheduler';

const MINUTE = 60_000;
const SERVICE_ARN = 'arn:aws:ecs:eu-west-1:111122223333:service/apps/web';

const HOOK: LifecycleHookModel = { targetArn: 'gate', roleArn: 'role', stages: ['POST_TEST_TRAFFIC_SHIFT'] };

const SERVICE: NativeServiceModel = {
  clusterName: 'apps',
  serviceName: 'web',
  serviceArn: SERVICE_ARN,
  strategy: 'BLUE_GREEN',
  bakeMinutes: 10,
  hooks: [HOOK],
  targetGroups: [{ name: 'blue', arn: 'b' }, { name: 'green', arn: 'g' }],
  hasTestListener: true,
  alarmNames: [],
  rollbackOnAlarm: true,
};

const returned = (payload: unknown): HookAnswer => ({ kind: 'answered', result: { end: 'returned', payload, log: [], startedAt: 0, endedAt: 0, wallMs: 0 } });
const ended = (end: InvocationResult['end'], errorMessage?: string): HookAnswer => ({
  kind: 'answered',
  result: { end, log: [], startedAt: 0, endedAt: 0, wallMs: 0, ...(errorMessage === undefined ? {} : { error: { errorType: 'Error', errorMessage } }) },
});

const GOOD = returned({ hookStatus: 'SUCCEEDED' });
const BAD = returned({ hookStatus: 'FAILED' });

interface Options {
  readonly service?: Partial<NativeServiceModel>;
  /** Answers in the order of the invocations; the last one is repeated. */
  readonly answers?: readonly HookAnswer[];
  readonly alarm?: (now: number) => AlarmState;
  readonly behaviour?: Partial<NativeBehaviour>;
}

function stage({ service, answers = [GOOD], alarm, behaviour }: Options = {}) {
  const scheduler = new EventScheduler();
  const events: { readonly at: number; readonly event: EcsNativeHookEvent; readonly hook: string }[] = [];
  const model = { ...SERVICE, ...service };
  const deployments = new ServiceDeployments({
    service: model,
    scheduler,
    random: seededRandom(1),
    hooks: {
      invoke: (hook, event, done) => {
        events.push({ at: scheduler.now(), event, hook: hook.targetArn });
        const answer = answers[Math.min(events.length, answers.length) - 1]!;
        scheduler.after(2_000, 'answer', () => done(answer));
      },
    },
    alarms: { state: () => alarm?.(scheduler.now()) ?? 'OK' },
    initialRelease: 'r0',
    behaviour: nativeBehaviour(behaviour),
  });
  const id = deployments.create({ id: 'r1', startupMs: 30_000 });
  const play = () => {
    while (!deployments.settled && scheduler.nextAt() !== undefined) {
      scheduler.runNext();
    }
    return deployments.list()[0]!;
  };
  const playTo = (at: number) => {
    while ((scheduler.nextAt() ?? Infinity) <= at) {
      scheduler.runNext();
    }
  };
  const report = () => serviceDeploymentReport(play(), model, ({ hook, end, problem, answers: given }) => ({
    function: hook.targetArn, report: end === 'SUCCEEDED' ? 'Succeeded' : 'none', verdict: 'none', reason: problem ?? '', durationMs: 0, checks: [], invocations: given.length,
  }));
  return { deployments, events, scheduler, id, play, playTo, report };
}

const stagesOf = (deployment: { readonly stages: readonly { readonly stage: string; readonly status: string; readonly rollback?: true }[] }) =>
  deployment.stages.map(({ stage: name, status, rollback }) => `${name}${rollback === true ? ' back' : ''} ${status}`);

const ALL = [
  'PRE_SCALE_UP Succeeded', 'SCALE_UP Succeeded', 'POST_SCALE_UP Succeeded', 'TEST_TRAFFIC_SHIFT Succeeded', 'POST_TEST_TRAFFIC_SHIFT Succeeded',
  'PRE_PRODUCTION_TRAFFIC_SHIFT Succeeded', 'PRODUCTION_TRAFFIC_SHIFT Succeeded', 'POST_PRODUCTION_TRAFFIC_SHIFT Succeeded', 'BAKE_TIME Succeeded', 'CLEAN_UP Succeeded',
];

describe('a deployment that goes forward', () => {
  test('plays every stage in order, and ends on the new revision', () => {
    const { play, deployments } = stage();
    const deployment = play();
    expect(stagesOf(deployment)).toEqual(ALL);
    expect(deployment.status).toBe('SUCCESSFUL');
    expect(nativeOutcome(deployments.list())).toBe('released');
    expect(deployments.routing.targets('production')).toEqual([{ targetGroup: 'blue', weight: 0 }, { targetGroup: 'green', weight: 100 }]);
    expect(deployments.routing.targets('test')).toEqual([{ targetGroup: 'green', weight: 100 }]);
    expect([deployments.routing.release('blue'), deployments.routing.release('green')]).toEqual([undefined, 'r1']);
  });

  test('moves traffic in the steps of a canary, with both production stages at each', () => {
    const { play, events } = stage({
      service: { strategy: 'CANARY', stepPercent: 10, stepBakeMinutes: 5, hooks: [{ ...HOOK, stages: ['PRE_PRODUCTION_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT', 'POST_PRODUCTION_TRAFFIC_SHIFT'] }] },
    });
    const deployment = play();
    expect(deployment.traffic.map(({ replacement }) => replacement)).toEqual([0, 10, 100]);
    expect(deployment.traffic[2]!.at - deployment.traffic[1]!.at).toBe(5 * MINUTE + 2_000 + 150 + 2_000 + 150);
    const { targetRevision, originalRevision } = deployment.plan;
    expect(events.map(({ event }) => [event.lifecycleStage, event.executionDetails.productionTrafficWeights[targetRevision], event.executionDetails.productionTrafficWeights[originalRevision]])).toEqual([
      ['PRE_PRODUCTION_TRAFFIC_SHIFT', 0, 100],
      ['PRODUCTION_TRAFFIC_SHIFT', 10, 90],
      ['PRE_PRODUCTION_TRAFFIC_SHIFT', 10, 90],
      ['PRODUCTION_TRAFFIC_SHIFT', 100, 0],
      ['POST_PRODUCTION_TRAFFIC_SHIFT', undefined, undefined],
    ]);
  });

  test('sends the event that the guide shows', () => {
    const { play, events } = stage({ service: { hooks: [{ ...HOOK, stages: ['TEST_TRAFFIC_SHIFT'] }] } });
    const { plan } = play();
    expect(plan.deploymentArn).toMatch(/^arn:aws:ecs:eu-west-1:111122223333:service-deployment\/apps\/web\/[A-Za-z0-9]{21}$/);
    expect(plan.targetRevision).toMatch(/^arn:aws:ecs:eu-west-1:111122223333:service-revision\/apps\/web\/[1-9]\d{18}$/);
    expect(plan.targetRevision).not.toBe(plan.originalRevision);
    expect(events[0]?.event).toEqual({
      executionId: expect.stringMatching(/^[0-9a-f]{8}-/),
      lifecycleStage: 'TEST_TRAFFIC_SHIFT',
      resourceArn: plan.deploymentArn,
      executionDetails: {
        serviceArn: SERVICE_ARN,
        targetServiceRevisionArn: plan.targetRevision,
        testTrafficWeights: { [plan.targetRevision]: 100, [plan.originalRevision]: 0 },
        productionTrafficWeights: {},
      },
    });
  });

  test('brings the next revision back to the first target group', () => {
    const { deployments, scheduler, play } = stage();
    play();
    deployments.create({ id: 'r2', startupMs: 0 });
    while (!deployments.settled) {
      scheduler.runNext();
    }
    const [first, second] = deployments.list();
    expect(second!.status).toBe('SUCCESSFUL');
    expect([second!.plan.original, second!.plan.originalRevision]).toEqual(['green', first!.plan.targetRevision]);
    expect(deployments.routing.release('blue')).toBe('r2');
  });
});

describe('a hook that does not let it go on', () => {
  test.each<[string, HookAnswer, string]>([
    ['answers FAILED', BAD, ''],
    ['answers nothing', returned(null), 'the function answered no valid hookStatus: it must be SUCCEEDED, FAILED, IN_PROGRESS, got null'],
    ['answers another status', returned({ hookStatus: 'Succeeded' }), 'the function answered no valid hookStatus: it must be SUCCEEDED, FAILED, IN_PROGRESS, got "Succeeded"'],
    ['answers as a hook of CodeDeploy', returned({ greenlight: { reported: true } }), 'got nothing'],
    ['answers a delay that is none', returned({ hookStatus: 'IN_PROGRESS', callBackDelay: 'soon' }), 'the function answered a callBackDelay that is no number of seconds: "soon"'],
    ['answers a delay below 0', returned({ hookStatus: 'IN_PROGRESS', callBackDelay: -1 }), 'no number of seconds: -1'],
    ['answers details that are no object', returned({ hookStatus: 'IN_PROGRESS', hookDetails: 'x' }), 'the function answered hookDetails that are no object'],
    ['throws', ended('threw', 'boom'), 'the function threw: Error: boom'],
    ['is killed', ended('timedOut'), 'the function was killed at its time-out'],
    ['crashes', ended('crashed'), 'the function crashed'],
    ['ends in silence', ended('silent'), 'the function ended without an answer'],
    ['may not be invoked', { kind: 'refused', message: 'not authorized' }, 'not authorized'],
  ])('since it %s', (_, answer, reason) => {
    const { report, deployments } = stage({ answers: [answer] });
    const told = report();
    expect(told.status).toBe('ROLLBACK_SUCCESSFUL');
    expect(told.errorInformation).toEqual({ code: 'LIFECYCLE_HOOK_FAILED', message: 'The lifecycle hook gate of POST_TEST_TRAFFIC_SHIFT did not succeed.' });
    expect(told.lifecycleEvents.find(({ status }) => status === 'Failed')?.hook?.reason ?? '').toContain(reason);
    expect(nativeOutcome(deployments.list())).toBe('rolledBack');
    expect(told.traffic).toEqual([{ at: 0, original: 100, replacement: 0 }]);
  });

  test('takes back what had moved, and ends the new tasks', () => {
    const { play, deployments } = stage({ answers: [BAD] });
    expect(stagesOf(play())).toEqual([
      ...ALL.slice(0, 4),
      'POST_TEST_TRAFFIC_SHIFT Failed', 'PRE_PRODUCTION_TRAFFIC_SHIFT Skipped', 'PRODUCTION_TRAFFIC_SHIFT Skipped', 'POST_PRODUCTION_TRAFFIC_SHIFT Skipped', 'BAKE_TIME Skipped', 'CLEAN_UP Skipped',
      'TEST_TRAFFIC_SHIFT back Succeeded', 'CLEAN_UP back Succeeded',
    ]);
    expect(deployments.routing.targets('test')).toEqual([{ targetGroup: 'blue', weight: 100 }]);
    expect([deployments.routing.release('blue'), deployments.routing.release('green')]).toEqual(['r0', undefined]);
  });

  test('before anything was started leaves nothing to take back', () => {
    const { play } = stage({ service: { hooks: [{ ...HOOK, stages: ['PRE_SCALE_UP'] }] }, answers: [BAD] });
    const deployment = play();
    expect(stagesOf(deployment).filter((text) => !text.endsWith('Skipped'))).toEqual(['PRE_SCALE_UP Failed']);
    expect(deployment.status).toBe('ROLLBACK_SUCCESSFUL');
  });

  test('after production has moved is told of the way back, production first', () => {
    const { play, events } = stage({
      service: { hooks: [{ ...HOOK, stages: ['TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT', 'POST_PRODUCTION_TRAFFIC_SHIFT'] }] },
      answers: [GOOD, GOOD, BAD, GOOD],
    });
    const { plan, status, traffic } = play();
    expect(status).toBe('ROLLBACK_SUCCESSFUL');
    expect(traffic.map(({ replacement }) => replacement)).toEqual([0, 100, 0]);
    expect(events.slice(3).map(({ event }) => [event.lifecycleStage, event.executionDetails.productionTrafficWeights, event.executionDetails.testTrafficWeights])).toEqual([
      ['PRODUCTION_TRAFFIC_SHIFT', { [plan.targetRevision]: 0, [plan.originalRevision]: 100 }, {}],
      ['TEST_TRAFFIC_SHIFT', {}, { [plan.targetRevision]: 0, [plan.originalRevision]: 100 }],
    ]);
    expect(new Set(events.map(({ event }) => event.executionDetails.targetServiceRevisionArn))).toEqual(new Set([plan.targetRevision]));
  });

  test('in the rollback too makes that fail', () => {
    const { play, deployments } = stage({ service: { hooks: [{ ...HOOK, stages: ['TEST_TRAFFIC_SHIFT', 'POST_TEST_TRAFFIC_SHIFT'] }] }, answers: [GOOD, BAD] });
    expect(play().status).toBe('ROLLBACK_FAILED');
    expect(nativeOutcome(deployments.list())).toBe('failed');
  });

  test('ends the deployment at once, whatever the other hooks of the stage do', () => {
    const { play, events } = stage({ service: { hooks: [HOOK, { ...HOOK, targetArn: 'slow' }] }, answers: [BAD, returned({ hookStatus: 'IN_PROGRESS', callBackDelay: 600 })] });
    const deployment = play();
    expect(deployment.status).toBe('ROLLBACK_SUCCESSFUL');
    expect(events.map(({ hook }) => hook)).toEqual(['gate', 'slow']);
    expect(deployment.completeTime).toBeLessThan(MINUTE);
  });
});

describe('a hook in progress', () => {
  const progress = (more: object = {}) => returned({ hookStatus: 'IN_PROGRESS', ...more });

  test.each([
    [{}, 32_000],
    [{ callBackDelay: 60 }, 62_000],
    [{ callBackDelay: 0 }, 2_000],
  ])('that answers %j is invoked again after the delay, under the same execution id', (more, gap) => {
    const { play, events } = stage({ answers: [progress(more), GOOD] });
    expect(play().status).toBe('SUCCESSFUL');
    expect(events).toHaveLength(2);
    expect(events[1]!.at - events[0]!.at).toBe(gap);
    expect(events[1]!.event).toEqual(events[0]!.event);
  });

  test('is handed its details back, merged into those of the service definition', () => {
    const { play, events } = stage({ service: { hooks: [{ ...HOOK, hookDetails: { bucket: 'a', mine: 0 } }] }, answers: [progress({ hookDetails: { mine: 1 } }), progress(), GOOD] });
    play();
    expect(events.map(({ event }) => event.hookDetails)).toEqual([{ bucket: 'a', mine: 0 }, { bucket: 'a', mine: 1 }, { bucket: 'a', mine: 1 }]);
  });

  test('finds its details again at a later step, unless that is switched off', () => {
    const service = { strategy: 'LINEAR', stepPercent: 50, stepBakeMinutes: 1, hooks: [{ ...HOOK, stages: ['PRODUCTION_TRAFFIC_SHIFT'] }] } as const;
    const answers = [progress({ hookDetails: { step: 1 } }), GOOD];
    const kept = stage({ service, answers });
    kept.play();
    expect(kept.events.map(({ event }) => event.hookDetails)).toEqual([undefined, { step: 1 }, { step: 1 }]);
    const dropped = stage({ service, answers, behaviour: { hookDetailsOutliveTheStage: false } });
    dropped.play();
    expect(dropped.events.map(({ event }) => event.hookDetails)).toEqual([undefined, { step: 1 }, undefined]);
  });

  test.each<[Partial<LifecycleHookModel>, string, number]>([
    [{}, 'ROLLBACK_SUCCESSFUL', 1440],
    [{ timeoutMinutes: 5 }, 'ROLLBACK_SUCCESSFUL', 5],
    [{ timeoutMinutes: 5, timeoutAction: 'ROLLBACK' }, 'ROLLBACK_SUCCESSFUL', 5],
    [{ timeoutMinutes: 5, timeoutAction: 'CONTINUE' }, 'SUCCESSFUL', 5],
  ])('for good comes to an end by its time-out: %j', (timeout, status, minutes) => {
    const { play } = stage({ service: { hooks: [{ ...HOOK, ...timeout }] }, answers: [progress({ callBackDelay: 600 })] });
    const deployment = play();
    expect(deployment.status).toBe(status);
    const run = deployment.stages.find(({ stage: name }) => name === 'POST_TEST_TRAFFIC_SHIFT')!;
    expect(run.end! - run.start!).toBe(minutes * MINUTE);
    expect(run.hooks[0]).toMatchObject({ end: 'TIMED_OUT', problem: expect.stringContaining(`still in progress after ${minutes} minutes`) });
  });
});

describe('alarms', () => {
  const red = (from: number) => (now: number): AlarmState => (now >= from ? 'ALARM' : 'OK');

  test('that go into ALARM take the deployment back, in its bake time too', () => {
    const { play } = stage({ service: { alarmNames: ['errors'] }, alarm: red(5 * MINUTE) });
    const deployment = play();
    expect(deployment.status).toBe('ROLLBACK_SUCCESSFUL');
    expect(deployment.error).toEqual({ code: 'ALARM_TRIGGERED', message: 'Alarms of the service went into ALARM: errors.' });
    expect(stagesOf(deployment)).toContain('BAKE_TIME Failed');
    expect(stagesOf(deployment)).toContain('PRODUCTION_TRAFFIC_SHIFT back Succeeded');
  });

  test('that are red when it begins do not count, unless that is switched off', () => {
    const alarm = () => 'ALARM' as const;
    const { play } = stage({ service: { alarmNames: ['errors'] }, alarm });
    expect(play()).toMatchObject({ status: 'SUCCESSFUL', alarmsOff: ['errors'] });
    expect(stage({ service: { alarmNames: ['errors'] }, alarm, behaviour: { redAlarmAtStartTurnsAlarmsOff: false } }).play().status).toBe('ROLLBACK_SUCCESSFUL');
  });

  test('only end it where rollback is off', () => {
    const { play, deployments } = stage({ service: { alarmNames: ['errors'], rollbackOnAlarm: false }, alarm: red(MINUTE) });
    expect(play().status).toBe('STOPPED');
    expect(nativeOutcome(deployments.list())).toBe('stopped');
  });

  test('after the bake time are of no interest', () => {
    const { play } = stage({ service: { alarmNames: ['errors'], bakeMinutes: 0 }, alarm: red(41_500) });
    expect(play().status).toBe('SUCCESSFUL');
  });
});

describe('stopping', () => {
  test.each([
    ['ROLLBACK', 'ROLLBACK_SUCCESSFUL', 0],
    ['ABORT', 'STOPPED', 100],
  ] as const)('by %s ends in %s', (type, status, weight) => {
    const { deployments, id, play, playTo } = stage();
    playTo(3 * MINUTE);
    deployments.stop(id, type);
    expect(play()).toMatchObject({ status, error: { code: 'STOP_REQUESTED' } });
    expect(deployments.routing.targets('production')[1]).toEqual({ targetGroup: 'green', weight });
  });

  test('is refused once it is over, on its way back, or unknown', () => {
    const { deployments, id, play, playTo } = stage();
    playTo(3 * MINUTE);
    deployments.stop(id, 'ROLLBACK');
    expect(() => deployments.stop(id, 'ROLLBACK')).toThrow('is ROLLBACK_IN_PROGRESS and cannot be stopped');
    play();
    expect(() => deployments.stop(id, 'ABORT')).toThrow('is ROLLBACK_SUCCESSFUL and cannot be stopped');
    expect(() => deployments.stop('x', 'ABORT')).toThrow('there is no service deployment x');
  });
});

describe('the report', () => {
  test('names strategy, steps and bake time, and tells the way back apart', () => {
    const { report } = stage({ service: { strategy: 'CANARY', stepPercent: 10, stepBakeMinutes: 5 }, answers: [BAD] });
    const told = report();
    expect(told.deploymentConfigName).toBe('CANARY 10 %, 5 min; bake 10 min');
    expect(told.lifecycleEvents.filter(({ rollback }) => rollback === true).map(({ name }) => name)).toEqual(['TEST_TRAFFIC_SHIFT', 'CLEAN_UP']);
    expect(told.lifecycleEvents.find(({ name }) => name === 'POST_TEST_TRAFFIC_SHIFT')).toMatchObject({ status: 'Failed', hook: { function: 'gate' } });
  });

  test('shows the hook first that decided, and the others of the stage', () => {
    const { report } = stage({ service: { hooks: [HOOK, { ...HOOK, targetArn: 'second' }] }, answers: [returned({ hookStatus: 'IN_PROGRESS', callBackDelay: 5 }), BAD] });
    const event = report().lifecycleEvents.find(({ status }) => status === 'Failed')!;
    expect([event.hook?.function, event.otherHooks?.map(({ function: name }) => name)]).toEqual(['second', ['gate']]);
  });

  test('has no outcome while something runs, or without anything', () => {
    expect(() => nativeOutcome(stage().deployments.list())).toThrow('a rehearsal has no outcome while');
    expect(() => nativeOutcome([])).toThrow('a rehearsal without a deployment has no outcome');
  });
});
