/** The report as JSON, with its keys in the order of `lib/model/report.ts` however it was put together. */
import type { Report } from '../../lib/model/report';

/** Every key of the report, outer ones first; a key that is not here comes after them in alphabetical order. */
const KEY_ORDER = [
  'schemaVersion', 'rollout', 'platform', 'controller', 'scenario', 'seed', 'outcome', 'expected', 'deployments', 'autoScalingGroups', 'stackUpdates', 'alarms', 'iam', 'findings',
  'fidelity', 'timing', 'deploymentId', 'creator', 'id', 'name', 'stackName', 'kind', 'level', 'status', 'deploymentConfigName',
  'errorInformation', 'rollbackInfo', 'createTime', 'completeTime', 'lifecycleEvents', 'traffic', 'readyWait', 'terminationWait', 'gates', 'gate', 'runs', 'instances', 'isOfDeploymentGroup', 'counts', 'mostAtATime', 'predictedBatches', 'batches', 'revisions', 'failures', 'environment', 'zone', 'autoScalingGroup', 'before', 'after', 'count', 'changes', 'listeners', 'events', 'logicalId', 'resourceType', 'property', 'atOnce', 'code', 'message', 'remedy',
  'rollbackDeploymentId', 'rollbackTriggeringDeploymentId', 'rollbackMessage', 'start', 'end', 'rollback', 'hook', 'otherHooks', 'function', 'report',
  'verdict', 'transitions', 'at', 'original', 'replacement', 'from', 'to', 'reason', 'durationMs', 'invocations', 'checks', 'guardian', 'what',
  'measured', 'threshold', 'ok', 'measurements', 'samples', 'errors', 'windowMs', 'principal', 'action', 'resource', 'decision',
  'missingStatement', 'Effect', 'Action', 'Resource', 'modelled', 'approximated', 'notModelled', 'virtualSeconds', 'wallMs',
];

const RANK: ReadonlyMap<string, number> = new Map(KEY_ORDER.map((key, index) => [key, index]));

/** What differs between two runs of the same rehearsal: wall time. */
const WALL_TIME = ['timing', 'durationMs'];

/** The report as JSON with two spaces of indentation and a line end. */
export function printJson(report: Report): string {
  return `${JSON.stringify(ordered(report, []), null, 2)}\n`;
}

/** The report without wall times: equal for equal seeds and inputs. */
export function comparable(report: Report): unknown {
  return ordered(report, WALL_TIME);
}

function ordered(value: unknown, without: readonly string[]): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => ordered(item, without));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const entries = Object.entries(value).filter(([key, one]) => one !== undefined && !without.includes(key));
  const sorted = entries.sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, one]) => [key, ordered(one, without)]));
}

function rank(key: string): number {
  return RANK.get(key) ?? KEY_ORDER.length;
}
