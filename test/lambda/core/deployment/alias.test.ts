/** What requests for an alias come to: literal situations, literal actions; and whole requests against a group that behaves as CodeDeploy's does. */
import { advance } from '../../../../lambda/core/deployment/advance';
import type { DeploymentFacts, Facts, StackEventFacts } from '../../../../lambda/core/deployment/facts';
import { descriptionOf } from '../../../../lambda/core/deployment/mark';
import type { Action, Memory } from '../../../../lambda/core/deployment/situation';
import { NO_MEMORY } from '../../../../lambda/core/deployment/situation';
import { physicalIdOf, taskOf } from '../../../../lambda/core/deployment/task';
import type { LambdaDeploymentProperties, ResourceRequest } from '../../../../lib/model/deployment-request';
import { lambdaAppSpecDocument } from '../../../../lib/model/lambda-app-spec';
import { ALIAS, aliasAppSpec, aliasProperties, aliasRequest, HOOKS } from '../../support/alias-requests';
import { Killed, play } from '../../support/deployment-play';
import { waitRequest } from '../../support/deployment-requests';
import { DeploymentWorld } from '../../support/deployment-world';

const STARTED_AT = Date.UTC(2026, 0, 5, 9);

interface Given {
  readonly request?: ResourceRequest;
  readonly memory?: Partial<Memory>;
  readonly facts?: Partial<Facts>;
  readonly elapsed?: number;
}

const next = ({ request = aliasRequest('Update'), memory = {}, facts = {}, elapsed = 100 }: Given): Action =>
  advance({ task: taskOf(request), memory: { ...NO_MEMORY, ...memory }, facts: { deployments: {}, ...facts }, elapsed, startedAt: STARTED_AT, retries: 0 });
const success = (DeploymentId: string, why?: string) => ({ do: 'answer', answer: { Status: 'SUCCESS', Data: { DeploymentId } }, ...(why === undefined ? {} : { why }) });
const failure = (Reason: string) => ({ do: 'answer', answer: { Status: 'FAILED', Reason } });

const at = (version: string, weights: Readonly<Record<string, number>> = {}): Pick<Facts, 'alias'> => ({ alias: { version, weights } });
const CLEAR: Partial<Facts> = { stack: 'UPDATE_IN_PROGRESS', marked: 'missing', running: [] };
const BACK = aliasRequest('Update', { RequestId: 'request-back', ResourceProperties: aliasProperties('1'), OldResourceProperties: aliasProperties('2') });
const asked = (version: string, more: Partial<LambdaDeploymentProperties> = {}): StackEventFacts => ({ of: 'resource', status: 'UPDATE_IN_PROGRESS', properties: JSON.stringify(aliasProperties(version, more)) });
const TURNED: StackEventFacts = { of: 'stack', status: 'UPDATE_ROLLBACK_IN_PROGRESS' };
const BACK_CLEAR: Partial<Facts> = { ...CLEAR, stack: 'UPDATE_ROLLBACK_IN_PROGRESS', history: [TURNED, asked('2'), { of: 'stack', status: 'UPDATE_IN_PROGRESS' }] };
const BETWEEN =
  'alias live is left between version 1 and version 2 (12.34 %), and every deployment fails until it names one alone: ' +
  'aws lambda update-alias --function-name take --name live --function-version 1 --routing-config AdditionalVersionWeights={}';

