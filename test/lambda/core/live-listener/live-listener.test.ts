/** Literal requests and listeners, literal answers. */
import { step } from '../../../../lambda/core/deployment/step';
import { ServiceFailure } from '../../../../lambda/core/failures';
import { advance } from '../../../../lambda/core/deployment/advance';
import type { DeploymentPorts, Facts, ListenerFacts } from '../../../../lambda/core/deployment/facts';
import type { Action, Memory } from '../../../../lambda/core/deployment/situation';
import { NO_MEMORY } from '../../../../lambda/core/deployment/situation';
import { physicalIdOf, taskOf } from '../../../../lambda/core/deployment/task';
import type { ResourceRequest } from '../../../../lib/model/deployment-request';
import type { LiveListenerProperties } from '../../../../lib/model/live-listener';
import { STACK } from '../../support/deployment-requests';
import { virtualClock } from '../../support/virtual-clock';

const ARN = 'arn:aws:elasticloadbalancing:eu-central-1:111122223333';
const WEB = `${ARN}:loadbalancer/app/web/0123`;
const OTHER = `${ARN}:loadbalancer/net/other/4567`;
const BLUE = `${ARN}:targetgroup/blue/89ab`;
const GREEN = `${ARN}:targetgroup/green/cdef`;
const STRANGER = `${ARN}:targetgroup/stranger/0000`;

const properties = (Port = '443', LoadBalancerArn = WEB): LiveListenerProperties => ({
  ServiceToken: 'arn:aws:lambda:eu-central-1:111122223333:function:intake',
  Listener: { LoadBalancerArn, Port, Protocol: 'HTTPS' },
  TargetGroupArns: [BLUE, GREEN],
});

function request(type: ResourceRequest['RequestType'], now: object = properties(), before: object = properties()): ResourceRequest {
  return {
    RequestType: type,
    ResponseURL: 'https://answers.example/answer',
    StackId: STACK,
    RequestId: 'request-1',
    ResourceType: 'Custom::GreenlightLiveListener',
    LogicalResourceId: 'WebProductionListenerLiveTargetGroup',
    ...(type === 'Create' ? {} : { PhysicalResourceId: 'guard-1' }),
    ResourceProperties: now as never,
    ...(type === 'Update' ? { OldResourceProperties: before as never } : {}),
  };
}

const next = (asked: ResourceRequest, facts: Partial<Facts> = {}, { elapsed = 100, memory = {} }: { readonly elapsed?: number; readonly memory?: Partial<Memory> } = {}): Action =>
  advance({ task: taskOf(asked), memory: { ...NO_MEMORY, ...memory }, facts: { deployments: {}, ...facts }, elapsed, startedAt: 0, retries: 0 });

const on = (port: number, ...forwards: readonly (readonly [string, number])[]): ListenerFacts => ({ port, forwards: forwards.map(([arn, weight]) => ({ arn, weight })) });
const look = (at: object) => ({ do: 'look', look: at, memory: NO_MEMORY });
const success = (TargetGroupArn: string, why: string) => ({ do: 'answer', answer: { Status: 'SUCCESS', Data: { TargetGroupArn } }, why });
const failure = (Reason: string) => ({ do: 'answer', answer: { Status: 'FAILED', Reason } });

const PORT = 'port 443 of load balancer web';
const SHIFT = `a deployment is shifting traffic on ${PORT}: weight 90 on blue, weight 10 on green`;

