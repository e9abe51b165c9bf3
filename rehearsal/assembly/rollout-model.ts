/** A rollout as its deployment group would be in an account: every name and ARN known, the AppSpec parsed. */
import type { EcsAppSpecDocument, EcsTargetService } from '../../lib/model/appspec';
import type { EcsPlayedDescription } from '../../lib/model/cloudformation-rollout';
import type { EcsRolloutDescription, ListenerDescription, ResourceReference } from '../../lib/model/rollout';
import { UserError } from '../report/user-error';
import type { Assembly } from './assembly';
import { alarmsBeside, resolveAlarm, withChildren } from './alarms';
import type { ResolvedAlarm } from './alarms';
import { ecsAppSpec } from './appspec-shape';
import { isObject } from './read-json';
import type { JsonObject } from './read-json';
import { attributeOf, follow, referenceOf } from './rollouts';
import type { FoundLambdaRollout, FoundRollout } from './rollouts';
import type { Stack } from './stack';
import type { BalancedModel, StagedListener, StagedTargetGroup } from './staged-model';

export interface Named {
  readonly name: string;
  readonly arn: string;
}

/** A rollout whose deployments CodeDeploy plays, whether a deployment group or CloudFormation has them made. */
export interface PlayedModel extends BalancedModel {
  readonly controller: 'CODE_DEPLOY' | 'CLOUDFORMATION';
  readonly description: EcsPlayedDescription;
  readonly serviceRole: Named;
  readonly service: ServiceModel;
  readonly production: ListenerModel;
  readonly test?: ListenerModel;
  readonly verdictAlarm: string;
  /** Name of the function that reports for hooks that cannot; absent where no hook needs it. */
  readonly guardianName?: string;
  /** What a deployment is told; where CloudFormation performs it, what its template comes to. */
  readonly appSpec: EcsAppSpecDocument;
}

export interface RolloutModel extends PlayedModel {
  readonly controller: 'CODE_DEPLOY';
  readonly description: EcsRolloutDescription;
  readonly application: Named;
  readonly deploymentGroup: Named;
  readonly deploymentConfig: Named;
  /** The function that looks at deployments as they start, which a rule invokes; absent where there are no hooks. */
  readonly hookInspector?: { readonly name: string };
  /** Whether an alarm whose state cannot be read is passed over. */
  readonly ignorePollAlarmFailure: boolean;
  /** The AppSpec as the stack output has it. */
  readonly appSpecContent: string;
  /** Properties of `AWS::CodeDeploy::DeploymentGroup`, resolved. */
  readonly groupProperties: JsonObject;
}

export interface ServiceModel extends Named {
  readonly cluster: string;
  readonly desiredCount: number;
  /** Absent where a capacity provider decides, or where the service is made elsewhere. */
  readonly launchType?: 'FARGATE' | 'EC2';
  /** What runs before the first deployment, as far as the assembly tells: the task definition of its AppSpec. */
  readonly firstRevision: EcsTargetService['Properties'];
}

export interface ListenerModel {
  readonly arn: string;
  readonly port: number;
  readonly protocol: 'HTTP' | 'HTTPS';
}

/** Resolves everything that a rehearsal has to know about a rollout. */
export function resolveRollout(assembly: Assembly, found: FoundRollout): RolloutModel {
  const { description, stack } = found;
  const arn = (service: string, resource: string): string => arnIn(assembly, found, service, resource);
  const name = (reference: ResourceReference): string => lastPiece(referenceOf(assembly, stack, reference));
  const application = name(description.application);
  const group = name(description.deploymentGroup);
  const config = name(description.deploymentConfigName);
  const home = follow(assembly, stack, { logicalId: found.logicalId });
  const properties = 'value' in home ? {} : assembly.properties(home);
  const spec = appSpecOf(assembly, found);
  return {
    ...playedBasis(assembly, found, spec.appSpec),
    controller: 'CODE_DEPLOY',
    description,
    application: { name: application, arn: arn('codedeploy', `application:${application}`) },
    deploymentGroup: { name: group, arn: arn('codedeploy', `deploymentgroup:${application}/${group}`) },
    deploymentConfig: { name: config, arn: arn('codedeploy', `deploymentconfig:${config}`) },
    serviceRole: roleOf(assembly, found, description.serviceRole),
    service: serviceOf(assembly, found, properties, spec.appSpec),
    ...hookInspectorOf(assembly, found),
    ignorePollAlarmFailure: isObject(properties.AlarmConfiguration) && properties.AlarmConfiguration.IgnorePollAlarmFailure === true,
    groupProperties: properties,
    ...spec,
  };
}

/** A rollout whose deployments CodeDeploy plays, as it was found. */
export interface FoundPlayed {
  readonly stack: Stack;
  readonly description: EcsPlayedDescription;
}

type Basis = Omit<PlayedModel, 'controller' | 'description' | 'serviceRole' | 'service' | 'appSpec'>;