describe('a request', () => {
  const common = { application: 'web-application', group: 'web-group', completion: 'COMPLETED', hookLogs: { BeforeAllowTraffic: '/aws/lambda/smoke' }, segment: 1, last: true };

  test('is for an alias and a version', () => {
    const create = aliasRequest('Create', { ResourceProperties: aliasProperties('2', { Segments: '2', GuardianLog: '/guardian' }) });
    expect(taskOf(create)).toEqual({ ...common, kind: 'deploy alias', request: create, alias: ALIAS, targetVersion: '2', hooks: HOOKS, guardianLog: '/guardian', last: false });
    expect(physicalIdOf(create)).toBe('web-application/web-group');
  });

  test.each<[string, Partial<LambdaDeploymentProperties>]>([
    ['version', { TargetVersion: '1' }],
    ['hooks', { Hooks: undefined }],
    ['hook', { Hooks: { BeforeAllowTraffic: 'other' } }],
    ['application', { ApplicationName: 'other' }],
    ['group', { DeploymentGroupName: 'other' }],
    ['function', { Function: 'other' }],
    ['alias', { Alias: 'other' }],
    ['unreadable version', { TargetVersion: undefined }],
  ])('from another %s is a deployment', (_what, before) => {
    expect(taskOf(aliasRequest('Update', { OldResourceProperties: aliasProperties('2', before) })).kind).toBe('deploy alias');
  });

  test('that changes nothing of the alias is nothing to do', () => {
    const same = aliasRequest('Update', { OldResourceProperties: aliasProperties('2', { Completion: 'STARTED', Segments: '3', HookLogs: undefined }) });
    expect(taskOf(same)).toEqual({ kind: 'nothing', request: same, why: 'alias, version and hooks are those of before' });
    const without = aliasRequest('Update', { ResourceProperties: aliasProperties('2', { Hooks: undefined }), OldResourceProperties: aliasProperties('2', { Hooks: {} }) });
    expect(taskOf(without).kind).toBe('nothing');
  });

  test.each<[Partial<Record<keyof LambdaDeploymentProperties, unknown>>, string]>([
    [{ TargetVersion: '$LATEST' }, '\'TargetVersion\' must be the number of a published version, got "$LATEST"'],
    [{ TargetVersion: '0' }, '\'TargetVersion\' must be the number of a published version, got "0"'],
    [{ TargetVersion: '' }, '\'TargetVersion\' must be a text that is not empty, got ""'],
    [{ Function: undefined }, "'Function' must be a text that is not empty, got undefined"],
    [{ Alias: 7 }, "'Alias' must be a text that is not empty, got number"],
    [{ Segments: '0' }, '\'Segments\' must be a whole number from 1 to 999, got "0"'],
    [{ Completion: 'SOON' }, '\'Completion\' must be one of STARTED, TRAFFIC_SHIFTED, COMPLETED, got "SOON"'],
    [{ DeploymentGroupName: '' }, '\'DeploymentGroupName\' must be a text that is not empty, got ""'],
  ])('with %j is refused', (wrong, message) => {
    expect(() => taskOf(aliasRequest('Create', { ResourceProperties: { ...aliasProperties('2'), ...wrong } as LambdaDeploymentProperties }))).toThrow(message);
  });

  test('to delete stops what is in flight', () => {
    const remove = aliasRequest('Delete');
    expect(taskOf(remove)).toEqual({ kind: 'delete', request: remove, application: 'web-application', group: 'web-group' });
  });

  test('to wait further knows its alias', () => {
    expect(taskOf(waitRequest('Create', 'd-1', { Function: 'take', Alias: 'live' }))).toMatchObject({ kind: 'wait', alias: ALIAS });
    expect(taskOf(waitRequest('Create', 'd-1', { Function: 'take' }))).not.toHaveProperty('alias');
    expect(taskOf(waitRequest('Create', 'd-1', { Alias: 'live' }))).not.toHaveProperty('alias');
  });
});

test('hooks stand in the order of the lifecycle, and are left out where there are none', () => {
  const parts = { functionName: 'take', alias: 'live', currentVersion: '1', targetVersion: '2' };
  expect(lambdaAppSpecDocument({ ...parts, hooks: { AfterAllowTraffic: 'b', BeforeAllowTraffic: 'a' } }).Hooks).toEqual([{ BeforeAllowTraffic: 'a' }, { AfterAllowTraffic: 'b' }]);
  expect(lambdaAppSpecDocument({ ...parts, hooks: {} })).not.toHaveProperty('Hooks');
});

