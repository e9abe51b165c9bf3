/** Everything else by which a program reads the time or draws a random number. */
import type { MarkOptions, MeasureOptions } from 'node:perf_hooks';

import { sequence } from '../../engine/random';

import type { VirtualClock } from './clock';

const RealDate = Date;
const realWait = Atomics.wait;

export function installSurfaces(clock: VirtualClock, sleep: (to: number) => void): void {
  installDate(clock);
  installPerformance(clock);
  installProcess(clock);
  installWait(clock, sleep);
}

/** From here on `Math.random` repeats itself with the seed. */
export function seedMathRandom(seed: string): void {
  Math.random = sequence(seed);
}

function installDate(clock: VirtualClock): void {
  const now = () => Math.floor(clock.epochMs + clock.read());
  RealDate.now = now;
  const virtual = new Proxy(RealDate, {
    apply: () => new RealDate(now()).toString(),
    construct: (target, args: unknown[], newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
  });
  Object.defineProperty(RealDate.prototype, 'constructor', { value: virtual, writable: true, configurable: true });
  globalThis.Date = virtual;
}

function installPerformance(clock: VirtualClock): void {
  const now = () => clock.read() - clock.origin;
  const { mark, measure } = performance;
  const define = (name: string, value: unknown) => Object.defineProperty(performance, name, { value, writable: true, configurable: true });
  Object.defineProperty(performance, 'timeOrigin', { get: () => clock.epochMs + clock.origin, configurable: true });
  define('now', now);
  define('mark', (name: string, options: MarkOptions = {}) => mark.call(performance, name, { startTime: now(), ...options }));
  define('measure', (name: string, start?: string | MeasureOptions, end?: string) => {
    const given = typeof start === 'object' ? start : { start, end };
    const open = given.end === undefined && (given.duration === undefined || given.start === undefined);
    return measure.call(performance, name, open ? { ...given, end: now(), start: given.start ?? 0 } : given);
  });
}

function installProcess(clock: VirtualClock): void {
  const nanoseconds = () => BigInt(Math.round(clock.read() * 1e6));
  const hrtime = (since?: [number, number]): [number, number] => {
    const total = nanoseconds() - (since ? BigInt(since[0]) * 1_000_000_000n + BigInt(since[1]) : 0n);
    const seconds = total / 1_000_000_000n;
    const rest = total % 1_000_000_000n;
    return rest < 0n ? [Number(seconds) - 1, Number(rest) + 1e9] : [Number(seconds), Number(rest)];
  };
  process.hrtime = Object.assign(hrtime, { bigint: nanoseconds });
  process.uptime = () => (clock.read() - clock.origin) / 1000;
}

/** A wait with a time-out lets virtual time pass; without one only another thread can end it, in real time. */
function installWait(clock: VirtualClock, sleep: (to: number) => void): void {
  const wait = (array: Int32Array, index: number, value: number, timeout?: number) => {
    if (timeout === undefined || !(timeout > 0 && timeout < Infinity)) {
      return realWait(array, index, value, timeout);
    }
    const end = clock.now() + timeout;
    let answer = realWait(array, index, value, 0);
    while (answer === 'timed-out' && clock.now() < end) {
      sleep(end);
      answer = realWait(array, index, value, 0);
    }
    return answer;
  };
  Object.defineProperty(Atomics, 'wait', { value: wait, writable: true, configurable: true });
}
