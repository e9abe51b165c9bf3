import type { ResolvedAlarm } from '../../../rehearsal/assembly/alarms';
import { unproducedMetrics } from '../../../rehearsal/stage/unproduced-metrics';

const alarm = (name: string, properties: object, kind: ResolvedAlarm['kind'] = 'metric'): ResolvedAlarm => ({ name, arn: `arn:${name}`, kind, properties: { ...properties, AlarmName: name } });
const query = (Namespace: string) => ({ Id: 'm', MetricStat: { Metric: { Namespace, MetricName: '5XXError' } } });
const said = (namespaces: string, name: string) => `metrics of ${namespaces}, which alarm ${name} is on: it sees missing data, unless the scenario's "alarms" set it`;

const API = alarm('api', { Namespace: 'AWS/ApiGateway', MetricName: '5XXError' });
const ERRORS = alarm('errors', { Namespace: 'AWS/Lambda', MetricName: 'Errors' });
const ALB = alarm('alb', { Namespace: 'AWS/ApplicationELB', MetricName: 'HTTPCode_Target_5XX_Count' });

test.each<[string, readonly ResolvedAlarm[], Parameters<typeof unproducedMetrics>[1], readonly string[]]>([
  ['an API in front of an alias', [API, ERRORS], 'LAMBDA', [said('AWS/ApiGateway', 'api')]],
  ['an API in front of a service', [API, ALB], 'CODE_DEPLOY', [said('AWS/ApiGateway', 'api')]],
  ['a function beside a service', [ERRORS, ALB], 'ECS', [said('AWS/Lambda', 'errors')]],
  ['a load balancer beside an alias', [ALB], 'LAMBDA', [said('AWS/ApplicationELB', 'alb')]],
  ['the stack of CloudFormation', [ALB], 'CLOUDFORMATION', []],
  ['a namespace of the app', [alarm('own', { Namespace: 'Shop' })], 'LAMBDA', []],
  ['an expression', [alarm('rate', { Metrics: [{ Id: 'e', Expression: 'm / n' }, query('AWS/SQS'), query('AWS/SQS'), query('AWS/ApiGateway'), query('AWS/Lambda')] })], 'LAMBDA', [said('AWS/SQS and AWS/ApiGateway', 'rate')]],
  ['an alarm of which only the name is known', [alarm('elsewhere', {}, 'outside')], 'LAMBDA', []],
])('%s', (_what, alarms, controller, statements) => {
  expect(unproducedMetrics({ alarms, evaluatedAlarms: alarms }, controller)).toEqual(statements);
});

test('a composite alarm is told by what it is made of, and an alarm that is not watched is not told', () => {
  const composite = alarm('both', { AlarmRule: 'ALARM("api") OR ALARM("errors")' }, 'composite');
  expect(unproducedMetrics({ alarms: [composite], evaluatedAlarms: [composite, API, ERRORS] }, 'LAMBDA')).toEqual([said('AWS/ApiGateway', 'api')]);
  expect(unproducedMetrics({ alarms: [ERRORS], evaluatedAlarms: [ERRORS, API] }, 'LAMBDA')).toEqual([]);
});