describe('on the way forward', () => {
  const memory = { ...NO_MEMORY, phase: 'forward' };

  test.each<[string, Given, object]>([
    ['looks at the alias last', { facts: CLEAR }, { do: 'look', look: { at: 'alias' }, memory }],
    ['starts from the version that the alias names', { facts: { ...CLEAR, ...at('1') } }, { do: 'start', appSpec: aliasAppSpec('1', '2'), memory }],
    ['starts from whatever version that is', { facts: { ...CLEAR, ...at('7') } }, { do: 'start', appSpec: aliasAppSpec('7', '2'), memory }],
    ['has the service refuse an alias between others', { facts: { ...CLEAR, ...at('1', { '7': 0.1 }) } }, { do: 'start', appSpec: aliasAppSpec('1', '2'), memory }],
    ['does nothing where the alias names the version', { facts: { ...CLEAR, ...at('2') } }, success('', 'alias live already names version 2')],
    ['does nothing on Create, too', { request: aliasRequest('Create'), facts: { ...CLEAR, stack: 'CREATE_IN_PROGRESS', ...at('2') } }, success('', 'alias live already names version 2')],
    ['waits for an alias that may be set back yet', { memory: { since: { weighted: 41 } }, facts: { ...CLEAR, ...at('2', { '3': 0.5 }) } }, { do: 'wait', seconds: 10, memory: { ...memory, since: { weighted: 41 } } }],
    ['remembers since when', { facts: { ...CLEAR, ...at('2', { '3': 0.5 }) } }, { do: 'wait', seconds: 10, memory: { ...memory, since: { weighted: 100 } } }],
    [
      'then fails without a deployment',
      { request: BACK, memory: { since: { weighted: 40 } }, facts: { ...CLEAR, ...at('1', { '2': 0.1234 }) } },
      failure(`no deployment was started: ${BETWEEN}`),
    ],
    ['fails when there is no time left', { request: BACK, elapsed: 3_000, facts: { ...CLEAR, ...at('1', { '2': 0.1234 }) } }, failure(`no deployment was started: ${BETWEEN}`)],
    ['waits for an alias that is not shown', { memory: { since: { 'no alias': 1 } }, elapsed: 120, facts: { ...CLEAR, alias: 'missing' } }, { do: 'wait', seconds: 10, memory: { ...memory, since: { 'no alias': 1 } } }],
    [
      'then fails',
      { memory: { since: { 'no alias': 0 } }, elapsed: 120, facts: { ...CLEAR, alias: 'missing' } },
      failure('alias live of function take is not there; make it where the function is made, on a published version, then deploy again'),
    ],
    ['starts nothing that it cannot follow', { elapsed: 3_000, facts: { ...CLEAR, ...at('1') } }, failure('after 50 minutes: no deployment was started: there is no time left to follow it')],
  ])('%s', (_what, given, action) => {
    expect(next(given)).toEqual(action);
  });

  test('names every version that has a share', () => {
    const given = { memory: { since: { weighted: 0 } }, facts: { ...CLEAR, ...at('2', { '3': 0.5, '4': 0.25 }) } };
    expect(JSON.stringify(next(given))).toContain('alias live is left between version 2 and version 3 (50 %) and version 4 (25 %), and');
  });
});

