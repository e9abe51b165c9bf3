/** What is done to the deployments of CodeDeploy and told of them, whatever the platform. */
import type { EcsHookEvent } from '../../lib/model/lifecycle';
import type { HookRunReport } from '../../lib/model/report';
import type { Finding, HookDescription, LambdaHookDescription } from '../../lib/model/rollout';
import type { HookFunction } from '../assembly/staged-model';
import type { AsyncInvocations } from '../engine/async-invocations';
import type { DeploymentChange, LifecycleEventRecord } from '../engine/deployment-record';
import { deploymentReport } from '../engine/deployment-report';
import type { Deployments } from '../engine/deployments';
import type { LambdaDeployments } from '../engine/alias/lambda-deployments';
import type { Cancel } from '../engine/ports';
import { UserError } from '../report/user-error';
import type { ReleaseAction, Scenario } from '../scenario/scenario';
import type { PlayedDeployments, ReportContext, Say } from './staged-rollout';

/** Told of a report that comes from outside of the rehearsal's functions. */
export type Reported = (executionId: string, status: 'Succeeded' | 'Failed') => void;

/** What has to be known of the rollout. */
export interface PlayedHooks {
  readonly name: string;
  readonly hookFunctions: readonly HookFunction[];
  readonly description: { readonly hooks: readonly (HookDescription | LambdaHookDescription)[] };
}

export class DeploymentsPlay {
  constructor(
    private readonly model: PlayedHooks,
    private readonly deployments: Deployments | LambdaDeployments,
    private readonly reported: Reported,
  ) {}

  act(id: string, action: ReleaseAction['action']): void {
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

  onEventStart(listener: (deploymentId: string, event: string) => void): Cancel {
    return this.deployments.onChange((change) => {
      if (change.kind === 'event' && change.status === 'InProgress') {
        listener(change.deploymentId, change.event);
      }
    });
  }

  follow(say: Say): void {
    this.deployments.onChange((change) => {
      const text = changeText(change);
      if (text !== undefined) {
        say(change.at, change.deploymentId, text);
      }
    });
  }

  /** The deployments, and what only the play shows of their hooks. */
  played(context: ReportContext): Pick<PlayedDeployments, 'deployments' | 'findings'> {
    return {
      deployments: this.deployments.list().map((record) => deploymentReport(record, (event) => this.hookRun(context, event))),
      findings: this.outside(context),
    };
  }

  throttle({ hook, forMs }: Scenario['throttle'][number], file: string, invocations: AsyncInvocations): void {
    const name = this.model.hookFunctions.find(({ event }) => event === hook)?.function;
    if (name === undefined) {
      throw new UserError(`${file}: "throttle" names ${hook}, which rollout ${this.model.name} has no hook for`);
    }
    invocations.throttle(name, 0, forMs);
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
