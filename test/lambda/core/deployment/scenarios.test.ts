/** Whole requests against a group that behaves as CodeDeploy's does: what is answered, when, and how many deployments were started. */
import { descriptionOf } from '../../../../lambda/core/deployment/mark';
import type { ResourceRequest } from '../../../../lib/model/deployment-request';
import { deniedCall, Killed, play, unavailable } from '../../support/deployment-play';
import { appSpec, BLUE, GREEN, properties, request, waitRequest } from '../../support/deployment-requests';
import { DeploymentWorld } from '../../support/deployment-world';

const FIRST = 'd-000000001';
const success = (DeploymentId: string) => ({ Status: 'SUCCESS', Data: { DeploymentId } });
const world = (more: Partial<ConstructorParameters<typeof DeploymentWorld>[0]> = {}) => new DeploymentWorld({ primary: BLUE, ...more });

/** CloudFormation's own way back from GREEN to BLUE. */
const rollback = (more: Partial<ResourceRequest> = {}) =>
  request('Update', { RequestId: 'request-back', ResourceProperties: properties(BLUE), OldResourceProperties: properties(GREEN), ...more });

describe('a forward update', () => {
  test('starts one deployment and waits for its end', async () => {
    const group = world();
    const { answer, calls, waits } = await play(group, request('Update'));
    expect(answer).toEqual(success(FIRST));
    expect(group.started).toEqual([FIRST]);
    expect(group.primary).toBe(GREEN);
    expect(calls.slice(0, 6)).toEqual(['DescribeStacks', 'ListSince', 'ListRunning', 'DescribeServices', 'CreateDeployment', 'GetDeployment']);
    expect(waits).toEqual([5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5]);
    expect(group.deployments[0]?.description).toBe(descriptionOf(request('Update')));
  });

  test('sees the end within ten seconds, however long it takes', async () => {
    for (const durationSeconds of [1, 59, 61, 300, 1_799, 2_900]) {
      const { answer, seconds } = await play(world({ durationSeconds }), request('Update'));
      expect(answer).toEqual(success(FIRST));
      expect(seconds - durationSeconds).toBeLessThan(8);
      expect(seconds - durationSeconds).toBeGreaterThanOrEqual(0);
    }
  });

  test('with the same AppSpec does nothing, whatever else has changed, and asks nobody', async () => {
    const group = world();
    const same = request('Update', { ResourceProperties: properties(BLUE, { Completion: 'STARTED', Segments: '3' }) });
    expect(await play(group, same)).toMatchObject({ answer: success(''), calls: [], waits: [] });
    expect(group.started).toEqual([]);
  });

  test('of the hooks alone deploys, though the service runs the revision', async () => {
    const group = world({ primary: GREEN });
    const hooks = properties(GREEN, { AppSpec: JSON.stringify(appSpec(GREEN, { AfterAllowTraffic: 'smoke' })) });
    expect((await play(group, request('Update', { ResourceProperties: hooks, OldResourceProperties: properties(GREEN) }))).answer).toEqual(success(FIRST));
    expect(group.started).toHaveLength(1);
  });

  test('to what the service runs already starts nothing', async () => {
    const group = world({ primary: GREEN });
    expect(await play(group, request('Update'))).toMatchObject({ answer: success(''), calls: ['DescribeStacks', 'ListSince', 'ListRunning', 'DescribeServices'], waits: [] });
    expect(group.started).toEqual([]);
  });

  test('is answered at once where the start is enough', async () => {
    const group = world();
    expect(await play(group, request('Update', { ResourceProperties: properties(GREEN, { Completion: 'STARTED' }) }))).toMatchObject({ answer: success(FIRST), waits: [] });
    expect(group.started).toEqual([FIRST]);
  });

  test('is answered once traffic is all on the new version, where that is enough', async () => {
    const group = world({ durationSeconds: 100 });
    const shifted = (name: string, at: number) => ({ name, status: group.now >= at ? 'Succeeded' : 'InProgress' });
    group.events = () => [{ name: 'Install', status: 'Succeeded' }, shifted('AllowTraffic', 20), shifted('AfterAllowTraffic', 40)];
    const { answer, seconds } = await play(group, request('Update', { ResourceProperties: properties(GREEN, { Completion: 'TRAFFIC_SHIFTED' }) }));
    expect(answer).toEqual(success(FIRST));
    expect(seconds).toBe(40);
    expect(group.deployments[0]?.status).toBe('InProgress');
  });

  test('a request that is played twice joins its own deployment', async () => {
    const group = world({ durationSeconds: 100 });
    await expect(play(group, request('Update'), { maxSteps: 3 })).rejects.toThrow('no answer after 3 steps');
    expect((await play(group, request('Update'))).answer).toEqual(success(FIRST));
    expect((await play(group, request('Update'))).answer).toEqual(success(FIRST));
    expect(group.started).toEqual([FIRST]);
  });

  test('a Create deploys only what the service does not run', async () => {
    const create = request('Create');
    const same = world({ primary: GREEN, stack: 'CREATE_IN_PROGRESS' });
    expect((await play(same, create)).answer).toEqual(success(''));
    const other = world({ stack: 'CREATE_IN_PROGRESS' });
    expect((await play(other, create)).answer).toEqual(success(FIRST));
    expect([same.started, other.started]).toEqual([[], [FIRST]]);
  });

  test('with another service is a Create', async () => {
    const group = world({ primary: GREEN });
    const moved = request('Update', { ResourceProperties: properties(GREEN), OldResourceProperties: properties(GREEN, { Service: 'old' }) });
    expect((await play(group, moved)).answer).toEqual(success(''));
    const behind = world();
    expect((await play(behind, moved)).answer).toEqual(success(FIRST));
  });
});