describe('on the way back', () => {
  const memory = { ...NO_MEMORY, phase: 'rollback' };

  test.each<[string, Given, object]>([
    ['deploys back where the alias names another version', { request: BACK, facts: { ...BACK_CLEAR, ...at('2') } }, { do: 'start', appSpec: aliasAppSpec('2', '1'), memory }],
    ['looks a second time where CodeDeploy has set the alias back', { request: BACK, facts: { ...BACK_CLEAR, ...at('1') } }, { do: 'wait', seconds: 10, memory: { ...memory, since: { quiet: 100 } } }],
    ['then does nothing', { request: BACK, memory: { since: { quiet: 90 } }, facts: { ...BACK_CLEAR, ...at('1') } }, success('', 'alias live names version 1 again')],
    ['waits for an alias that may be set back yet', { request: BACK, facts: { ...BACK_CLEAR, ...at('1', { '2': 0.1234 }) } }, { do: 'wait', seconds: 10, memory: { ...memory, since: { weighted: 100 } } }],
    ['then leaves it, and says so', { request: BACK, memory: { since: { weighted: 40 } }, facts: { ...BACK_CLEAR, ...at('1', { '2': 0.1234 }) } }, success('', BETWEEN)],
    [
      'stops our own deployment',
      { request: BACK, facts: { ...BACK_CLEAR, running: ['d-1'], deployments: { 'd-1': { id: 'd-1', status: 'InProgress', rollsBack: true, description: descriptionOf(aliasRequest('Update')) } } } },
      { do: 'stop', id: 'd-1', why: 'CloudFormation takes back what it was started for', memory },
    ],
    ['looks at the events before it starts', { request: BACK, facts: { ...BACK_CLEAR, history: undefined, ...at('2') } }, { do: 'look', look: { at: 'history', optional: true }, memory }],
  ])('%s', (_what, given, action) => {
    expect(next(given)).toEqual(action);
  });

  const GIVEN_UP = failure('the stack is UPDATE_ROLLBACK_IN_PROGRESS: CloudFormation has given this request up, so no deployment is started');
  const begun: StackEventFacts = { of: 'stack', status: 'UPDATE_IN_PROGRESS' };
  test.each<[string, readonly StackEventFacts[], object]>([
    ['a late request of the update', [asked('1'), TURNED, asked('2'), begun], GIVEN_UP],
    ['one by the same version and other hooks', [asked('1'), TURNED, asked('2', { Hooks: {} }), begun], { do: 'start' }],
    ['one for another alias', [asked('1'), TURNED, asked('2', { Alias: 'other' }), begun], { do: 'start' }],
    ['one of events without a version', [asked('1'), TURNED, { ...asked('2'), properties: '{}' }, begun], { do: 'start' }],
  ])('%s is told from the rollback\'s own', (_what, history, action) => {
    expect(next({ facts: { ...BACK_CLEAR, history, ...at('1') }, memory: { since: { 'not shown': 0 } } })).toMatchObject(action);
  });
});

describe('the reason of a failure', () => {
  const FAILED: DeploymentFacts = { id: 'd-1', status: 'Stopped', rollsBack: false };
  const facts: Partial<Facts> = { deployments: { 'd-1': FAILED }, events: [] };
  const failed = (leftAlias?: Facts['leftAlias'], request: ResourceRequest = aliasRequest('Update')) => next({ request, memory: { deploymentId: 'd-1' }, facts: { ...facts, ...(leftAlias === undefined ? {} : { leftAlias }) } });
  const LINK = 'https://console.aws.amazon.com/codesuite/codedeploy/deployments/d-1?region=eu-central-1';

  test('looks how the alias was left', () => {
    expect(failed()).toMatchObject({ do: 'look', look: { at: 'leftAlias', optional: true } });
    expect(failed(undefined, waitRequest('Create', 'd-1', { Function: 'take', Alias: 'live' }))).toMatchObject({ do: 'look', look: { at: 'leftAlias', optional: true } });
    expect(failed(undefined, waitRequest('Create', 'd-1'))).toEqual(failure(`Deployment d-1 was stopped; no rollback was started; ${LINK}`));
  });

  test.each<[string, Facts['leftAlias'], string]>([
    ['between two versions', { version: '1', weights: { '2': 0.1234 } }, `${BETWEEN}; `],
    ['on one version', { version: '1', weights: {} }, ''],
    ['gone', 'missing', ''],
    ['not to be read', { unread: 'denied' }, 'alias live could not be read (denied); '],
  ])('tells of an alias that is %s', (_what, left, text) => {
    expect(failed(left)).toEqual(failure(`Deployment d-1 was stopped; no rollback was started; ${text}${LINK}`));
  });
});

