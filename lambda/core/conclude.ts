/** How every hook of ours ends: the override is asked for, what comes of it is reported once, and everybody is told why. */
import { consult, putBackAfterLast } from './break-glass/break-glass';
import { overridden } from './break-glass/overridden';
import type { Judgement } from './judgement';
import type { Environment, HookPorts } from './ports';
import type { ReportEnd, Subject } from './publish';
import { logVerdict, notifyOverride, publishVerdict, report } from './publish';

/** Of what is left of an invocation, the share in which the override may be read; the rest is for the report. */
const OVERRIDE_SHARE = 0.3;

/** What may still be done after the report, in milliseconds. */
const PUT_BACK_MS = 3_000;

export interface Concluded {
  readonly judgement: Judgement;
  readonly reported: ReportEnd;
}

/** Reports, and says why. */
export async function conclude(ports: HookPorts, environment: Environment, subject: Subject, came: Judgement): Promise<Concluded> {
  const judgement = await ruled(ports, environment, subject, came);
  const reported = await report(ports, subject, judgement);
  const record = logVerdict(ports, subject, judgement, reported);
  await publishVerdict(ports, subject, record, reported);
  await notifyOverride(ports, subject, judgement, { record, reported });
  if (judgement.override !== undefined && reported.end === 'accepted') {
    await putBackAfterLast(ports, environment, { deploymentId: subject.hook.DeploymentId, until: ports.clock.now() + PUT_BACK_MS });
  }
  return { judgement, reported };
}

/** The judgement as it is to be reported. An override of this very moment counts, and so does one that was taken back meanwhile. */
export async function ruled(ports: HookPorts, environment: Environment, { hook, endsAt }: Subject, judgement: Judgement): Promise<Judgement> {
  if (judgement.exempt === true) {
    return judgement;
  }
  const now = ports.clock.now();
  const override = await consult(ports, environment, { deploymentId: hook.DeploymentId, until: now + (endsAt - now) * OVERRIDE_SHARE });
  return override === undefined ? judgement : overridden(judgement, override);
}