/** What both kinds of them have in common. */
export function playedBasis(assembly: Assembly, found: FoundPlayed, { Hooks = [] }: EcsAppSpecDocument): Basis {
  const { description, stack } = found;
  const alarms = description.alarms.map((reference) => alarmOf(assembly, found, reference));
  const [first, second] = description.targetGroups;
  const { production, test, expectedRequestsPerSecond } = description;
  return {
    name: description.name,
    listeners: { production: stagedListener(production), ...(test === undefined ? {} : { test: stagedListener(test) }) },
    hookFunctions: Hooks.flatMap((entry) => Object.entries(entry).map(([event, name]) => ({ event, function: name }))),
    findings: description.findings,
    ...(expectedRequestsPerSecond === undefined ? {} : { expectedRequestsPerSecond }),
    account: stack.account,
    region: stack.region,
    loadBalancer: loadBalancerOf(assembly, found),
    production: listenerOf(assembly, found, production),
    ...(test === undefined ? {} : { test: listenerOf(assembly, found, test) }),
    targetGroups: [targetGroupOf(assembly, found, first), targetGroupOf(assembly, found, second)],
    alarms,
    evaluatedAlarms: evaluatedAlarms(assembly, stack, alarms),
    verdictAlarm: alarmOf(assembly, found, description.verdictAlarm).name,
    ...(description.guardian === undefined ? {} : { guardianName: referenceOf(assembly, stack, description.guardian) }),
  };
}

export function hookInspectorOf(assembly: Assembly, { stack, description: { hookInspector } }: FoundRollout | FoundLambdaRollout): Pick<RolloutModel, 'hookInspector'> {
  return hookInspector === undefined ? {} : { hookInspector: { name: referenceOf(assembly, stack, hookInspector) } };
}

