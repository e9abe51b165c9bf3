import { ENV } from '../../../../lib/model/hook-contract';
import { GATE_ENV } from '../../../../lib/model/server/gates';
import { combined } from '../../../../lambda/core/server-gate/combine';
import { isInstanceId, parseStateChange } from '../../../../lambda/core/server-gate/gate-event';
import { baseUrlOf, readBase, readLimits } from '../../../../lambda/core/server-gate/gate-settings';
import { answered, parseQuestion } from '../../../../lambda/core/server-gate/instance-answer';
import type { PlayedInstance } from '../../../../lambda/core/server-gate/play-instances';
import { sampleOf } from '../../../../lambda/core/server-gate/sample';
import { SERVER_GATE_EVENTS } from '../../../../lib/model/server/gates';
import type { CheckResult } from '../../../../lib/model/hook-contract';
import type { Verdict } from '../../../../lib/model/status';
import { makeServerGate } from '../../../../lambda/core/server-gate/server-gate';
import { context } from '../../support/fake-ports';
import { gateEnvironment, gateWorld, readyEvent, successEvent } from '../../support/gate-world';

describe('parseStateChange', () => {
  const OF = { application: 'web-application', deploymentGroup: 'web-group' };
  const READY = { detailType: 'CodeDeploy Deployment State-change Notification', state: 'READY', of: OF } as const;
  const SUCCESS = { detailType: 'CodeDeploy Instance State-change Notification', state: 'SUCCESS', of: OF } as const;

  test('takes the events that a gate is for', () => {
    expect(parseStateChange(readyEvent(), READY)).toEqual({ deploymentId: 'd-A1B2C3D4E', instanceId: '' });
    expect(parseStateChange(successEvent(), SUCCESS)).toEqual({ deploymentId: 'd-A1B2C3D4E', instanceId: 'i-0aaaaaaaaaaaaaaa1' });
    expect(parseStateChange(successEvent({ instanceId: 'rack-7.example' }), SUCCESS)).toEqual({ deploymentId: 'd-A1B2C3D4E', instanceId: 'rack-7.example' });
  });

  test.each<[string, unknown, string]>([
    ['nothing', undefined, `'source' must be "aws.codedeploy", got undefined`],
    ['null', null, `'source' must be "aws.codedeploy", got undefined`],
    ['a text', 'READY', `'source' must be "aws.codedeploy", got undefined`],
    ['another source', readyEvent({}, { source: 'my.app' }), `'source' must be "aws.codedeploy", got "my.app"`],
    ['the event of an instance', successEvent({ state: 'READY' }), `'detail-type' must be "CodeDeploy Deployment State-change Notification", got "CodeDeploy Instance State-change Notification"`],
    ['no detail', readyEvent({}, { detail: null }), `'detail.state' must be "READY", got undefined`],
    ['another state', readyEvent({ state: 'START' }), `'detail.state' must be "READY", got "START"`],
    ['another application', readyEvent({ application: 'other' }), `'detail.application' must be "web-application", got "other"`],
    ['another group', readyEvent({ deploymentGroup: 7 }), `'detail.deploymentGroup' must be "web-group", got number`],
    ['no deployment', readyEvent({ deploymentId: undefined }), `'detail.deploymentId' must look like d-A1B2C3D4E, got undefined`],
    ['a path in place of a deployment', readyEvent({ deploymentId: 'xd-1/../2' }), `'detail.deploymentId' must look like d-A1B2C3D4E, got "xd-1/../2"`],
    ['an instance that is none', readyEvent({ instanceId: 'i-1 i-2' }), `'detail.instanceId' must be an instance id or the name of an on-premises instance, got "i-1 i-2"`],
  ])('refuses %s', (_, event, problem) => {
    expect(parseStateChange(event, READY)).toBe(problem);
  });

  test.each([
    ['i-0123456789abcdef0', true],
    ['A', true],
    ['rack/7:a=b+c_d.e@f-g,h', true],
    [`a${'b'.repeat(99)}`, true],
    [`a${'b'.repeat(100)}`, false],
    ['-a', true],
    ['', false],
    ['a\nb', false],
    ['a b', false],
    ['a"', false],
    [7, false],
  ])('takes %p for the name of an instance: %p', (name, expected) => {
    expect(isInstanceId(name)).toBe(expected);
  });
});

