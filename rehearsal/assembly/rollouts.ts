/** The rollouts of an assembly: found by the description that the constructs leave in the metadata of the deployment group, of the service, or of the template. */
import { suggestion } from '../../lib/model/did-you-mean';
import { ECS_NATIVE_METADATA_KEY } from '../../lib/model/ecs-native';
import type { EcsNativeDescription } from '../../lib/model/ecs-native';
import { CLOUDFORMATION_ROLLOUT_METADATA_KEY, type EcsCloudFormationRolloutDescription } from '../../lib/model/cloudformation-rollout';
import { ROLLOUT_METADATA_KEY } from '../../lib/model/rollout';
import { SERVER_DEPLOYMENT_GROUP_RESOURCE_TYPE } from '../../lib/model/server/deployment-group-request';
import type { ServerRolloutDescription } from '../../lib/model/server/rollout';
import type { EcsRolloutDescription, LambdaRolloutDescription, ResourceReference } from '../../lib/model/rollout';
import { UserError } from '../report/user-error';
import type { Assembly, PlacedResource } from './assembly';
import { isObject } from './read-json';
import { SCHEMA_VERSION, ecsCloudFormation, ecsNative, ecsRollout, lambdaRollout } from './rollout-shape';
import { serverRollout } from './server-rollout-shape';
import type { Shape } from './shape';
import type { Stack } from './stack';

const SERVICE = 'AWS::ECS::Service';
const DEPLOYMENT_GROUP = 'AWS::CodeDeploy::DeploymentGroup';

/** A rollout of the assembly that CodeDeploy releases, and the stack that it is in. */
export interface FoundRollout {
  readonly controller: 'CODE_DEPLOY';
  readonly name: string;
  readonly description: EcsRolloutDescription;
  readonly stack: Stack;
  /** Logical id of the deployment group whose metadata holds the description. */
  readonly logicalId: string;
}

/** A service of the assembly whose deployments ECS itself controls, and that has a hook of ours. */
export interface FoundNativeRollout {
  readonly controller: 'ECS';
  readonly name: string;
  readonly description: EcsNativeDescription;
  readonly stack: Stack;
  /** Logical id of the service. */
  readonly logicalId: string;
}

/** A rollout that CloudFormation itself performs by the hook of its template. */
export interface FoundCloudFormationRollout {
  readonly controller: 'CLOUDFORMATION';
  readonly name: string;
  readonly description: EcsCloudFormationRolloutDescription;
  readonly stack: Stack;
  /** Logical id of the service. */
  readonly logicalId: string;
}

/** An alias of Lambda that CodeDeploy releases. */
export interface FoundLambdaRollout {
  readonly controller: 'LAMBDA';
  readonly name: string;
  readonly description: LambdaRolloutDescription;
  readonly stack: Stack;
  /** Logical id of the deployment group whose metadata holds the description. */
  readonly logicalId: string;
}

/** Instances of EC2/on-premises that CodeDeploy deploys to. */
export interface FoundServerRollout {
  readonly controller: 'SERVER';
  readonly name: string;
  readonly description: ServerRolloutDescription;
  readonly stack: Stack;
  /** Logical id of the deployment group, or of the custom resource that makes it, whose metadata holds the description. */
  readonly logicalId: string;
}

export type AnyRollout = FoundRollout | FoundNativeRollout | FoundCloudFormationRollout | FoundLambdaRollout | FoundServerRollout;

/** Every rollout: those of CodeDeploy, those of ECS, those of CloudFormation, those for Lambda, then those to instances, in the order of the templates. Fails on a description that this command does not understand. */
export function findRollouts(assembly: Assembly): readonly AnyRollout[] {
  return [...findCodeDeployRollouts(assembly), ...findNativeRollouts(assembly), ...findCloudFormationRollouts(assembly), ...findLambdaRollouts(assembly), ...findServerRollouts(assembly)];
}

function findCloudFormationRollouts(assembly: Assembly): readonly FoundCloudFormationRollout[] {
  return assembly.stacks.flatMap((stack) => {
    const metadata = stack.template.metadata?.[CLOUDFORMATION_ROLLOUT_METADATA_KEY];
    if (metadata === undefined) {
      return [];
    }
    const description = understood<EcsCloudFormationRolloutDescription>(metadata, `${stack.path}/Metadata`, ecsCloudFormation);
    const { service } = description;
    return [{ controller: 'CLOUDFORMATION', name: description.name, description, stack, logicalId: 'value' in service ? '' : service.logicalId }];
  });
}

function findNativeRollouts(assembly: Assembly): readonly FoundNativeRollout[] {
  return assembly.resources(SERVICE).flatMap(({ stack, logicalId, resource }) => {
    const metadata = resource.metadata[ECS_NATIVE_METADATA_KEY];
    if (metadata === undefined) {
      return [];
    }
    const description = understood<EcsNativeDescription>(metadata, `${stack.path}/${logicalId}`, ecsNative);
    return [{ controller: 'ECS', name: description.name, description, stack, logicalId }];
  });
}

export function findCodeDeployRollouts(assembly: Assembly): readonly FoundRollout[] {
  return describedGroups(assembly).flatMap(({ metadata, stack, logicalId }) => {
    if (platformOf(metadata) === 'Lambda' || platformOf(metadata) === 'Server') {
      return [];
    }
    const description = understood<EcsRolloutDescription>(metadata, `${stack.path}/${logicalId}`, ecsRollout);
    return [{ controller: 'CODE_DEPLOY', name: description.name, description, stack, logicalId }];
  });
}

