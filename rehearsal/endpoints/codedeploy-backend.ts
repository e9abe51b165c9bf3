/** What the CodeDeploy endpoint needs of the engine. */
import type { EcsAppSpecDocument } from '../../lib/model/appspec';
import type { TrafficRouting } from '../../lib/model/traffic';
import type { AnyGroupModel, AutoRollbackConfiguration, DeploymentGroupModel, LambdaGroupModel } from '../engine/deployment-group';
import type { AnyDeploymentRecord, CreateRequest } from '../engine/deployment-record';
import type { Deployments } from '../engine/deployments';
import type { LambdaDeployments } from '../engine/alias/lambda-deployments';
import type { HookReport, ReleaseId } from '../engine/ports';
import { ServiceError } from '../engine/ports';
import type { ServersBackend } from './codedeploy-servers';
import type { LambdaAppSpec } from './lambda-appspec-document';

export interface CodeDeployBackend {
  /** Every deployment group of the assembly; the applications are theirs. */
  groups(): readonly AnyGroupModel[];
  /** Applications and deployment groups of instances, which are not among the others. Absent: there are none. */
  readonly servers?: ServersBackend;
  /** Configurations of the template; the service's own need not be listed. */
  configs(): readonly ConfigView[];
  /** In the order of their creation. */
  deployments(): readonly AnyDeploymentRecord[];
  /** @returns the new deployment's id. @throws ServiceError `DeploymentLimitExceededException` and others. */
  create(request: CreateDeploymentRequest): string;
  /** The same for an alias. */
  createForAlias(request: CreateAliasDeploymentRequest): string;
  stop(
    deploymentId: string,
    autoRollbackEnabled: boolean | undefined,
  ): { readonly status: 'Pending' | 'Succeeded'; readonly statusMessage: string };
  /** Without a wait type the service's default holds. */
  continue(deploymentId: string, waitType: WaitType | undefined): void;
  /** A hook's report. @throws ServiceError `LifecycleEventAlreadyCompletedException` and others. */
  putHookStatus(report: HookReport): void;
}

export type WaitType = 'READY_WAIT' | 'TERMINATION_WAIT';

/** A CreateDeployment that has been read and found sound; application, group and configuration exist. */
export interface CreateDeploymentRequest {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly appSpec: EcsAppSpecDocument;
  /** With the content: give it back in the deployment's record, and the endpoint hides it where the service does. */
  readonly revision: AppSpecRevision;
  readonly deploymentConfigName?: string;
  readonly description?: string;
  readonly autoRollbackConfiguration?: AutoRollbackConfiguration;
  readonly overrideAlarmConfiguration?: {
    readonly enabled?: boolean;
    readonly ignorePollAlarmFailure?: boolean;
    readonly alarmNames?: readonly string[];
  };
}

/** The same in a group for Lambda. */
export interface CreateAliasDeploymentRequest extends Omit<CreateDeploymentRequest, 'appSpec'> {
  readonly appSpec: LambdaAppSpec;
}

export interface AppSpecRevision {
  readonly [name: string]: unknown;
  readonly revisionType: 'AppSpecContent';
  /** The SHA-256 is in hexadecimal. */
  readonly appSpecContent: { readonly content: string; readonly sha256: string };
}

export interface ConfigView {
  readonly deploymentConfigName: string;
  readonly routing: TrafficRouting;
  /** @default ECS */
  readonly platform?: 'ECS' | 'Lambda';
}

/** One deployment group with its engine, and how it finds the version that a request brings. */
export interface RolloutEngine {
  readonly group: DeploymentGroupModel;
  readonly deployments: Deployments;
  release(request: CreateDeploymentRequest): CreateRequest['release'];
}

/** The same for an alias. */
export interface AliasEngine {
  readonly group: LambdaGroupModel;
  readonly deployments: LambdaDeployments;
  /** The release that a version is. */
  releaseOf(version: string): ReleaseId;
  /** Whether a version is there. */
  isPublished(version: string): boolean;
}

/** The engines of all rollouts as one CodeDeploy. */
export function codeDeployBackend(rollouts: readonly RolloutEngine[], configs: readonly ConfigView[], aliases: readonly AliasEngine[] = [], servers?: ServersBackend): CodeDeployBackend {
  const all: readonly (RolloutEngine | AliasEngine)[] = [...rollouts, ...aliases];
  const owner = (deploymentId: string): Deployments | LambdaDeployments => {
    const found = all.find(({ deployments }) => deployments.has(deploymentId));
    if (found === undefined) {
      throw new ServiceError('DeploymentDoesNotExistException', `The deployment ${deploymentId} could not be found`);
    }
    return found.deployments;
  };
  return {
    // Where CloudFormation deploys there is no group that anybody could name.
    groups: () => all.filter(({ group }) => group.stack === undefined).map(({ group }) => group),
    ...(servers === undefined ? {} : { servers }),
    configs: () => configs,
    deployments: () => all.flatMap(({ deployments }): readonly AnyDeploymentRecord[] => deployments.list()).sort((a, b) => a.createTime - b.createTime),
    create: (request) => {
      const { applicationName, deploymentGroupName, ...rest } = request;
      const found = rollouts.find(
        ({ group }) => group.applicationName === applicationName && group.deploymentGroupName === deploymentGroupName,
      );
      if (found === undefined) {
        throw new ServiceError('DeploymentGroupDoesNotExistException', `No Deployment Group found for name: ${deploymentGroupName}`);
      }
      return found.deployments.create({ ...rest, release: found.release(request) });
    },
    createForAlias: (request) => createForAlias(aliases, request),
    stop: (id, autoRollbackEnabled) => owner(id).stop(id, autoRollbackEnabled === undefined ? {} : { autoRollbackEnabled }),
    continue: (id, waitType) => owner(id).continue(id, waitType),
    putHookStatus: (report) => owner(report.deploymentId).putHookStatus(report),
  };
}

function createForAlias(aliases: readonly AliasEngine[], { applicationName, deploymentGroupName, appSpec, ...rest }: CreateAliasDeploymentRequest): string {
  const found = aliases.find(({ group }) => group.applicationName === applicationName && group.deploymentGroupName === deploymentGroupName);
  if (found === undefined) {
    throw new ServiceError('DeploymentGroupDoesNotExistException', `No Deployment Group found for name: ${deploymentGroupName}`);
  }
  const { functionName, alias, currentVersion, targetVersion, hooks } = appSpec;
  const { group, deployments } = found;
  if (![group.functionName, group.functionArn].includes(functionName) || alias !== group.aliasName) {
    // A group is bound to no function; the rehearsal plays the one that its rollout releases.
    throw new ServiceError('UnknownOperationException', `a deployment to alias ${alias} of ${functionName} is not modelled by the rehearsal, which plays ${group.aliasName} of ${group.functionName}`);
  }
  const unpublished = found.isPublished(targetVersion) ? {} : { unpublished: true as const };
  return deployments.create({ ...rest, ...unpublished, release: found.releaseOf(targetVersion), currentVersion, targetVersion, hooks, creator: 'user' });
}
