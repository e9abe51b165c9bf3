/** Alarms that a rollout watches on metrics of AWS which no rehearsal produces, such as those of an API in front of an alias. */
import type { ResolvedAlarm } from '../assembly/alarms';
import { withChildren } from '../assembly/alarms';
import { isObject } from '../assembly/read-json';
import type { StagedModel } from '../assembly/staged-model';
import { LAMBDA_NAMESPACE } from '../engine/alias/lambda-metrics';
import { ALB_NAMESPACE } from '../engine/alb-metrics';
import type { Controller } from './staged-rollout';

/** Services whose metrics the traffic of a rehearsal makes. Other namespaces than those of AWS are whoever's who puts data there, hooks included. */
const PRODUCED: Readonly<Record<Controller, string | undefined>> = { SERVER: undefined, LAMBDA: LAMBDA_NAMESPACE, CODE_DEPLOY: ALB_NAMESPACE, CLOUDFORMATION: ALB_NAMESPACE, ECS: ALB_NAMESPACE };

/** One statement for each alarm; composite alarms by those that they are made of. */
export function unproducedMetrics({ alarms, evaluatedAlarms }: Pick<StagedModel, 'alarms' | 'evaluatedAlarms'>, controller: Controller): readonly string[] {
  return withChildren(alarms, evaluatedAlarms).flatMap((alarm) => {
    const missing = [...new Set(namespacesOf(alarm))].filter((namespace) => namespace.startsWith('AWS/') && namespace !== PRODUCED[controller]);
    return missing.length === 0 ? [] : [`metrics of ${missing.join(' and ')}, which alarm ${alarm.name} is on: it sees missing data, unless the scenario's "alarms" set it`];
  });
}

function namespacesOf({ properties: { Namespace, Metrics } }: ResolvedAlarm): readonly string[] {
  const queries = Array.isArray(Metrics) ? (Metrics as readonly unknown[]) : [];
  const inQueries = queries.map((query) => (isObject(query) && isObject(query.MetricStat) && isObject(query.MetricStat.Metric) ? query.MetricStat.Metric.Namespace : undefined));
  return [Namespace, ...inQueries].filter((namespace) => typeof namespace === 'string');
}
