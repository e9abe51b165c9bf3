import type { Outcome } from '../../lib/model/report';

/** Exit statuses of the command. */
export const EXIT = {
  released: 0,
  notReleased: 1,
  usage: 2,
  simulator: 3,
  /** As shells have it for Ctrl-C. */
  interrupted: 130,
} as const;

/** The exit status that an outcome stands for. */
export function exitStatus(outcome: Outcome): number {
  return outcome === 'released' ? EXIT.released : EXIT.notReleased;
}