describe('a deployment that fails', () => {
  test('is answered FAILED with its reasons, once its rollback has ended', async () => {
    const group = world({ outcome: 'Failed' });
    const { answer, seconds } = await play(group, request('Update'), { reason: 'status was 503, expected 200' });
    expect(answer).toEqual({
      Status: 'FAILED',
      Reason:
        'Deployment d-000000001 failed: HOOK_EXECUTION_FAILURE: The deployment failed because one or more of the lifecycle event validation functions failed.; ' +
        'AfterAllowTestTraffic failed: the hook failed; its hook says: status was 503, expected 200; rollback d-000000002 succeeded; ' +
        'https://console.aws.amazon.com/codesuite/codedeploy/deployments/d-000000001?region=eu-central-1',
    });
    expect(group.deployments.map(({ creator }) => creator)).toEqual(['user', 'codeDeployRollback']);
    expect(group.started).toEqual([FIRST]);
    expect(seconds).toBe(65);
  });

  test('and then CloudFormation\'s rollback starts nothing', async () => {
    const group = world({ outcome: 'Failed' });
    await play(group, request('Update'), { reason: 'no' });
    group.stack = 'UPDATE_ROLLBACK_IN_PROGRESS';
    expect(await play(group, rollback())).toMatchObject({ answer: success(''), waits: [10] });
    expect(group.started).toEqual([FIRST]);
  });

  test('without a rollback of its own is rolled back by exactly one deployment', async () => {
    const group = world({ outcome: 'Failed', rollsBack: false });
    const { answer } = await play(group, request('Update'));
    expect(answer.Reason).toContain('; no rollback was started; ');
    group.stack = 'UPDATE_ROLLBACK_IN_PROGRESS';
    group.primary = GREEN;
    group.outcome = 'Succeeded';
    expect((await play(group, rollback())).answer).toEqual(success('d-000000002'));
    expect(group.started).toHaveLength(2);
    expect(group.primary).toBe(BLUE);
  });
});

