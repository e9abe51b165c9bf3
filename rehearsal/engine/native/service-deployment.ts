/** One service deployment as ECS plays it: stages with their hooks, traffic, alarms, and the way back. */
import type { EcsNativeHookStage } from '../../../lib/model/ecs-native';
import type { LifecycleEventStatus, ServiceDeploymentStatus } from '../../../lib/model/status';
import type { TrafficChange } from '../deployment-record';
import type { ErrorInformation } from '../messages';
import type { Cancel } from '../ports';
import { requestId } from '../identifiers';
import { HookRun } from './hook-run';
import { lifecycleEvent } from './lifecycle-event';
import { NativeAlarms } from './native-alarms';
import type { LifecycleHookModel, NativeChange, NativePorts } from './service-model';
import type { ServiceDeploymentPlan, StageRecord } from './service-deployment-plan';
import { forwardStages, rollbackStages, type PlannedStage } from './stage-plan';

interface LiveStage {
  readonly planned: PlannedStage;
  status: LifecycleEventStatus;
  start?: number;
  end?: number;
  runs: readonly HookRun[];
}

type WithoutStamp<T> = T extends unknown ? Omit<T, 'at' | 'deploymentId'> : never;

const MINUTE = 60_000;

export class ServiceDeployment {
  readonly createTime: number;
  readonly traffic: TrafficChange[] = [];
  readonly #stages: LiveStage[];
  readonly #details = new Map<LifecycleHookModel, Readonly<Record<string, unknown>>>();
  readonly #alarms: NativeAlarms;
  #status: ServiceDeploymentStatus = 'PENDING';
  #completeTime: number | undefined;
  #error: ErrorInformation | undefined;
  #timer: Cancel | undefined;

  constructor(
    readonly plan: ServiceDeploymentPlan,
    private readonly ports: NativePorts,
    private readonly ended: (deployment: ServiceDeployment) => void,
  ) {
    this.createTime = ports.scheduler.now();
    this.#stages = forwardStages(ports.service, ports.behaviour).map(live);
    this.#alarms = new NativeAlarms(ports, plan.deploymentId, (error) => this.#alarmed(error));
  }

  get status(): ServiceDeploymentStatus {
    return this.#status;
  }

  get completeTime(): number | undefined {
    return this.#completeTime;
  }

  get error(): ErrorInformation | undefined {
    return this.#error;
  }

  get over(): boolean {
    return this.#completeTime !== undefined;
  }

  /** Whether alarms were red when it began, and so do not count. */
  get alarmsOff(): readonly string[] {
    return this.#alarms.redAtStart;
  }

