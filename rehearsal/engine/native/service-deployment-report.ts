/** A service deployment as the report shows it: times in virtual seconds. */
import type { DeploymentReport, HookRunReport, LifecycleEventReport, Outcome } from '../../../lib/model/report';
import { wholeMilliseconds } from '../deployment-report';
import type { HookRunRecord } from './hook-run';
import { nativeBehaviour } from './native-behaviour';
import type { ServiceDeployment } from './service-deployment';
import type { StageRecord } from './service-deployment-plan';
import type { NativeServiceModel } from './service-model';
import { shiftSteps } from './stage-plan';

export function serviceDeploymentReport(deployment: ServiceDeployment, service: NativeServiceModel, hookRun: (run: HookRunRecord) => HookRunReport): DeploymentReport {
  const { plan, status, error, createTime, completeTime, stages, traffic } = deployment;
  return {
    deploymentId: plan.deploymentId,
    creator: 'user',
    status,
    deploymentConfigName: strategyText(service),
    ...(error === undefined ? {} : { errorInformation: error }),
    createTime: wholeMilliseconds(createTime),
    completeTime: completeTime === undefined ? null : wholeMilliseconds(completeTime),
    lifecycleEvents: stages.map((stage) => stageReport(stage, hookRun)),
    traffic: traffic.map(({ at, original, replacement }) => ({ at: wholeMilliseconds(at), original, replacement })),
  };
}

function stageReport({ stage, status, start, end, hooks, rollback }: StageRecord, hookRun: (run: HookRunRecord) => HookRunReport): LifecycleEventReport {
  // The one that decided comes first.
  const reports = [...hooks].sort((a, b) => rank(a) - rank(b)).map(hookRun);
  const [hook, ...others] = reports;
  return {
    name: stage,
    status,
    start: start === undefined ? null : wholeMilliseconds(start),
    end: end === undefined ? null : wholeMilliseconds(end),
    ...(rollback === true ? { rollback } : {}),
    ...(hook === undefined ? {} : { hook }),
    ...(others.length === 0 ? {} : { otherHooks: others }),
  };
}

const rank = ({ end }: HookRunRecord): number => (end === 'FAILED' || end === 'INVALID' || end === 'TIMED_OUT' ? 0 : 1);

/** `CANARY 10 %, 5 min; bake 10 min`. */
function strategyText(service: NativeServiceModel): string {
  const behaviour = nativeBehaviour();
  const [first, ...others] = shiftSteps(service, behaviour);
  const steps = others.length === 0 || first === undefined ? '' : ` ${first.percent} %, ${first.waitMs / 60_000} min`;
  return `${service.strategy}${steps}; bake ${service.bakeMinutes ?? behaviour.bakeMinutes} min`;
}

/** How a rehearsal came out: what became of its last deployment. @throws Error where there is none, or one still runs */
export function nativeOutcome(deployments: readonly Pick<ServiceDeployment, 'over' | 'status' | 'plan'>[]): Outcome {
  const running = deployments.find(({ over }) => !over);
  if (running !== undefined) {
    throw new Error(`a rehearsal has no outcome while ${running.plan.deploymentId} is ${running.status}`);
  }
  switch (deployments.at(-1)?.status) {
    case 'SUCCESSFUL':
      return 'released';
    case 'ROLLBACK_SUCCESSFUL':
      return 'rolledBack';
    case 'STOPPED':
      return 'stopped';
    case undefined:
      throw new Error('a rehearsal without a deployment has no outcome');
    default:
      return 'failed';
  }
}
