/** A service whose deployments ECS controls, as it would be in an account: what its properties say, with every reference resolved. */
import { ECS_NATIVE_HOOK_STAGES, ECS_NATIVE_STRATEGIES, type EcsNativeHookStage } from '../../lib/model/ecs-native';
import { ENV } from '../../lib/model/hook-contract';
import type { LifecycleHookModel, NativeServiceModel } from '../engine/native/service-model';
import { UserError } from '../report/user-error';
import type { ResolvedAlarm } from './alarms';
import { alarmsBeside, withChildren } from './alarms';
import type { Assembly, PlacedResource } from './assembly';
import { NativeBalancer } from './native-balancer';
import { isObject, type JsonObject } from './read-json';
import type { FoundNativeRollout } from './rollouts';
import { loadBalancerNamed, ownAlarms, targetGroupNamed } from './rollout-model';
import type { BalancedModel } from './staged-model';

/** A host that the hooks ask instead of the load balancer's own name, such as a name of the user's DNS. */
export interface ListenerHost {
  readonly host: string;
  readonly port: number;
  readonly listener: 'production' | 'test';
}

export interface NativeRolloutModel extends BalancedModel {
  readonly controller: 'ECS';
  readonly service: NativeServiceModel;
  readonly hosts: readonly ListenerHost[];
  /** What the service has and a rehearsal does not play. */
  readonly notModelled: readonly string[];
}

export function resolveNativeRollout(assembly: Assembly, found: FoundNativeRollout): NativeRolloutModel {
  const { stack, logicalId, description } = found;
  const place: PlacedResource = { stack, logicalId, resource: stack.template.resources[logicalId]! };
  const properties = assembly.properties(place);
  const configuration = objectAt(properties, 'DeploymentConfiguration');
  const balancer = new NativeBalancer(assembly, description.name, properties);
  const { production, test } = balancer.listeners();
  const [original, alternate] = balancer.targetGroupArns();
  const alarms = alarmsOf(assembly, found, objectAt(configuration, 'Alarms'));
  const hooks = listAt(configuration, 'LifecycleHooks');
  const lambdaHooks = hooks.filter(({ TargetType }) => TargetType !== 'PAUSE').map((hook) => hookOf(hook, description.name));
  const targetGroups = [targetGroupNamed(assembly, stack, original), targetGroupNamed(assembly, stack, alternate)] as const;
  return {
    controller: 'ECS',
    name: description.name,
    account: stack.account,
    region: stack.region,
    loadBalancer: loadBalancerNamed(assembly, stack, balancer.loadBalancerArn()),
    listeners: { production, ...(test === undefined ? {} : { test }) },
    targetGroups,
    alarms,
    evaluatedAlarms: withChildren([...alarms, ...ownAlarms(assembly, stack, alarms)], alarmsBeside(assembly, stack)),
    hookFunctions: lambdaHooks.flatMap(({ stages, targetArn }) => stages.map((event) => ({ event, function: targetArn }))),
    findings: description.findings,
    service: { ...serviceOf(assembly, place, properties), ...strategyOf(configuration, description.name), hooks: lambdaHooks, targetGroups, hasTestListener: test !== undefined, ...alarmSettings(configuration, alarms) },
    hosts: hostsOf(assembly, lambdaHooks),
    notModelled: hooks.length === lambdaHooks.length ? [] : ['PAUSE hooks of the service, which wait for ContinueServiceDeployment: they are passed over'],
  };
}

function serviceOf(assembly: Assembly, { stack, logicalId }: PlacedResource, properties: JsonObject): Pick<NativeServiceModel, 'clusterName' | 'serviceName' | 'serviceArn'> {
  const clusterName = String(properties.Cluster ?? 'default').split('/').at(-1)!;
  const serviceName = assembly.attribute(stack, logicalId, 'Name');
  const serviceArn = assembly.text(stack, { 'Fn::Sub': `arn:\${AWS::Partition}:ecs:\${AWS::Region}:\${AWS::AccountId}:service/${clusterName}/${serviceName}` });
  return { clusterName, serviceName, serviceArn };
}

type Shift = Pick<NativeServiceModel, 'strategy' | 'stepPercent' | 'stepBakeMinutes' | 'bakeMinutes'>;

