/**
 * One deployment group with its service and its stack, as the deployment provider meets them: deployments run for a while and end, failed ones are
 * rolled back by a deployment of the service's own, and there is one at a time. Time is virtual.
 */
import type { EcsAppSpecDocument } from '../../../lib/model/appspec';
import type { StackEventFacts } from '../../../lambda/core/deployment/facts';
import type { LambdaAppSpecDocument } from '../../../lib/model/lambda-app-spec';
import type { DeploymentStatus } from '../../../lib/model/status';
import { askedFor, BLUE, GREEN } from './deployment-requests';

export interface WorldOptions {
  /** Task definition that the PRIMARY task set runs, or version that the alias names. */
  readonly primary: string;
  readonly stack?: string;
  /** Seconds that a deployment runs, and its rollback. */
  readonly durationSeconds?: number;
  readonly rollbackSeconds?: number;
  readonly outcome?: 'Succeeded' | 'Failed';
  /** Whether failed deployments are rolled back. @default true */
  readonly rollsBack?: boolean;
  /** Seconds until the lists show a new deployment. */
  readonly listedAfter?: number;
}

export interface WorldDeployment {
  readonly id: string;
  readonly creator: string;
  readonly description: string;
  readonly taskDefinition: string;
  readonly createdAt: number;
  status: DeploymentStatus;
  endsAt: number;
  outcome: 'Succeeded' | 'Failed';
  error?: { readonly code: string; readonly message: string };
  rollbackId?: string;
  rollbackAt?: number;
}

export const HOOK_FAILED = 'The deployment failed because one or more of the lifecycle event validation functions failed.';

/** The task definition, or the version, that an AppSpec asks for. */
function targetIn({ Resources: [resource] }: EcsAppSpecDocument | LambdaAppSpecDocument): string {
  return 'Function' in resource ? resource.Function.Properties.TargetVersion : resource.TargetService.Properties.TaskDefinition;
}

