/** A service whose deployments ECS itself controls. */
import type { Finding } from '../../lib/model/rollout';
import type { NativeRolloutModel } from '../assembly/native-rollout-model';
import { nativeOutcome, serviceDeploymentReport } from '../engine/native/service-deployment-report';
import { ServiceDeployments } from '../engine/native/service-deployments';
import type { LifecycleHookInvoker, NativeChange } from '../engine/native/service-model';
import type { Cancel } from '../engine/ports';
import { UserError } from '../report/user-error';
import type { ReleaseAction, ReleaseScenario, Scenario } from '../scenario/scenario';
import { nativeHookReport } from './native-hook-report';
import { BalancedRollout, type BalancedRolloutOptions } from './balanced-rollout';
import type { PlayedDeployments, ListenerAddress, ReportContext, Say } from './staged-rollout';
import { FIRST_RELEASE } from './versions';

export interface NativeRolloutOptions extends BalancedRolloutOptions {
  readonly hooks: LifecycleHookInvoker;
}

export class NativeRollout extends BalancedRollout {
  readonly controller = 'ECS';
  readonly deployments: ServiceDeployments;

  constructor(
    override readonly model: NativeRolloutModel,
    options: NativeRolloutOptions,
  ) {
    const { conductor, random, hooks, alarms } = options;
    const deployments = new ServiceDeployments({ service: model.service, scheduler: conductor.scheduler, random, hooks, alarms, initialRelease: FIRST_RELEASE });
    super(model, options, deployments.routing);
    this.deployments = deployments;
  }

  override get notModelled(): readonly string[] {
    return [...this.model.notModelled, ...super.notModelled];
  }

  override get addresses(): readonly ListenerAddress[] {
    return [...super.addresses, ...this.model.hosts];
  }

  override throttle({ hook }: Scenario['throttle'][number], file: string): never {
    throw new UserError(`${file}: "throttle" names ${hook}, which is an event of CodeDeploy, and ECS controls the deployments of ${this.model.name}; what ECS makes of a throttled invocation is not known`);
  }

  override get settled(): boolean {
    return this.deployments.settled;
  }

  override check({ name, leaveOut }: ReleaseScenario, file: string): void {
    if (leaveOut.length > 0) {
      throw new UserError(`${file}: release ${name} sets "leaveOut", which takes hooks out of an AppSpec of CodeDeploy, and ECS controls the deployments of ${this.model.name}; leave it out`);
    }
  }

  override release({ name, rollback }: ReleaseScenario): string {
    if (rollback !== undefined) {
      throw new UserError(`release ${name} sets "rollback", which is a setting of CodeDeploy's deployments: ECS always takes a failed one back; leave it out for ${this.model.name}`);
    }
    return this.deployments.create(this.versions.next(), name);
  }

  /** Stopping is StopServiceDeployment: back to the revision before, or with `rollback: off` everything stays as it is. */
  override act(id: string, action: ReleaseAction['action']): void {
    if (action.kind !== 'stop') {
      const why = action.kind === 'report' ? 'hooks of ECS answer, and report to nobody' : 'PAUSE hooks are not played';
      throw new UserError(`the scenario's action "${action.kind}" is for rollouts of CodeDeploy, and ECS controls the deployments of ${this.model.name}: ${why}`);
    }
    this.deployments.stop(id, action.rollback === false ? 'ABORT' : 'ROLLBACK');
  }

  override onEventStart(listener: (deploymentId: string, event: string) => void): Cancel {
    return this.deployments.onChange((change) => {
      if (change.kind === 'stage' && change.status === 'InProgress') {
        listener(change.deploymentId, change.stage);
      }
    });
  }

  override follow(say: Say): void {
    this.deployments.onChange((change) => {
      const text = changeText(change);
      if (text !== undefined) {
        say(change.at, change.deploymentId, text);
      }
    });
  }

  override played({ functions }: ReportContext): PlayedDeployments {
    const all = this.deployments.list();
    return {
      outcome: nativeOutcome(all),
      deployments: all.map((deployment) => serviceDeploymentReport(deployment, this.model.service, (run) => nativeHookReport(run, functions))),
      findings: [...this.neverPlayed(), ...this.alarmsOff()],
    };
  }

  protected override onChange(listener: () => void): Cancel {
    return this.deployments.onChange(listener);
  }

  /** Stages that have a hook and were in none of the deployments. */
  private neverPlayed(): readonly Finding[] {
    const played = new Set(this.deployments.list().flatMap(({ stages }) => stages.map(({ stage }) => String(stage))));
    const missing = [...new Set(this.model.hookFunctions.map(({ event }) => event))].filter((event) => !played.has(event));
    return missing.map((stage) => ({
      id: 'stage-not-played',
      level: 'info',
      message: `the hook of ${stage} was not invoked: ECS plays that stage only where more than one service revision is active when a deployment begins`,
      remedy: 'nothing; the checks of other stages were played',
    }));
  }

  private alarmsOff(): readonly Finding[] {
    return this.deployments.list().flatMap(({ plan, alarmsOff }) =>
      alarmsOff.length === 0
        ? []
        : [
            {
              id: 'alarms-off',
              level: 'warning',
              message: `alarm ${alarmsOff.join(', ')} was in ALARM when ${plan.description ?? plan.deploymentId} began, so that ECS watched no alarm in this deployment`,
              remedy: "make the hook's checks include an AlarmCheck, which sees such an alarm",
            },
          ],
    );
  }
}

function changeText(change: NativeChange): string | undefined {
  switch (change.kind) {
    case 'status':
      return change.status;
    case 'stage':
      return `${change.stage} ${change.status}`;
    case 'hook':
      return `${change.stage}: ${change.text}`;
    case 'traffic':
      return `traffic ${change.original}/${change.replacement}`;
    default:
      return undefined;
  }
}
