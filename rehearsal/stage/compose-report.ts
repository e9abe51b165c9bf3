/** Puts the report of a rehearsal together out of what the stage knows. */
import type { DeploymentReport, Report } from '../../lib/model/report';
import type { Finding } from '../../lib/model/rollout';
import { wholeMilliseconds } from '../engine/deployment-report';
import type { Scenario } from '../scenario/scenario';
import type { PlayedUpdates } from '../cloudformation/stack-updates';
import { isFailure } from '../cloudformation/update-findings';
import { fidelity, withStackUpdates } from './fidelity';
import type { Controller, StagedRollout } from './staged-rollout';
import type { World } from './world';

/** What a report is about, besides the stage itself. */
export interface Played {
  readonly scenario: Scenario;
  readonly findings: readonly Finding[];
  readonly stackUpdates?: PlayedUpdates;
  readonly wallMs: number;
}

export function composeReport(world: World, rollout: StagedRollout, { scenario, findings, stackUpdates, wallMs }: Played): Report {
  const { outcome, deployments, findings: shown, autoScalingGroups } = rollout.played(world);
  const updated = stackUpdates?.findings ?? [];
  return {
    schemaVersion: 1,
    rollout: rollout.model.name,
    ...playedBy(rollout.controller),
    ...(scenario.file === '' ? {} : { scenario: scenario.file }),
    seed: world.options.seed,
    outcome: updated.some(isFailure) ? 'failed' : outcome,
    ...(scenario.expect === undefined ? {} : { expected: scenario.expect.outcome }),
    deployments,
    ...(autoScalingGroups === undefined ? {} : { autoScalingGroups }),
    stackUpdates: stackUpdates?.reports ?? [],
    alarms: world.alarms.report(),
    iam: world.permissions.report,
    findings: [...updated, ...rollout.model.findings, ...overrideFindings(deployments), ...shown, ...world.events.findings(rollout.model.name), ...idleFindings(rollout), ...findings],
    fidelity: stackUpdates === undefined ? fidelity(world, rollout) : withStackUpdates(fidelity(world, rollout), stackUpdates),
    timing: { virtualSeconds: wholeMilliseconds(world.conductor.now()), wallMs: Math.round(wallMs) },
  };
}

function playedBy(controller: Controller): Pick<Report, 'platform' | 'controller'> {
  switch (controller) {
    case 'LAMBDA':
      return { platform: 'Lambda', controller: 'CODE_DEPLOY' };
    case 'SERVER':
      return { platform: 'Server', controller: 'CODE_DEPLOY' };
    default:
      return { platform: 'ECS', controller };
  }
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

function idleFindings({ load, controller }: StagedRollout): readonly Finding[] {
  const rollout = controller === 'ECS' ? '' : 'expectedRequestsPerSecond on the rollout, or ';
  return load > 0 || controller === 'SERVER'
    ? []
    : [
        {
          id: 'no-traffic',
          level: 'info',
          message: 'no production traffic was played, so that alarms on it saw no data',
          remedy: `set ${rollout}requestsPerSecond in the scenario`,
        },
      ];
}
