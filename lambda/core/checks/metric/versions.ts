/** Which version is the new one, and what metrics call it: known only while a deployment runs, since target groups swap with every release. */
import type { VersionMetricDocument } from '../../../../lib/model/metric-document';
import type { EcsVersions, LambdaVersions, Release, TaskSetFacts, Unknown } from '../../release/ports';
import type { MetricQuery } from './ports';

/** Something that stands in the way of a measurement, in words. */
export class Unmeasurable extends Error {
  override readonly name = 'Unmeasurable';

  constructor(
    message: string,
    /** Whether it may pass by itself. */
    readonly passing: boolean,
  ) {
    super(message);
  }
}

export type Role = 'replacement' | 'original';

/** What a version is called, by the kinds of dimensions. */
export type VersionNames = Partial<Record<'targetGroup' | 'taskSet' | 'lambdaVersion', string>>;

/** @throws Unmeasurable where the deployment does not tell which is which */
export function versionsOf(facts: Release): Record<Role, VersionNames> {
  return facts.versions.platform === 'ECS' ? taskSets(facts.versions, hasEnded(facts, 'AllowTraffic')) : lambdaVersions(facts.versions, facts.unknown);
}

export function startOf({ events }: Release, name: string): number | undefined {
  return events.find((event) => event.name === name)?.startedAt;
}

export function endOf({ events }: Release, name: string): number | undefined {
  return events.find((event) => event.name === name)?.endedAt;
}

const hasEnded = (facts: Release, name: string): boolean => endOf(facts, name) !== undefined;

/** The API labels the original Blue and the replacement Green; where a label is missing, all of the traffic tells. */
function taskSets({ taskSets: sets }: EcsVersions, shifted: boolean): Record<Role, VersionNames> {
  const withAll = sets.find(({ trafficWeight }) => trafficWeight === 100);
  const without = sets.find((set) => set !== withAll);
  const byTraffic = withAll === undefined ? {} : shifted ? { original: without, replacement: withAll } : { original: withAll, replacement: without };
  const labelled = { original: sets.find(({ label }) => label === 'Blue'), replacement: sets.find(({ label }) => label === 'Green') };
  const { original, replacement } = labelled.original !== undefined && labelled.replacement !== undefined ? labelled : sets.length === 2 ? byTraffic : {};
  if (original === undefined || replacement === undefined) {
    const seen = sets.map(({ id, label, trafficWeight }) => `${id} (${label ?? 'no label'}, ${trafficWeight ?? 'unknown'} % of the traffic)`).join(', ') || 'none';
    throw new Unmeasurable(`the deployment does not tell which task set is the original and which the replacement; it has ${seen}`, true);
  }
  return { original: namesOf(original), replacement: namesOf(replacement) };
}

function namesOf({ id, targetGroup }: TaskSetFacts): VersionNames {
  return { taskSet: id, ...(targetGroup === undefined ? {} : { targetGroup }) };
}

function lambdaVersions({ currentVersion, targetVersion }: LambdaVersions, unknown: Unknown | undefined): Record<Role, VersionNames> {
  if (unknown !== undefined && (currentVersion === undefined || targetVersion === undefined)) {
    throw new Unmeasurable(`the versions of the deployment are unknown: ${unknown.reason}`, unknown.retryable);
  }
  if (currentVersion === undefined || targetVersion === undefined || currentVersion === targetVersion) {
    throw new Unmeasurable(`the deployment goes from version ${currentVersion ?? 'unknown'} to version ${targetVersion ?? 'unknown'} of the function, which cannot be told apart`, false);
  }
  return { original: { lambdaVersion: currentVersion }, replacement: { lambdaVersion: targetVersion } };
}

/** A metric of one version, as CloudWatch is asked for it. @throws Unmeasurable */
export function versionQuery(id: string, metric: VersionMetricDocument, statistic: string, names: VersionNames): MetricQuery {
  const { namespace, metricName, dimensions, version } = metric;
  return { id, namespace, metricName, dimensions: { ...dimensions, [version.dimension]: valueOf(version, names) }, statistic };
}

function valueOf(version: VersionMetricDocument['version'], names: VersionNames): string {
  switch (version.is) {
    case 'targetGroupFullName': {
      const name = required(version, names.targetGroup);
      // targetgroup/NAME/ID
      const found = version.fullNames.find((fullName) => fullName.split('/')[1] === name);
      if (found === undefined) {
        throw new Unmeasurable(`the deployment uses target group ${name}, which is none of ${version.fullNames.join(', ')}; deploy the rollout again`, false);
      }
      return found;
    }
    case 'targetGroupName':
      return required(version, names.targetGroup);
    case 'taskSet':
      return required(version, names.taskSet);
    case 'lambdaVersion':
      return required(version, names.lambdaVersion);
  }
}

function required({ dimension, is }: VersionMetricDocument['version'], name: string | undefined): string {
  if (name === undefined) {
    throw new Unmeasurable(`the deployment does not tell the value of dimension ${dimension} (${is}) for its versions`, false);
  }
  return name;
}
