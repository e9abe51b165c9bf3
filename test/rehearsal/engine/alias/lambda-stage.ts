/** The deployment group of an alias on a virtual clock, with hooks that answer as a test tells them to. */
import type { LambdaHookEvent } from '../../../../lib/model/lifecycle';
import type { AlarmState, HookReportStatus } from '../../../../lib/model/status';
import type { LambdaGroupModel } from '../../../../rehearsal/engine/deployment-group';
import type { DeploymentChange, LambdaDeploymentRecord } from '../../../../rehearsal/engine/deployment-record';
import { LambdaDeployments, type LambdaCreateRequest } from '../../../../rehearsal/engine/alias/lambda-deployments';
import { seededRandom } from '../../../../rehearsal/engine/random';
import { EventScheduler } from '../../../../rehearsal/engine/scheduler';
import { serviceBehaviour, type ServiceBehaviour } from '../../../../rehearsal/engine/service-behaviour';

export const LAMBDA_GROUP: LambdaGroupModel = {
  applicationName: 'orders',
  deploymentGroupName: 'orders-group',
  applicationArn: 'arn:aws:codedeploy:eu-central-1:111122223333:application:orders',
  deploymentGroupArn: 'arn:aws:codedeploy:eu-central-1:111122223333:deploymentgroup:orders/orders-group',
  deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
  traffic: { type: 'TimeBasedCanary', percentage: 10, intervalMinutes: 5 },
  serviceRoleArn: 'arn:aws:iam::111122223333:role/deployer',
  functionName: 'place-order',
  functionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:place-order',
  aliasName: 'live',
  initialVersion: '1',
  rollbackEvents: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
  alarmNames: ['errors'],
  ignorePollAlarmFailure: false,
};

export type HookScript = { readonly afterMs: number; readonly status: HookReportStatus } | 'silent' | 'denied';

export class LambdaStage {
  readonly scheduler = new EventScheduler();
  readonly alarms: Record<string, AlarmState | undefined> = { errors: 'OK' };
  readonly changes: DeploymentChange[] = [];
  readonly hooks: Record<string, HookScript> = {};
  readonly deployments: LambdaDeployments;

  constructor(group: Partial<LambdaGroupModel> = {}, behaviour: Partial<ServiceBehaviour> = {}) {
    this.deployments = new LambdaDeployments({
      group: { ...LAMBDA_GROUP, ...group },
      scheduler: this.scheduler,
      random: seededRandom(1),
      hooks: {
        invoke: (name, { DeploymentId: deploymentId, LifecycleEventHookExecutionId: lifecycleEventHookExecutionId }) => {
          const script = this.hooks[name] ?? 'silent';
          if (script === 'denied') {
            return { accepted: false, message: `may not invoke ${name}` };
          }
          if (script !== 'silent') {
            this.scheduler.after(script.afterMs, name, () => this.deployments.putHookStatus({ deploymentId, lifecycleEventHookExecutionId, status: script.status }));
          }
          return { accepted: true };
        },
      },
      alarms: { state: (name) => this.alarms[name] },
      initialRelease: 'r0',
      behaviour: serviceBehaviour(behaviour),
    });
    this.deployments.onChange((change) => this.changes.push(change));
  }

  /** Releases version `number + 1`, with these hooks. */
  create(number = 1, hooks: Partial<Record<LambdaHookEvent, HookScript>> = {}, more: Partial<LambdaCreateRequest> = {}): string {
    for (const [event, script] of Object.entries(hooks)) {
      this.hooks[`hook-${event}`] = script;
    }
    return this.deployments.create({
      release: `r${number}`,
      currentVersion: this.deployments.releasedVersion,
      targetVersion: String(number + 1),
      hooks: Object.fromEntries(Object.keys(hooks).map((event) => [event, `hook-${event}`])),
      revision: { revisionType: 'String', string: { content: `r${number}`, sha256: `hash of r${number}` } },
      ...more,
    });
  }

  /** Plays until nothing happens by itself any more. */
  play(): void {
    while (!this.deployments.settled && this.scheduler.runNext()) {
      // time passes
    }
  }

  get(id: string): LambdaDeploymentRecord {
    return this.deployments.get(id);
  }

  rollbackOf(id: string): LambdaDeploymentRecord | undefined {
    const rollbackId = this.get(id).rollbackInfo?.rollbackDeploymentId;
    return rollbackId === undefined ? undefined : this.get(rollbackId);
  }
}