describe('the task', () => {
  test('of a Create and of an Update', () => {
    const create = request('Create');
    expect(taskOf(create)).toEqual({ kind: 'live listener', request: create, places: [{ loadBalancerArn: WEB, port: 443 }], targetGroups: [BLUE, GREEN] });
    const update = request('Update');
    expect(taskOf(update)).toEqual({ kind: 'live listener', request: update, places: [{ loadBalancerArn: WEB, port: 443 }], targetGroups: [BLUE, GREEN] });
  });

  test.each([
    ['another port', properties('8443'), [{ loadBalancerArn: WEB, port: 443 }, { loadBalancerArn: WEB, port: 8443 }]],
    ['another load balancer', properties('443', OTHER), [{ loadBalancerArn: WEB, port: 443 }, { loadBalancerArn: OTHER, port: 443 }]],
  ])('of an Update to %s knows both places, that of before first', (_name, now, places) => {
    expect(taskOf(request('Update', now))).toMatchObject({ places });
  });

  test('of a Delete is nothing, whatever its properties are', () => {
    const remove = request('Delete', {});
    expect(taskOf(remove)).toEqual({ kind: 'nothing', request: remove, why: 'a live listener guard owns nothing' });
  });

  test.each<[object, string]>([
    [{ TargetGroupArns: [BLUE, GREEN] }, "'Listener.LoadBalancerArn' must be a text that is not empty, got undefined"],
    [properties('443', ''), '\'Listener.LoadBalancerArn\' must be a text that is not empty, got ""'],
    [properties(''), '\'Listener.Port\' must be a whole number from 1 to 65535, got ""'],
    [properties('x443'), '\'Listener.Port\' must be a whole number from 1 to 65535, got "x443"'],
    [properties('443x'), '\'Listener.Port\' must be a whole number from 1 to 65535, got "443x"'],
    [properties('654321'), '\'Listener.Port\' must be a whole number from 1 to 65535, got "654321"'],
    [{ ...properties(), Listener: { LoadBalancerArn: WEB } }, '\'Listener.Port\' must be a whole number from 1 to 65535, got "undefined"'],
    [{ ...properties(), TargetGroupArns: [BLUE] }, `'TargetGroupArns' must be two texts, got "["${BLUE}"]"`],
    [{ ...properties(), TargetGroupArns: [7, BLUE] }, `'TargetGroupArns' must be two texts, got "[7,"${BLUE}"]"`],
    [{ ...properties(), TargetGroupArns: ['a', 'b', 'c'] }, '\'TargetGroupArns\' must be two texts, got "["a","b","c"]"'],
    [{ ...properties(), TargetGroupArns: 'ab' }, '\'TargetGroupArns\' must be two texts, got ""ab""'],
    [{ ...properties(), TargetGroupArns: undefined }, '\'TargetGroupArns\' must be two texts, got "nothing"'],
  ])('bad input %#', (bad, message) => {
    expect(() => taskOf(request('Create', bad))).toThrow(expect.objectContaining({ name: 'ConfigurationError', message }));
  });

  test('keeps its physical id', () => {
    expect(physicalIdOf(request('Create'))).toBe('WebProductionListenerLiveTargetGroup');
    expect(physicalIdOf(request('Update'))).toBe('guard-1');
  });
});

