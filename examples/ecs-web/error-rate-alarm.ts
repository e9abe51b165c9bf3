import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** More than 2 % of the requests to either target group answered by 5xx, in two of three minutes. No requests are no errors. */
export function errorRateAlarm(scope: Construct, id: string, targetGroups: readonly elbv2.IApplicationTargetGroup[]): cloudwatch.Alarm {
  const minute = { period: Duration.minutes(1), statistic: cloudwatch.Stats.SUM };
  const errors = targetGroups.map((group) => group.metrics.httpCodeTarget(elbv2.HttpCodeTarget.TARGET_5XX_COUNT, minute));
  const requests = targetGroups.map((group) => group.metrics.requestCount(minute));
  const named = (prefix: string, metrics: cloudwatch.Metric[]) => metrics.map((metric, index) => [`${prefix}${index}`, metric] as const);
  const sum = (prefix: string) => targetGroups.map((_, index) => `FILL(${prefix}${index}, 0)`).join(' + ');
  const rate = new cloudwatch.MathExpression({
    label: 'Share of 5xx answers in percent',
    expression: `100 * (${sum('e')}) / (${sum('r')})`,
    usingMetrics: Object.fromEntries([...named('e', errors), ...named('r', requests)]),
    period: Duration.minutes(1),
  });
  return new cloudwatch.Alarm(scope, id, {
    alarmDescription: 'The service answers too many requests by 5xx',
    metric: rate,
    threshold: 2,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}
