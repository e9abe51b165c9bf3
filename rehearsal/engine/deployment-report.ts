/** A deployment as the report shows it: times in virtual seconds. */
import type { DeploymentReport, HookRunReport } from '../../lib/model/report';
import type { DeploymentRecord, LifecycleEventRecord } from './deployment-record';

/** @param hookRun what is known of the hook of an event, beyond what the service saw */
export function deploymentReport(
  record: DeploymentRecord,
  hookRun: (event: LifecycleEventRecord) => HookRunReport | undefined,
): DeploymentReport {
  const { errorInformation, rollbackInfo, completeTime } = record;
  return {
    deploymentId: record.deploymentId,
    creator: record.creator,
    status: record.status,
    deploymentConfigName: record.deploymentConfigName,
    ...(errorInformation === undefined ? {} : { errorInformation }),
    ...(rollbackInfo === undefined ? {} : { rollbackInfo }),
    createTime: wholeMilliseconds(record.createTime),
    completeTime: seconds(completeTime),
    lifecycleEvents: record.target.lifecycleEvents.map((event) => {
      const hook = hookRun(event);
      return {
        name: event.lifecycleEventName,
        status: event.status,
        start: seconds(event.startTime),
        end: seconds(event.endTime),
        ...(hook === undefined ? {} : { hook }),
      };
    }),
    traffic: record.traffic.map(({ at, original, replacement }) => ({ at: wholeMilliseconds(at), original, replacement })),
  };
}

function seconds(ms: number | undefined): number | null {
  return ms === undefined ? null : wholeMilliseconds(ms);
}

/** Seconds; the fractions of a millisecond that drawn latencies have tell nobody anything. */
export function wholeMilliseconds(ms: number): number {
  return Math.round(ms) / 1000;
}
