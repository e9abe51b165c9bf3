/** Whether the window of a check of metrics can be filled at the event of its hook, and how long that takes. */
import type { MetricBaselineDocument, MetricWindowDocument } from '../model/metric-document';
import type { TrafficRouting } from '../model/traffic';
import { trafficSteps } from '../model/traffic';
import type { AnyHookContext, HookContext } from './hook-context';
import { requireRollout } from './hook-context';

export interface MetricTiming {
  readonly check: string;
  readonly window: MetricWindowDocument;
  /** Absent: nothing is compared. */
  readonly baseline?: MetricBaselineDocument;
  readonly looks: number;
  readonly minSamples: number;
  /** Whether the samples are requests to the rollout's target groups, or invocations of its alias. */
  readonly targets: boolean;
}

/** Throws where the window could never be filled at the hook's event, or not in the check's time. */
export function requireFillable(timing: MetricTiming, deadlineMs: number, hook: AnyHookContext): void {
  const { check, window } = timing;
  const { event } = hook;
  if (window.since === 'traffic') {
    requireTraffic(timing, requireRollout(hook, check));
  }
  const needed = waitingMs(timing, hook).window;
  if (needed > deadlineMs) {
    throw new Error(
      `check '${check}' of hook ${event} needs ${seconds(needed)} until its window is full and published, and has ${seconds(deadlineMs)}; ` +
        "raise its 'checkTimeout', or lower its window",
    );
  }
  if (hook.groupArn !== undefined) {
    warnOfLittleTraffic(timing, hook);
  }
}

function requireTraffic({ check, window, baseline, looks }: MetricTiming, { event, traffic, endpoint }: HookContext): void {
  const tested = endpoint?.test !== undefined && (event === 'AfterAllowTestTraffic' || event === 'BeforeAllowTraffic');
  if (!tested && event !== 'AfterAllowTraffic') {
    throw new Error(`check '${check}' of hook ${event} measures the new version, which has no traffic yet at that event; make it at AfterAllowTraffic`);
  }
  if (baseline !== 'CONCURRENT' || event !== 'AfterAllowTraffic') {
    return;
  }
  const shift = shiftMs(traffic);
  if (shift < window.lengthMs + window.warmUpMs) {
    throw new Error(
      `check '${check}' compares both versions over ${seconds(window.lengthMs + window.warmUpMs)} of the shift, which takes ${seconds(shift)}; ` +
        "take 'baseline: MetricBaseline.before(...)', a shorter window, or a longer shift",
    );
  }
  if (looks > 1) {
    throw new Error(`check '${check}' compares both versions over the shift, which is over: ${looks} looks would see the same; leave out 'passes'`);
  }
}

/**
 * From the beginning of the check until the first look can judge, at the longest, and whether waiting on may bring more samples. What the shift of
 * traffic takes is over when AfterAllowTraffic comes; without a hook nothing is known of it.
 */
export function waitingMs({ window, baseline }: MetricTiming, hook: AnyHookContext | undefined): { readonly window: number; readonly patient: boolean } {
  if (window.since === 'look') {
    return { window: 0, patient: true };
  }
  const shift = hook?.groupArn !== undefined && hook.event === 'AfterAllowTraffic' ? shiftMs(hook.traffic) : 0;
  if (baseline === 'CONCURRENT' && hook?.event === 'AfterAllowTraffic') {
    return { window: window.lagMs, patient: false };
  }
  return { window: Math.max(0, window.lengthMs + window.warmUpMs - shift) + window.lagMs, patient: true };
}

function warnOfLittleTraffic({ check, window, baseline, minSamples, targets }: MetricTiming, rollout: HookContext): void {
  const { event, traffic, expectedRequestsPerSecond: rate } = rollout;
  if (!targets || rate === undefined || event !== 'AfterAllowTraffic' || window.since !== 'traffic') {
    return;
  }
  const seen = Math.floor((rate * (baseline === 'CONCURRENT' ? shareOfShift(traffic) : window.lengthMs)) / 1_000);
  if (seen < minSamples) {
    rollout.findings.add({
      id: 'too-little-traffic',
      level: 'warning',
      message: `check '${check}' of hook ${event} needs ${minSamples} samples of each version, and ${rate} requests a second bring the new one about ${seen}`,
      remedy: "lower 'minSamples', or measure for longer; see how much traffic a verdict needs in docs/checks/metric.md",
    });
  }
}

/** Time from the first increment of traffic to the last. */
function shiftMs(traffic: TrafficRouting): number {
  return (trafficSteps(traffic).at(-1)?.atSeconds ?? 0) * 1_000;
}

/** Milliseconds of all traffic that the new version gets during the shift. */
function shareOfShift(traffic: TrafficRouting): number {
  const steps = trafficSteps(traffic);
  return steps.slice(1).reduce((sum, step, index) => sum + ((step.atSeconds - steps[index]!.atSeconds) * steps[index]!.replacementPercent * 1_000) / 100, 0);
}

const seconds = (ms: number): string => `${Math.ceil(ms / 1_000)} seconds`;
