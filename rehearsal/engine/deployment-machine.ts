/**
 * One deployment as it is played: status, lifecycle events, hooks, alarms, stop. What its events do is up to the kinds below it.
 * The events of Lambda have the names that three of those of ECS have.
 */
import { ECS_HOOK_EVENTS, type EcsHookEvent, type EcsLifecycleEvent } from '../../lib/model/lifecycle';
import type { DeploymentStatus } from '../../lib/model/status';
import { AlarmWatch } from './alarm-watch';
import type { DeploymentEnd, DeploymentPlan, MachinePorts } from './deployment-plan';
import type { DeploymentChange, LifecycleEventRecord, RollbackInfo, TrafficChange } from './deployment-record';
import { hookExecutionId } from './identifiers';
import { LifecycleLog } from './lifecycle-log';
import { HOOK_FAILED_MESSAGE, HOOK_SILENT_MESSAGE, HOOK_TIMEOUT_MS, invokeDeniedMessage, type ErrorInformation } from './messages';
import { ServiceError, type Cancel, type HookReport } from './ports';

type WithoutStamp<T> = T extends unknown ? Omit<T, 'at' | 'deploymentId'> : never;

const TERMINAL: readonly DeploymentStatus[] = ['Succeeded', 'Failed', 'Stopped'];

export abstract class DeploymentMachine<Plan extends DeploymentPlan = DeploymentPlan, Ports extends MachinePorts = MachinePorts> {
  readonly plan: Plan;
  readonly createTime: number;
  readonly traffic: TrafficChange[] = [];
  protected readonly ports: Ports;
  protected readonly log: LifecycleLog;
  #status: DeploymentStatus = 'Created';
  #startTime: number | undefined;
  #completeTime: number | undefined;
  #lastUpdatedAt: number;
  #error: ErrorInformation | undefined;
  #rollbackInfo: RollbackInfo | undefined;
  #stopping: { readonly error: ErrorInformation; readonly end: DeploymentEnd } | undefined;
  #timer: Cancel | undefined;
  #stopTimer: Cancel | undefined;
  readonly #watch: AlarmWatch;

