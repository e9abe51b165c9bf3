/** The rollout description as `lib/model/rollout.ts` defines it, for checking one that comes out of a template. */
import { ECS_HOOK_EVENTS, LAMBDA_HOOK_EVENTS } from '../../lib/model/lifecycle';
import { flag, listOf, number, object, oneOf, optional, text, variant, type Shape } from './shape';

/** The one version of the description that this command understands. */
export const SCHEMA_VERSION = 1;

const PORT = number(1, 65535);

export const reference = variant((value) => ('value' in value ? object({ value: text }) : object({ logicalId: text, stack: optional(text) })));

const rule = object({ rule: reference, priority: number(1), paths: optional(listOf(text)), hosts: optional(listOf(text)) });

const listener = object({ listener: reference, port: PORT, protocol: oneOf('HTTP', 'HTTPS'), rules: optional(listOf(rule)) });

const increment = object({ type: oneOf('TimeBasedCanary', 'TimeBasedLinear'), percentage: number(1, 99), intervalMinutes: number(1) });

const traffic = variant((value) => (value.type === 'AllAtOnce' ? object({ type: text }) : increment));

const hookOf = (events: readonly string[]): Shape => object({
  event: oneOf(...events),
  kind: oneOf('checks', 'outcome', 'function'),
  function: reference,
  target: optional(reference),
  reportsLater: flag,
  guarded: flag,
});

export const finding = object({ id: text, level: oneOf('error', 'warning', 'info'), message: text, remedy: text });

export const rollbackEvents = listOf(oneOf('DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'));

const common = {
  schemaVersion: number(SCHEMA_VERSION, SCHEMA_VERSION),
  platform: oneOf('ECS'),
  name: text,
  serviceRole: reference,
  service: reference,
  container: object({ name: text, port: PORT }),
  loadBalancer: reference,
  scheme: oneOf('internal', 'internet-facing'),
  production: listener,
  test: optional(listener),
  targetGroups: listOf(reference, 2),
  traffic,
  alarms: listOf(reference),
  verdictAlarm: reference,
  hooks: listOf(hookOf(ECS_HOOK_EVENTS)),
  guardian: optional(reference),
  expectedRequestsPerSecond: optional(number(0)),
  findings: listOf(finding),
};

export const ecsRollout = object({
  ...common,
  application: reference,
  deploymentGroup: reference,
  deploymentConfigName: reference,
  approvalWaitMinutes: optional(number(0)),
  terminationWaitMinutes: optional(number(0)),
  rollbackEvents,
  hookInspector: optional(reference),
  appSpecOutput: text,
});

/** What stands in the metadata of the deployment group of an alias. */
export const lambdaRollout = object({
  schemaVersion: number(SCHEMA_VERSION, SCHEMA_VERSION),
  platform: oneOf('Lambda'),
  name: text,
  application: reference,
  deploymentGroup: reference,
  deploymentConfigName: reference,
  serviceRole: reference,
  function: reference,
  alias: reference,
  traffic,
  rollbackEvents,
  alarms: listOf(reference),
  versionAlarms: optional(listOf(reference)),
  verdictAlarm: reference,
  hooks: listOf(hookOf(LAMBDA_HOOK_EVENTS)),
  guardian: optional(reference),
  hookInspector: optional(reference),
  expectedRequestsPerSecond: optional(number(0)),
  findings: listOf(finding),
});

/** What stands in the metadata of a template whose deployments CloudFormation performs. */
export const ecsCloudFormation = object({
  ...common,
  controller: oneOf('CLOUDFORMATION'),
  taskDefinition: reference,
  taskSet: reference,
  terminationWaitMinutes: number(0),
});

/** What stands in the metadata of a service whose deployments ECS controls. */
export const ecsNative = object({
  schemaVersion: number(SCHEMA_VERSION, SCHEMA_VERSION),
  platform: oneOf('ECS'),
  controller: oneOf('ECS'),
  name: text,
  findings: listOf(finding),
});