describe('parseQuestion', () => {
  test('takes ids, and nothing else of it', () => {
    expect(parseQuestion({ deploymentId: 'd-1', instanceId: 'i-0aaaaaaaaaaaaaaa1', address: '169.254.169.254' })).toEqual({ deploymentId: 'd-1', instanceId: 'i-0aaaaaaaaaaaaaaa1' });
  });

  test.each<[unknown, string]>([
    [undefined, `'deploymentId' must look like d-A1B2C3D4E, got undefined`],
    [null, `'deploymentId' must look like d-A1B2C3D4E, got undefined`],
    ['d-1', `'deploymentId' must look like d-A1B2C3D4E, got undefined`],
    [{ deploymentId: ['d-1'], instanceId: 'i-1' }, `'deploymentId' must look like d-A1B2C3D4E, got object`],
    [{ deploymentId: `d-${'A'.repeat(101)}`, instanceId: 'i-1' }, `'deploymentId' must look like d-A1B2C3D4E, got "d-${'A'.repeat(101)}"`],
    [{ deploymentId: 'd-1', instanceId: '; rm -rf /' }, `'instanceId' must be an instance id or the name of an on-premises instance, got "; rm -rf /"`],
    [{ deploymentId: 'd-1' }, `'instanceId' must be an instance id or the name of an on-premises instance, got undefined`],
  ])('refuses %p', (event, problem) => {
    expect(parseQuestion(event)).toBe(problem);
  });
});

describe('answered', () => {
  test.each([
    ['as it is', 'i-1 (10.0.1.2): home: status was 503, expected 200', 'i-1 (10.0.1.2): home: status was 503, expected 200'],
    ['without quotation marks', `header "a" is 'b' or \`c\``, 'header a is b or c'],
    ['without backslashes', 'a\\u0007b', 'a/u0007b'],
    ['on one line', 'a\nb\tc\u007fd\u0000e', 'a b c d e'],
    ['in ASCII', 'Größe 😀 …', 'Gr??e ? ...'],
    ['of a thousand characters', 'x'.repeat(1_000), 'x'.repeat(1_000)],
    ['of no more', 'x'.repeat(1_001), `${'x'.repeat(997)}...`],
  ])('says its reason %s', (_, reason, expected) => {
    expect(answered('fail', reason)).toEqual({ verdict: 'fail', reason: expected });
  });
});

