/** CodeDeploy's operations on applications and deployment groups of EC2/on-premises. BEHAVIOUR.md, section CodeDeploy, says what each promises. */
import type { ServerGroup, ServerGroups } from '../engine/fleet/server-groups';
import { ServiceError } from '../engine/ports';
import type { AwsPlace, Caller, Operation } from './aws-service';
import { notModelled, uuidOf } from './aws-service';
import { newGroupSettings, updatedGroupSettings } from './codedeploy-group-settings';
import { batch, codeDeployArn, groupArn, pageOf, required } from './codedeploy-lookup';
import { createServerDeployment } from './codedeploy-server-create';
import { serverGroupInfo } from './codedeploy-server-wire';
import { timeOf } from './codedeploy-wire';
import type { Fields } from './fields';

/** The CodeDeploy of instances. */
export interface ServersBackend {
  /** Those of the template, whether they have groups or not. */
  readonly applications: readonly string[];
  readonly groups: ServerGroups;
}

const PAGE_SIZE = 100;

interface Room {
  readonly place: AwsPlace;
  readonly servers: ServersBackend;
}

type ServerOperation = (room: Room, applicationName: string, input: Fields, caller: Caller) => object;

/** These operations, where they are about an application of instances; otherwise the others. */
export function withServers(place: AwsPlace, servers: ServersBackend, others: Readonly<Record<string, Operation>>): Record<string, Operation> {
  const room = { place, servers };
  const own = Object.entries(OPERATIONS).map(([name, answer]): [string, Operation] => [
    name,
    (input, caller) => {
      const application = input.string('applicationName');
      if (application !== undefined && servers.applications.includes(application)) {
        return answer(room, application, input, caller);
      }
      return (others[name] ?? ((missing) => otherApplication(name, missing)))(input, caller);
    },
  ]);
  return { ...others, ...Object.fromEntries(own) };
}

/** Groups of ECS and Lambda are the template's. */
function otherApplication(name: string, input: Fields): never {
  const application = required(input, 'applicationName', 'ApplicationNameRequiredException', 'the application name');
  throw notModelled(`${name} in ${application}, which is no application of the template for EC2/on-premises,`);
}

const OPERATIONS: Readonly<Record<string, ServerOperation>> = {
  GetApplication: ({ place }, applicationName, _, caller) => {
    caller.authorize('codedeploy:GetApplication', codeDeployArn(place, 'application', applicationName));
    return { application: { applicationId: uuidOf(applicationName), applicationName, createTime: timeOf(place, 0), linkedToGitHub: false, computePlatform: 'Server' } };
  },
  ListDeploymentGroups: ({ place, servers }, applicationName, input, caller) => {
    caller.authorize('codedeploy:ListDeploymentGroups', groupArn(place, { applicationName, deploymentGroupName: '*' }));
    const page = pageOf(groupsOf(servers, applicationName).map(({ name }) => name.deploymentGroupName), input.string('nextToken'), PAGE_SIZE);
    return { applicationName, deploymentGroups: page.items, nextToken: page.nextToken };
  },
  GetDeploymentGroup: (room, applicationName, input, caller) => {
    const group = groupMeant(room.servers, applicationName, input);
    caller.authorize('codedeploy:GetDeploymentGroup', groupArn(room.place, group.name));
    return { deploymentGroupInfo: serverGroupInfo(room.place, group) };
  },
  BatchGetDeploymentGroups: ({ place, servers }, applicationName, input, caller) => {
    const names = batch(input, 'deploymentGroupNames', PAGE_SIZE, 'DeploymentGroupNameRequiredException');
    names.forEach((deploymentGroupName) => caller.authorize('codedeploy:BatchGetDeploymentGroups', groupArn(place, { applicationName, deploymentGroupName })));
    const found = groupsOf(servers, applicationName).filter(({ name }) => names.includes(name.deploymentGroupName));
    return { deploymentGroupsInfo: found.map((group) => serverGroupInfo(place, group)) };
  },
  CreateDeployment: ({ place, servers }, applicationName, input, caller) => ({ deploymentId: createServerDeployment(place, groupMeant(servers, applicationName, input), input, caller) }),
  CreateDeploymentGroup: ({ place, servers }, _, input, caller) => {
    const settings = newGroupSettings(input);
    caller.authorize('codedeploy:CreateDeploymentGroup', groupArn(place, settings));
    passRole(caller, settings.serviceRoleArn);
    const tags = Object.fromEntries((input.structures('tags') ?? []).map((tag) => [tag.string('Key') ?? '', tag.string('Value') ?? '']));
    return { deploymentGroupId: uuidOf(servers.groups.create(settings, tags).identity) };
  },
  UpdateDeploymentGroup: ({ place, servers }, applicationName, input, caller) => {
    const group = groupMeant(servers, applicationName, input, 'currentDeploymentGroupName');
    const renamed = input.string('newDeploymentGroupName');
    caller.authorize('codedeploy:UpdateDeploymentGroup', groupArn(place, group.name));
    if (renamed !== undefined && renamed !== group.name.deploymentGroupName) {
      throw notModelled('UpdateDeploymentGroup with newDeploymentGroupName');
    }
    const role = input.string('serviceRoleArn');
    if (role !== undefined) {
      passRole(caller, role);
    }
    servers.groups.update(group, updatedGroupSettings(group.settings, input));
    return { hooksNotCleanedUp: [] };
  },
  DeleteDeploymentGroup: ({ place, servers }, applicationName, input, caller) => {
    const deploymentGroupName = required(input, 'deploymentGroupName', 'DeploymentGroupNameRequiredException', 'the deployment group name');
    caller.authorize('codedeploy:DeleteDeploymentGroup', groupArn(place, { applicationName, deploymentGroupName }));
    servers.groups.find({ applicationName, deploymentGroupName })?.delete();
    return { hooksNotCleanedUp: [] };
  },
};

/** What CodeDeploy is to act under, its caller must be allowed to hand on. */
function passRole(caller: Caller, role: string): void {
  caller.authorize('iam:PassRole', role, { 'iam:PassedToService': 'codedeploy.amazonaws.com' });
}

const groupsOf = ({ groups }: ServersBackend, applicationName: string): readonly ServerGroup[] => groups.existing.filter(({ name }) => name.applicationName === applicationName);

/** @throws ServiceError DeploymentGroupDoesNotExistException */
export function groupMeant({ groups }: ServersBackend, applicationName: string, input: Fields, member = 'deploymentGroupName'): ServerGroup {
  const deploymentGroupName = required(input, member, 'DeploymentGroupNameRequiredException', 'the deployment group name');
  const found = groups.find({ applicationName, deploymentGroupName });
  if (found === undefined) {
    throw new ServiceError('DeploymentGroupDoesNotExistException', `No Deployment Group found for name: ${deploymentGroupName}`);
  }
  return found;
}
