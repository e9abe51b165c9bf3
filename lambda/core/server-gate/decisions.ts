/** How a gate has its verdict come true. They stand where a hook has its report: tried again while time remains. */
import type { DeploymentStatus } from '../../../lib/model/status';
import { within } from '../deadline';
import { ServiceFailure } from '../failures';
import type { Judgement } from '../judgement';
import type { HookPorts, Reporter } from '../ports';
import type { Subject } from '../publish';
import { alarmReason } from '../publish';
import { quoted } from '../text';
import type { GateDeployment, GateGuardianPorts } from './ports';

/** A look that hangs must leave time, within one attempt, for what it is made before. */
const LOOK_MS = 2_000;

/** Why a deployment does not wait for its traffic to be shifted; undefined where it does. */
export function whyNotWaiting({ status }: Pick<GateDeployment, 'status'>): string | undefined {
  return status === WAITING ? undefined : `the deployment does not wait, it is ${quoted(status)}`;
}

const WAITING: DeploymentStatus = 'Ready';

/**
 * Continues the deployment, or stops it and rolls back. One that waits no longer is left alone: somebody else has decided, be it a second delivery of the same event or a person.
 * Where that cannot be seen, it is stopped.
 */
export function readyWaitReporter({ clock, fleet }: Pick<GateGuardianPorts, 'clock' | 'fleet'>): Reporter {
  return {
    putStatus: async ({ DeploymentId: id }, status, signal) => {
      if (status === 'Succeeded') {
        return fleet.continue(id, signal);
      }
      const seen = await within(clock, { ms: LOOK_MS, signal }, (inner) => fleet.read(id, inner)).catch(() => undefined);
      const why = seen === undefined ? undefined : whyNotWaiting(seen);
      if (why !== undefined) {
        throw new ServiceFailure('codedeploy:StopDeployment', 'DeploymentIsNotInReadyStateException', why, false);
      }
      return fleet.stop(id, signal);
    },
  };
}

/** Raises the verdict alarm on a failure; a pass needs nothing. */
export function alarmReporter({ verdicts }: Pick<HookPorts, 'verdicts'>, { identity: { event, verdictAlarm }, hook }: Subject, { reason }: Judgement): Reporter {
  return {
    putStatus: async (_, status, signal) => {
      if (status === 'Failed') {
        await verdicts.raise(verdictAlarm, alarmReason({ event, deploymentId: hook.DeploymentId, reason }), signal);
      }
    },
  };
}

/** The answer is the report. */
export const answerReporter: Reporter = { putStatus: async () => undefined };