describe('what is answered', () => {
  const listeners = (...found: readonly ListenerFacts[]): Partial<Facts> => ({ listeners: { [WEB]: [on(8443, [STRANGER, 1]), ...found] } });

  test('looks at the load balancer, and where nothing moves at nothing else', () => {
    expect(next(request('Create'))).toEqual(look({ at: 'listeners', loadBalancerArn: WEB }));
    expect(next(request('Update'))).toEqual(look({ at: 'listeners', loadBalancerArn: WEB }));
  });

  test.each<[string, ResourceRequest['RequestType'], Partial<Facts>, object]>([
    ['a new listener: the first one', 'Create', listeners(), success(BLUE, 'blue: the listener is new')],
    ['a listener that is there: what is live', 'Create', listeners(on(443, [BLUE, 0], [GREEN, 100])), success(GREEN, 'green: live on port 443')],
    ['before the first release', 'Update', listeners(on(443, [BLUE, 100], [GREEN, 0])), success(BLUE, 'blue: live on port 443')],
    ['after it', 'Update', listeners(on(443, [BLUE, 0], [GREEN, 100])), success(GREEN, 'green: live on port 443')],
    ['one target group', 'Update', listeners(on(443, [GREEN, 1])), success(GREEN, 'green: live on port 443')],
    ['one target group, whatever its weight', 'Update', listeners(on(443, [GREEN, 0])), success(GREEN, 'green: live on port 443')],
    ['a third one without weight', 'Update', listeners(on(443, [STRANGER, 0], [BLUE, 1])), success(BLUE, 'blue: live on port 443')],
    [
      'a third one',
      'Update',
      listeners(on(443, [STRANGER, 1])),
      failure(`${PORT} forwards to stranger, which is neither blue nor green; let it forward to the one of them that is live, and update the stack again`),
    ],
    [
      'no weight at all',
      'Update',
      listeners(on(443, [BLUE, 0], [GREEN, 0])),
      failure(`the default action of ${PORT} forwards to no target group, and which one is live cannot be told; let it forward to the live one, and update the stack again`),
    ],
    [
      'another action',
      'Update',
      listeners({ port: 443 }),
      failure(`the default action of ${PORT} forwards to no target group, and which one is live cannot be told; let it forward to the live one, and update the stack again`),
    ],
    [
      'no listener',
      'Update',
      listeners(),
      failure(`there is no listener on ${PORT}; was it deleted by hand? Make it again on that port, with the target group that is live, and update the stack again`),
    ],
    ['a shift, of which the stack is to be told', 'Update', listeners(on(443, [BLUE, 90], [GREEN, 10])), look({ at: 'stack' })],
    [
      'a shift',
      'Update',
      { ...listeners(on(443, [BLUE, 90], [GREEN, 10])), stack: 'UPDATE_IN_PROGRESS' },
      failure(`${SHIFT}; writing the listener now would end the shift, so update the stack again when the deployment has ended`),
    ],
    [
      'a shift that has just begun',
      'Update',
      { ...listeners(on(443, [BLUE, 99], [GREEN, 1])), stack: 'gone' },
      failure(
        `a deployment is shifting traffic on ${PORT}: weight 99 on blue, weight 1 on green; writing the listener now would end the shift, so update the stack again when the deployment has ended`,
      ),
    ],
  ])('%s', (_name, type, facts, action) => {
    expect(next(request(type), facts)).toEqual(action);
  });

  test('a rollback waits for the end of a shift, as long as it can', () => {
    const facts = { ...listeners(on(443, [BLUE, 90], [GREEN, 10])), stack: 'UPDATE_ROLLBACK_IN_PROGRESS' };
    expect(next(request('Update'), facts, { elapsed: 3_299, memory: { misses: 2 } })).toEqual({ do: 'wait', seconds: 15, memory: NO_MEMORY });
    expect(next(request('Update'), facts, { elapsed: 3_300 })).toEqual(failure(`after 55 minutes: ${SHIFT}; continue the rollback of the stack when the deployment has ended`));
  });

  test('without a listener there is no shift to ask the stack about', () => {
    expect(next(request('Create'), { listeners: { [WEB]: [] } })).toEqual(success(BLUE, 'blue: the listener is new'));
  });
});

describe('a listener that moves', () => {
  const moved = request('Update', properties('8443'));
  const forward = (...found: readonly ListenerFacts[]): Partial<Facts> => ({ stack: 'UPDATE_IN_PROGRESS', listeners: { [WEB]: found } });
  const back = (...found: readonly ListenerFacts[]): Partial<Facts> => ({ ...forward(...found), stack: 'UPDATE_ROLLBACK_IN_PROGRESS' });

  test('the stack is looked at first', () => {
    expect(next(moved)).toEqual(look({ at: 'stack' }));
    expect(next(moved, { stack: 'UPDATE_IN_PROGRESS' })).toEqual(look({ at: 'listeners', loadBalancerArn: WEB }));
  });

  test.each<[string, Partial<Facts>, object]>([
    ['is where it comes from', forward(on(8443, [BLUE, 1]), on(443, [GREEN, 1])), success(GREEN, 'green: live on port 443')],
    ['or has been moved by hand', forward(on(8443, [GREEN, 1])), success(GREEN, 'green: live on port 8443')],
    ['is where a rollback brings it, if it was never moved', back(on(443, [BLUE, 1]), on(8443, [GREEN, 1])), success(GREEN, 'green: live on port 8443')],
    ['or where it was moved', back(on(443, [GREEN, 1])), success(GREEN, 'green: live on port 443')],
    [
      'or nowhere',
      forward(),
      failure(
        `there is no listener on ${PORT}, nor on port 8443 of load balancer web; was it deleted by hand? Make it again on that port, with the target group that is live, and update the stack again`,
      ),
    ],
  ])('%s', (_name, facts, action) => {
    expect(next(moved, facts)).toEqual(action);
  });

  test('to another load balancer is looked for on both', () => {
    const away = request('Update', properties('443', OTHER));
    expect(next(away, forward())).toEqual(look({ at: 'listeners', loadBalancerArn: OTHER }));
    expect(next(away, { stack: 'UPDATE_ROLLBACK_IN_PROGRESS', listeners: { [OTHER]: [on(443, [GREEN, 1])] } })).toEqual(success(GREEN, 'green: live on port 443'));
    expect(next(request('Update', properties('443', 'odd'), properties('443', 'odd')), { listeners: { odd: [] } })).toEqual(
      failure('there is no listener on port 443 of load balancer odd; was it deleted by hand? Make it again on that port, with the target group that is live, and update the stack again'),
    );
  });
});

