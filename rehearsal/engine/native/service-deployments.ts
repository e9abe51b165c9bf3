/** The deployments of one service that ECS controls, one after the other. */
import { serviceDeploymentId, serviceRevisionId } from '../identifiers';
import type { AlarmStates, Cancel, RandomFor, ReleaseId, Routing, Scheduler } from '../ports';
import { ServiceError } from '../ports';
import { TargetGroups } from '../target-groups';
import { nativeBehaviour, type NativeBehaviour } from './native-behaviour';
import { ServiceDeployment } from './service-deployment';
import type { LifecycleHookInvoker, NativeChange, NativePorts, NativeServiceModel } from './service-model';

export interface ServiceDeploymentsOptions {
  readonly service: NativeServiceModel;
  readonly scheduler: Scheduler;
  readonly random: RandomFor;
  readonly hooks: LifecycleHookInvoker;
  readonly alarms: AlarmStates;
  /** The version that runs before the first deployment. */
  readonly initialRelease: ReleaseId;
  readonly behaviour?: NativeBehaviour;
}

export class ServiceDeployments {
  /** Where the listeners point now; target groups by name. */
  readonly routing: Routing;
  readonly #options: ServiceDeploymentsOptions;
  readonly #ports: NativePorts;
  readonly #targets: TargetGroups;
  readonly #deployments = new Map<string, ServiceDeployment>();
  readonly #listeners = new Set<(change: NativeChange) => void>();
  #revision: string;

  constructor(options: ServiceDeploymentsOptions) {
    const { service, random, initialRelease } = options;
    this.#options = options;
    this.#targets = new TargetGroups(service.targetGroups, service.hasTestListener, { id: 'first', release: initialRelease });
    this.routing = this.#targets;
    this.#revision = this.#revisionArn(serviceRevisionId(random, 'first'));
    this.#ports = { ...options, behaviour: options.behaviour ?? nativeBehaviour(), targets: this.#targets, emit: (change) => this.#emit(change) };
  }

  /** UpdateService with a new revision. @returns the id of the deployment */
  create(release: { readonly id: ReleaseId; readonly startupMs: number }, description?: string): string {
    const { random, service } = this.#options;
    const number = this.#deployments.size + 1;
    const deploymentId = serviceDeploymentId(random, number);
    const original = this.#targets.primary;
    const deployment = new ServiceDeployment(
      {
        deploymentId,
        deploymentArn: service.serviceArn.replace(':service/', ':service-deployment/') + `/${deploymentId}`,
        release,
        ...(description === undefined ? {} : { description }),
        original,
        replacement: this.#targets.other(original),
        originalRevision: this.#revision,
        targetRevision: this.#revisionArn(serviceRevisionId(random, String(number))),
      },
      this.#ports,
      (ended) => this.#ended(ended),
    );
    this.#deployments.set(deploymentId, deployment);
    deployment.begin();
    return deploymentId;
  }

  /** All deployments, the first one first. */
  list(): readonly ServiceDeployment[] {
    return [...this.#deployments.values()];
  }

  /** Whether nothing more happens by itself. */
  get settled(): boolean {
    return this.list().every(({ over }) => over);
  }

  /** @throws ServiceError where it is over, or on its way back already */
  stop(deploymentId: string, type: 'ROLLBACK' | 'ABORT'): void {
    const deployment = this.#deployments.get(deploymentId);
    if (deployment === undefined) {
      throw new ServiceError('ServiceDeploymentNotFoundException', `there is no service deployment ${deploymentId}`);
    }
    if (!deployment.stop(type)) {
      throw new ServiceError('ConflictException', `the service deployment ${deploymentId} is ${deployment.status} and cannot be stopped`);
    }
  }

  onChange(listener: (change: NativeChange) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #revisionArn(id: string): string {
    return `${this.#options.service.serviceArn.replace(':service/', ':service-revision/')}/${id}`;
  }

  #ended(deployment: ServiceDeployment): void {
    if (deployment.status === 'SUCCESSFUL') {
      this.#revision = deployment.plan.targetRevision;
    }
  }

  #emit(change: NativeChange): void {
    this.#listeners.forEach((listener) => listener(change));
  }
}