describe('the settings of a gate', () => {
  test.each([
    [{ [GATE_ENV.scheme]: 'http', [GATE_ENV.port]: '1' }, { scheme: 'http', port: 1 }],
    [{ [GATE_ENV.scheme]: 'https', [GATE_ENV.port]: '65535' }, { scheme: 'https', port: 65_535 }],
    [{ [GATE_ENV.scheme]: undefined, [GATE_ENV.port]: undefined }, undefined],
    [{ [GATE_ENV.scheme]: '', [GATE_ENV.port]: '' }, undefined],
  ])('%p: instances are asked at %p', (variables, base) => {
    expect(readBase(gateEnvironment(variables))).toEqual(base);
  });

  test.each([
    [{ [GATE_ENV.scheme]: 'ftp' }, 'environment variable GREENLIGHT_INSTANCE_SCHEME must be "http" or "https", got "ftp"; deploy the rollout again'],
    [{ [GATE_ENV.scheme]: undefined }, 'environment variable GREENLIGHT_INSTANCE_SCHEME must be "http" or "https", got ""; deploy the rollout again'],
    [{ [GATE_ENV.port]: undefined }, 'environment variable GREENLIGHT_INSTANCE_PORT is not set; deploy the rollout again, or set it on the function'],
    [{ [GATE_ENV.port]: '0' }, 'environment variable GREENLIGHT_INSTANCE_PORT must be a whole number from 1 to 65535, got "0"; deploy the rollout again'],
    [{ [GATE_ENV.port]: '65536' }, 'environment variable GREENLIGHT_INSTANCE_PORT must be a whole number from 1 to 65535, got "65536"; deploy the rollout again'],
    [{ [GATE_ENV.port]: '80a' }, 'environment variable GREENLIGHT_INSTANCE_PORT must be a whole number from 1 to 65535, got "80a"; deploy the rollout again'],
    [{ [GATE_ENV.port]: 'a80' }, 'environment variable GREENLIGHT_INSTANCE_PORT must be a whole number from 1 to 65535, got "a80"; deploy the rollout again'],
  ])('%p is refused', (variables, message) => {
    expect(() => readBase(gateEnvironment(variables))).toThrow(message);
  });

  test('say how many instances, and how many at once', () => {
    expect(readLimits(gateEnvironment({ [GATE_ENV.instances]: '1000', [GATE_ENV.concurrency]: '100' }))).toEqual({ instances: 1_000, atOnce: 100 });
    expect(() => readLimits(gateEnvironment({ [GATE_ENV.instances]: '1001' }))).toThrow('GREENLIGHT_MAX_INSTANCES must be a whole number from 1 to 1000, got "1001"');
    expect(() => readLimits(gateEnvironment({ [GATE_ENV.concurrency]: '101' }))).toThrow('GREENLIGHT_INSTANCES_AT_ONCE must be a whole number from 1 to 100, got "101"');
  });

  test('put an IPv6 address into brackets', () => {
    expect(baseUrlOf({ scheme: 'http', port: 8080 }, '10.0.1.2')).toBe('http://10.0.1.2:8080');
    expect(baseUrlOf({ scheme: 'https', port: 443 }, 'fd12::7')).toBe('https://[fd12::7]:443');
  });
});

describe('sampleOf', () => {
  const of = (...named: readonly string[]) => named.map((name) => ({ id: name.split('@')[0]!, ...(name.includes('@') ? { zone: name.split('@')[1]! } : {}) }));
  const sample = (named: readonly string[], most: number) => sampleOf(of(...named), most).map(({ id }) => id);

  test.each<[string, readonly string[], number, readonly string[]]>([
    ['all, by id', ['c@x', 'a@y', 'b@x'], 3, ['a', 'b', 'c']],
    ['from every zone in turn', ['a@x', 'b@x', 'c@x', 'd@y', 'e@z'], 4, ['a', 'd', 'e', 'b']],
    ['zones by their names', ['a@z', 'b@y', 'c@x', 'd@x'], 2, ['c', 'b']],
    ['the rest from the larger zone', ['a@x', 'b@x', 'c@x', 'd@x', 'e@y'], 4, ['a', 'e', 'b', 'c']],
    ['without zones', ['d', 'c', 'b', 'a'], 2, ['a', 'b']],
    ['those without a zone first', ['b@A', 'c@A', 'a'], 2, ['a', 'b']],
    ['nothing of nothing', [], 2, []],
  ])('takes %s', (_, named, most, expected) => {
    expect(sample(named, most)).toEqual(expected);
    expect(sample([...named].reverse(), most)).toEqual(expected);
  });
});