/** A refusal of the service, by its code. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export class DeploymentWorld {
  /** Seconds since the world began. */
  now = 0;
  stack: string;
  primary: string;
  outcome: 'Succeeded' | 'Failed';
  groupExists = true;
  /** Events of the stack, newest first: an update from BLUE to GREEN that is taken back. */
  history: readonly StackEventFacts[] = [
    { of: 'resource', status: 'UPDATE_IN_PROGRESS', properties: askedFor(BLUE) },
    { of: 'stack', status: 'UPDATE_ROLLBACK_IN_PROGRESS' },
    { of: 'resource', status: 'UPDATE_IN_PROGRESS', properties: askedFor(GREEN) },
    { of: 'stack', status: 'UPDATE_IN_PROGRESS' },
  ];
  /** What the alias gives to other versions. */
  weights: Readonly<Record<string, number>> = {};
  /** Another task set is left beside the PRIMARY one, until a deployment succeeds. */
  halfWay = false;
  /** ARNs of those that are ACTIVE, the newest first. */
  taskDefinitions: readonly string[] = [];
  /** Published versions of the function `take-order`, the oldest first; and which of them have provisioned concurrency. */
  versions: readonly number[] = [];
  readonly provisioned = new Map<number, { readonly executions: number; readonly readyAt: number }>();
  readonly deployments: WorldDeployment[] = [];
  /** Ids of those that CreateDeployment has started. */
  readonly started: string[] = [];

  constructor(readonly options: WorldOptions) {
    this.stack = options.stack ?? 'UPDATE_IN_PROGRESS';
    this.primary = options.primary;
    this.outcome = options.outcome ?? 'Succeeded';
  }

  advance(seconds: number): void {
    this.now += seconds;
    this.settle();
  }

  create(appSpec: string, description: string, creator = 'user'): string {
    this.requireGroup();
    this.settle();
    const active = this.deployments.find(({ status }) => status === 'InProgress');
    if (active !== undefined) {
      throw new Refusal('DeploymentLimitExceededException', `The Deployment Group 'web-group' already has an active Deployment '${active.id}'`);
    }
    const taskDefinition = targetIn(JSON.parse(appSpec) as EcsAppSpecDocument | LambdaAppSpecDocument);
    const id = this.begin({ creator, description, taskDefinition, outcome: this.outcome, at: this.now, seconds: this.options.durationSeconds ?? 60 });
    this.started.push(id);
    return id;
  }

  stop(id: string): void {
    const deployment = this.read(id);
    if (deployment.status !== 'InProgress') {
      throw new Refusal('DeploymentAlreadyCompletedException', `Deployment ${id} has ended`);
    }
    deployment.endsAt = this.now;
    this.end(deployment, 'Stopped', { code: 'MANUAL_STOP', message: 'stopped by request' }, true);
  }

  read(id: string): WorldDeployment {
    this.settle();
    const found = this.deployments.find((deployment) => deployment.id === id);
    if (found === undefined) {
      throw new Refusal('DeploymentDoesNotExistException', `The deployment ${id} could not be found`);
    }
    return found;
  }

  list({ since, running }: { readonly since?: number; readonly running?: boolean }): readonly WorldDeployment[] {
    this.requireGroup();
    this.settle();
    return this.deployments.filter(
      ({ createdAt, status }) => createdAt + (this.options.listedAfter ?? 0) <= this.now && createdAt >= (since ?? -Infinity) && (running !== true || status === 'InProgress'),
    );
  }

  events(id: string): readonly { readonly name: string; readonly status: string; readonly diagnostics?: { readonly errorCode: string; readonly message: string } }[] {
    const { status } = this.read(id);
    const failed = status === 'Failed' || status === 'Stopped';
    const done = status === 'Succeeded' ? 'Succeeded' : 'Pending';
    return [
      { name: 'Install', status: 'Succeeded' },
      failed ? { name: 'AfterAllowTestTraffic', status: 'Failed', diagnostics: { errorCode: 'UnknownError', message: 'the hook failed' } } : { name: 'AfterAllowTestTraffic', status: 'Succeeded' },
      { name: 'AllowTraffic', status: failed ? 'Skipped' : done },
      { name: 'AfterAllowTraffic', status: failed ? 'Skipped' : done },
    ];
  }

  private begin({ at, seconds, ...facts }: Pick<WorldDeployment, 'creator' | 'description' | 'taskDefinition' | 'outcome'> & { readonly at: number; readonly seconds: number }): string {
    const id = `d-${String(this.deployments.length + 1).padStart(9, '0')}`;
    this.deployments.push({ id, ...facts, createdAt: at, status: 'InProgress', endsAt: at + seconds });
    return id;
  }

  private requireGroup(): void {
    if (!this.groupExists) {
      throw new Refusal('DeploymentGroupDoesNotExistException', 'No Deployment Group found for name: web-group');
    }
  }

  /** What has come to pass until now. A rollback is put behind the deployment it rolls back, and so comes to its own end in the same round. */
  private settle(): void {
    for (const deployment of this.deployments) {
      if (deployment.status === 'InProgress' && deployment.endsAt <= this.now) {
        const failed = deployment.outcome === 'Failed';
        this.end(deployment, deployment.outcome, failed ? { code: 'HOOK_EXECUTION_FAILURE', message: HOOK_FAILED } : undefined, failed && (this.options.rollsBack ?? true));
      }
      if (deployment.rollbackAt !== undefined && deployment.rollbackAt <= this.now) {
        const at = deployment.rollbackAt;
        deployment.rollbackAt = undefined;
        const facts = { creator: 'codeDeployRollback', description: deployment.description, taskDefinition: this.primary, outcome: 'Succeeded' } as const;
        deployment.rollbackId = this.begin({ ...facts, at, seconds: this.options.rollbackSeconds ?? 3 });
      }
    }
  }

  private end(deployment: WorldDeployment, status: 'Succeeded' | 'Failed' | 'Stopped', error: WorldDeployment['error'], rollsBack: boolean): void {
    deployment.status = status;
    deployment.error = error;
    if (status === 'Succeeded') {
      this.primary = deployment.taskDefinition;
      this.halfWay = false;
    }
    if (rollsBack) {
      deployment.rollbackAt = deployment.endsAt + 1;
    }
  }
}