describe('CloudFormation\'s rollback', () => {
  test('after a deployment that succeeded starts exactly one deployment back', async () => {
    const group = world();
    await play(group, request('Update'));
    group.stack = 'UPDATE_ROLLBACK_IN_PROGRESS';
    expect((await play(group, rollback())).answer).toEqual(success('d-000000002'));
    expect((await play(group, rollback())).answer).toEqual(success('d-000000002'));
    expect(group.started).toHaveLength(2);
    expect(group.primary).toBe(BLUE);
  });

  test('of a cancelled update stops its deployment, waits for the way back, and starts nothing', async () => {
    const group = world({ durationSeconds: 600, rollbackSeconds: 20 });
    await expect(play(group, request('Update'), { maxSteps: 4 })).rejects.toThrow('no answer after 4 steps');
    group.stack = 'UPDATE_ROLLBACK_IN_PROGRESS';
    const { answer, calls } = await play(group, rollback());
    expect(answer).toEqual(success(''));
    expect(calls.filter((call) => call === 'StopDeployment')).toHaveLength(1);
    expect(group.deployments.map(({ status }) => status)).toEqual(['Stopped', 'Succeeded']);
    expect(group.started).toEqual([FIRST]);
    expect(group.primary).toBe(BLUE);
  });

  test('finds a deployment that the cancelled request starts a moment later', async () => {
    const group = world({ durationSeconds: 600, stack: 'UPDATE_ROLLBACK_IN_PROGRESS' });
    const { answer } = await play(group, rollback(), { beforeStep: (number) => number === 2 && group.create(JSON.stringify(appSpec(GREEN)), descriptionOf(request('Update'))) });
    expect(answer).toEqual(success(''));
    expect(group.deployments.map(({ status }) => status)).toEqual(['Stopped', 'Succeeded']);
    expect(group.primary).toBe(BLUE);
  });

  test('lets the deployments of others run', async () => {
    const group = world({ durationSeconds: 100 });
    group.create(JSON.stringify(appSpec(GREEN)), 'by hand');
    group.stack = 'UPDATE_ROLLBACK_IN_PROGRESS';
    const { answer, calls } = await play(group, rollback());
    expect(answer).toEqual(success('d-000000002'));
    expect(calls).not.toContain('StopDeployment');
    expect(group.primary).toBe(BLUE);
  });
});

describe('a request that CloudFormation has given up', () => {
  test.each(['UPDATE_COMPLETE', 'UPDATE_FAILED', 'DELETE_IN_PROGRESS', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'ROLLBACK_COMPLETE'])('starts nothing in a stack that is %s', async (stack) => {
    const group = world({ stack });
    expect((await play(group, request('Update'))).answer).toEqual({ Status: 'FAILED', Reason: `the stack is ${stack}: CloudFormation has given this request up, so no deployment is started` });
    expect(group.started).toEqual([]);
  });

  test('starts nothing once the stack has turned back', async () => {
    const group = world({ durationSeconds: 30 });
    group.create(JSON.stringify(appSpec(BLUE)), 'by hand');
    const { answer } = await play(group, request('Update'), { beforeStep: (number) => number === 2 && (group.stack = 'UPDATE_ROLLBACK_IN_PROGRESS') });
    expect(answer.Reason).toBe('the stack is UPDATE_ROLLBACK_IN_PROGRESS: CloudFormation has given this request up, so no deployment is started');
    expect(group.started).toHaveLength(1);
  });
});

describe('a deployment in the way', () => {
  test('is waited for, and its rollback; then ours starts', async () => {
    const group = world({ durationSeconds: 300, outcome: 'Failed', rollbackSeconds: 60 });
    group.create(JSON.stringify(appSpec(GREEN)), 'by hand');
    group.outcome = 'Succeeded';
    const { answer, calls, seconds } = await play(group, request('Update'));
    expect(answer).toEqual(success('d-000000003'));
    expect(calls).not.toContain('StopDeployment');
    expect(group.deployments[2]?.createdAt).toBeGreaterThanOrEqual(361);
    expect(seconds).toBeGreaterThanOrEqual(661);
  });

  test('that does not end leaves no time for ours', async () => {
    const group = world({ durationSeconds: 100_000 });
    group.create(JSON.stringify(appSpec(GREEN)), 'by hand');
    const { answer } = await play(group, request('Update'));
    expect(answer.Reason).toBe('after 50 minutes: deployment d-000000001 of deployment group web-group, which is not of this request, is still in the way (InProgress); ours was not started');
  });
});

