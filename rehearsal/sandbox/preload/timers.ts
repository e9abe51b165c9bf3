/** Node's own timers on the virtual clock: every timer of the process, Node's included, and none of them keeps the loop alive. */
import type { VirtualClock } from './clock';

interface TimersBinding {
  getLibuvNow: () => number;
  scheduleTimer: (ms: number) => void;
  toggleTimerRef: (counts: boolean) => void;
  readonly timeoutInfo: Readonly<ArrayLike<number>>;
}

interface TimersInternals {
  readonly timerListQueue: { peek(): { readonly expiry: number } | undefined };
  getTimerCallbacks(runNextTicks: () => void): { readonly processTimers: (now: number) => number };
}

type Require = (id: string) => unknown;

export interface VirtualTimers {
  /** Virtual moment of the next timer; Infinity without any. */
  next(): number;
  /** Whether a timer is pending that would keep a process alive. */
  keepAlive(): boolean;
  /** Runs the timers that are due. To be called from a turn of the event loop. */
  fire(): void;
}

/** Replaces three functions of Node's timers binding. Throws where this version of Node does not fit. */
export function installTimers(clock: VirtualClock, requireInternal: Require, onSchedule: () => void): VirtualTimers {
  const { binding, internals, runNextTicks } = reach(requireInternal);
  const { processTimers } = internals.getTimerCallbacks(runNextTicks);
  binding.getLibuvNow = () => clock.sinceOrigin();
  binding.scheduleTimer = onSchedule;
  binding.toggleTimerRef = () => undefined;
  const timers: VirtualTimers = {
    next: () => {
      const expiry = internals.timerListQueue.peek()?.expiry;
      return expiry === undefined ? Infinity : clock.origin + expiry;
    },
    keepAlive: () => binding.timeoutInfo[0] > 0,
    fire: () => void processTimers(clock.sinceOrigin()),
  };
  prove(clock, timers);
  return timers;
}

function reach(requireInternal: Require): { binding: TimersBinding; internals: TimersInternals; runNextTicks: () => void } {
  const { internalBinding } = requireInternal('internal/test/binding') as { internalBinding(name: string): TimersBinding };
  const binding = internalBinding('timers');
  const internals = requireInternal('internal/timers') as TimersInternals;
  const { _tickCallback: runNextTicks } = process as unknown as { _tickCallback: () => void };
  const functions = [binding.getLibuvNow, binding.scheduleTimer, binding.toggleTimerRef, internals.getTimerCallbacks, runNextTicks];
  if (functions.some((value) => typeof value !== 'function') || typeof binding.timeoutInfo?.[0] !== 'number' || !internals.timerListQueue) {
    throw new Error('its timers binding lacks what the virtual clock replaces');
  }
  return { binding, internals, runNextTicks };
}

/** One timer set and cleared: did Node take our clock, our queue and our count? */
function prove(clock: VirtualClock, timers: VirtualTimers): void {
  const timer = setTimeout(() => undefined, 12_345);
  const seen = timers.keepAlive() && timers.next() === clock.origin + clock.sinceOrigin() + 12_345;
  clearTimeout(timer);
  if (!seen || timers.keepAlive() || timers.next() !== Infinity) {
    throw new Error('its timers do not take their time from the binding that the virtual clock replaces');
  }
}
