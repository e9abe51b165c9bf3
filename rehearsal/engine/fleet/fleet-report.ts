/** A deployment to a fleet as the report shows it: its instances together, so that ten thousand of them stay readable; times in virtual seconds. */
import type { DeploymentReport, InstanceBatchesReport, InstanceCounts, InstanceFailureReport, InstanceRevisionsReport, InstancesReport, InstanceStatus, LifecycleEventReport, PlayedBatchesReport } from '../../../lib/model/report';
import type { Batch } from '../../../lib/model/server/batches';
import type { LifecycleEventStatus } from '../../../lib/model/status';
import { wholeMilliseconds } from '../deployment-report';
import type { ReleaseId } from '../ports';
import type { FleetDeploymentRecord, InstanceTargetRecord } from './fleet-record';

export interface FleetReportOptions {
  /** All instances of the deployment. */
  readonly targets: readonly InstanceTargetRecord[];
  readonly predicted: readonly Batch[];
  /** Whether one zone is taken after the other. */
  readonly zonal: boolean;
  /** What people call a release. */
  readonly releaseName: (release: ReleaseId) => string;
  readonly autoScalingGroupOf: (targetId: string) => string | undefined;
}

export function fleetDeploymentReport(record: FleetDeploymentRecord, options: FleetReportOptions): DeploymentReport {
  const { errorInformation, rollbackInfo, completeTime } = record;
  return {
    deploymentId: record.deploymentId,
    creator: record.creator,
    status: record.status,
    deploymentConfigName: record.deploymentConfigName,
    ...(errorInformation === undefined ? {} : { errorInformation }),
    ...(rollbackInfo === undefined ? {} : { rollbackInfo }),
    createTime: wholeMilliseconds(record.createTime),
    completeTime: completeTime === undefined ? null : wholeMilliseconds(completeTime),
    lifecycleEvents: events(options.targets),
    traffic: record.traffic.map(({ at, original, replacement }) => ({ at: wholeMilliseconds(at), original, replacement })),
    ...(record.terminationWait === undefined ? {} : { terminationWait: waitReport(record.terminationWait) }),
    instances: instancesReport(record, options),
  };
}

const waitReport = ({ start, end }: NonNullable<FleetDeploymentRecord['terminationWait']>): DeploymentReport['terminationWait'] => ({
  start: wholeMilliseconds(start),
  end: end === undefined ? null : wholeMilliseconds(end),
});

/** Originals are not, and nobody is in a rollback of blue/green. */
const isInstalledOn = ({ lifecycleEvents }: InstanceTargetRecord): boolean => lifecycleEvents.some(({ lifecycleEventName }) => lifecycleEventName === 'Install' || lifecycleEventName === 'ApplicationStop');

interface Tally {
  readonly counts: Partial<Record<InstanceStatus, number>>;
  start: number;
  end: number;
}

function events(targets: readonly InstanceTargetRecord[]): readonly LifecycleEventReport[] {
  const tallies = new Map<string, Tally>();
  for (const { lifecycleEvents } of targets) {
    for (const { lifecycleEventName: name, status, startTime = Infinity, endTime = -Infinity } of lifecycleEvents) {
      const tally = tallies.get(name) ?? { counts: {}, start: Infinity, end: -Infinity };
      tallies.set(name, tally);
      tally.counts[status] = (tally.counts[status] ?? 0) + 1;
      tally.start = Math.min(tally.start, startTime);
      tally.end = Math.max(tally.end, endTime);
    }
  }
  return [...tallies].map(([name, { counts, start, end }]) => ({ name, status: statusOf(counts), start: seconds(start), end: seconds(end), instances: inOrder(counts) }));
}

const seconds = (ms: number): number | null => (Number.isFinite(ms) ? wholeMilliseconds(ms) : null);

const STATUSES: readonly InstanceStatus[] = ['Succeeded', 'Failed', 'Skipped', 'InProgress', 'Pending', 'Ready', 'Unknown'];

/** The worst that came of it anywhere. */
const WORST_FIRST: readonly LifecycleEventStatus[] = ['Failed', 'InProgress', 'Unknown', 'Succeeded', 'Pending', 'Skipped'];

const statusOf = (counts: Tally['counts']): LifecycleEventStatus => WORST_FIRST.find((status) => (counts[status] ?? 0) > 0)!;

const inOrder = (counts: Tally['counts']): InstanceCounts => Object.fromEntries(STATUSES.filter((status) => (counts[status] ?? 0) > 0).map((status) => [status, counts[status]]));