function strategyOf(configuration: JsonObject, name: string): Shift {
  const strategy = ECS_NATIVE_STRATEGIES.find((known) => known === configuration.Strategy);
  if (strategy === undefined) {
    throw new UserError(`service ${name} has the deployment strategy ${String(configuration.Strategy ?? 'ROLLING')}, and a rehearsal plays ${ECS_NATIVE_STRATEGIES.join(', ')}`);
  }
  const canary = objectAt(configuration, 'CanaryConfiguration');
  const linear = objectAt(configuration, 'LinearConfiguration');
  const percent = strategy === 'CANARY' ? canary.CanaryPercent : strategy === 'LINEAR' ? linear.StepPercent : undefined;
  const wait = strategy === 'CANARY' ? canary.CanaryBakeTimeInMinutes : strategy === 'LINEAR' ? linear.StepBakeTimeInMinutes : undefined;
  const bake = configuration.BakeTimeInMinutes;
  return {
    strategy,
    ...(percent === undefined ? {} : { stepPercent: Number(percent) }),
    ...(wait === undefined ? {} : { stepBakeMinutes: Number(wait) }),
    ...(bake === undefined ? {} : { bakeMinutes: Number(bake) }),
  };
}

function hookOf(hook: JsonObject, name: string): LifecycleHookModel {
  const timeout = objectAt(hook, 'TimeoutConfiguration');
  const stages = (Array.isArray(hook.LifecycleStages) ? hook.LifecycleStages : []).map(String);
  const unknown = stages.find((stage) => !ECS_NATIVE_HOOK_STAGES.some((known) => known === stage));
  if (unknown !== undefined) {
    throw new UserError(`service ${name} has a hook for the stage ${unknown}, which ECS does not have; it has ${ECS_NATIVE_HOOK_STAGES.join(', ')}`);
  }
  const details = typeof hook.HookDetails === 'string' ? parsedDetails(hook.HookDetails, name) : hook.HookDetails;
  return {
    targetArn: String(hook.HookTargetArn),
    roleArn: String(hook.RoleArn),
    stages: stages as EcsNativeHookStage[],
    ...(isObject(details) ? { hookDetails: details } : {}),
    ...(timeout.TimeoutInMinutes === undefined ? {} : { timeoutMinutes: Number(timeout.TimeoutInMinutes) }),
    ...(timeout.Action === 'CONTINUE' || timeout.Action === 'ROLLBACK' ? { timeoutAction: timeout.Action } : {}),
  };
}

function parsedDetails(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`'HookDetails' of a hook of service ${name} must be a JSON object as a text, got ${text.slice(0, 60)}`);
  }
}

function alarmsOf(assembly: Assembly, { stack }: FoundNativeRollout, settings: JsonObject): readonly ResolvedAlarm[] {
  const names = settings.Enable === true && Array.isArray(settings.AlarmNames) ? settings.AlarmNames.map(String) : [];
  const beside = alarmsBeside(assembly, stack);
  return names.map((name) => {
    const arn = assembly.text(stack, { 'Fn::Sub': `arn:\${AWS::Partition}:cloudwatch:\${AWS::Region}:\${AWS::AccountId}:alarm:${name}` });
    return beside.find((alarm) => alarm.name === name) ?? { name, arn, kind: 'outside', properties: { AlarmName: name } };
  });
}

function alarmSettings(configuration: JsonObject, alarms: readonly ResolvedAlarm[]): Pick<NativeServiceModel, 'alarmNames' | 'rollbackOnAlarm'> {
  return { alarmNames: alarms.map(({ name }) => name), rollbackOnAlarm: objectAt(configuration, 'Alarms').Rollback === true };
}

/** Where the handlers of this package are told that the listeners are. */
function hostsOf(assembly: Assembly, hooks: readonly LifecycleHookModel[]): readonly ListenerHost[] {
  const arns = new Set(hooks.map(({ targetArn }) => targetArn));
  const functions = assembly.resources('AWS::Lambda::Function').filter(({ stack, logicalId }) => arns.has(assembly.attribute(stack, logicalId, 'Arn')));
  return functions.flatMap((place) => {
    const variables = objectAt(objectAt(assembly.properties(place), 'Environment'), 'Variables');
    const of = (listener: ListenerHost['listener'], url: unknown): ListenerHost[] => {
      if (typeof url !== 'string' || !URL.canParse(url)) {
        return [];
      }
      const { hostname, port, protocol } = new URL(url);
      return [{ host: hostname, port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port), listener }];
    };
    return [...of('test', variables[ENV.testUrl]), ...of('production', variables[ENV.productionUrl])];
  });
}

function objectAt(from: JsonObject, name: string): JsonObject {
  const value = from[name];
  return isObject(value) ? value : {};
}

function listAt(from: JsonObject, name: string): readonly JsonObject[] {
  const value = from[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}
