/** Whether a hook has the CPU for a load: where it has not, the check says so when it runs, after the deployment has waited for it. */
import { Token } from 'aws-cdk-lib/core';

import type { CheckSuite } from '../model/suite';
import type { AnyHookContext } from './hook-context';

/**
 * Memory with which a function has one CPU; less has less of it. More is of no use to a handler of one thread.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const ONE_CPU_MIB = 1_769;

/** CPU of one request. `npm run bench` measures up to 0.19 ms without TLS; the rest is for TLS, and for slower processors. */
const CPU_MS_PER_REQUEST = 0.25;

const ONE_CPU_CARRIES = 1_000 / CPU_MS_PER_REQUEST;

/** Adds a finding for each load that is likely to be more than the hook can send in time. */
export function noteLoadCapacity({ checks }: CheckSuite, memoryMiB: number, { event, findings }: Pick<AnyHookContext, 'event' | 'findings'>): void {
  if (Token.isUnresolved(memoryMiB)) {
    return;
  }
  const carries = Math.floor(Math.min(1, memoryMiB / ONE_CPU_MIB) * ONE_CPU_CARRIES);
  for (const check of checks) {
    if (check.kind === 'load' && check.shape.ratePerSecond > carries) {
      const { ratePerSecond } = check.shape;
      const needed = Math.ceil((ratePerSecond / ONE_CPU_CARRIES) * ONE_CPU_MIB);
      findings.add({
        id: 'load-needs-cpu',
        level: 'warning',
        message: `check '${check.name}' of hook ${event} sends ${ratePerSecond} requests a second, of which its ${memoryMiB} MiB of memory carry about ${carries}; it is undecided where they do not`,
        remedy: ratePerSecond > ONE_CPU_CARRIES ? `lower 'rate' to ${ONE_CPU_CARRIES}, since the handler uses one CPU, and set 'memorySize' to ${ONE_CPU_MIB} MiB` : `set 'memorySize' to at least ${needed} MiB, or lower 'rate'`,
      });
    }
  }
}
