/** The rollout's own alarm, which a failed validation drives. */
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { VERDICT_METRIC } from '../model/hook-contract';
import { plainText } from './plain-text';

/**
 * In ALARM from a failed validation until the next evaluation but one: `FILL` turns the silence after it into zeros, and so brings the alarm
 * back by itself. An alarm that stayed red would stop the next release at its start.
 *
 * @param alarmName a literal for those who must name the alarm before they deploy; otherwise CloudFormation makes one
 */
export function verdictAlarm(scope: Construct, applicationName: string, groupName: string, alarmName?: string): cloudwatch.Alarm {
  const period = Duration.seconds(VERDICT_METRIC.periodSeconds);
  const failures = new cloudwatch.Metric({
    namespace: VERDICT_METRIC.namespace,
    metricName: VERDICT_METRIC.name,
    dimensionsMap: { [VERDICT_METRIC.applicationDimension]: applicationName, [VERDICT_METRIC.groupDimension]: groupName },
    statistic: cloudwatch.Stats.MAXIMUM,
    period,
  });
  return new cloudwatch.Alarm(scope, 'VerdictAlarm', {
    alarmName,
    alarmDescription: plainText(`A failed validation drives this alarm, and it falls back by itself: rollout ${scope.node.path}`),
    metric: new cloudwatch.MathExpression({ expression: 'FILL(m, 0)', usingMetrics: { m: failures }, label: 'Failed validations', period }),
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: 1,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}
