/**
 * CodeDeploy as far as deployments to ECS, Lambda and instances need it. BEHAVIOUR.md, section CodeDeploy, says what each operation promises.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_Operations.html
 */
import { platformOf } from '../engine/deployment-group';
import type { FleetDeploymentRecord } from '../engine/fleet/fleet-record';
import { ServiceError } from '../engine/ports';
import type { AwsPlace, AwsService, Caller, Operation } from './aws-service';
import type { CodeDeployBackend } from './codedeploy-backend';
import { createDeployment } from './codedeploy-create';
import { fleetDeploymentInfo, withFleets } from './codedeploy-fleet';
import { groupMeant, withServers } from './codedeploy-servers';
import { tagOperations } from './codedeploy-tags';
import { CodeDeployLookup, batch, codeDeployArn, groupArn, pageOf, required } from './codedeploy-lookup';
import { configInfo, deploymentInfo, deploymentTarget, groupInfo, timeOf } from './codedeploy-wire';
import type { Fields } from './fields';
import { applicationRevision } from './codedeploy-revision';

/** Prefix of `x-amz-target`. */
export const CODEDEPLOY_TARGET = 'CodeDeploy_20141006';

const PAGE_SIZE = 100;
const MAX_BATCH_DEPLOYMENTS = 25;
const MAX_BATCH_TARGETS = 25;

interface Room {
  readonly place: AwsPlace;
  readonly backend: CodeDeployBackend;
  readonly look: CodeDeployLookup;
}

export function codeDeployService(place: AwsPlace, backend: CodeDeployBackend): AwsService {
  const room = { place, backend, look: new CodeDeployLookup(backend) };
  const { servers } = backend;
  const onDeployments = { ...deploymentOperations(room), ...targetOperations(room) };
  const onGroups = groupOperations(room);
  return {
    name: 'codedeploy',
    operations: {
      ...(servers === undefined
        ? { ...onDeployments, ...onGroups }
        : { ...withServers(place, servers, { ...withFleets(place, servers.groups, onDeployments), ...onGroups }), ...tagOperations(place, servers) }),
      ...hookOperations(room),
      ...configOperations(room),
    },
  };
}

/** Every operation on one deployment is decided on its group's ARN. */
function allowOn(
  room: Room,
  caller: Caller,
  operation: string,
  of: { readonly applicationName: string; readonly deploymentGroupName: string },
): void {
  caller.authorize(`codedeploy:${operation}`, groupArn(room.place, of));
}

function deploymentOperations(room: Room): Record<string, Operation> {
  const { place, backend, look } = room;
  return {
    CreateDeployment: (input, caller) => createDeployment({ place, backend, look }, input, caller),
    GetDeployment: (input, caller) => {
      const record = look.deployment(input);
      allowOn(room, caller, 'GetDeployment', record);
      return { deploymentInfo: deploymentInfo(place, record) };
    },
    BatchGetDeployments: (input, caller) => {
      const ids = batch(input, 'deploymentIds', MAX_BATCH_DEPLOYMENTS, 'DeploymentIdRequiredException');
      const ofServers = (id: string): FleetDeploymentRecord | undefined => backend.servers?.groups.ofDeployment(id)?.get(id);
      const records = ids.map((id) => ofServers(id) ?? look.deploymentById(id));
      records.forEach((record) => allowOn(room, caller, 'BatchGetDeployments', record));
      return { deploymentsInfo: records.map((record) => (record.computePlatform === 'Server' ? fleetDeploymentInfo(place, record) : deploymentInfo(place, record))) };
    },
    ListDeployments: (input, caller) => listDeployments(room, input, caller),
    StopDeployment: (input, caller) => {
      const record = look.deployment(input);
      allowOn(room, caller, 'StopDeployment', record);
      return backend.stop(record.deploymentId, input.boolean('autoRollbackEnabled'));
    },
    ContinueDeployment: (input, caller) => {
      const record = look.deployment(input);
      allowOn(room, caller, 'ContinueDeployment', record);
      const wait = input.string('deploymentWaitType');
      if (wait !== undefined && wait !== 'READY_WAIT' && wait !== 'TERMINATION_WAIT') {
        throw new ServiceError(
          'InvalidDeploymentWaitTypeException',
          `deploymentWaitType must be READY_WAIT or TERMINATION_WAIT, got '${wait}'`,
        );
      }
      backend.continue(record.deploymentId, wait);
      return {};
    },
  };
}

