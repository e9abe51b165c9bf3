/** A deployment group on a virtual clock, with hooks that answer as a test tells them to. */
import type { EcsAppSpecDocument } from '../../../lib/model/appspec';
import type { EcsHookEvent } from '../../../lib/model/lifecycle';
import type { AlarmState, HookReportStatus } from '../../../lib/model/status';
import type { DeploymentGroupModel } from '../../../rehearsal/engine/deployment-group';
import type { CreateRequest, DeploymentChange, DeploymentRecord, EcsDeploymentRecord } from '../../../rehearsal/engine/deployment-record';
import { Deployments } from '../../../rehearsal/engine/deployments';
import type { HookStatusReport } from '../../../rehearsal/engine/group-deployments';
import { ServiceError, type HookInvocation } from '../../../rehearsal/engine/ports';
import { seededRandom } from '../../../rehearsal/engine/random';
import { EventScheduler } from '../../../rehearsal/engine/scheduler';
import { serviceBehaviour, type ServiceBehaviour } from '../../../rehearsal/engine/service-behaviour';

export const GROUP: DeploymentGroupModel = {
  applicationName: 'web',
  deploymentGroupName: 'web-group',
  applicationArn: 'arn:aws:codedeploy:eu-central-1:111122223333:application:web',
  deploymentGroupArn: 'arn:aws:codedeploy:eu-central-1:111122223333:deploymentgroup:web/web-group',
  deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
  traffic: { type: 'TimeBasedCanary', percentage: 10, intervalMinutes: 5 },
  serviceRoleArn: 'arn:aws:iam::111122223333:role/deployer',
  clusterName: 'cluster',
  serviceName: 'web',
  serviceArn: 'arn:aws:ecs:eu-central-1:111122223333:service/cluster/web',
  desiredCount: 2,
  targetGroups: [
    { name: 'tg-blue', arn: 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/tg-blue/1' },
    { name: 'tg-green', arn: 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/tg-green/2' },
  ],
  productionListenerArn: 'arn:production',
  testListenerArn: 'arn:test',
  terminationWaitMinutes: 5,
  rollbackEvents: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
  alarmNames: ['errors', 'latency'],
  ignorePollAlarmFailure: false,
};

/** What a hook does: reports after a time, never does, or cannot be invoked. */
export type HookScript = { afterMs: number; status: HookReportStatus } | 'silent' | 'denied';

export class Stage {
  readonly scheduler = new EventScheduler();
  readonly alarms: Record<string, AlarmState | undefined>;
  readonly invoked: { functionName: string; payload: { DeploymentId: string; LifecycleEventHookExecutionId: string } }[] = [];
  readonly changes: DeploymentChange[] = [];
  /** Codes of reports that came too late. */
  readonly refusedReports: string[] = [];
  readonly deployments: Deployments;
  readonly group: DeploymentGroupModel;
  readonly hooks: Record<string, HookScript> = {};

  constructor(group: Partial<DeploymentGroupModel> = {}, behaviour: Partial<ServiceBehaviour> = {}, seed = 1) {
    this.group = { ...GROUP, ...group };
    this.alarms = Object.fromEntries(this.group.alarmNames.map((name) => [name, 'OK']));
    this.deployments = new Deployments({
      group: this.group,
      scheduler: this.scheduler,
      random: seededRandom(seed),
      hooks: { invoke: (functionName, payload) => this.#invoke(functionName, payload) },
      alarms: { state: (name) => this.alarms[name] },
      initialRelease: 'r0',
      behaviour: serviceBehaviour(behaviour),
    });
    this.deployments.onChange((change) => this.changes.push(change));
  }

  create(release = 'r1', hooks: Partial<Record<EcsHookEvent, HookScript>> = {}, more: Partial<CreateRequest> = {}): string {
    for (const [event, script] of Object.entries(hooks)) {
      this.hooks[`hook-${event}`] = script;
    }
    return this.deployments.create({
      release: { id: release, startupMs: 30_000 },
      appSpec: appSpec(Object.keys(hooks) as EcsHookEvent[]),
      revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256: release } },
      ...more,
    });
  }

  /** Plays until nothing happens by itself any more. */
  play(): void {
    while (!this.deployments.settled && this.scheduler.runNext()) {
      // time passes
    }
  }

  get(id: string): EcsDeploymentRecord {
    return this.deployments.get(id);
  }

  rollbackOf(id: string): EcsDeploymentRecord {
    const rollbackId = this.get(id).rollbackInfo?.rollbackDeploymentId;
    if (rollbackId === undefined) {
      throw new Error(`deployment ${id} was not rolled back`);
    }
    return this.get(rollbackId);
  }

  #invoke(functionName: string, payload: { DeploymentId: string; LifecycleEventHookExecutionId: string }): HookInvocation {
    this.invoked.push({ functionName, payload });
    const script = this.hooks[functionName];
    if (script === 'denied') {
      return { accepted: false, message: `not authorized to perform lambda:InvokeFunction on ${functionName}` };
    }
    if (script !== 'silent') {
      const { DeploymentId: deploymentId, LifecycleEventHookExecutionId: lifecycleEventHookExecutionId } = payload;
      this.scheduler.after(script.afterMs, functionName, () => this.#report({
        deploymentId,
        lifecycleEventHookExecutionId,
        status: script.status,
      }));
    }
    return { accepted: true };
  }

  #report(report: HookStatusReport): void {
    try {
      this.deployments.putHookStatus(report);
    } catch (error) {
      if (!(error instanceof ServiceError)) {
        throw error;
      }
      this.refusedReports.push(error.code);
    }
  }
}

export function appSpec(hooks: readonly EcsHookEvent[] = []): EcsAppSpecDocument {
  return {
    version: '0.0',
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: 'arn:aws:ecs:task-definition/web:2',
            LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 },
          },
        },
      },
    ],
    ...(hooks.length === 0 ? {} : { Hooks: hooks.map((event) => ({ [event]: `hook-${event}` })) }),
  };
}

/** `name status start-end`, one line for each lifecycle event. */
export function eventLines(record: DeploymentRecord): string[] {
  return record.target.lifecycleEvents.map(({ lifecycleEventName, status, startTime, endTime }) =>
    `${lifecycleEventName} ${status} ${startTime ?? ''}-${endTime ?? ''}`,
  );
}

/** `at original/replacement` */
export function trafficLines(record: DeploymentRecord): string[] {
  return record.traffic.map(({ at, original, replacement }) => `${at} ${original}/${replacement}`);
}
