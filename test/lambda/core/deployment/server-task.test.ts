import { asksServersForTheSame } from '../../../../lambda/core/deployment/server-task';
import type { ServerTask } from '../../../../lambda/core/deployment/server-task';
import { physicalIdOf, taskOf } from '../../../../lambda/core/deployment/task';
import type { ServerDeploymentProperties } from '../../../../lib/model/deployment-request';
import { FLEETS, ONE, serverProperties, serverRequest, TWO } from '../../support/server-requests';

const common = { kind: 'deploy servers', application: 'web-application', group: 'web-group', completion: 'COMPLETED', hookLogs: {}, segment: 1, last: true, options: {} };

test('a request is for a group and a revision', () => {
  const create = serverRequest('Create');
  expect(taskOf(create)).toEqual({ ...common, request: create, wanted: { revision: TWO } });
  expect(physicalIdOf(create)).toBe('web-application/web-group');
});

test('a request may be for the revision of an earlier deployment, with all that a deployment is told', () => {
  const gates = { ReadyWait: '/ready', ValidateService: '/instance' };
  const more = { AutoScalingGroups: FLEETS, FileExistsBehavior: 'OVERWRITE', IgnoreApplicationStopFailures: 'true', GateLogs: gates, Segments: '3' } as const;
  const create = serverRequest('Create', { ResourceProperties: serverProperties('d-A1B2C3D4E', more) });
  expect(taskOf(create)).toEqual({
    ...common,
    request: create,
    wanted: { redeploy: 'd-A1B2C3D4E' },
    fleets: ['blue', 'green'],
    options: { fileExistsBehavior: 'OVERWRITE', ignoreApplicationStopFailures: true },
    gateLogs: gates,
    last: false,
  });
});

test('failures of ApplicationStop are minded where that is said', () => {
  const create = serverRequest('Create', { ResourceProperties: serverProperties(TWO, { IgnoreApplicationStopFailures: 'false', FileExistsBehavior: 'RETAIN' }) });
  expect(taskOf(create)).toMatchObject({ options: { fileExistsBehavior: 'RETAIN' } });
  expect((taskOf(create) as ServerTask).options).not.toHaveProperty('ignoreApplicationStopFailures');
});

test.each<[string, ServerDeploymentProperties]>([
  ['revision', serverProperties(ONE)],
  ['earlier deployment', serverProperties('d-A1B2C3D4E')],
  ['application', serverProperties(TWO, { ApplicationName: 'other' })],
  ['group', serverProperties(TWO, { DeploymentGroupName: 'other' })],
  ['revision that cannot be read', { ...serverProperties(TWO), Revision: '{' }],
])('an update from another %s is a deployment', (_what, before) => {
  expect(taskOf(serverRequest('Update', { OldResourceProperties: before })).kind).toBe('deploy servers');
});

test('an update that changes neither group nor revision is nothing to do', () => {
  const before = serverProperties(TWO, { Completion: 'STARTED', Segments: '3', FileExistsBehavior: 'RETAIN', AutoScalingGroups: FLEETS });
  const same = serverRequest('Update', { OldResourceProperties: before });
  expect(taskOf(same)).toEqual({ kind: 'nothing', request: same, why: 'group and revision are those of before' });
  const redeploy = serverRequest('Update', { ResourceProperties: serverProperties('d-A1B2C3D4E'), OldResourceProperties: serverProperties('d-A1B2C3D4E') });
  expect(taskOf(redeploy).kind).toBe('nothing');
});

test('an event that shows neither revision tells nothing', () => {
  const task = taskOf(serverRequest('Create')) as ServerTask;
  expect(asksServersForTheSame({ ApplicationName: 'web-application', DeploymentGroupName: 'web-group' }, task)).toBeUndefined();
  expect(asksServersForTheSame({ ...serverProperties(TWO), Redeploy: 7 }, task)).toBe(true);
});

test('to delete it stops what is in flight', () => {
  const remove = serverRequest('Delete');
  expect(taskOf(remove)).toEqual({ kind: 'delete', request: remove, application: 'web-application', group: 'web-group' });
});

const TWO_GROUPS = "'AutoScalingGroups' must be the names of two groups that alternate, got";

test.each<[object, string]>([
  [{ Revision: undefined }, "exactly one of 'Revision' and 'Redeploy' must be given, got none"],
  [{ Redeploy: 'd-A1B2C3D4E' }, "exactly one of 'Revision' and 'Redeploy' must be given, got both"],
  [{ Revision: '{}' }, '\'Revision\' must be the JSON of a revision in S3 or on GitHub, got "{}"'],
  [{ Revision: undefined, Redeploy: 'latest' }, '\'Redeploy\' must be the id of a deployment, such as d-A1B2C3D4E, got "latest"'],
  [{ Revision: undefined, Redeploy: 'd-' }, '\'Redeploy\' must be the id of a deployment, such as d-A1B2C3D4E, got "d-"'],
  [{ Revision: undefined, Redeploy: 'd-A1 --force' }, '\'Redeploy\' must be the id of a deployment, such as d-A1B2C3D4E, got "d-A1 --force"'],
  [{ Revision: undefined, Redeploy: 'no d-A1' }, '\'Redeploy\' must be the id of a deployment, such as d-A1B2C3D4E, got "no d-A1"'],
  [{ Revision: undefined, Redeploy: 7 }, '\'Redeploy\' must be the id of a deployment, such as d-A1B2C3D4E, got "7"'],
  [{ FileExistsBehavior: 'KEEP' }, '\'FileExistsBehavior\' must be one of DISALLOW, OVERWRITE, RETAIN, got "KEEP"'],
  [{ AutoScalingGroups: ['blue'] }, `${TWO_GROUPS} "["blue"]"`],
  [{ AutoScalingGroups: ['blue', 'blue'] }, `${TWO_GROUPS} "["blue","blue"]"`],
  [{ AutoScalingGroups: ['', 'blue'] }, `${TWO_GROUPS} "["","blue"]"`],
  [{ AutoScalingGroups: ['blue', ''] }, `${TWO_GROUPS} "["blue",""]"`],
  [{ AutoScalingGroups: [7, 'blue'] }, `${TWO_GROUPS} "[7,"blue"]"`],
  [{ AutoScalingGroups: ['blue', 7] }, `${TWO_GROUPS} "["blue",7]"`],
  [{ AutoScalingGroups: ['a', 'b', 'c'] }, `${TWO_GROUPS} "["a","b","c"]"`],
  [{ AutoScalingGroups: 'blue' }, `${TWO_GROUPS} ""blue""`],
  [{ Segments: '0' }, '\'Segments\' must be a whole number from 1 to 999, got "0"'],
  [{ Completion: 'SOON' }, '\'Completion\' must be one of STARTED, TRAFFIC_SHIFTED, COMPLETED, got "SOON"'],
])('%j is refused', (wrong, message) => {
  expect(() => taskOf(serverRequest('Create', { ResourceProperties: { ...serverProperties(TWO), ...wrong } as ServerDeploymentProperties }))).toThrow(message);
});
