/** A deployment that brings a new version. */
import type { EcsLifecycleEvent } from '../../lib/model/lifecycle';
import { trafficSteps, type TrafficRouting, type TrafficStep } from '../../lib/model/traffic';
import type { EcsDeploymentPlan, EcsMachinePorts } from './deployment-plan';
import { EcsDeployment } from './ecs-deployment';
import { taskSetId } from './identifiers';
import { approvalExpiredMessage, INSTALL_TIMEOUT_MESSAGE, INSTALL_TIMEOUT_MS } from './messages';

const MINUTE = 60_000;

export class ForwardDeployment extends EcsDeployment {
  readonly #steps: readonly TrafficStep[];
  #approved: boolean;
  #wait: 'ready' | 'termination' | undefined;
  #terminationWaitStarted = false;

  constructor(plan: EcsDeploymentPlan, traffic: TrafficRouting, ports: EcsMachinePorts) {
    super(plan, ports);
    this.#steps = trafficSteps(traffic);
    this.#approved = ports.group.approvalWaitMinutes === undefined;
  }

  override get terminationWaitStarted(): boolean {
    return this.#terminationWaitStarted;
  }

  override continueFromReady(): boolean {
    if (this.#wait !== 'ready' || this.stopping) {
      return false;
    }
    this.#wait = undefined;
    this.#approved = true;
    this.cancelWait();
    this.setStatus('InProgress');
    this.next();
    return true;
  }

  override continueFromTermination(): boolean {
    if (this.#wait !== 'termination' || this.stopping) {
      return false;
    }
    this.#terminate();
    return true;
  }

  protected override get createdMs(): number {
    return this.ports.behaviour.createdToInProgressMs;
  }

  protected override get gapMs(): number {
    return this.ports.behaviour.gapMs;
  }

  protected override next(): void {
    const { approvalWaitMinutes } = this.ports.group;
    if (!this.#approved && approvalWaitMinutes !== undefined && this.log.next === this.#eventAfterReadyWait()) {
      this.#awaitApproval(approvalWaitMinutes);
    } else {
      super.next();
    }
  }

  protected override play(event: EcsLifecycleEvent): void {
    if (event === 'Install') {
      this.#install();
    } else if (event === 'AllowTraffic') {
      this.#shift(0);
    } else {
      this.wait(this.ports.behaviour.eventMs, event, () => {
        if (event === 'AllowTestTraffic') {
          this.ports.targets.pointTestAt(this.plan.replacement);
          this.emit({ kind: 'testTraffic', targetGroup: this.plan.replacement });
        }
        this.succeed(event);
      });
    }
  }

  protected override afterEvents(): void {
    if (this.ports.behaviour.primaryFlip === 'afterLastEvent') {
      this.ports.targets.makePrimary(this.plan.replacement);
    }
    const minutes = this.ports.group.terminationWaitMinutes;
    if (minutes === undefined) {
      this.finish('Succeeded');
      return;
    }
    this.#terminationWaitStarted = true;
    this.#wait = 'termination';
    this.wait(minutes * MINUTE, 'termination wait', () => this.#terminate());
  }

  #eventAfterReadyWait(): EcsLifecycleEvent {
    switch (this.ports.behaviour.readyWaitPosition) {
      case 'afterInstall':
        return 'AfterInstall';
      case 'afterBeforeAllowTraffic':
        return 'AllowTraffic';
      case 'beforeBeforeAllowTraffic':
        return 'BeforeAllowTraffic';
    }
  }

  #awaitApproval(minutes: number): void {
    const { behaviour } = this.ports;
    this.#wait = 'ready';
    this.setStatus('Ready');
    this.wait(minutes * MINUTE, 'approval wait', () => {
      const event = behaviour.approvalExpiryRollbackEvent;
      const error = { code: behaviour.approvalExpiryCode, message: approvalExpiredMessage(minutes) };
      this.finish('Stopped', error, event === 'none' ? {} : { event });
    });
  }

  #install(): void {
    const { targets, random, behaviour, scheduler } = this.ports;
    const { deploymentId, release, original, replacement } = this.plan;
    if (release.refused !== undefined) {
      const refused = { code: behaviour.taskSetRefusedCode, message: release.refused };
      this.wait(behaviour.eventMs, 'Install', () => this.fail('Install', refused));
      return;
    }
    const id = taskSetId(random, deploymentId);
    const before = targets.taskSet(original);
    targets.place(replacement, { id, release: release.id, deploymentId, createdAt: scheduler.now(), ...(before === undefined ? {} : { before }), state: 'starting' });
    const healthyMs = behaviour.installBaseMs + release.startupMs;
    if (healthyMs > INSTALL_TIMEOUT_MS) {
      const error = { code: behaviour.installTimeoutCode, message: INSTALL_TIMEOUT_MESSAGE };
      this.wait(INSTALL_TIMEOUT_MS, 'Install', () => this.fail('Install', error));
    } else {
      this.wait(healthyMs, 'Install', () => {
        targets.healthy(replacement);
        this.succeed('Install');
      });
    }
  }

  #shift(index: number): void {
    const { targets, behaviour } = this.ports;
    const step = this.#steps[index];
    const following = this.#steps[index + 1];
    targets.shift(this.plan.replacement, step.replacementPercent);
    this.noteTraffic();
    if (following !== undefined) {
      this.wait((following.atSeconds - step.atSeconds) * 1000, 'AllowTraffic', () => this.#shift(index + 1));
      return;
    }
    if (behaviour.primaryFlip === 'atFullTraffic') {
      targets.makePrimary(this.plan.replacement);
    }
    this.wait(behaviour.eventMs, 'AllowTraffic', () => this.succeed('AllowTraffic'));
  }

  #terminate(): void {
    this.#wait = undefined;
    this.ports.targets.drain(this.plan.original);
    this.finish('Succeeded');
  }
}