describe('more than an hour', () => {
  test('a segment that is not the last hands over, and the next one goes on', async () => {
    const group = world({ durationSeconds: 5_000 });
    const first = await play(group, request('Update', { ResourceProperties: properties(GREEN, { Segments: '2' }) }));
    expect(first.answer).toEqual(success(FIRST));
    expect(first.seconds).toBeGreaterThanOrEqual(3_000);
    expect(first.seconds).toBeLessThan(3_010);
    const second = await play(group, waitRequest('Create', FIRST));
    expect(second.answer).toEqual(success(FIRST));
    expect(group.now).toBeLessThan(5_010);
    expect(group.started).toEqual([FIRST]);
  });

  test('the last segment stops what has not ended, and waits for the way back', async () => {
    const group = world({ durationSeconds: 100_000, rollbackSeconds: 30 });
    const { answer, seconds } = await play(group, request('Update'), { reason: 'none' });
    expect(answer.Reason).toMatch(
      /^Deployment d-000000001 was stopped: MANUAL_STOP: stopped by request; it had not ended when the last segment was over, and was stopped; waited 51 minutes; .*; rollback d-000000002 succeeded; https:/,
    );
    expect(seconds).toBeGreaterThan(3_000);
    expect(seconds).toBeLessThan(3_060);
  });

  test('a last segment whose deployment does not even stop is answered within the hour', async () => {
    const group = world({ durationSeconds: 100_000 });
    const { answer, seconds } = await play(group, request('Update'), { fault: (call) => (call === 'StopDeployment' ? { when: 'before', error: unavailable('codedeploy:StopDeployment') } : undefined) });
    expect(answer.Reason).toBe(
      'after 55 minutes: it could not be found out what has become of deployment d-000000001: codedeploy:StopDeployment failed: InternalFailure: try again; ' +
        'https://console.aws.amazon.com/codesuite/codedeploy/deployments/d-000000001?region=eu-central-1',
    );
    expect(seconds).toBeLessThan(3_340);
  });
});

describe('a segment that waits', () => {
  test.each([
    ['for nothing', '', success('')],
    ['for a deployment that has ended', FIRST, success(FIRST)],
  ])('%s is over at once', async (_, id, answer) => {
    const group = world();
    group.create(JSON.stringify(appSpec(GREEN)), '');
    group.advance(1_000);
    expect(await play(group, waitRequest('Update', id))).toMatchObject({ answer, waits: [] });
  });

  test('fails with the deployment', async () => {
    const group = world({ outcome: 'Failed' });
    group.create(JSON.stringify(appSpec(GREEN)), '');
    expect((await play(group, waitRequest('Create', FIRST))).answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('Deployment d-000000001 failed: ') });
  });

  test('does not fail with a deployment of an earlier time', async () => {
    const group = world({ outcome: 'Failed' });
    group.create(JSON.stringify(appSpec(GREEN)), '');
    group.advance(7_200);
    expect((await play(group, waitRequest('Update', FIRST))).answer).toMatchObject({ Status: 'FAILED' });
    group.advance(1);
    expect((await play(group, waitRequest('Update', FIRST))).answer).toEqual(success(FIRST));
  });

  test('for a deployment that nobody knows succeeds on the way back, and fails on the way forward', async () => {
    const back = world({ stack: 'UPDATE_ROLLBACK_IN_PROGRESS' });
    expect(await play(back, waitRequest('Update', 'd-LOST'))).toMatchObject({ answer: success('d-LOST'), waits: [] });
    const { answer, seconds } = await play(world(), waitRequest('Update', 'd-LOST'));
    expect(answer.Reason).toBe('deployment d-LOST is not known to CodeDeploy; were its application and deployment group deleted by hand? Deploy the stack again');
    expect(seconds).toBe(120);
  });

  test('owns nothing that could be deleted', async () => {
    expect(await play(world(), waitRequest('Delete', FIRST))).toMatchObject({ answer: success(''), calls: [] });
  });
});