function listDeployments(room: Room, input: Fields, caller: Caller): object {
  const { place, backend, look } = room;
  const { servers } = backend;
  const named = input.string('applicationName');
  const isServers = named !== undefined && servers?.applications.includes(named) === true;
  const application = isServers ? named : input.has('applicationName') ? look.application(input) : undefined;
  const group =
    application !== undefined && input.has('deploymentGroupName')
      ? (isServers ? groupMeant(servers!, application, input).name : look.group(application, input)).deploymentGroupName
      : undefined;
  if (application === undefined && input.has('deploymentGroupName')) {
    throw new ServiceError('ApplicationNameRequiredException', 'deploymentGroupName needs applicationName beside it');
  }
  caller.authorize(
    'codedeploy:ListDeployments',
    groupArn(place, { applicationName: application ?? '*', deploymentGroupName: group ?? '*' }),
  );
  const statuses = input.strings('includeOnlyStatuses');
  const range = input.structure('createTimeRange');
  const [start, end] = [range?.timestamp('start') ?? -Infinity, range?.timestamp('end') ?? Infinity];
  const all = [...backend.deployments(), ...(servers?.groups.deployments ?? []).flatMap((deployments): readonly FleetDeploymentRecord[] => deployments.list())].sort((a, b) => a.createTime - b.createTime);
  const matching = all.filter((each) => {
    const created = timeOf(place, each.createTime).getTime();
    return (
      (application === undefined || each.applicationName === application) &&
      (group === undefined || each.deploymentGroupName === group) &&
      (statuses === undefined || statuses.length === 0 || statuses.includes(each.status)) &&
      created >= start &&
      created <= end
    );
  });
  const page = pageOf(matching.map((each) => each.deploymentId).reverse(), input.string('nextToken'), PAGE_SIZE);
  return { deployments: page.items, nextToken: page.nextToken };
}

function targetOperations(room: Room): Record<string, Operation> {
  const { place, look } = room;
  const noTarget = (id: string): ServiceError =>
    new ServiceError('DeploymentTargetDoesNotExistException', `The deployment target ${id} could not be found`);
  return {
    ListDeploymentTargets: (input, caller) => {
      const record = look.deployment(input);
      allowOn(room, caller, 'ListDeploymentTargets', record);
      const wanted = input.structure('targetFilters')?.strings('TargetStatus');
      return { targetIds: wanted === undefined || wanted.includes(record.target.status) ? [record.target.targetId] : [] };
    },
    GetDeploymentTarget: (input, caller) => {
      const record = look.deployment(input);
      allowOn(room, caller, 'GetDeploymentTarget', record);
      const id = required(input, 'targetId', 'DeploymentTargetIdRequiredException', 'the target id');
      if (id !== record.target.targetId) {
        throw noTarget(id);
      }
      return { deploymentTarget: deploymentTarget(place, record) };
    },
    BatchGetDeploymentTargets: (input, caller) => {
      const record = look.deployment(input);
      allowOn(room, caller, 'BatchGetDeploymentTargets', record);
      const ids = batch(
        input,
        'targetIds',
        MAX_BATCH_TARGETS,
        'DeploymentTargetIdRequiredException',
        'DeploymentTargetListSizeExceededException',
      );
      const unknown = ids.find((id) => id !== record.target.targetId);
      if (unknown !== undefined) {
        throw noTarget(unknown);
      }
      return { deploymentTargets: ids.map(() => deploymentTarget(place, record)) };
    },
  };
}

