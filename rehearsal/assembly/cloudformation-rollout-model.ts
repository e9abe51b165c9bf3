/** A rollout that CloudFormation performs, as it would be in an account: what the hook of its template says, with every name known. */
import type { EcsAppSpecDocument, EcsTargetService } from '../../lib/model/appspec';
import { BLUE_GREEN_HOOK, type EcsCloudFormationRolloutDescription } from '../../lib/model/cloudformation-rollout';
import { ECS_HOOK_EVENTS } from '../../lib/model/lifecycle';
import { stackTrafficProblems, trafficProblems, type TrafficRouting } from '../../lib/model/traffic';
import { UserError } from '../report/user-error';
import type { Assembly } from './assembly';
import { isObject, type JsonObject } from './read-json';
import { arnIn, lastPiece, placementOf, playedBasis, roleOf, type PlayedModel, type ServiceModel } from './rollout-model';
import { follow, referenceOf, type FoundCloudFormationRollout } from './rollouts';

export interface CloudFormationRolloutModel extends PlayedModel {
  readonly controller: 'CLOUDFORMATION';
  readonly description: EcsCloudFormationRolloutDescription;
  readonly stackId: string;
  readonly stackName: string;
}

/** What CloudFormation does where a hook says nothing of the shift. */
const DEFAULT_TRAFFIC = { type: 'TimeBasedCanary', percentage: 15, intervalMinutes: 5 } as const satisfies TrafficRouting;

export function resolveCloudFormationRollout(assembly: Assembly, found: FoundCloudFormationRollout): CloudFormationRolloutModel {
  const { stack } = found;
  const hook = hookOf(assembly, found);
  const options = objectAt(hook, 'AdditionalOptions');
  const description = { ...found.description, traffic: trafficOf(objectAt(hook, 'TrafficRoutingConfig'), found.name), terminationWaitMinutes: Number(options.TerminationWaitTimeInMinutes ?? 0) };
  const { service, target } = serviceOf(assembly, found);
  const appSpec = appSpecOf(hook, target);
  return {
    ...playedBasis(assembly, { stack, description }, appSpec),
    controller: 'CLOUDFORMATION',
    description,
    stackId: assembly.text(stack, { Ref: 'AWS::StackId' }),
    stackName: stack.stackName,
    serviceRole: roleOf(assembly, found, description.serviceRole),
    service,
    appSpec,
  };
}

/** Properties of the blue/green hook, of which a template has one. */
function hookOf(assembly: Assembly, { stack, name }: FoundCloudFormationRollout): JsonObject {
  const [hook] = Object.values(stack.template.hooks ?? {}).filter(({ Type }) => Type === BLUE_GREEN_HOOK);
  if (hook === undefined) {
    throw new UserError(`template of stack ${stack.id} has no hook ${BLUE_GREEN_HOOK}, by which CloudFormation performs the deployments of ${name}; synthesize the app again with 'cdk synth'`);
  }
  const properties = assembly.value(stack, hook.Properties);
  return isObject(properties) ? properties : {};
}

function trafficOf(config: JsonObject, name: string): TrafficRouting {
  const { Type: type = DEFAULT_TRAFFIC.type } = config;
  if (type === 'AllAtOnce') {
    return { type };
  }
  if (type !== 'TimeBasedCanary' && type !== 'TimeBasedLinear') {
    throw new UserError(`the hook of ${name} has the traffic routing ${JSON.stringify(type)}, and CloudFormation has AllAtOnce, TimeBasedCanary and TimeBasedLinear`);
  }
  const step = objectAt(config, type);
  const routing: TrafficRouting = { type, percentage: Number(step.StepPercentage ?? DEFAULT_TRAFFIC.percentage), intervalMinutes: Number(step.BakeTimeMins ?? DEFAULT_TRAFFIC.intervalMinutes) };
  const [problem] = [...trafficProblems(routing), ...stackTrafficProblems(routing)];
  if (problem !== undefined) {
    throw new UserError(`the hook of ${name} shifts traffic as CloudFormation would refuse to: ${problem}`);
  }
  return routing;
}

function serviceOf(assembly: Assembly, found: FoundCloudFormationRollout): { readonly service: ServiceModel; readonly target: EcsTargetService['Properties'] } {
  const { stack, description } = found;
  const place = follow(assembly, stack, description.service);
  const taskSet = follow(assembly, stack, description.taskSet);
  if ('value' in place || 'value' in taskSet) {
    throw new UserError(`service and task set of ${found.name} are not in the template of stack ${stack.id}; synthesize the app again with 'cdk synth'`);
  }
  const own = assembly.properties(place);
  const set = assembly.properties(taskSet);
  const name = assembly.attribute(place.stack, place.logicalId, 'Name');
  const cluster = lastPiece(String(own.Cluster ?? 'default'));
  const target: EcsTargetService['Properties'] = {
    TaskDefinition: referenceOf(assembly, stack, description.taskDefinition),
    LoadBalancerInfo: { ContainerName: description.container.name, ContainerPort: description.container.port },
  };
  const launchType = set.LaunchType === 'FARGATE' || set.LaunchType === 'EC2' ? set.LaunchType : undefined;
  const service: ServiceModel = {
    name,
    arn: arnIn(assembly, found, 'ecs', `service/${cluster}/${name}`),
    cluster,
    desiredCount: Number(own.DesiredCount ?? 1),
    ...(launchType === undefined ? {} : { launchType }),
    firstRevision: { ...placementOf(asService(set)), ...target },
  };
  return { service, target };
}

/** A task set spells one word otherwise than a service. */
function asService({ PlatformVersion, NetworkConfiguration }: JsonObject): JsonObject {
  const network = isObject(NetworkConfiguration) ? NetworkConfiguration.AwsVpcConfiguration : undefined;
  return { PlatformVersion, ...(network === undefined ? {} : { NetworkConfiguration: { AwsvpcConfiguration: network } }) };
}

/** The AppSpec that such a deployment never has, for the engine, which plays both kinds alike. */
function appSpecOf(hook: JsonObject, target: EcsTargetService['Properties']): EcsAppSpecDocument {
  const functions = objectAt(hook, 'LifecycleEventHooks');
  const Hooks = ECS_HOOK_EVENTS.flatMap((event) => (functions[event] === undefined ? [] : [{ [event]: String(functions[event]) }]));
  return { version: '0.0', Resources: [{ TargetService: { Type: 'AWS::ECS::Service', Properties: target } }], Hooks };
}

function objectAt(from: JsonObject, name: string): JsonObject {
  const value = from[name];
  return isObject(value) ? value : {};
}