describe('combined', () => {
  const check = (name: string): CheckResult => ({ name, kind: 'http', verdict: 'pass', reason: 'r', measurements: [], samples: 1, errors: 2, windowMs: 3 });
  const played = (id: string, verdict: Verdict, extra: Partial<PlayedInstance['instance']> = {}): PlayedInstance => ({
    instance: { id, state: 'running', address: `10.0.0.${id}`, ...extra },
    judgement: { verdict, reason: `${verdict} of ${id}`, checks: [check('home')] },
  });
  const [P1, P2, F3, F4, U5] = [played('1', 'pass'), played('2', 'pass'), played('3', 'fail'), played('4', 'fail'), played('5', 'inconclusive')];

  test.each<[string, readonly PlayedInstance[], number, Verdict, string]>([
    ['none', [], 0, 'inconclusive', 'no instance was checked'],
    ['one that passed', [P1], 1, 'pass', '1 (10.0.0.1): pass of 1'],
    ['one without an address', [played('9', 'fail', { address: undefined } as never)], 1, 'fail', '9: fail of 9'],
    ['all passed', [P1, P2], 2, 'pass', 'all 2 instances passed; 1 (10.0.0.1): pass of 1'],
    ['a sample that passed', [P1, P2], 45, 'pass', '2 of 45 instances were checked: all passed; 1 (10.0.0.1): pass of 1'],
    ['one that failed', [P1, F3], 2, 'fail', '1 of 2 instances failed; 3 (10.0.0.3): fail of 3'],
    ['several of a sample', [P1, F3, F4], 45, 'fail', '3 of 45 instances were checked: 2 failed; 3 (10.0.0.3): fail of 3'],
    ['an undecided one', [P1, U5], 2, 'inconclusive', '1 of 2 instances could not be judged; 5 (10.0.0.5): inconclusive of 5'],
    ['an undecided one of a sample', [P1, U5], 3, 'inconclusive', '2 of 3 instances were checked: 1 could not be judged; 5 (10.0.0.5): inconclusive of 5'],
    ['failed and undecided ones', [U5, P1, F4], 3, 'fail', '1 of 3 instances failed, 1 could not be judged; 4 (10.0.0.4): fail of 4'],
  ])('%s', (_, all, total, verdict, reason) => {
    const judgement = combined(all, total);
    expect([judgement.verdict, judgement.reason]).toEqual([verdict, reason]);
  });

  test('counts the instances, and lists those first that did not pass', () => {
    expect(combined([P1, U5, F3, played('6', 'pass', { zone: 'z' })], 9).instances).toEqual({
      total: 9,
      checked: 4,
      passed: 2,
      failed: 1,
      undecided: 1,
      listed: [
        { instanceId: '3', address: '10.0.0.3', verdict: 'fail', reason: 'fail of 3' },
        { instanceId: '5', address: '10.0.0.5', verdict: 'inconclusive', reason: 'inconclusive of 5' },
        { instanceId: '1', address: '10.0.0.1', verdict: 'pass', reason: 'pass of 1' },
        { instanceId: '6', address: '10.0.0.6', zone: 'z', verdict: 'pass', reason: 'pass of 6' },
      ],
    });
  });

  test('names checks with their instance where there are several', () => {
    expect(combined([P1], 1).checks).toEqual([check('home')]);
    expect(combined([P1, F3], 2).checks).toEqual([check('home (3)'), check('home (1)')]);
  });

  test('is bounded', () => {
    const many = Array.from({ length: 60 }, (_, index) => ({ ...played(String(index), 'fail'), judgement: { verdict: 'fail' as const, reason: 'x'.repeat(400), checks: [check('home')] } }));
    const { checks, instances } = combined(many, 60);
    expect([checks.length, instances?.failed, instances?.listed.length, instances?.listed[0]?.reason]).toEqual([20, 60, 50, `${'x'.repeat(299)}…`]);
  });
});

describe('makeServerGate', () => {
  const gate = (name: string | undefined) => makeServerGate({ environment: gateEnvironment({ [ENV.event]: name }), ports: gateWorld().gatePorts, work: () => Promise.reject(new Error('not asked')) });

  test('is the gate that its environment names', async () => {
    await expect(gate(SERVER_GATE_EVENTS.instance)({}, context(60_000))).resolves.toMatchObject({ verdict: 'fail' });
    await expect(gate(SERVER_GATE_EVENTS.readyWait)({}, context(60_000))).resolves.toBeUndefined();
    await expect(gate(SERVER_GATE_EVENTS.fleet)({}, context(60_000))).resolves.toBeUndefined();
  });

  test.each([
    [undefined, 'environment variable GREENLIGHT_EVENT is not set; deploy the rollout again, or set it on the function'],
    ['BeforeInstall', 'environment variable GREENLIGHT_EVENT must be one of ReadyWait, ValidateService, InstanceSuccess, got "BeforeInstall"; deploy the rollout again'],
  ])('%p is no gate', async (name, message) => {
    await expect(gate(name)({}, context(60_000))).rejects.toThrow(message);
  });
});
