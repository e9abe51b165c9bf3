/** The service's view of a deployment group of EC2/on-premises. */
import type { DeploymentEnd } from '../deployment-plan';
import { GroupDeployments, type BasicGroupOptions, type GroupMachine } from '../group-deployments';
import type { AlarmStates, Cancel } from '../ports';
import type { AutoScaling } from './auto-scaling';
import { BlueGreenDeployment, type Environments } from './blue-green-deployment';
import { BlueGreenRollback } from './blue-green-rollback';
import type { FaultProfile } from './faults';
import type { Instance } from './fleet';
import { fleetBehaviour, type FleetBehaviour } from './fleet-behaviour';
import type { FleetDeployment } from './fleet-deployment';
import type { BlueGreenModel, FleetGroupModel } from './fleet-group';
import type { FleetDeploymentPlan, FleetPorts } from './fleet-plan';
import type { FleetChange, FleetDeploymentRecord, InstanceTargetRecord } from './fleet-record';
import { resolveFleetRequest, type FleetCreateRequest } from './fleet-request';
import { fleetRecord, instanceTarget, targetIds } from './fleet-view';
import { FleetPlans, type SuccessfulPlan } from './fleet-plans';
import { HealthBook } from './health-book';
import type { Agents } from './host-states';
import { Hosts } from './hosts';
import { InPlaceDeployment } from './in-place-deployment';
import { Membership, copiedGroupName, copyGroup, selectionOf } from './membership';
import type { RevisionModel } from './revision';
import { simulatedScripts, type ScriptRunner } from './scripts';

export interface FleetDeploymentsOptions extends BasicGroupOptions {
  readonly group: FleetGroupModel;
  /** What the agents keep, and the fleet; the same for all groups on it. */
  readonly agents: Agents;
  readonly alarms: AlarmStates;
  readonly faults: FaultProfile;
  /** Scripts are simulated where absent. */
  readonly scripts?: ScriptRunner;
  readonly fleetBehaviour?: FleetBehaviour;
  /** What was deployed to all instances of the group before the rehearsal; absent: nothing ever was. */
  readonly initialRevision?: RevisionModel;
  /** Whether the load balancers send requests to the group's instances from the beginning. @default true */
  readonly registers?: boolean;
  /** Absent: there are instances of Auto Scaling groups, and nobody asks for the groups. */
  readonly autoScaling?: AutoScaling;
}

export class FleetDeployments extends GroupDeployments<FleetDeployment, FleetDeploymentRecord, FleetChange> {
  readonly #options: FleetDeploymentsOptions;
  readonly #membership: Membership;
  readonly #behaviour: FleetBehaviour;
  readonly #health = new HealthBook();
  readonly #retired = new Set<number>();
  #group: FleetGroupModel;
  #ports: FleetPorts;
  #plans: FleetPlans;
  /** What Auto Scaling waits for, by deployment. */
  readonly #waiting = new Map<string, (succeeded: boolean) => void>();
  #lastSuccessful: SuccessfulPlan | undefined;
  readonly #unhook: Cancel;