function hookOperations(room: Room): Record<string, Operation> {
  const { place, backend, look } = room;
  return {
    PutLifecycleEventHookExecutionStatus: (input, caller) => {
      const record = look.deployment(input);
      allowOn(room, caller, 'PutLifecycleEventHookExecutionStatus', record);
      const id = input.string('lifecycleEventHookExecutionId');
      if (id === undefined || id === '') {
        throw new ServiceError('InvalidLifecycleEventHookExecutionIdException', 'the lifecycle event hook execution id is missing');
      }
      const status = input.string('status');
      if (status !== 'Succeeded' && status !== 'Failed') {
        throw new ServiceError(
          'InvalidLifecycleEventHookExecutionStatusException',
          `status must be Succeeded or Failed, got '${status ?? ''}'`,
        );
      }
      backend.putHookStatus({
        deploymentId: record.deploymentId,
        lifecycleEventHookExecutionId: id,
        status,
        accessKeyId: caller.accessKeyId,
      });
      return { lifecycleEventHookExecutionId: id };
    },
    GetApplicationRevision: (input, caller) => {
      const applicationName = look.application(input);
      caller.authorize('codedeploy:GetApplicationRevision', codeDeployArn(place, 'application', applicationName));
      return applicationRevision(place, backend, applicationName, input.structure('revision'));
    },
  };
}

function groupOperations(room: Room): Record<string, Operation> {
  const { place, backend, look } = room;
  const info = (group: Parameters<typeof groupInfo>[1]): object => groupInfo(place, group, backend.deployments());
  return {
    GetApplication: (input, caller) => {
      const applicationName = look.application(input);
      caller.authorize('codedeploy:GetApplication', codeDeployArn(place, 'application', applicationName));
      return { application: { applicationName, createTime: timeOf(place, 0), linkedToGitHub: false, computePlatform: platformOf(look.groupsOf(applicationName)[0]!) } };
    },
    ListApplications: (input, caller) => {
      caller.authorize('codedeploy:ListApplications', codeDeployArn(place, 'application', '*'));
      const page = pageOf([...look.applications(), ...(backend.servers?.applications ?? [])].sort(), input.string('nextToken'), PAGE_SIZE);
      return { applications: page.items, nextToken: page.nextToken };
    },
    GetDeploymentGroup: (input, caller) => {
      const group = look.group(look.application(input), input);
      allowOn(room, caller, 'GetDeploymentGroup', group);
      return { deploymentGroupInfo: info(group) };
    },
    BatchGetDeploymentGroups: (input, caller) => {
      const application = look.application(input);
      const names = batch(input, 'deploymentGroupNames', PAGE_SIZE, 'DeploymentGroupNameRequiredException');
      names.forEach((deploymentGroupName) =>
        allowOn(room, caller, 'BatchGetDeploymentGroups', { applicationName: application, deploymentGroupName }),
      );
      return {
        deploymentGroupsInfo: look
          .groupsOf(application)
          .filter((group) => names.includes(group.deploymentGroupName))
          .map(info),
      };
    },
    ListDeploymentGroups: (input, caller) => {
      const applicationName = look.application(input);
      allowOn(room, caller, 'ListDeploymentGroups', { applicationName, deploymentGroupName: '*' });
      const names = look.groupsOf(applicationName).map((group) => group.deploymentGroupName);
      const page = pageOf(names, input.string('nextToken'), PAGE_SIZE);
      return { applicationName, deploymentGroups: page.items, nextToken: page.nextToken };
    },
  };
}

function configOperations({ place, look }: Room): Record<string, Operation> {
  return {
    GetDeploymentConfig: (input, caller) => {
      const name = required(input, 'deploymentConfigName', 'DeploymentConfigNameRequiredException', 'the deployment configuration name');
      caller.authorize('codedeploy:GetDeploymentConfig', codeDeployArn(place, 'deploymentconfig', name));
      return { deploymentConfigInfo: configInfo(place, look.config(name)) };
    },
    ListDeploymentConfigs: (input, caller) => {
      caller.authorize('codedeploy:ListDeploymentConfigs', codeDeployArn(place, 'deploymentconfig', '*'));
      const names = look.configs().map((config) => config.deploymentConfigName);
      const page = pageOf(names, input.string('nextToken'), PAGE_SIZE);
      return { deploymentConfigsList: page.items, nextToken: page.nextToken };
    },
  };
}
