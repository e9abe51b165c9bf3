import { physicalIdOf, taskOf } from '../../../../lambda/core/deployment/task';
import type { DeploymentProperties, DeploymentWaitProperties, ResourceRequest } from '../../../../lib/model/deployment-request';
import { appSpec, BLUE, GREEN, PHYSICAL_ID, properties, request, waitRequest } from '../../support/deployment-requests';

const update = (now: Partial<DeploymentProperties>, before: Partial<DeploymentProperties> = {}) =>
  request('Update', { ResourceProperties: properties(GREEN, now), OldResourceProperties: properties(BLUE, before) });
const hookLogs = { AfterAllowTestTraffic: '/aws/lambda/smoke' };

test('a Create is a deployment without a before', () => {
  const create = request('Create');
  expect(taskOf(create)).toEqual({
    kind: 'deploy',
    request: create,
    application: 'web-application',
    group: 'web-group',
    completion: 'COMPLETED',
    hookLogs,
    segment: 1,
    last: true,
    cluster: 'main',
    service: 'web',
    appSpec: JSON.stringify(appSpec(GREEN)),
    wanted: appSpec(GREEN),
  });
});

test('a guardian\'s log is known where there is one', () => {
  expect(taskOf(update({ GuardianLog: '/guardian' }))).toMatchObject({ guardianLog: '/guardian' });
  expect(taskOf(waitRequest('Create', 'd-1', { GuardianLog: '/guardian' }))).toMatchObject({ guardianLog: '/guardian' });
});

test('an Update knows what was before', () => {
  expect(taskOf(update({ Segments: '2', Completion: 'STARTED', HookLogs: undefined }))).toMatchObject({ kind: 'deploy', before: appSpec(BLUE), last: false, completion: 'STARTED', hookLogs: {} });
});

test.each<[string, ResourceRequest]>([
  ['application', update({ ApplicationName: 'a' })],
  ['group', update({ DeploymentGroupName: 'a' })],
  ['cluster', update({ Cluster: 'a' })],
  ['service', update({ Service: 'a' })],
  ['unreadable AppSpec', update({}, { AppSpec: '{' })],
  ['absent AppSpec', update({}, { AppSpec: undefined })],
])('an Update from another %s has no before', (_, moved) => {
  expect(taskOf(moved)).not.toHaveProperty('before');
  expect(taskOf(moved).kind).toBe('deploy');
});

test('an Update to the same AppSpec is nothing to do', () => {
  const same = update({ Completion: 'STARTED' }, { AppSpec: JSON.stringify(appSpec(GREEN)) });
  expect(taskOf(same)).toEqual({ kind: 'nothing', request: same, why: 'the AppSpec is the one of before' });
});

test('a segment that waits', () => {
  const wait = waitRequest('Create', 'd-1', { Segment: '3', Segments: '4' });
  expect(taskOf(wait)).toEqual({ kind: 'wait', request: wait, application: 'web-application', group: 'web-group', completion: 'COMPLETED', hookLogs, segment: 3, last: false, deploymentId: 'd-1' });
  expect(taskOf(waitRequest('Create', 'd-1', { Segment: '4', Segments: '4' }))).toMatchObject({ last: true });
  expect(taskOf(waitRequest('Create', 'd-1', { Segment: '5', Segments: '4' }))).toMatchObject({ last: true });
  const none = waitRequest('Create', '');
  expect(taskOf(none)).toEqual({ kind: 'nothing', request: none, why: 'no deployment was needed' });
});

test('a Delete', () => {
  const remove = request('Delete');
  expect(taskOf(remove)).toEqual({ kind: 'delete', request: remove, application: 'web-application', group: 'web-group' });
  const other = request('Delete', { PhysicalResourceId: 'old/web-group' });
  expect(taskOf(other)).toEqual({ kind: 'nothing', request: other, why: 'this physical id is not of this deployment group' });
  const wait = { ...waitRequest('Delete', 'd-1'), PhysicalResourceId: PHYSICAL_ID };
  expect(taskOf(wait)).toEqual({ kind: 'nothing', request: wait, why: 'a segment that waits owns nothing' });
});

test.each<[ResourceRequest, string]>([
  [request('Create', { ResourceType: 'Custom::Other' }), 'the resource type must be Custom::GreenlightDeployment or Custom::GreenlightLambdaDeployment or Custom::GreenlightServerDeployment or Custom::GreenlightDeploymentWait, got "Custom::Other"'],
  [update({ Cluster: '' }), '\'Cluster\' must be a text that is not empty, got ""'],
  [update({ Service: undefined }), "'Service' must be a text that is not empty, got undefined"],
  [update({ ApplicationName: 7 as never }), "'ApplicationName' must be a text that is not empty, got number"],
  [update({ DeploymentGroupName: '' }), '\'DeploymentGroupName\' must be a text that is not empty, got ""'],
  [update({ AppSpec: '{"version":"0.0"}' }), '\'AppSpec\' must be the JSON of an AppSpec for ECS with a task definition, got "{"version":"0.0"}"'],
  [update({ Completion: 'LATER' as never }), '\'Completion\' must be one of STARTED, TRAFFIC_SHIFTED, COMPLETED, got "LATER"'],
  [update({ Segments: '0' }), '\'Segments\' must be a whole number from 1 to 999, got "0"'],
  [update({ Segments: '1.5' }), '\'Segments\' must be a whole number from 1 to 999, got "1.5"'],
  [update({ Segments: '1000' }), '\'Segments\' must be a whole number from 1 to 999, got "1000"'],
  [update({ Segments: 'x1' }), '\'Segments\' must be a whole number from 1 to 999, got "x1"'],
  [waitRequest('Create', 'd-1', { Segment: '1' }), '\'Segment\' must be a whole number from 2 to 999, got "1"'],
  [waitRequest('Create', 'd-1', { Segments: '1' }), '\'Segments\' must be a whole number from 2 to 999, got "1"'],
  [waitRequest('Create', undefined as never), "'DeploymentId' must be a text, got undefined"],
])('bad input %#', (bad, message) => {
  expect(() => taskOf(bad)).toThrow(expect.objectContaining({ name: 'ConfigurationError', message }));
});

test.each<[string, ResourceRequest, string]>([
  ['of a deployment is its group', request('Create'), 'web-application/web-group'],
  ['changes with the group', update({ DeploymentGroupName: 'other' }), 'web-application/other'],
  ['of a segment has its number', waitRequest('Create', 'd-1'), 'web-application/web-group/segment-2'],
  ['of a Delete is the one that is deleted', request('Delete', { PhysicalResourceId: 'old' }), 'old'],
  ['is the logical one where there is no application', request('Create', { ResourceProperties: { DeploymentGroupName: 'g' } as DeploymentProperties }), 'WebDeployment'],
  ['is the logical one where there is no group', request('Create', { ResourceProperties: { ApplicationName: 'a' } as DeploymentWaitProperties }), 'WebDeployment'],
  ['stays where there is no group any more', request('Update', { ResourceProperties: { ApplicationName: 'a' } as DeploymentWaitProperties }), PHYSICAL_ID],
])('the physical id %s', (_, from, id) => {
  expect(physicalIdOf(from)).toBe(id);
});