  constructor(options: FleetDeploymentsOptions) {
    super(options);
    const { group, agents, initialRevision } = options;
    this.#options = options;
    this.#group = group;
    this.#behaviour = options.fleetBehaviour ?? fleetBehaviour();
    this.#plans = new FleetPlans(group, this.behaviour, this.#behaviour);
    this.#ports = this.#makePorts(group);
    this.#membership = new Membership(agents.fleet, group.targets);
    this.#begin(initialRevision);
    this.#unhook = agents.fleet.onScaling({
      launched: (instance, done) => this.#launched(instance, done),
      terminating: (instance, done) => this.#terminating(instance, done),
    });
  }

  /** The group as it is now: the instances that it selects may have changed by a deployment since it was configured. */
  get group(): FleetGroupModel {
    return { ...this.#group, targets: this.#membership.selection };
  }

  /** What the group is from now on. Deployments that run go on as they began. */
  configure(group: FleetGroupModel): void {
    this.#group = group;
    this.#plans = new FleetPlans(group, this.behaviour, this.#behaviour);
    this.#ports = this.#makePorts(group);
    this.#membership.replaceBy(group.targets);
  }

  /** The group is deleted: nothing of Auto Scaling is its business any more. */
  leave(): void {
    this.#unhook();
  }

  /** The revision of the last deployment that succeeded. */
  get releasedRevision(): RevisionModel | undefined {
    return this.#lastSuccessful?.revision;
  }

  /** Indices of the group's instances in service: after a blue/green deployment its replacements. */
  get instances(): readonly number[] {
    return this.#membership.instances();
  }

  /** Revision that is installed on an instance. */
  installed(instance: number): RevisionModel | undefined {
    return this.#ports.states.installed(instance);
  }

  /**
   * Starts a deployment.
   * @returns its id
   * @throws ServiceError as CreateDeployment refuses: a description too long, an unknown configuration, replacements named or missing, one running already
   */
  create(request: FleetCreateRequest): string {
    const resolved = resolveFleetRequest(request, this.#group);
    const plan = { ...resolved, deploymentId: this.nextId(), ...this.#previous() };
    this.begin(this.#deployment(plan, request));
    return plan.deploymentId;
  }

  /** Ids of the targets of a deployment, originals first. @throws ServiceError as `get` does */
  targetIds(deploymentId: string): readonly string[] {
    return targetIds(this.machine(deploymentId), this.#ports.fleet);
  }

  /** @throws ServiceError as `get` does, and DeploymentTargetDoesNotExistException */
  target(deploymentId: string, targetId: string): InstanceTargetRecord {
    return instanceTarget(this.machine(deploymentId), targetId, this.#ports.fleet, this.#ports.states);
  }

  protected override record(machine: FleetDeployment): FleetDeploymentRecord {
    return fleetRecord(machine);
  }

  /** Those of Auto Scaling run beside others. */
  protected override excludesOthers({ plan }: FleetDeployment): boolean {
    return !this.#isScaling(plan);
  }

  protected override ended(machine: GroupMachine, end: DeploymentEnd): void {
    super.ended(machine, end);
    const { deploymentId } = machine.plan;
    const answer = this.#waiting.get(deploymentId);
    if (answer !== undefined) {
      this.#waiting.delete(deploymentId);
      answer(machine.status === 'Succeeded');
      this.#updateLater(this.machine(deploymentId));
    }
  }

  protected override played(machine: FleetDeployment, end: DeploymentEnd): void {
    const { plan, status } = machine;
    if (this.#isScaling(plan)) {
      return;
    }
    if (status === 'Succeeded') {
      this.#lastSuccessful = plan;
      if (machine instanceof BlueGreenDeployment) {
        this.#replaced(machine);
      }
      this.#updateLater(machine);
    } else if (this.rollsBack(machine, end) && (machine instanceof BlueGreenDeployment || this.#lastSuccessful !== undefined)) {
      this.rollBackLater(machine);
    }
  }

  /** Originals stay as they are, though they may be the group's own still: what updates outdated instances passes them over. */
  #replaced({ originals, replacements, replacedBy }: BlueGreenDeployment): void {
    originals.forEach((instance) => this.#retired.add(instance));
    replacements.forEach((instance) => this.#retired.delete(instance));
    if (replacedBy !== undefined) {
      this.#membership.replaceBy(replacedBy);
    }
  }

  protected override rollbackFor(failed: FleetDeployment, deploymentId: string): FleetDeployment {
    const plan = this.#plans.rollback(failed.plan, this.#lastSuccessful, deploymentId);
    if (failed instanceof BlueGreenDeployment) {
      const { originals, replacements } = failed;
      return new BlueGreenRollback(plan, { originals, replacements, terminate: () => this.#terminate(replacements) }, this.#ports);
    }
    const { attempted } = failed.targets;
    return new InPlaceDeployment(plan, this.#ports, () => this.#inOrder(this.#behaviour.rollbackTargets === 'attempted' ? attempted : this.instances));
  }

  #makePorts(group: FleetGroupModel): FleetPorts {
    const { agents, scheduler, faults, random, alarms } = this.#options;
    const behaviour = this.#behaviour;
    const states = agents.group(group.deploymentGroupArn);
    const scripts = this.#options.scripts ?? simulatedScripts(scheduler, behaviour.scriptMs);
    return {
      group,
      fleet: agents.fleet,
      hosts: new Hosts({ fleet: agents.fleet, states, scheduler, scripts, faults, behaviour, loadBalancers: group.loadBalancers }),
      states,
      health: this.#health,
      scheduler,
      random,
      alarms,
      behaviour: this.behaviour,
      fleetBehaviour: behaviour,
      emit: (change) => this.emit(change),
      ended: (deployment, end) => this.ended(deployment, end),
    };
  }

  #begin(revision: RevisionModel | undefined): void {
    const { fleet, health, states } = this.#ports;
    for (const instance of this.instances) {
      if (this.#options.registers !== false && fleet.instance(instance).loadBalancers === undefined) {
        fleet.register(instance, this.#group.loadBalancers);
      }
      if (revision !== undefined) {
        states.preinstall(instance, revision);
        this.#options.scripts?.files?.preinstalled(instance, revision);
        health.succeeded(instance, revision);
      }
    }
    if (revision !== undefined) {
      this.#lastSuccessful = { revision, fileExistsBehavior: this.#group.fileExistsBehavior };
    }
  }

  #deployment(plan: FleetDeploymentPlan, request: FleetCreateRequest): FleetDeployment {
    const { deployment } = this.#group;
    if (deployment.type === 'BLUE_GREEN') {
      return new BlueGreenDeployment(plan, deployment, this.#environments(plan, deployment, request), this.#ports);
    }
    const { health } = this.#ports;
    const outdated = (instance: number): boolean => !plan.updateOutdatedInstancesOnly || health.deployed(instance) !== plan.revision;
    return new InPlaceDeployment(plan, this.#ports, () => this.#inOrder(this.instances.filter(outdated)));
  }

  #environments({ deploymentId }: FleetDeploymentPlan, { provisioning }: BlueGreenModel, { targetInstances = {} }: FleetCreateRequest): Environments {
    const terminate = (instances: readonly number[]): void => this.#terminate(instances);
    if (provisioning === 'COPY_AUTO_SCALING_GROUP') {
      return this.#copied(copiedGroupName(this.#group.deploymentGroupName, deploymentId));
    }
    const selection = selectionOf(targetInstances);
    const replacements = (): readonly number[] => this.#membership.instances(selection);
    return {
      originals: () => {
        const others = new Set(replacements());
        return this.instances.filter((instance) => !others.has(instance));
      },
      provisionMs: 0,
      replacements: () => this.#inOrder(replacements()),
      ...(this.#behaviour.groupFollowsDiscovered ? { replacedBy: selection } : {}),
      terminate,
    };
  }

  /** The service makes the replacements itself, and deletes the group of the originals with them. */
  #copied(name: string): Environments {
    const { fleet, random, health } = this.#ports;
    const { autoScaling } = this.#options;
    const [model] = this.#membership.selection.autoScalingGroups;
    const healthy = (): readonly number[] => this.instances.filter((instance) => fleet.answers(instance) && !health.hasFailed(instance));
    return {
      originals: () => this.instances,
      provisionMs: this.#behaviour.provisionMs,
      replacements: () => {
        const made = copyGroup(fleet, healthy(), name, random);
        autoScaling?.copy(model, name);
        return made;
      },
      replacedBy: { autoScalingGroups: [name], ec2TagGroups: [], onPremisesTagGroups: [] },
      terminate: (originals) => {
        this.#terminate(originals);
        autoScaling?.forget(model);
      },
    };
  }

  #launched(instance: Instance, done: (goOn: boolean) => void): void {
    const revision = this.#lastSuccessful?.revision;
    if (!this.#membership.isHooked(instance) || revision === undefined) {
      done(true);
    } else {
      this.#scaling(instance, revision, 'autoScalingLaunch', done);
    }
  }

  #terminating(instance: Instance, done: () => void): void {
    const revision = this.installed(instance.index);
    if (!this.#group.terminationHook || !this.#membership.isHooked(instance) || revision === undefined) {
      done();
    } else {
      this.#scaling(instance, revision, 'autoScalingTermination', done);
    }
  }

  /** A deployment to one instance, for Auto Scaling. */
  #scaling({ index }: Instance, revision: RevisionModel, kind: 'autoScalingLaunch' | 'autoScalingTermination', done: (succeeded: boolean) => void): void {
    const plan = this.#plans.scaling(revision, kind === 'autoScalingLaunch' ? 'autoscaling' : 'autoscalingTermination', this.anotherId());
    this.#waiting.set(plan.deploymentId, done);
    this.begin(new InPlaceDeployment(plan, this.#ports, () => [index], kind));
  }

  /** Instances that joined meanwhile have the revision before. */
  #updateLater(after: FleetDeployment): void {
    if (this.#group.outdatedInstances === 'UPDATE' && this.active() === undefined && this.#outdated().length > 0) {
      this.follows(after, this.#behaviour.autoUpdateDelayMs, 'update of outdated instances', () => this.#update(this.#outdated()));
    }
  }

  #outdated(): readonly number[] {
    const { health } = this.#ports;
    return this.instances.filter((instance) => {
      const deployed = health.deployed(instance);
      return deployed !== undefined && !this.#retired.has(instance) && deployed !== this.#lastSuccessful?.revision && (this.#behaviour.autoUpdateCoversFailed || health.isHealthy(instance));
    });
  }

  #update(outdated: readonly number[]): void {
    const revision = this.#lastSuccessful?.revision;
    if (revision !== undefined && outdated.length > 0) {
      const plan = this.#plans.update(revision, this.anotherId());
      this.begin(new InPlaceDeployment(plan, this.#ports, () => this.#inOrder(outdated)));
    }
  }

  #previous(): Pick<FleetDeploymentPlan, 'previousRevision'> {
    return this.#lastSuccessful === undefined ? {} : { previousRevision: this.#lastSuccessful.revision };
  }

  #inOrder(instances: readonly number[]): readonly number[] {
    return this.#ports.health.order(instances, this.#lastSuccessful?.revision);
  }

  #terminate(instances: readonly number[]): void {
    instances.forEach((instance) => this.#ports.fleet.terminate(instance));
  }

  #isScaling({ creator }: Pick<FleetDeploymentPlan, 'creator'>): boolean {
    return creator === 'autoscaling' || creator === 'autoscalingTermination';
  }
}
