/** What a script of a bundle asks, and what it is answered: it speaks to a shell, and is spoken to by whatever has the instance's permissions. */
import type { InstanceAnswer } from '../../../lib/model/server/gates';
import { isDeploymentId, isInstanceId, shown } from './gate-event';
import type { OneInstance } from './one-instance';

const MAX_REASON_LENGTH = 1_000;

/** The question; a text is what is wrong with it. */
export function parseQuestion(event: unknown): OneInstance | string {
  const { deploymentId, instanceId } = (typeof event === 'object' && event !== null ? event : {}) as Readonly<Record<string, unknown>>;
  if (!isDeploymentId(deploymentId)) {
    return `'deploymentId' must look like d-A1B2C3D4E, got ${shown(deploymentId)}`;
  }
  if (!isInstanceId(instanceId)) {
    return `'instanceId' must be an instance id or the name of an on-premises instance, got ${shown(instanceId)}`;
  }
  return { deploymentId, instanceId };
}

export const answered = (verdict: InstanceAnswer['verdict'], reason: string): InstanceAnswer => ({ verdict, reason: forShell(reason) });

/** ASCII on one line, without quotation marks and backslashes. */
function forShell(text: string): string {
  const plain = text
    .replaceAll('…', '...')
    .replace(/["'`]/g, '')
    .replaceAll('\\', '/')
    .replace(/[\u0000-\u001f\u007f]/g, ' ')
    .replace(/[^\x20-\x7e]/gu, '?');
  return plain.length > MAX_REASON_LENGTH ? `${plain.slice(0, MAX_REASON_LENGTH - 3)}...` : plain;
}