  constructor(plan: Plan, ports: Ports, events: readonly EcsLifecycleEvent[]) {
    this.plan = plan;
    this.ports = ports;
    this.createTime = this.#lastUpdatedAt = ports.scheduler.now();
    this.log = new LifecycleLog(events, (event, status) => this.emit({ kind: 'event', event, status }));
    this.#watch = new AlarmWatch({
      ...ports,
      configuration: plan.alarms,
      deploymentId: plan.deploymentId,
      ...(ports.group.stack === undefined ? {} : { stack: ports.group.stack.behaviour }),
      active: () => this.#stopping === undefined && (this.#status !== 'Ready' || ports.behaviour.alarmsWatchedInReadyWait),
      onRed: (error) => this.stop(error, { event: 'DEPLOYMENT_STOP_ON_ALARM' }, ports.behaviour.alarmStopMs),
    });
  }

  get status(): DeploymentStatus {
    return this.#status;
  }

  get startTime(): number | undefined {
    return this.#startTime;
  }

  get completeTime(): number | undefined {
    return this.#completeTime;
  }

  get lastUpdatedAt(): number {
    return this.#lastUpdatedAt;
  }

  get error(): ErrorInformation | undefined {
    return this.#error;
  }

  get rollbackInfo(): RollbackInfo | undefined {
    return this.#rollbackInfo;
  }

  get over(): boolean {
    return TERMINAL.includes(this.#status);
  }

  get stopping(): boolean {
    return this.#stopping !== undefined;
  }

  get lifecycleEvents(): readonly LifecycleEventRecord[] {
    return this.log.records();
  }

  begin(): void {
    this.emit({ kind: 'status', status: 'Created' });
    this.noteTraffic();
    this.#watch.start();
    this.wait(this.createdMs, 'in progress', () => {
      this.#startTime = this.ports.scheduler.now();
      this.setStatus('InProgress');
      this.next();
    });
  }

  noteRollback(info: RollbackInfo): void {
    this.#rollbackInfo = info;
    if (info.rollbackDeploymentId !== undefined) {
      this.emit({ kind: 'rollback', rollbackDeploymentId: info.rollbackDeploymentId });
    }
  }

  /** The stack went back to what it was, and this deployment with it. */
  protected noteStackRollback(rollbackMessage: string): void {
    this.#rollbackInfo = { rollbackMessage };
    this.emit({ kind: 'stackRolledBack' });
  }

  /** Nothing new begins from here on; it is over after `delayMs`. */
  stop(error: ErrorInformation, end: DeploymentEnd, delayMs: number): void {
    this.#stopping = { error, end };
    this.#timer?.();
    this.emit({ kind: 'stopping', error });
    const over = (): void => this.finish('Stopped', error, end);
    if (delayMs === 0) {
      over();
    } else {
      this.#stopTimer = this.ports.scheduler.after(delayMs, `stop ${this.plan.deploymentId}`, over);
    }
  }

  get eventRunning(): boolean {
    return this.log.running !== undefined;
  }

  /** Ends a wait for ContinueDeployment. @returns whether there was one */
  continueFromReady(): boolean {
    return false;
  }

  /** Ends the termination wait. @returns whether there was one */
  continueFromTermination(): boolean {
    return false;
  }

  report({ lifecycleEventHookExecutionId: id, status, accessKeyId }: HookReport): void {
    const event = this.log.byExecution(id);
    if (event === undefined) {
      const message = `the hook execution id '${id}' does not belong to ${this.plan.deploymentId}`;
      throw new ServiceError('InvalidLifecycleEventHookExecutionIdException', message);
    }
    if (status !== 'Succeeded' && status !== 'Failed') {
      const message = `the status of a lifecycle event hook must be Succeeded or Failed, got '${String(status)}'`;
      throw new ServiceError('InvalidLifecycleEventHookExecutionStatusException', message);
    }
    const name = event.lifecycleEventName as EcsHookEvent;
    if (event.status !== 'InProgress') {
      const stopped = this.#status === 'Stopped';
      const code = stopped ? this.ports.behaviour.lateReportOfStoppedDeployment : 'LifecycleEventAlreadyCompletedException';
      throw new ServiceError(code, `the lifecycle event ${name} of ${this.plan.deploymentId} has already completed`);
    }
    const by = accessKeyId === undefined ? {} : { reportedBy: accessKeyId };
    this.log.hookReported(name, { report: status, reportedAt: this.ports.scheduler.now(), ...by });
    this.emit({ kind: 'hookReported', event: name, status, ...by });
    if (status === 'Succeeded') {
      this.succeed(name);
    } else {
      this.fail(name, { code: this.ports.behaviour.hookFailedCode, message: HOOK_FAILED_MESSAGE });
    }
  }

  protected abstract get createdMs(): number;
  protected abstract get gapMs(): number;
  /** Plays an event that has no hook, and ends it. */
  protected abstract play(event: EcsLifecycleEvent): void;
  protected abstract afterEvents(): void;
  /** Shares of production traffic, in percent. */
  protected abstract get shares(): { readonly original: number; readonly replacement: number };
  /** Keeps what is to be told of its target from its end on. */
  protected abstract keepTarget(): void;

  protected next(): void {
    const name = this.log.next;
    if (name === undefined) {
      this.afterEvents();
      return;
    }
    this.log.start(name, this.ports.scheduler.now());
    const hook = ECS_HOOK_EVENTS.find((event) => event === name);
    const functionName = hook === undefined ? undefined : this.plan.hooks[hook];
    if (hook !== undefined && functionName !== undefined) {
      this.#callHook(hook, functionName);
    } else {
      this.play(name);
    }
  }

  protected succeed(name: EcsLifecycleEvent): void {
    this.#timer?.();
    this.log.end(name, 'Succeeded', this.ports.scheduler.now());
    if (this.#stopping !== undefined) {
      return;
    }
    if (this.log.next === undefined) {
      this.afterEvents();
    } else {
      this.wait(this.gapMs, `after ${name}`, () => this.next());
    }
  }

  /** While a stop is under way the deployment still ends as Stopped. */
  protected fail(name: EcsLifecycleEvent, error: ErrorInformation): void {
    this.#timer?.();
    this.log.end(name, 'Failed', this.ports.scheduler.now());
    if (this.#stopping === undefined) {
      this.finish('Failed', error, { event: 'DEPLOYMENT_FAILURE', failedEvent: name });
    }
  }

  protected finish(status: 'Succeeded' | 'Failed' | 'Stopped', error?: ErrorInformation, end: DeploymentEnd = {}): void {
    this.#timer?.();
    this.#stopTimer?.();
    this.#watch.stop();
    const now = this.ports.scheduler.now();
    const { running } = this.log;
    if (running !== undefined) {
      this.log.end(running, status === 'Stopped' ? this.ports.behaviour.runningEventWhenStopped : 'Failed', now);
    }
    this.log.skipRest();
    this.#error = error;
    this.#completeTime = now;
    this.keepTarget();
    this.setStatus(status);
    this.ports.ended(this, end);
  }

  protected setStatus(status: DeploymentStatus): void {
    this.#status = status;
    this.emit({ kind: 'status', status });
  }

  /** The one thing that this deployment waits for; ended by a stop. */
  protected wait(delayMs: number, label: string, action: () => void): void {
    this.#timer = this.ports.scheduler.after(delayMs, `${label} (${this.plan.deploymentId})`, action);
  }

  protected cancelWait(): void {
    this.#timer?.();
  }

  /** Records production traffic where it differs from what was recorded last. */
  protected noteTraffic(): void {
    const change = { at: this.ports.scheduler.now(), ...this.shares };
    if (this.traffic.at(-1)?.original !== change.original) {
      this.traffic.push(change);
      this.emit({ kind: 'traffic', original: change.original, replacement: change.replacement });
    }
  }

  protected emit(change: WithoutStamp<DeploymentChange>): void {
    const at = this.ports.scheduler.now();
    this.#lastUpdatedAt = at;
    this.ports.emit({ ...change, at, deploymentId: this.plan.deploymentId });
  }

  #callHook(event: EcsHookEvent, functionName: string): void {
    const { scheduler, random, hooks, group, behaviour } = this.ports;
    const executionId = hookExecutionId(random, this.plan.deploymentId, event);
    const hook = { function: functionName, executionId, invokedAt: scheduler.now() };
    // Known before the call: a report may come while it still lasts.
    this.log.hookInvoked(event, hook);
    const silent = { code: behaviour.hookSilentCode, message: HOOK_SILENT_MESSAGE };
    this.wait(HOOK_TIMEOUT_MS, `report of ${event}`, () => this.fail(event, silent));
    this.emit({ kind: 'hookInvoked', event, hook });
    const payload = { DeploymentId: this.plan.deploymentId, LifecycleEventHookExecutionId: executionId };
    const answer = hooks.invoke(functionName, payload);
    if (!answer.accepted && this.log.running === event) {
      this.log.hookInvoked(event, { ...hook, refused: answer.message });
      this.fail(event, { code: 'IAM_ROLE_PERMISSIONS', message: invokeDeniedMessage(group.serviceRoleArn) });
    }
  }
}