describe('whole requests', () => {
  const FIRST = 'd-000000001';
  const world = (more: Partial<ConstructorParameters<typeof DeploymentWorld>[0]> = {}) => new DeploymentWorld({ primary: '1', ...more });
  const answered = (DeploymentId: string) => ({ Status: 'SUCCESS', Data: { DeploymentId } });

  test('an update starts one deployment and waits for its end', async () => {
    const group = world();
    const { answer, calls } = await play(group, aliasRequest('Update'));
    expect(answer).toEqual(answered(FIRST));
    expect([group.started, group.primary]).toEqual([[FIRST], '2']);
    expect(calls.slice(0, 6)).toEqual(['DescribeStacks', 'ListSince', 'ListRunning', 'GetAlias', 'CreateDeployment', 'GetDeployment']);
  });

  test('a redelivered one joins it', async () => {
    const group = world();
    await play(group, aliasRequest('Update'));
    expect((await play(group, aliasRequest('Update'))).answer).toEqual(answered(FIRST));
    expect(group.started).toEqual([FIRST]);
  });

  test('a killed step starts none beside it', async () => {
    const group = world({ listedAfter: 20 });
    const { answer } = await play(group, aliasRequest('Update'), { fault: (call, before) => (call === 'CreateDeployment' && before === 0 ? { when: 'after', error: new Killed() } : undefined) });
    expect([answer, group.started]).toEqual([answered(FIRST), [FIRST]]);
  });

  test('a create deploys only where the alias names another version', async () => {
    const [same, other] = [world({ primary: '2', stack: 'CREATE_IN_PROGRESS' }), world({ stack: 'CREATE_IN_PROGRESS' })];
    expect([(await play(same, aliasRequest('Create'))).answer, same.started]).toEqual([answered(''), []]);
    expect([(await play(other, aliasRequest('Create'))).answer, other.started]).toEqual([answered(FIRST), [FIRST]]);
  });

  test('a failure is taken back by CodeDeploy, which the rollback of the stack finds', async () => {
    const group = world({ outcome: 'Failed' });
    const { answer } = await play(group, aliasRequest('Update'), { reason: 'GET / was 500' });
    expect(answer.Reason).toMatch(/^Deployment d-000000001 failed: HOOK_EXECUTION_FAILURE: .*; rollback d-000000002 succeeded; https:/);
    group.stack = 'UPDATE_ROLLBACK_IN_PROGRESS';
    expect((await play(group, BACK)).answer).toEqual(answered(''));
    expect([group.started, group.primary]).toEqual([[FIRST], '1']);
  });

  test('a rollback after the release deploys back, once', async () => {
    const group = world();
    await play(group, aliasRequest('Update'));
    group.stack = 'UPDATE_ROLLBACK_IN_PROGRESS';
    group.history = [TURNED, asked('2'), { of: 'stack', status: 'UPDATE_IN_PROGRESS' }];
    expect((await play(group, BACK)).answer).toEqual(answered('d-000000002'));
    expect((await play(group, BACK)).answer).toEqual(answered('d-000000002'));
    expect([group.started, group.primary]).toEqual([[FIRST, 'd-000000002'], '1']);
  });

  test('a deployment of somebody else is waited for', async () => {
    const group = world();
    group.create(aliasAppSpec('1', '7'), 'by hand');
    expect((await play(group, aliasRequest('Update'))).answer).toEqual(answered('d-000000002'));
    expect(group.primary).toBe('2');
  });

  test('a delete stops what is in flight, and waits', async () => {
    const group = world({ durationSeconds: 600, stack: 'DELETE_IN_PROGRESS' });
    group.create(aliasAppSpec('1', '2'), descriptionOf(aliasRequest('Update')));
    expect((await play(group, aliasRequest('Delete'))).answer).toEqual(answered(''));
    expect(group.deployments.map(({ status }) => status)).toEqual(['Stopped', 'Succeeded']);
  });

  test('traffic that is shifted is enough where that was asked', async () => {
    const { answer, calls } = await play(world(), aliasRequest('Update', { ResourceProperties: aliasProperties('2', { Completion: 'TRAFFIC_SHIFTED' }) }));
    expect(answer).toEqual(answered(FIRST));
    expect(calls).toContain('Events');
    expect((await play(world(), aliasRequest('Update', { ResourceProperties: aliasProperties('2', { Completion: 'STARTED' }) }))).waits).toEqual([]);
  });
});
