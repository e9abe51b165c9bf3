/** Puts the report of a rehearsal together out of what the stage knows. */
import type { DeploymentReport, HookRunReport, Report } from '../../lib/model/report';
import type { Finding } from '../../lib/model/rollout';
import type { LifecycleEventRecord } from '../engine/deployment-record';
import { deploymentReport, wholeMilliseconds } from '../engine/deployment-report';
import { outcomeOf } from '../engine/outcome';
import type { Scenario } from '../scenario/scenario';
import { fidelity } from './fidelity';
import type { StagedRollout } from './staged-rollout';
import type { World } from './world';

/** What a report is about, besides the stage itself. */
export interface Played {
  readonly scenario: Scenario;
  readonly findings: readonly Finding[];
  readonly wallMs: number;
}

export function composeReport(world: World, rollout: StagedRollout, { scenario, findings, wallMs }: Played): Report {
  const records = rollout.deployments.list();
  const deployments = records.map((record): DeploymentReport => deploymentReport(record, (event) => hookRun(world, rollout, event)));
  return {
    schemaVersion: 1,
    rollout: rollout.model.name,
    platform: 'ECS',
    ...(scenario.file === '' ? {} : { scenario: scenario.file }),
    seed: world.options.seed,
    outcome: outcomeOf(records),
    ...(scenario.expect === undefined ? {} : { expected: scenario.expect.outcome }),
    deployments,
    alarms: world.alarms.report(),
    iam: world.permissions.report,
    findings: [...rollout.model.description.findings, ...overrideFindings(deployments), ...playFindings(world, rollout), ...findings],
    fidelity: fidelity(world, rollout),
    timing: { virtualSeconds: wholeMilliseconds(world.conductor.now()), wallMs: Math.round(wallMs) },
  };
}

function hookRun(world: World, { model }: StagedRollout, { hook, lifecycleEventName }: LifecycleEventRecord): HookRunReport | undefined {
  if (hook === undefined) {
    return undefined;
  }
  const described = model.description.hooks.find(({ event }) => event === lifecycleEventName);
  const name = world.functions.find(hook.function)?.spec.name ?? hook.function;
  return world.runs.report(hook, name, described?.reportsLater ?? false);
}

/** Deployments whose checks somebody has overridden. */
function overrideFindings(deployments: readonly DeploymentReport[]): readonly Finding[] {
  return deployments.flatMap(({ deploymentId, lifecycleEvents }) =>
    lifecycleEvents.flatMap(({ name, hook }): readonly Finding[] =>
      hook?.override === undefined
        ? []
        : [
            {
              id: 'break-glass',
              level: 'warning',
              message: `the checks of ${name} were not enforced in ${deploymentId}, by ${hook.override.by} (${hook.override.reason})`,
              remedy: `nothing, where this was meant; the parameter ${hook.override.parameter} sets itself back to "off"`,
            },
          ],
    ),
  );
}

/** What only the play shows. */
function playFindings(world: World, { model, load }: StagedRollout): readonly Finding[] {
  const outside = (model.appSpec.Hooks ?? []).flatMap((entry) =>
    Object.entries(entry)
      .filter(([, name]) => world.functions.find(name) === undefined)
      .map(
        ([event, name]): Finding => ({
          id: 'hook-outside-assembly',
          level: 'warning',
          message: `the hook of ${event} is ${name}, which is made outside of this assembly, so that its code did not run`,
          remedy: 'add the stack that makes it to the app, or let the scenario report for it',
        }),
      ),
  );
  const idle: readonly Finding[] =
    load > 0
      ? []
      : [
          {
            id: 'no-traffic',
            level: 'info',
            message: 'no production traffic was played, so that alarms on it saw no data',
            remedy: 'set expectedRequestsPerSecond on the rollout, or requestsPerSecond in the scenario',
          },
        ];
  return [...outside, ...idle];
}
