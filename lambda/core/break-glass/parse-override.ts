import { NEXT_DEPLOYMENT, NO_OVERRIDE } from '../../../lib/model/break-glass';
import { excerpt, quoted } from '../text';

/** What stands in the parameter. */
export type ParameterValue =
  | { readonly kind: 'off' }
  | { readonly kind: 'deployment'; readonly deploymentId: string; readonly by: string; readonly reason: string }
  | { readonly kind: 'next'; readonly by: string; readonly reason: string }
  | { readonly kind: 'unreadable'; readonly problem: string };

/** Which deployment, who, and why; each has to be there. */
const OVERRIDE = new RegExp(`^(${NEXT_DEPLOYMENT}|d-[A-Za-z0-9]+) +(\\S+) +(\\S.*)$`);

/** Longest value, name and reason; a standard parameter has 4 KB. */
const MAX_VALUE_LENGTH = 1_000;
const MAX_NAME_LENGTH = 100;

const EXPECTED = `expected "${NO_OVERRIDE}", or "${NEXT_DEPLOYMENT}" or a deployment id, then who, then why, such as "${NEXT_DEPLOYMENT} alice payments are down"`;

/** Read strictly: whatever is not clearly an override is none. */
export function parseOverride(value: string): ParameterValue {
  const text = value.trim();
  if (text === NO_OVERRIDE) {
    return { kind: 'off' };
  }
  const [, which, by, reason] = text.length > MAX_VALUE_LENGTH ? [] : (OVERRIDE.exec(text) ?? []);
  if (which === undefined || by === undefined || reason === undefined || by.length > MAX_NAME_LENGTH) {
    return { kind: 'unreadable', problem: `${EXPECTED}, got ${quoted(text, 60)}` };
  }
  const said = { by: excerpt(by, MAX_NAME_LENGTH), reason: excerpt(reason, MAX_VALUE_LENGTH) };
  return which === NEXT_DEPLOYMENT ? { kind: 'next', ...said } : { kind: 'deployment', deploymentId: which, ...said };
}
