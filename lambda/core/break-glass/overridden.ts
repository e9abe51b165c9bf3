import type { VerdictRecord } from '../../../lib/model/hook-contract';
import type { GrantedOverride, Judgement } from '../judgement';
import { excerpt } from '../text';

/** Longest subject that SNS takes, in characters: ASCII without line breaks. */
const MAX_SUBJECT_LENGTH = 100;

/** What a hook reports where enforcement is off: what the checks say is told as that of shadows, and lets the deployment go on. */
export function overridden(judgement: Judgement, override: GrantedOverride): Judgement {
  const checks = judgement.checks.map((check) => ({ ...check, shadow: true as const }));
  return { ...judgement, checks, override };
}

/** What people are told of an override. */
export function notification(record: VerdictRecord): { readonly subject: string; readonly message: string } {
  const subject = `Checks of ${record.deploymentId} overridden by ${record.override?.by ?? 'nobody'}`.replace(/[^\x20-\x7e]/g, '?');
  const message = [
    `The checks of ${record.rollout} are not enforced in this deployment.`,
    '',
    `Deployment  ${record.deploymentId}`,
    `Event       ${record.event}, reported ${record.report}`,
    `Checks      ${record.verdict}`,
    `By          ${record.override?.by ?? ''}`,
    `Why         ${record.override?.reason ?? ''}`,
    `Parameter   ${record.override?.parameter ?? ''} (AWS CloudTrail tells who wrote it)`,
    '',
    excerpt(record.reason, 4_000),
  ];
  return { subject: subject.slice(0, MAX_SUBJECT_LENGTH), message: message.join('\n') };
}
