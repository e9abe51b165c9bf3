/** A rollout whose deployments CodeDeploy plays, whether a deployment group or CloudFormation has them made. */
import type { HookRunReport } from '../../lib/model/report';
import type { Finding } from '../../lib/model/rollout';
import type { EcsHookEvent } from '../../lib/model/lifecycle';
import type { PlayedModel } from '../assembly/rollout-model';
import type { AsyncInvocations } from '../engine/async-invocations';
import type { DeploymentGroupModel } from '../engine/deployment-group';
import type { DeploymentChange, LifecycleEventRecord } from '../engine/deployment-record';
import { deploymentReport } from '../engine/deployment-report';
import { Deployments } from '../engine/deployments';
import type { Cancel, HookInvoker } from '../engine/ports';
import { UserError } from '../report/user-error';
import type { ReleaseAction, Scenario } from '../scenario/scenario';
import { StagedRollout, type PlayedDeployments, type ReportContext, type Say, type StagedRolloutOptions } from './staged-rollout';
import { FIRST_RELEASE } from './versions';

/** Told of a report that comes from outside of the rehearsal's functions. */
export type Reported = (executionId: string, status: 'Succeeded' | 'Failed') => void;

export interface PlayedRolloutOptions extends StagedRolloutOptions {
  readonly hooks: HookInvoker;
  readonly reported: Reported;
}

export abstract class PlayedRollout extends StagedRollout {
  readonly deployments: Deployments;
  private readonly reported: Reported;

  protected constructor(
    override readonly model: PlayedModel,
    readonly group: DeploymentGroupModel,
    options: PlayedRolloutOptions,
  ) {
    const { conductor, random, hooks, alarms } = options;
    const deployments = new Deployments({ group, scheduler: conductor.scheduler, random, hooks, alarms, initialRelease: FIRST_RELEASE });
    super(model, options, deployments.routing);
    this.deployments = deployments;
    this.reported = options.reported;
  }

  override get settled(): boolean {
    return this.deployments.settled;
  }

  override act(id: string, action: ReleaseAction['action']): void {
    switch (action.kind) {
      case 'stop':
        this.deployments.stop(id, action.rollback === undefined ? {} : { autoRollbackEnabled: action.rollback });
        break;
      case 'continue':
        this.deployments.continue(id);
        break;
      case 'report':
        this.reportFor(id, action.hook, action.status);
    }
  }

  override onEventStart(listener: (deploymentId: string, event: string) => void): Cancel {
    return this.deployments.onChange((change) => {
      if (change.kind === 'event' && change.status === 'InProgress') {
        listener(change.deploymentId, change.event);
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

  /** The deployments, and what only the play shows of their hooks. */
  protected playedBasis(context: ReportContext): Pick<PlayedDeployments, 'deployments' | 'findings'> {
    return {
      deployments: this.deployments.list().map((record) => deploymentReport(record, (event) => this.hookRun(context, event))),
      findings: this.outside(context),
    };
  }

  override throttle({ hook, forMs }: Scenario['throttle'][number], file: string, invocations: AsyncInvocations): void {
    const name = this.model.hookFunctions.find(({ event }) => event === hook)?.function;
    if (name === undefined) {
      throw new UserError(`${file}: "throttle" names ${hook}, which rollout ${this.model.name} has no hook for`);
    }
    invocations.throttle(name, 0, forMs);
  }

  protected override onChange(listener: () => void): Cancel {
    return this.deployments.onChange(listener);
  }

  private reportFor(id: string, hook: EcsHookEvent, status: 'Succeeded' | 'Failed'): void {
    const event = this.deployments.get(id).target.lifecycleEvents.find(({ lifecycleEventName }) => lifecycleEventName === hook);
    const executionId = event?.hook?.executionId;
    if (executionId === undefined) {
      throw new UserError(`the scenario reports ${status} for ${hook}, which no hook waits for at this time; give the action a later "at"`);
    }
    this.deployments.putHookStatus({ deploymentId: id, lifecycleEventHookExecutionId: executionId, status });
    this.reported(executionId, status);
  }

  private hookRun({ functions, runs }: ReportContext, { hook, lifecycleEventName }: LifecycleEventRecord): HookRunReport | undefined {
    if (hook === undefined) {
      return undefined;
    }
    const described = this.model.description.hooks.find(({ event }) => event === lifecycleEventName);
    const name = functions.find(hook.function)?.spec.name ?? hook.function;
    return runs.report(hook, name, described?.reportsLater ?? false);
  }

  private outside({ functions }: ReportContext): readonly Finding[] {
    return this.model.hookFunctions
      .filter(({ function: name }) => functions.find(name) === undefined)
      .map(({ event, function: name }) => ({
        id: 'hook-outside-assembly',
        level: 'warning',
        message: `the hook of ${event} is ${name}, which is made outside of this assembly, so that its code did not run`,
        remedy: 'add the stack that makes it to the app, or let the scenario report for it',
      }));
  }
}

function changeText(change: DeploymentChange): string | undefined {
  switch (change.kind) {
    case 'status':
      return change.status;
    case 'event':
      return change.status === 'Skipped' ? undefined : `${change.event} ${change.status}`;
    case 'hookReported':
      return `${change.event}: the hook reported ${change.status}`;
    case 'traffic':
      return `traffic ${change.original}/${change.replacement}`;
    case 'rollback':
      return `rolled back by ${change.rollbackDeploymentId}`;
    case 'stackRolledBack':
      return 'the stack is rolled back';
    default:
      return undefined;
  }
}
