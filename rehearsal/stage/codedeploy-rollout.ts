/** A rollout that CodeDeploy releases. */
import type { HookRunReport } from '../../lib/model/report';
import type { Finding } from '../../lib/model/rollout';
import type { EcsHookEvent } from '../../lib/model/lifecycle';
import type { RolloutModel } from '../assembly/rollout-model';
import { appSpecRevision } from '../endpoints/codedeploy-revision';
import type { AsyncInvocations } from '../engine/async-invocations';
import type { DeploymentGroupModel } from '../engine/deployment-group';
import type { CreateRequest, DeploymentChange, LifecycleEventRecord } from '../engine/deployment-record';
import { deploymentReport } from '../engine/deployment-report';
import { Deployments } from '../engine/deployments';
import { outcomeOf } from '../engine/outcome';
import type { Cancel, HookInvoker, ListenerName } from '../engine/ports';
import { UserError } from '../report/user-error';
import type { ReleaseAction, ReleaseScenario, Scenario } from '../scenario/scenario';
import { deploymentGroupModel } from './models';
import { StagedRollout, type PlayedDeployments, type ReportContext, type Say, type StagedRolloutOptions } from './staged-rollout';
import { FIRST_RELEASE } from './versions';

/** What a release says about rollback where its deployment group names no events. */
const ROLLBACK_EVENTS = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] as const;

/** Told of a report that comes from outside of the rehearsal's functions. */
export type Reported = (executionId: string, status: 'Succeeded' | 'Failed') => void;

export interface CodeDeployRolloutOptions extends StagedRolloutOptions {
  readonly hooks: HookInvoker;
  readonly reported: Reported;
}

export class CodeDeployRollout extends StagedRollout {
  readonly controller = 'CODE_DEPLOY';
  readonly group: DeploymentGroupModel;
  readonly deployments: Deployments;
  private readonly reported: Reported;

  constructor(
    override readonly model: RolloutModel,
    options: CodeDeployRolloutOptions,
  ) {
    const group = deploymentGroupModel(model);
    const { conductor, random, hooks, alarms } = options;
    const deployments = new Deployments({ group, scheduler: conductor.scheduler, random, hooks, alarms, initialRelease: FIRST_RELEASE });
    super(model, options, deployments.routing);
    this.group = group;
    this.deployments = deployments;
    this.reported = options.reported;
  }

  override get settled(): boolean {
    return this.deployments.settled;
  }

  override check({ name, leaveOut }: ReleaseScenario, file: string): void {
    const events = this.model.hookFunctions.map(({ event }) => event);
    const unknown = leaveOut.find((event) => !events.includes(event));
    if (unknown !== undefined) {
      throw new UserError(`${file}: release ${name} leaves out ${unknown}, which rollout ${this.model.name} has no hook for; it has ${events.join(', ') || 'no hook'}`);
    }
  }

  override release(release: ReleaseScenario): string {
    const events = this.group.rollbackEvents.length === 0 ? ROLLBACK_EVENTS : this.group.rollbackEvents;
    return this.deployments.create({
      ...appSpecWithout(this.model, release.leaveOut),
      description: release.name,
      release: this.versions.next(),
      ...(release.rollback === undefined ? {} : { autoRollbackConfiguration: { enabled: release.rollback, events } }),
    });
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

  /** A stack update lets a listener forward to one target group. */
  writeListener(listener: ListenerName, targetGroup: string): void {
    this.deployments.writeListener(listener, targetGroup);
    this.routed();
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

  override played(context: ReportContext): PlayedDeployments {
    const records = this.deployments.list();
    const inspected = context.inspections.findings(
      this.model,
      records.map(({ deploymentId }) => deploymentId),
    );
    return {
      outcome: outcomeOf(records),
      deployments: records.map((record) => deploymentReport(record, (event) => this.hookRun(context, event))),
      findings: [...this.outside(context), ...inspected],
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

/** The AppSpec of a release: that of the stack output, or what somebody who leaves hooks out makes of it. */
function appSpecWithout({ appSpec, appSpecContent }: RolloutModel, leaveOut: readonly EcsHookEvent[]): Pick<CreateRequest, 'appSpec' | 'revision'> {
  if (leaveOut.length === 0) {
    return { appSpec, revision: appSpecRevision(appSpecContent) };
  }
  const { Hooks = [], ...rest } = appSpec;
  const kept = Hooks.filter((entry) => !leaveOut.some((event) => event in entry));
  const document = { ...rest, ...(kept.length === 0 ? {} : { Hooks: kept }) };
  return { appSpec: document, revision: appSpecRevision(JSON.stringify(document)) };
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
    default:
      return undefined;
  }
}
