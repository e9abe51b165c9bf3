/** Versions and the alias of a released function, as an update of the stack brings them: published, deployed by CodeDeploy, deleted. */
import type { AliasDeploymentReport } from '../../lib/model/report';
import type { LambdaRolloutModel } from '../assembly/lambda-rollout-model';
import { wholeMilliseconds } from '../engine/deployment-report';
import { ServiceError } from '../engine/ports';
import type { ServiceProfile } from '../scenario/scenario';
import type { LambdaRollout } from '../stage/lambda-rollout';
import type { AliasPlace, PlayedAliases } from './alias-place';
import type { CloudFormationBehaviour } from './behaviour';
import type { ResourceOutcome } from './custom-resources';

export interface AliasReleasesOptions {
  readonly rollout: LambdaRollout;
  readonly behaviour: Pick<CloudFormationBehaviour, 'rollbackDeploysAliases' | 'waitsForAliasRollback'>;
  readonly now: () => number;
  /** Told when CloudFormation has come past the alias. */
  readonly passed: () => void;
}

/** The update that is being played. */
export interface AliasUpdate {
  readonly name: string;
  /** How the version behaves that it publishes. */
  readonly profile: ServiceProfile;
  /** Hooks of the template that is deployed. */
  hooks: LambdaRolloutModel['hooks'];
  /** Whether the function is another one than that of the newest version. */
  readonly differs: boolean;
}

const OVER: readonly string[] = ['Succeeded', 'Failed', 'Stopped'];

export class AliasReleases implements PlayedAliases {
  readonly deployments: AliasDeploymentReport[] = [];
  private update: AliasUpdate | undefined;

  constructor(private readonly options: AliasReleasesOptions) {}

  begin(update: AliasUpdate): void {
    this.update = update;
    this.deployments.length = 0;
  }

  /** Another template is deployed. */
  deployed(hooks: LambdaRolloutModel['hooks']): void {
    if (this.update !== undefined) {
      this.update.hooks = hooks;
    }
  }

  /** The version that is released stands for the one that the template has. */
  adopted({ FunctionName }: { readonly FunctionName?: unknown }): string | undefined {
    const { model, deployments } = this.options.rollout;
    return this.isReleased(String(FunctionName)) ? `${model.released.arn}:${deployments.releasedVersion}` : undefined;
  }

  /** Lambda publishes no second version of the same code and configuration, which CloudFormation takes for a failure. */
  publish({ FunctionName }: { readonly FunctionName?: unknown }): ResourceOutcome | undefined {
    const { model, function: released } = this.options.rollout;
    if (!this.isReleased(String(FunctionName))) {
      return undefined;
    }
    return this.update!.differs
      ? { status: 'SUCCESS', physicalId: `${model.released.arn}:${released.publishDeployed(this.update!.profile)}`, data: {}, answer: {} }
      : { status: 'FAILED', reason: `A version for this Lambda function exists ( ${released.newestVersion} ). Modify the function to create a new version.` };
  }

  async move(from: AliasPlace, to: AliasPlace): Promise<string | undefined> {
    const reason = this.isMoved(from, to) ? await this.deploy(from.version, to.version, false) : undefined;
    this.options.passed();
    return reason;
  }

  async moveBack(from: AliasPlace, to: AliasPlace): Promise<string | undefined> {
    const { rollout, behaviour } = this.options;
    let reason: string | undefined;
    if (this.isMoved(from, to)) {
      if (behaviour.rollbackDeploysAliases) {
        reason = await this.deploy(from.version, to.version, true);
      } else {
        rollout.point(to.version);
      }
    }
    this.options.passed();
    return reason;
  }

  remove(arn: string): string | undefined {
    const { model, function: released, deployments } = this.options.rollout;
    const version = arn.split(':').at(-1) ?? '';
    if (arn !== `${model.released.arn}:${version}`) {
      return undefined;
    }
    if (deployments.alias.shares().some((share) => share.version === version)) {
      return `Function version ${version} is referenced by alias ${model.aliasName}`;
    }
    released.remove(version);
    return undefined;
  }

  private isMoved(from: AliasPlace, to: AliasPlace): boolean {
    return this.isReleased(to.function) && to.alias === this.options.rollout.model.aliasName && from.version !== to.version;
  }

  private isReleased(nameOrArn: string): boolean {
    const { released } = this.options.rollout.model;
    return nameOrArn === released.name || nameOrArn === released.arn;
  }

  private async deploy(currentVersion: string, targetVersion: string, rollback: boolean): Promise<string | undefined> {
    const { rollout, now } = this.options;
    if (!rollout.function.isQualifier(targetVersion)) {
      return `Function not found: ${rollout.model.released.arn}:${targetVersion}`;
    }
    const { name, hooks } = this.update!;
    let id: string;
    try {
      id = rollout.updateAlias({ description: name, currentVersion, targetVersion, hooks, takesBack: rollback ? this.deployments.at(-1)?.deploymentId : undefined });
    } catch (error) {
      if (!(error instanceof ServiceError)) {
        throw error;
      }
      return error.code === 'DeploymentLimitExceededException' ? 'A conflicting deployment is in progress' : error.message;
    }
    this.deployments.push({ at: wholeMilliseconds(now()), deploymentId: id, currentVersion, targetVersion, ...(rollback ? { rollback: true } : {}) });
    await this.over(id);
    const { status, errorInformation } = rollout.deployments.get(id);
    return status === 'Succeeded' ? undefined : (errorInformation?.message ?? `deployment ${id} was stopped`);
  }

  private over(id: string): Promise<void> {
    const { rollout, behaviour } = this.options;
    const { deployments } = rollout;
    const isOver = (): boolean => OVER.includes(deployments.get(id).status) && (!behaviour.waitsForAliasRollback || deployments.settled);
    return new Promise((resolve) => {
      const cancel = deployments.onChange(() => {
        // Once what has changed is in place.
        queueMicrotask(() => {
          if (isOver()) {
            cancel();
            resolve();
          }
        });
      });
    });
  }
}
