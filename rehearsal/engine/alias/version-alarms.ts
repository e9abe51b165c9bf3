/** Alarms whose metric names the version that the template gives the alias: a stack update with another version changes them before the alias. */
import type { AlarmDefinition } from '../alarm-definition';
import type { Dimension, MetricAlarmProperties, MetricDataQuery } from '../alarm-source';
import type { Alarms } from '../alarms';

/** Names a version of an alias, in metrics of Lambda and in those that take after them. */
const EXECUTED_VERSION = 'ExecutedVersion';
const FUNCTION_NAME = 'FunctionName';

export interface VersionAlarmsOptions {
  readonly alarms: Pick<Alarms, 'change' | 'describe'>;
  readonly functionName: string;
  /** The version that the template's alarms name. */
  readonly templateVersion: string;
  /** Names of alarms that CloudFormation makes anew for each version. */
  readonly madeAnew: readonly string[];
}

export class VersionAlarms {
  readonly #options: VersionAlarmsOptions;
  readonly #ofTemplate: readonly AlarmDefinition[];

  constructor(options: VersionAlarmsOptions) {
    this.#options = options;
    const { alarms, functionName, templateVersion } = options;
    this.#ofTemplate = alarms.describe().flatMap(({ definition }) => (namesVersion(definition, functionName, templateVersion) ? [definition] : []));
  }

  /** The alarms are those of a template with this version. */
  watch(version: string): void {
    const { alarms, functionName, templateVersion, madeAnew } = this.#options;
    for (const definition of this.#ofTemplate) {
      alarms.change(withVersion(definition, { functionName, from: templateVersion, to: version }), madeAnew.includes(definition.name));
    }
  }
}

interface Renaming {
  readonly functionName: string;
  readonly from: string;
  readonly to: string;
}

function namesVersion(definition: AlarmDefinition, functionName: string, version: string): boolean {
  return JSON.stringify(withVersion(definition, { functionName, from: version, to: '' })) !== JSON.stringify(definition);
}

/** The same alarm on the metrics of another version of the function. */
export function withVersion(definition: AlarmDefinition, renaming: Renaming): AlarmDefinition {
  return definition.type === 'metric' ? { ...definition, properties: propertiesWith(definition.properties, renaming) } : definition;
}

function propertiesWith(properties: MetricAlarmProperties, renaming: Renaming): MetricAlarmProperties {
  const { Dimensions, Metrics } = properties;
  return {
    ...properties,
    ...(Dimensions === undefined ? {} : { Dimensions: dimensionsWith(Dimensions, renaming) }),
    ...(Metrics === undefined ? {} : { Metrics: Metrics.map((query) => queryWith(query, renaming)) }),
  };
}

function queryWith(query: MetricDataQuery, renaming: Renaming): MetricDataQuery {
  const { MetricStat } = query;
  if (MetricStat?.Metric.Dimensions === undefined) {
    return query;
  }
  return { ...query, MetricStat: { ...MetricStat, Metric: { ...MetricStat.Metric, Dimensions: dimensionsWith(MetricStat.Metric.Dimensions, renaming) } } };
}

function dimensionsWith(dimensions: readonly Dimension[], { functionName, from, to }: Renaming): readonly Dimension[] {
  const isOurs = dimensions.some(({ Name, Value }) => Name === FUNCTION_NAME && Value === functionName);
  return isOurs ? dimensions.map((each) => (each.Name === EXECUTED_VERSION && each.Value === from ? { ...each, Value: to } : each)) : dimensions;
}
