/** The service's view of the deployment group of a function's alias. Its deployments come from updates of the alias by CloudFormation. */
import type { LambdaHookEvent } from '../../../lib/model/lifecycle';
import { ROLLBACK_CREATOR, type DeploymentCreator } from '../../../lib/model/status';
import { checkDescription, requestSettings } from '../create-request';
import type { AutoRollbackConfiguration, LambdaGroupModel } from '../deployment-group';
import type { DeploymentEnd } from '../deployment-plan';
import type { CreateRequest, LambdaDeploymentRecord, RevisionLocation } from '../deployment-record';
import { basicRecord, targetProgress } from '../deployment-view';
import { GroupDeployments, type GroupDeploymentsOptions } from '../group-deployments';
import type { ReleaseId } from '../ports';
import { Alias } from './alias';
import { LambdaForwardDeployment, LambdaRollbackDeployment, type LambdaDeployment, type LambdaDeploymentPlan, type LambdaMachinePorts } from './lambda-deployment';

export interface LambdaDeploymentsOptions extends GroupDeploymentsOptions {
  readonly group: LambdaGroupModel;
  /** The release of the version that the alias names before the first deployment. */
  readonly initialRelease: ReleaseId;
}

export interface LambdaCreateRequest extends Pick<CreateRequest, 'deploymentConfigName' | 'overrideAlarmConfiguration'> {
  readonly release: ReleaseId;
  /** What its AppSpec says. */
  readonly currentVersion: string;
  readonly targetVersion: string;
  /** Set where there is no such target version. */
  readonly unpublished?: true;
  readonly hooks: Partial<Record<LambdaHookEvent, string>>;
  readonly revision?: RevisionLocation;
  readonly description?: string;
  /** Overrides the group's. */
  readonly autoRollbackConfiguration?: AutoRollbackConfiguration;
  /** That of updates of an alias where absent. */
  readonly creator?: DeploymentCreator;
}

export class LambdaDeployments extends GroupDeployments<LambdaDeployment, LambdaDeploymentRecord> {
  readonly alias: Alias;
  readonly #options: LambdaDeploymentsOptions;
  readonly #ports: LambdaMachinePorts;
  #lastSuccessful: LambdaDeploymentPlan | undefined;

  constructor(options: LambdaDeploymentsOptions) {
    super(options);
    this.#options = options;
    this.alias = new Alias(options.group.initialVersion);
    this.#ports = {
      ...options,
      behaviour: this.behaviour,
      alias: this.alias,
      emit: (change) => this.emit(change),
      ended: (machine, end) => this.ended(machine, end),
    };
  }

  /** The version that is released: the target of the last deployment that succeeded. */
  get releasedVersion(): string {
    return this.#lastSuccessful?.targetVersion ?? this.#options.group.initialVersion;
  }

  /**
   * Starts a deployment.
   * @returns its id
   * @throws ServiceError as CreateDeployment refuses: a description too long, an unknown configuration, one running already
   */
  create(request: LambdaCreateRequest): string {
    const { revision, description, creator, release, currentVersion, targetVersion, hooks, unpublished } = request;
    checkDescription(description);
    const { traffic, ...settings } = requestSettings(request, this.#options.group, 'Lambda');
    const deploymentId = this.nextId();
    const plan: LambdaDeploymentPlan = {
      ...settings,
      deploymentId,
      creator: creator ?? this.behaviour.aliasUpdateCreator,
      hooks,
      release,
      currentVersion,
      targetVersion,
      ...(unpublished === undefined ? {} : { unpublished }),
      ...(revision === undefined ? {} : { revision }),
      ...(description === undefined ? {} : { description }),
      ...(this.#lastSuccessful?.revision === undefined ? {} : { previousRevision: this.#lastSuccessful.revision }),
    };
    this.begin(new LambdaForwardDeployment(plan, traffic, this.#ports));
    return deploymentId;
  }

  protected override record(machine: LambdaDeployment): LambdaDeploymentRecord {
    const { functionName, aliasName: functionAlias, functionArn } = this.#options.group;
    const { currentVersion, targetVersion, release } = machine.plan;
    const target = {
      targetId: `${functionName}:${functionAlias}`,
      targetArn: functionArn,
      ...targetProgress(machine),
      lambdaFunctionInfo: { functionName, functionAlias, currentVersion, targetVersion, targetVersionWeight: machine.targetVersionWeight },
    };
    return { ...basicRecord(machine, this.#options.group, target), computePlatform: 'Lambda', target, release };
  }

  protected override played(machine: LambdaDeployment, end: DeploymentEnd): void {
    const { plan, status } = machine;
    const refused = end.aliasMoved === true && !this.behaviour.rollbackOfMovedAlias;
    if (status === 'Succeeded') {
      this.#lastSuccessful = plan;
    } else if (!refused && this.rollsBack(machine, end)) {
      this.rollBackLater(machine);
    }
  }

  /** Goes back to the version that ran before, whose release is that of the last deployment that succeeded. */
  protected override rollbackFor({ plan }: LambdaDeployment, deploymentId: string): LambdaDeployment {
    const { behaviour } = this;
    const before = this.#lastSuccessful;
    return new LambdaRollbackDeployment(
      {
        deploymentId,
        creator: ROLLBACK_CREATOR,
        deploymentConfigName: behaviour.lambdaRollbackConfigName,
        hooks: behaviour.rollbackRunsHooks ? (before ?? plan).hooks : {},
        release: before?.release ?? this.#options.initialRelease,
        currentVersion: plan.targetVersion,
        targetVersion: plan.currentVersion,
        ...(before?.revision === undefined ? {} : { revision: before.revision }),
        ...(plan.revision === undefined ? {} : { previousRevision: plan.revision }),
        rollback: plan.rollback,
        alarms: behaviour.rollbackIgnoresAlarms ? { ...plan.alarms, enabled: false } : plan.alarms,
      },
      this.#ports,
    );
  }
}