  get stages(): readonly StageRecord[] {
    return this.#stages.map(({ planned, status, start, end, runs }) => ({
      ...planned,
      status,
      ...(start === undefined ? {} : { start }),
      ...(end === undefined ? {} : { end }),
      hooks: runs.map(({ record }) => record),
    }));
  }

  begin(): void {
    this.#emit({ kind: 'status', status: 'PENDING' });
    this.#noteTraffic();
    this.#alarms.start();
    this.#wait(this.ports.behaviour.pendingMs, 'in progress', () => {
      this.#setStatus('IN_PROGRESS');
      this.#next();
    });
  }

  /** StopServiceDeployment: `ROLLBACK` takes it back, `ABORT` leaves everything as it is. @returns whether there was something to stop */
  stop(type: 'ROLLBACK' | 'ABORT'): boolean {
    if (this.over || this.#status === 'ROLLBACK_IN_PROGRESS') {
      return false;
    }
    const error = { code: 'STOP_REQUESTED', message: `The service deployment was stopped by a user request (${type}).` };
    if (type === 'ROLLBACK') {
      this.#rollBack(error);
    } else {
      this.#halt('Failed');
      this.#finish('STOPPED', error);
    }
    return true;
  }

  #next(): void {
    const stage = this.#stages.find(({ status }) => status === 'Pending');
    if (stage === undefined) {
      this.#complete();
      return;
    }
    stage.status = 'InProgress';
    stage.start = this.ports.scheduler.now();
    this.#emit({ kind: 'stage', stage: stage.planned.stage, status: 'InProgress' });
    this.#play(stage);
  }

  /** What the stage itself does, and then its hooks. */
  #play(stage: LiveStage): void {
    const { service, behaviour, targets, random } = this.ports;
    const { planned } = stage;
    const { release, replacement, original, deploymentId } = this.plan;
    switch (planned.stage) {
      case 'SCALE_UP':
        targets.place(replacement, { id: requestId(random, `tasks of ${deploymentId}`), release: release.id, deploymentId, state: 'starting' });
        this.#wait(behaviour.scaleUpBaseMs + release.startupMs, 'SCALE_UP', () => {
          targets.healthy(replacement);
          this.#succeed(stage);
        });
        return;
      case 'TEST_TRAFFIC_SHIFT': {
        const to = planned.rollback === true ? original : replacement;
        targets.pointTestAt(to);
        this.#emit({ kind: 'testTraffic', targetGroup: to });
        break;
      }
      case 'PRODUCTION_TRAFFIC_SHIFT':
        targets.shift(replacement, planned.percent ?? 100);
        this.#noteTraffic();
        break;
      case 'BAKE_TIME':
        this.#wait((service.bakeMinutes ?? behaviour.bakeMinutes) * MINUTE, 'BAKE_TIME', () => this.#succeed(stage));
        return;
      case 'CLEAN_UP':
        this.#wait(behaviour.cleanUpMs, 'CLEAN_UP', () => this.#succeed(stage));
        return;
    }
    this.#runHooks(stage);
  }

  #runHooks(stage: LiveStage): void {
    const { service, behaviour } = this.ports;
    const name = stage.planned.stage as EcsNativeHookStage;
    const hooks = service.hooks.filter(({ stages }) => stages.includes(name));
    if (hooks.length === 0) {
      this.#wait(behaviour.stageMs + (stage.planned.waitMs ?? 0), name, () => this.#succeed(stage));
      return;
    }
    let open = hooks.length;
    stage.runs = hooks.map((hook, index) => this.#hookRun(stage, hook, index, (succeeded) => {
      open -= 1;
      this.#emit({ kind: 'hook', stage: name, text: `${functionName(hook)} ${succeeded ? 'let it go on' : 'did not let it go on'}` });
      if (!succeeded) {
        this.#hookFailed(stage, hook);
      } else if (open === 0) {
        this.#wait(stage.planned.waitMs ?? 0, name, () => this.#succeed(stage));
      }
    }));
    stage.runs.forEach((run) => run.begin());
  }

  #hookRun(stage: LiveStage, hook: LifecycleHookModel, index: number, ended: (succeeded: boolean) => void): HookRun {
    const { behaviour } = this.ports;
    const identity = `hook of ${this.plan.deploymentId} ${this.#stages.indexOf(stage)} ${index}`;
    const id = requestId(this.ports.random, identity);
    return new HookRun({
      ports: this.ports,
      hook,
      event: (invocation, hookDetails) =>
        lifecycleEvent(this.plan, {
          planned: stage.planned,
          serviceArn: this.ports.service.serviceArn,
          weight: this.ports.targets.weight(this.plan.replacement),
          executionId: behaviour.executionIdStays ? id : requestId(this.ports.random, `${identity} ${invocation}`),
          hookDetails,
        }),
      details: (behaviour.hookDetailsOutliveTheStage ? this.#details.get(hook) : undefined) ?? hook.hookDetails,
      keepDetails: (details) => this.#details.set(hook, details),
      ended,
    });
  }

  #succeed(stage: LiveStage): void {
    this.#end(stage, 'Succeeded');
    this.#wait(this.ports.behaviour.gapMs, `after ${stage.planned.stage}`, () => this.#next());
  }

  #hookFailed(stage: LiveStage, hook: LifecycleHookModel): void {
    const message = `The lifecycle hook ${functionName(hook)} of ${stage.planned.stage} did not succeed.`;
    const error = { code: 'LIFECYCLE_HOOK_FAILED', message };
    if (this.#status !== 'ROLLBACK_IN_PROGRESS') {
      this.#rollBack(error);
      return;
    }
    this.#halt('Failed');
    this.#finish(this.ports.behaviour.failedHookInRollback, this.#error ?? error);
  }

  #alarmed(error: ErrorInformation): void {
    if (this.ports.service.rollbackOnAlarm) {
      this.#rollBack(error);
    } else {
      this.#halt('Failed');
      this.#finish(this.ports.behaviour.failedWithoutRollback, error);
    }
  }

  /** Nothing of what is under way counts any more. */
  #halt(status: 'Failed'): void {
    this.#timer?.();
    this.#alarms.stop();
    for (const stage of this.#stages) {
      stage.runs.forEach((run) => run.abandon());
      if (stage.status === 'InProgress') {
        this.#end(stage, status);
      } else if (stage.status === 'Pending') {
        stage.status = 'Skipped';
      }
    }
  }

  #rollBack(error: ErrorInformation): void {
    const { targets, behaviour } = this.ports;
    const { replacement, deploymentId } = this.plan;
    this.#error = error;
    this.#halt('Failed');
    this.#setStatus('ROLLBACK_IN_PROGRESS');
    const moved = {
      production: targets.weight(replacement) > 0,
      test: targets.test === replacement,
      tasks: targets.taskSet(replacement)?.deploymentId === deploymentId,
    };
    this.#stages.push(...rollbackStages(moved, behaviour).map(live));
    this.#wait(behaviour.rollbackDelayMs, 'rollback', () => this.#next());
  }

  #complete(): void {
    const { targets } = this.ports;
    const { original, replacement, deploymentId } = this.plan;
    if (this.#status === 'ROLLBACK_IN_PROGRESS') {
      if (targets.taskSet(replacement)?.deploymentId === deploymentId) {
        targets.drain(replacement);
      }
      this.#finish('ROLLBACK_SUCCESSFUL', this.#error);
      return;
    }
    targets.makePrimary(replacement);
    targets.drain(original);
    this.#finish('SUCCESSFUL');
  }

  #finish(status: ServiceDeploymentStatus, error?: ErrorInformation): void {
    this.#timer?.();
    this.#alarms.stop();
    this.#error = error;
    this.#completeTime = this.ports.scheduler.now();
    this.#setStatus(status);
    this.ended(this);
  }

  #end(stage: LiveStage, status: 'Succeeded' | 'Failed'): void {
    stage.status = status;
    stage.end = this.ports.scheduler.now();
    this.#emit({ kind: 'stage', stage: stage.planned.stage, status });
    if (stage.planned.stage === 'BAKE_TIME') {
      this.#alarms.stop();
    }
  }

  #setStatus(status: ServiceDeploymentStatus): void {
    this.#status = status;
    this.#emit({ kind: 'status', status });
  }

  #wait(delayMs: number, label: string, action: () => void): void {
    this.#timer = this.ports.scheduler.after(delayMs, `${label} (${this.plan.deploymentId})`, action);
  }

  /** Records production traffic where it differs from what was recorded last. */
  #noteTraffic(): void {
    const { targets, scheduler } = this.ports;
    const { original, replacement } = this.plan;
    const change = { at: scheduler.now(), original: targets.weight(original), replacement: targets.weight(replacement) };
    if (this.traffic.at(-1)?.original !== change.original) {
      this.traffic.push(change);
      this.#emit({ kind: 'traffic', original: change.original, replacement: change.replacement });
    }
  }

  #emit(change: WithoutStamp<NativeChange>): void {
    this.ports.emit({ ...change, at: this.ports.scheduler.now(), deploymentId: this.plan.deploymentId });
  }
}

/** Without the rest of its ARN, which nobody needs to read. */
const functionName = ({ targetArn }: LifecycleHookModel): string => targetArn.split(':').at(-1) ?? targetArn;

const live = (planned: PlannedStage): LiveStage => ({ planned, status: 'Pending', runs: [] });