describe('a step', () => {
  /** What the load balancers answer; undefined where there is none of that name. */
  type World = Readonly<Record<string, readonly ListenerFacts[] | ServiceFailure>>;

  async function take(asked: ResourceRequest, world: World, stack = 'UPDATE_IN_PROGRESS') {
    const calls: string[] = [];
    const lines: unknown[][] = [];
    const line = (...parts: unknown[]) => lines.push(parts);
    const listeners = (arn: string): Promise<readonly ListenerFacts[] | undefined> => {
      calls.push(`listeners ${arn}`);
      const found = world[arn];
      return found instanceof ServiceFailure ? Promise.reject(found) : Promise.resolve(found);
    };
    const stacks = { statusOf: (id: string) => (calls.push(`stack ${id}`), Promise.resolve(stack)) };
    const ports = { clock: virtualClock(), random: () => 0.5, log: { info: line, warn: line, error: line }, stacks, listeners: { listeners } } as unknown as DeploymentPorts;
    const returned = await step({ action: 'step', request: asked, startedAt: new Date(ports.clock.epoch()).toISOString(), retries: 0, memory: {} }, ports);
    return { returned, calls, lines };
  }

  test('asks once, answers, and says why', async () => {
    const { returned, calls, lines } = await take(request('Update'), { [WEB]: [on(443, [BLUE, 0], [GREEN, 100])] });
    expect(calls).toEqual([`listeners ${WEB}`]);
    expect(returned).toEqual({ done: true, memory: NO_MEMORY, answer: { Status: 'SUCCESS', Data: { TargetGroupArn: GREEN } } });
    expect(lines).toEqual([['answer SUCCESS', { resource: 'WebProductionListenerLiveTargetGroup', requestId: 'request-1', why: 'green: live on port 443' }]]);
  });

  test('asks for both load balancers, and takes one that is not there for one without listeners', async () => {
    const { returned, calls } = await take(request('Update', properties('443', OTHER)), { [OTHER]: [on(443, [BLUE, 1])] });
    expect(calls).toEqual([`stack ${STACK}`, `listeners ${WEB}`, `listeners ${OTHER}`]);
    expect(returned).toMatchObject({ done: true, answer: { Status: 'SUCCESS', Data: { TargetGroupArn: BLUE } } });
    const none = await take(request('Update', properties('443', OTHER)), {});
    expect(none.calls).toEqual(calls);
    expect(none.returned).toMatchObject({ done: true, answer: { Status: 'FAILED' } });
  });

  test('answers a Delete without asking anything', async () => {
    const { returned, calls } = await take(request('Delete', {}), {});
    expect([calls, returned]).toMatchObject([[], { done: true, answer: { Status: 'SUCCESS' } }]);
  });

  test('tries later what may pass, and fails with what does not', async () => {
    const failing = (code: string, retryable: boolean) => take(request('Update'), { [WEB]: new ServiceFailure('elasticloadbalancing:DescribeListeners', code, 'no', retryable) });
    expect((await failing('Throttling', true)).returned).toMatchObject({ done: false, waitSeconds: 5, memory: { misses: 1 } });
    expect((await failing('AccessDenied', false)).returned).toMatchObject({ done: false, waitSeconds: 10, memory: { since: { denied: 0 } } });
    expect((await failing('ValidationError', false)).returned).toMatchObject({ done: true, answer: { Status: 'FAILED', Reason: 'elasticloadbalancing:DescribeListeners failed: ValidationError: no' } });
  });
});
