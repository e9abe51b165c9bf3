/** Alarms that cannot stop a release, although nothing is wrong with them: they come too late, see too little, or have no metric. */
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

import type { TrafficRouting } from '../model/traffic';
import { trafficSteps } from '../model/traffic';
import type { AliasAlarms, MadeAlarm } from './alias-alarms';
import { askWhenComplete } from './complete-app';
import type { SharedContext } from './hook-context';
import type { ReleasedAlias } from './lambda-alias';
import type { NamedHook } from './lambda-hook-map';
import { cfnElementOf } from './references';

export interface AlarmedRelease {
  readonly alarms: AliasAlarms;
  readonly released: ReleasedAlias;
  readonly context: SharedContext;
  readonly hooks: readonly NamedHook[];
  /** Whether the rollout itself provisions the version. */
  readonly provisioned: boolean;
}

/** Lambda sends its metrics every minute. */
const PUBLICATION_SECONDS = 60;

/** Alarms may come later than the rollout. */
export function noteAlarms(rollout: Construct, release: AlarmedRelease): void {
  askWhenComplete(rollout, () => {
    for (const made of release.alarms.all()) {
      noteTooLate(made, release);
      noteTooLittle(made, release);
      noteNoMetric(made, release);
    }
    return [];
  });
}

/** Time with traffic on the new version in which CodeDeploy still watches: the shift, and the hook after it. */
function watched(traffic: TrafficRouting, hooks: readonly NamedHook[]): { readonly shift: number; readonly after: number } {
  return { shift: trafficSteps(traffic).at(-1)!.atSeconds, after: hooks.find(({ event }) => event === 'AfterAllowTraffic')?.longestSeconds ?? 0 };
}

function noteTooLate({ alarm, preset: { timing } }: MadeAlarm, { context, hooks }: AlarmedRelease): void {
  const { shift, after } = watched(context.traffic, hooks);
  const needed = timing.datapointsToAlarm * timing.period.toSeconds() + PUBLICATION_SECONDS;
  if (needed <= shift + after) {
    return;
  }
  const hook = after === 0 ? 'no hook follows' : `the hook after it ${after} at the longest`;
  context.findings.add({
    id: 'alarm-too-late',
    level: 'warning',
    message:
      `alarm '${alarm.node.path}' goes off ${needed} seconds after the new version has begun to fail, at the earliest (${timing.inWords}, and ${PUBLICATION_SECONDS} s until metrics are sent), ` +
      `and a release is over before: the shift takes ${shift} seconds, and ${hook}`,
    remedy: "shift more slowly, lower 'datapointsToAlarm' or 'period', or give the rollout a hook afterAllowTraffic that waits, such as a MetricCheck",
  });
}

/** The most that the new version gets in a period while CodeDeploy watches. */
function noteTooLittle({ alarm, preset: { minInvocations, timing } }: MadeAlarm, { context, hooks }: AlarmedRelease): void {
  const { expectedRequestsPerSecond: rate, traffic } = context;
  if (minInvocations === undefined || rate === undefined) {
    return;
  }
  const shares = trafficSteps(traffic).map(({ replacementPercent }) => replacementPercent);
  // All of the traffic comes with the last step, after which only a hook holds the release.
  const share = watched(traffic, hooks).after > 0 ? 100 : (shares.at(-2) ?? 100);
  const most = Math.floor((rate * timing.period.toSeconds() * share) / 100);
  if (most < minInvocations) {
    context.findings.add({
      id: 'too-little-traffic',
      level: 'warning',
      message: `alarm '${alarm.node.path}' judges no period with fewer than ${minInvocations} invocations of the new version, and ${rate} invocations a second bring it ${most} in ${timing.period.toSeconds()} seconds, at ${share} % of the traffic`,
      remedy: "raise 'period', lower 'minInvocations', or take LambdaAlarm.errors, which needs no minimum",
    });
  }
}

/** Auto scaling sets provisioned concurrency, too, and only of an alias that the template gives some. */
function noteNoMetric({ alarm, preset }: MadeAlarm, { released, provisioned, context: { findings } }: AlarmedRelease): void {
  const version = cfnElementOf(released.alias.version);
  const byTemplate = released.resource?.provisionedConcurrencyConfig ?? (version instanceof lambda.CfnVersion ? version.provisionedConcurrencyConfig : undefined);
  if (preset.spillover === true && !provisioned && byTemplate === undefined) {
    findings.add({
      id: 'no-provisioned-concurrency',
      level: 'warning',
      message: `alarm '${alarm.node.path}' counts what provisioned concurrency does not hold, and neither alias '${released.alias.node.path}' nor its version has any: it never goes off`,
      remedy: "give the rollout 'provisionedConcurrentExecutions', or drop the alarm",
    });
  }
}