function instancesReport({ deploymentOverview, mostAtATime }: FleetDeploymentRecord, { targets, predicted, zonal, releaseName, autoScalingGroupOf }: FleetReportOptions): InstancesReport {
  const name = (release: ReleaseId | undefined): string | null => (release === undefined ? null : releaseName(release));
  return {
    counts: inOrder(deploymentOverview),
    mostAtATime,
    predictedBatches: runs(predicted.map(({ zone, instances, monitorSeconds }) => ({ ...(zone === undefined ? {} : { zone }), instances, ...(monitorSeconds === undefined ? {} : { monitorSeconds }) }))),
    batches: playedBatches(targets.filter(isInstalledOn), zonal),
    revisions: revisions(targets, name, autoScalingGroupOf),
    failures: targets.flatMap(failures),
  };
}

/** Equal ones that follow each other are one entry; a wait ends it. */
function runs(batches: readonly Omit<InstanceBatchesReport, 'batches'>[]): readonly InstanceBatchesReport[] {
  const entries: InstanceBatchesReport[] = [];
  for (const batch of batches) {
    const last = entries.at(-1);
    if (last !== undefined && last.monitorSeconds === undefined && last.zone === batch.zone && last.instances === batch.instances) {
      entries[entries.length - 1] = { ...last, ...batch, batches: last.batches + 1 };
    } else {
      entries.push({ ...batch, batches: 1 });
    }
  }
  return entries;
}

/** Instances that began at the same moment are a batch. */
function playedBatches(targets: readonly InstanceTargetRecord[], zonal: boolean): readonly PlayedBatchesReport[] {
  const batches = new Map<number, { readonly zone: string; instances: number; failed: number; end: number }>();
  for (const { zone, status, lifecycleEvents } of targets) {
    const start = lifecycleEvents[0]?.startTime;
    if (start !== undefined) {
      const batch = batches.get(start) ?? { zone, instances: 0, failed: 0, end: start };
      batches.set(start, batch);
      batch.instances += 1;
      batch.failed += status === 'Failed' ? 1 : 0;
      batch.end = lifecycleEvents.reduce((end, { endTime = end }) => Math.max(end, endTime), batch.end);
    }
  }
  const entries: PlayedBatchesReport[] = [];
  for (const [start, { zone, instances, failed, end }] of [...batches].sort(([a], [b]) => a - b)) {
    const batch = { ...(zonal ? { zone } : {}), batches: 1, instances, failed, start: wholeMilliseconds(start), end: wholeMilliseconds(end) };
    const last = entries.at(-1);
    if (last !== undefined && last.failed + failed === 0 && last.zone === batch.zone && last.instances === instances) {
      entries[entries.length - 1] = { ...last, batches: last.batches + 1, end: Math.max(last.end, batch.end) };
    } else {
      entries.push(batch);
    }
  }
  return entries;
}

const ENVIRONMENTS = { Blue: 'original', Green: 'replacement' } as const;

type Name = (release: ReleaseId | undefined) => string | null;

function revisions(targets: readonly InstanceTargetRecord[], name: Name, autoScalingGroupOf: FleetReportOptions['autoScalingGroupOf']): readonly InstanceRevisionsReport[] {
  const groups = new Map<string, { readonly alike: Omit<InstanceRevisionsReport, 'count' | 'instances'>; readonly ids: string[] }>();
  for (const { targetId, zone, status, releaseBefore, releaseAfter, instanceLabel } of targets) {
    const autoScalingGroup = autoScalingGroupOf(targetId);
    const alike = { ...(instanceLabel === undefined ? {} : { environment: ENVIRONMENTS[instanceLabel] }), zone, ...(autoScalingGroup === undefined ? {} : { autoScalingGroup }), status, before: name(releaseBefore), after: name(releaseAfter) };
    const key = JSON.stringify(alike);
    const group = groups.get(key) ?? { alike, ids: [] };
    groups.set(key, group);
    group.ids.push(targetId);
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, { alike, ids }]) => ({ ...alike, count: ids.length, instances: ids }));
}

/** What an instance failed at; one that a stop found at work has failed at nothing of its own. */
function failures({ targetId, zone, lifecycleEvents }: InstanceTargetRecord): readonly InstanceFailureReport[] {
  return lifecycleEvents.flatMap(({ lifecycleEventName: event, diagnostics }) => (diagnostics === undefined ? [] : [{ instance: targetId, zone, event, ...diagnostics }]));
}