export function arnIn(assembly: Assembly, { stack }: Pick<FoundPlayed, 'stack'>, service: string, resource: string): string {
  return assembly.text(stack, { 'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}` });
}

/** The name in an ARN, or the text itself where it is no ARN. */
export function lastPiece(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? (nameOrArn.split(/[:/]/).at(-1) ?? nameOrArn) : nameOrArn;
}

export function roleOf(assembly: Assembly, { stack }: Pick<FoundPlayed, 'stack'>, reference: ResourceReference): Named {
  const value = referenceOf(assembly, stack, reference);
  const byName = assembly.text(stack, { 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${value}` });
  const made = value.startsWith('arn:') ? value : byName;
  const arn = attributeOf(assembly, stack, reference, 'Arn') ?? made;
  return { name: lastPiece(arn), arn };
}

function serviceOf(assembly: Assembly, found: FoundRollout, group: JsonObject, appSpec: EcsAppSpecDocument): ServiceModel {
  const { stack, description } = found;
  const target = follow(assembly, stack, description.service);
  const [first] = Array.isArray(group.ECSServices) ? (group.ECSServices as unknown[]) : [];
  const named = isObject(first) ? first : {};
  const own = 'value' in target ? {} : assembly.properties(target);
  const name = String(named.ServiceName ?? lastPiece(referenceOf(assembly, stack, description.service)));
  const cluster = lastPiece(String(named.ClusterName ?? own.Cluster ?? 'default'));
  const value = referenceOf(assembly, stack, description.service);
  const arn = value.startsWith('arn:') ? value : arnIn(assembly, found, 'ecs', `service/${cluster}/${name}`);
  const launchType = own.LaunchType === 'FARGATE' || own.LaunchType === 'EC2' ? own.LaunchType : undefined;
  return {
    name,
    arn,
    cluster,
    desiredCount: Number(own.DesiredCount ?? 1),
    ...(launchType === undefined ? {} : { launchType }),
    firstRevision: { ...placementOf(own), ...appSpec.Resources[0].TargetService.Properties },
  };
}

/** What the service itself says of what its AppSpec may say. */
export function placementOf({ PlatformVersion, NetworkConfiguration }: JsonObject): Partial<EcsTargetService['Properties']> {
  const vpc = isObject(NetworkConfiguration) && isObject(NetworkConfiguration.AwsvpcConfiguration) ? NetworkConfiguration.AwsvpcConfiguration : undefined;
  const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
  return {
    ...(typeof PlatformVersion === 'string' ? { PlatformVersion } : {}),
    ...(vpc === undefined
      ? {}
      : {
          NetworkConfiguration: {
            AwsvpcConfiguration: {
              Subnets: texts(vpc.Subnets),
              SecurityGroups: texts(vpc.SecurityGroups),
              AssignPublicIp: vpc.AssignPublicIp === 'ENABLED' ? 'ENABLED' : 'DISABLED',
            },
          },
        }),
  };
}

function loadBalancerOf(assembly: Assembly, { stack, description }: FoundPlayed): RolloutModel['loadBalancer'] {
  const reference = description.loadBalancer;
  return balancerOf(assembly, stack, reference, description.scheme === 'internal');
}

/** The load balancer of this ARN, made in the assembly or elsewhere. */
export function loadBalancerNamed(assembly: Assembly, stack: Stack, arn: string): RolloutModel['loadBalancer'] {
  return balancerOf(assembly, stack, referenceOfArn(assembly, stack, 'AWS::ElasticLoadBalancingV2::LoadBalancer', arn), false);
}

function balancerOf(assembly: Assembly, stack: Stack, reference: ResourceReference, internal: boolean): RolloutModel['loadBalancer'] {
  const arn = referenceOf(assembly, stack, reference);
  const fullName = attributeOf(assembly, stack, reference, 'LoadBalancerFullName') ?? arn.split('loadbalancer/')[1] ?? arn;
  // Of a load balancer made elsewhere only the ARN is known; its host name is made up after the same pattern.
  const host = `${internal ? 'internal-' : ''}${fullName.split('/')[1] ?? 'load-balancer'}-1111111111`;
  const dnsName = attributeOf(assembly, stack, reference, 'DNSName') ?? `${host}.${stack.region}.elb.amazonaws.com`.toLowerCase();
  return { arn, fullName, dnsName };
}

/** A reference to the resource of this type whose `Ref` is this ARN. */
function referenceOfArn(assembly: Assembly, home: Stack, type: string, arn: string): ResourceReference {
  const made = assembly.resources(type).find(({ stack, logicalId }) => assembly.ref(stack, logicalId) === arn);
  return made === undefined ? { value: arn } : { logicalId: made.logicalId, ...(made.stack === home ? {} : { stack: made.stack.id }) };
}

function stagedListener({ port, protocol, rules }: ListenerDescription): StagedListener {
  return { port, protocol, ...(rules === undefined ? {} : { rules }) };
}

function listenerOf(assembly: Assembly, { stack }: FoundPlayed, listener: ListenerDescription): ListenerModel {
  return { arn: referenceOf(assembly, stack, listener.listener), port: listener.port, protocol: listener.protocol };
}

/** The target group of this ARN, made in the assembly or elsewhere. */
export function targetGroupNamed(assembly: Assembly, stack: Stack, arn: string): StagedTargetGroup {
  return targetGroupOf(assembly, { stack }, referenceOfArn(assembly, stack, 'AWS::ElasticLoadBalancingV2::TargetGroup', arn));
}

function targetGroupOf(assembly: Assembly, { stack }: Pick<FoundPlayed, 'stack'>, reference: ResourceReference): StagedTargetGroup {
  const arn = referenceOf(assembly, stack, reference);
  const fullName = attributeOf(assembly, stack, reference, 'TargetGroupFullName') ?? arn.split(':').at(-1) ?? arn;
  return { arn, fullName, name: attributeOf(assembly, stack, reference, 'TargetGroupName') ?? fullName.split('/')[1] ?? fullName };
}

export function evaluatedAlarms(assembly: Assembly, stack: Stack, alarms: readonly ResolvedAlarm[]): readonly ResolvedAlarm[] {
  return withChildren([...alarms, ...ownAlarms(assembly, stack, alarms)], alarmsBeside(assembly, stack));
}

/** Alarms of the stack itself besides these. */
export function ownAlarms(assembly: Assembly, stack: Stack, alarms: readonly ResolvedAlarm[]): readonly ResolvedAlarm[] {
  const own = assembly
    .resources('AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm')
    .filter((place) => place.stack === stack)
    .map((place) => resolveAlarm(assembly, place));
  return own.filter((alarm) => !alarms.some(({ arn }) => arn === alarm.arn));
}

export function alarmOf(assembly: Assembly, found: Pick<FoundPlayed, 'stack'>, reference: ResourceReference): ResolvedAlarm {
  const { stack } = found;
  const target = follow(assembly, stack, reference);
  if (!('value' in target)) {
    return resolveAlarm(assembly, target);
  }
  const name = target.value.startsWith('arn:') ? target.value.split(':').slice(6).join(':') : target.value;
  const known = alarmsBeside(assembly, stack).find((alarm) => alarm.name === name);
  return known ?? { name, arn: arnIn(assembly, found, 'cloudwatch', `alarm:${name}`), kind: 'outside', properties: { AlarmName: name } };
}

function appSpecOf(assembly: Assembly, { stack, description }: FoundRollout): Pick<RolloutModel, 'appSpec' | 'appSpecContent'> {
  const output = stack.template.outputs[description.appSpecOutput];
  const where = `output ${description.appSpecOutput} of stack ${stack.id}`;
  if (output === undefined) {
    throw new UserError(
      `${where} does not exist, though rollout ${description.name} keeps its AppSpec there; synthesize the app again with 'cdk synth'`,
    );
  }
  const appSpecContent = assembly.text(stack, output.Value);
  const document = parsed(appSpecContent, where);
  const problems = ecsAppSpec(document, 'AppSpec');
  if (problems.length > 0) {
    throw new UserError(
      `${where} is not the AppSpec of an ECS deployment: ${problems.join('; ')}; synthesize the app again with 'cdk synth'`,
    );
  }
  return { appSpec: document as EcsAppSpecDocument, appSpecContent };
}

function parsed(content: string, where: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new UserError(`${where} is not valid JSON: ${(error as Error).message}; synthesize the app again with 'cdk synth'`);
  }
}