describe('Delete', () => {
  const remove = (more: Partial<ResourceRequest> = {}) => request('Delete', { ResourceProperties: properties(GREEN), ...more });

  test('stops what is in flight, and waits for the way back', async () => {
    const group = world({ durationSeconds: 600, rollbackSeconds: 20, stack: 'DELETE_IN_PROGRESS' });
    group.create(JSON.stringify(appSpec(GREEN)), 'by hand');
    const { answer, seconds } = await play(group, remove());
    expect(answer).toEqual(success(''));
    expect(group.deployments.map(({ status }) => status)).toEqual(['Stopped', 'Succeeded']);
    expect(seconds).toBe(25);
  });

  test.each([
    ['a group without deployments', () => world()],
    ['a group that is gone', () => Object.assign(world(), { groupExists: false })],
  ])('of %s is over at once', async (_, make) => {
    expect(await play(make(), remove())).toMatchObject({ answer: success(''), calls: ['ListRunning'] });
  });

  test.each([
    ['a replaced physical id', { PhysicalResourceId: 'old-application/web-group' }],
    ['what could not be created', { PhysicalResourceId: 'WebDeployment', ResourceProperties: {} as never }],
    ['an unknown type', { ResourceType: 'Custom::Other' }],
  ])('of %s does nothing', async (_, more) => {
    const group = world({ durationSeconds: 600 });
    group.create(JSON.stringify(appSpec(GREEN)), 'by hand');
    expect(await play(group, remove(more))).toMatchObject({ answer: success(''), calls: [] });
  });

  test('after an update lets the deployments of others run', async () => {
    const group = world({ durationSeconds: 600, stack: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' });
    group.create(JSON.stringify(appSpec(GREEN)), 'by hand');
    expect(await play(group, remove())).toMatchObject({ answer: success(''), calls: ['ListRunning', 'DescribeStacks'] });
    expect(group.deployments[0]?.status).toBe('InProgress');
  });

  test('lets a rollback run', async () => {
    const group = world({ outcome: 'Failed', rollbackSeconds: 30, stack: 'DELETE_IN_PROGRESS' });
    group.create(JSON.stringify(appSpec(GREEN)), 'by hand');
    group.advance(62);
    const { answer, calls, seconds } = await play(group, remove());
    expect(answer).toEqual(success(''));
    expect(calls).not.toContain('StopDeployment');
    expect(seconds).toBe(30);
  });

  test('that cannot stop the deployment is answered within the hour', async () => {
    const group = world({ durationSeconds: 100_000, stack: 'DELETE_IN_PROGRESS' });
    group.create(JSON.stringify(appSpec(GREEN)), 'by hand');
    const unstoppable = { when: 'before', error: Object.assign(unavailable('codedeploy:StopDeployment'), { code: 'UnsupportedActionForDeploymentTypeException', retryable: false }) } as const;
    const { answer, seconds } = await play(group, remove(), { fault: (call) => (call === 'StopDeployment' ? unstoppable : undefined) });
    expect(answer.Reason).toBe('after 55 minutes: deployment d-000000001 has not ended (InProgress); wait for its end in CodeDeploy, then delete the stack again');
    expect(seconds).toBeLessThan(3_340);
  });
});

describe('faults', () => {
  const CALLS = ['DescribeStacks', 'ListSince', 'ListRunning', 'DescribeServices', 'CreateDeployment', 'GetDeployment', 'Events', 'FilterLogEvents'];
  const KINDS = ['before', 'after', 'denied', 'hang'] as const;
  const fault = (wanted: string, kind: (typeof KINDS)[number], times: number) => (call: string, before: number) => {
    if (call !== wanted || before >= times) {
      return undefined;
    }
    return kind === 'hang' ? 'hang' : kind === 'denied' ? ({ when: 'before', error: deniedCall(call) } as const) : ({ when: kind, error: unavailable(call) } as const);
  };

  test.each(CALLS.flatMap((call) => KINDS.flatMap((kind) => ['Succeeded', 'Failed'].map((outcome) => [call, kind, outcome] as const))))('%s %s, twice, of a deployment that has %s', async (call, kind, outcome) => {
    const group = world({ outcome: outcome as 'Succeeded', listedAfter: 6 });
    const { answer } = await play(group, request('Update'), { fault: fault(call, kind, 2), reason: 'too slow' });
    expect(group.started).toHaveLength(1);
    expect(answer.Status).toBe(outcome === 'Succeeded' ? 'SUCCESS' : 'FAILED');
    expect(answer.Reason ?? '').toContain(outcome === 'Succeeded' ? '' : 'its hook says: too slow');
  });

  test.each(KINDS.flatMap((kind) => ['StopDeployment', 'ListRunning', 'GetDeployment'].map((call) => [call, kind] as const)))('%s %s, twice, while a cancelled update is taken back', async (call, kind) => {
    const group = world({ durationSeconds: 100_000 });
    await expect(play(group, request('Update'), { maxSteps: 4 })).rejects.toThrow('no answer after 4 steps');
    group.stack = 'UPDATE_ROLLBACK_IN_PROGRESS';
    const { answer, seconds } = await play(group, rollback(), { fault: fault(call, kind, 2) });
    expect(answer).toEqual(success(''));
    expect(group.deployments.map(({ status }) => status)).toEqual(['Stopped', 'Succeeded']);
    expect(group.started).toEqual([FIRST]);
    expect(seconds).toBeLessThan(60);
  });

  test.each(['before', 'after'] as const)('a function that dies %s each CreateDeployment starts no second one', async (when) => {
    const group = world({ durationSeconds: 100, listedAfter: 15 });
    const { answer, seconds } = await play(group, request('Update'), { fault: (call) => (call === 'CreateDeployment' ? { when, error: new Killed() } : undefined) });
    expect(group.started).toHaveLength(when === 'before' ? 0 : 1);
    expect(answer).toEqual(when === 'after' ? success(FIRST) : { Status: 'FAILED', Reason: 'after 50 minutes: no deployment was started: there is no time left to follow it' });
    expect(seconds).toBeLessThan(3_050);
  });

  test.each(CALLS)('%s throttled for ten minutes', async (call) => {
    const group = world({ durationSeconds: 100 });
    const began = 0;
    const { answer } = await play(group, request('Update'), { fault: (name) => (name === call && group.now - began < 600 ? { when: 'before', error: unavailable(name) } : undefined) });
    expect(answer).toEqual(success(FIRST));
    expect(group.started).toHaveLength(1);
  });

  test('everything throttled for ten minutes', async () => {
    const group = world({ durationSeconds: 100 });
    const { answer, waits } = await play(group, request('Update'), { fault: (name) => (group.now < 600 ? { when: 'before', error: unavailable(name) } : undefined) });
    expect(answer).toEqual(success(FIRST));
    expect(waits.slice(0, 5)).toEqual([5, 10, 20, 30, 30]);
  });

  test.each(['DescribeStacks', 'ListSince', 'ListRunning', 'DescribeServices', 'CreateDeployment'])('%s that never works fails when the segment is over', async (call) => {
    const group = world();
    const { answer, seconds } = await play(group, request('Update'), { fault: (name) => (name === call ? { when: 'before', error: unavailable(`x:${name}`) } : undefined) });
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain(`x:${call} failed: InternalFailure: try again`);
    expect(seconds).toBeGreaterThanOrEqual(3_000);
    expect(seconds).toBeLessThan(3_040);
    expect(group.started).toEqual([]);
  });

  test.each(['DescribeStacks', 'ListSince', 'ListRunning', 'DescribeServices', 'CreateDeployment', 'GetDeployment'])('%s that is denied fails after two minutes', async (call) => {
    const { answer, seconds } = await play(world({ durationSeconds: 2_000 }), request('Update'), { fault: fault(call, 'denied', Infinity) });
    expect(answer).toEqual({ Status: 'FAILED', Reason: `${call} failed: AccessDeniedException: is not authorized; allow this to the role of the deployment provider's step function` });
    expect(seconds - (call === 'GetDeployment' ? 5 : 0)).toBe(120);
  });

  test('a deployment that can no longer be seen is handed over, and stopped by the last segment', async () => {
    const blind = { fault: (name: string) => (name === 'GetDeployment' ? ({ when: 'before', error: unavailable(name) } as const) : undefined) };
    const group = world({ durationSeconds: 100_000 });
    expect((await play(group, request('Update', { ResourceProperties: properties(GREEN, { Segments: '2' }) }), blind)).answer).toEqual(success(FIRST));
    const { answer } = await play(group, waitRequest('Create', FIRST), blind);
    expect(answer.Reason).toMatch(/^after 55 minutes: it could not be found out what has become of deployment d-000000001: GetDeployment failed: InternalFailure: try again; https:/);
    expect(group.deployments[0]?.status).toBe('Stopped');
  });

  test.each([-280_000, 280_000])('a wall clock that is %s ms off keeps the answer within the hour', async (skewMs) => {
    const group = world({ durationSeconds: 100_000, rollbackSeconds: 30 });
    const { answer, seconds } = await play(group, request('Update'), { skewMs });
    expect(answer.Status).toBe('FAILED');
    expect(seconds).toBeGreaterThan(2_600);
    expect(seconds).toBeLessThan(3_100);
  });
});

describe('bad input', () => {
  test('a deployment group that was deleted by hand', async () => {
    const group = world();
    group.groupExists = false;
    expect((await play(group, request('Update'))).answer).toEqual({
      Status: 'FAILED',
      Reason: 'codedeploy:CreateDeployment failed: DeploymentGroupDoesNotExistException: No Deployment Group found for name: web-group; the deployment group was deleted; create it again, under the same name',
    });
    group.stack = 'UPDATE_ROLLBACK_IN_PROGRESS';
    expect((await play(group, rollback())).answer).toEqual(success(''));
  });

  test('a deployment that was stopped by hand, without its rollback', async () => {
    const group = world({ durationSeconds: 600 });
    const byHand = { status: 'Stopped', error: { code: 'MANUAL_STOP', message: 'by hand' } } as const;
    const { answer } = await play(group, request('Update'), { beforeStep: (number) => number === 3 && Object.assign(group.deployments[0] ?? {}, byHand) });
    expect(answer.Reason).toMatch(/^Deployment d-000000001 was stopped: MANUAL_STOP: by hand; AfterAllowTestTraffic failed: the hook failed; no rollback was started; https:/);
    group.stack = 'UPDATE_ROLLBACK_IN_PROGRESS';
    group.halfWay = true;
    expect((await play(group, rollback())).answer).toEqual(success('d-000000002'));
    expect(group.started).toHaveLength(2);
  });

  test('a deployment that was stopped by hand, with its rollback', async () => {
    const group = world({ durationSeconds: 600 });
    const { answer } = await play(group, request('Update'), { beforeStep: (number) => number === 3 && group.stop(FIRST) });
    expect(answer.Reason).toContain('; rollback d-000000002 succeeded; ');
    group.stack = 'UPDATE_ROLLBACK_IN_PROGRESS';
    expect((await play(group, rollback())).answer).toEqual(success(''));
    expect(group.started).toHaveLength(1);
  });

  test('two stacks that point at one group', async () => {
    const group = world({ durationSeconds: 100 });
    const other = request('Update', { StackId: 'arn:aws:cloudformation:eu-central-1:111122223333:stack/Other/1', RequestId: 'other', ResourceProperties: properties(`${BLUE}1`) });
    await expect(play(group, other, { maxSteps: 2 })).rejects.toThrow('no answer after 2 steps');
    expect((await play(group, request('Update'))).answer).toEqual(success('d-000000002'));
    expect((await play(group, other)).answer).toEqual(success(FIRST));
    expect(group.started).toHaveLength(2);
    expect(group.primary).toBe(GREEN);
  });

  test('a role that is denied midway', async () => {
    const group = world({ durationSeconds: 600 });
    const { answer, seconds } = await play(group, request('Update'), { fault: (call) => (group.now >= 100 ? { when: 'before', error: deniedCall(call) } : undefined) });
    expect(answer.Reason).toBe("GetDeployment failed: AccessDeniedException: is not authorized; allow this to the role of the deployment provider's step function");
    expect(seconds).toBeGreaterThanOrEqual(220);
    expect(seconds).toBeLessThan(240);
  });
});