export function findLambdaRollouts(assembly: Assembly): readonly FoundLambdaRollout[] {
  return describedGroups(assembly).flatMap(({ metadata, stack, logicalId }) => {
    if (platformOf(metadata) !== 'Lambda') {
      return [];
    }
    const description = understood<LambdaRolloutDescription>(metadata, `${stack.path}/${logicalId}`, lambdaRollout);
    return [{ controller: 'LAMBDA', name: description.name, description, stack, logicalId }];
  });
}

export function findServerRollouts(assembly: Assembly): readonly FoundServerRollout[] {
  return describedGroups(assembly).flatMap(({ metadata, stack, logicalId }) => {
    if (platformOf(metadata) !== 'Server') {
      return [];
    }
    const description = understood<ServerRolloutDescription>(metadata, `${stack.path}/${logicalId}`, serverRollout);
    return [{ controller: 'SERVER', name: description.name, description, stack, logicalId }];
  });
}

/** Deployment groups whose metadata describes a rollout. */
function describedGroups(assembly: Assembly): readonly { readonly metadata: unknown; readonly stack: Stack; readonly logicalId: string }[] {
  return [...assembly.resources(DEPLOYMENT_GROUP), ...assembly.resources(SERVER_DEPLOYMENT_GROUP_RESOURCE_TYPE)].flatMap(({ stack, logicalId, resource }) => {
    const metadata = resource.metadata[ROLLOUT_METADATA_KEY];
    return metadata === undefined ? [] : [{ metadata, stack, logicalId }];
  });
}

const platformOf = (metadata: unknown): unknown => (isObject(metadata) ? metadata.platform : undefined);

/** The rollout of this name (its path, or an ending of it that only one has); without a name the only one there is. */
export function selectRollout(assembly: Assembly, name?: string): AnyRollout {
  const rollouts = findRollouts(assembly);
  const names = rollouts.map((rollout) => rollout.name);
  if (rollouts.length === 0) {
    throw new UserError(`no rollout in ${assembly.directory}; add an EcsRollout of cdk-greenlight to a stack and synthesize the app again`);
  }
  const exact = rollouts.filter((rollout) => rollout.name === name);
  const endings = exact.length > 0 ? exact : rollouts.filter((rollout) => rollout.name.endsWith(`/${name}`));
  const matches = name === undefined ? rollouts : endings;
  const [only, ...others] = matches;
  if (only !== undefined && others.length === 0) {
    return only;
  }
  if (only === undefined) {
    throw new UserError(`no rollout "${name}" in the assembly${suggestion(name ?? '', names)}; it has ${names.join(', ')}`);
  }
  const which = name === undefined ? 'the assembly has several rollouts' : `"${name}" stands for several rollouts`;
  throw new UserError(`${which}; name one of ${matches.map((rollout) => rollout.name).join(', ')}`);
}

function understood<T>(metadata: unknown, where: string, shape: Shape): T {
  const version = isObject(metadata) ? metadata.schemaVersion : undefined;
  if (version !== SCHEMA_VERSION) {
    throw new UserError(
      `rollout description of ${where} has schemaVersion ${JSON.stringify(version) ?? 'undefined'}, ` +
        `and this command understands ${SCHEMA_VERSION}; ` +
        'use the greenlight command of the same cdk-greenlight version that the app was synthesized with',
    );
  }
  const problems = shape(metadata, 'rollout');
  if (problems.length > 0) {
    throw new UserError(
      `rollout description of ${where} is not one that this command understands: ${problems.slice(0, 5).join('; ')}; ` +
        'synthesize the app again with the same cdk-greenlight version as this command',
    );
  }
  return metadata as unknown as T;
}

/** What a reference leads to: a resource of the assembly, or only a name or ARN of something made elsewhere. */
export type Target = PlacedResource | { readonly value: string };

/** Follows a reference of a description that stands in `stack`. */
export function follow(assembly: Assembly, stack: Stack, reference: ResourceReference): Target {
  if ('value' in reference) {
    return { value: reference.value };
  }
  const within = reference.stack === undefined ? stack : stackNamed(assembly.stacks, reference.stack);
  const resource = within.template.resources[reference.logicalId];
  if (resource === undefined) {
    throw new UserError(
      `template of stack ${within.id} has no resource ${reference.logicalId}, which a rollout description names; ` +
        "synthesize the app again with 'cdk synth'",
    );
  }
  return { stack: within, logicalId: reference.logicalId, resource };
}

/** `Ref` of what a reference leads to; of something made elsewhere its value. */
export function referenceOf(assembly: Assembly, stack: Stack, reference: ResourceReference): string {
  const target = follow(assembly, stack, reference);
  return 'value' in target ? target.value : assembly.ref(target.stack, target.logicalId);
}

/** An attribute of what a reference leads to; undefined for something made elsewhere. */
export function attributeOf(assembly: Assembly, stack: Stack, reference: ResourceReference, name: string): string | undefined {
  const target = follow(assembly, stack, reference);
  return 'value' in target ? undefined : assembly.attribute(target.stack, target.logicalId, name);
}

/** The stack that a name stands for: its artifact id, its name or its path. */
function stackNamed(stacks: readonly Stack[], name: string): Stack {
  const found = stacks.find(({ id }) => id === name) ?? stacks.find(({ stackName, path }) => stackName === name || path === name);
  if (found === undefined) {
    const ids = stacks.map(({ id }) => id);
    throw new UserError(`no stack "${name}" in the assembly; it has ${ids.join(', ')}${suggestion(name, ids)}`);
  }
  return found;
}
