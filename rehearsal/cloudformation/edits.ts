/** Edits of a stack's template, as a user makes them in the app between two deployments. */
import { DEPLOYMENT_RESOURCE_TYPE, LAMBDA_DEPLOYMENT_RESOURCE_TYPE } from '../../lib/model/deployment-request';
import { isObject, type JsonObject } from '../assembly/read-json';
import type { Stack, TemplateResource } from '../assembly/stack';

/** The stack with other properties for one resource. */
export function edited(stack: Stack, logicalId: string, edit: (properties: JsonObject) => JsonObject): Stack {
  const resource = stack.template.resources[logicalId];
  if (resource === undefined) {
    throw new Error(`the template of stack ${stack.path} has no resource ${logicalId}`);
  }
  const resources = { ...stack.template.resources, [logicalId]: { ...resource, properties: edit(resource.properties) } };
  return { ...stack, template: { ...stack.template, resources } };
}

/** Another image for the containers of every task definition: each gets its next revision. */
export function released(stack: Stack, image: string): Stack {
  return idsOf(stack, 'AWS::ECS::TaskDefinition').reduce(
    (before, logicalId) =>
      edited(before, logicalId, ({ ContainerDefinitions, ...others }) => ({
        ...others,
        ContainerDefinitions: (Array.isArray(ContainerDefinitions) ? ContainerDefinitions : []).map((container: unknown) => (isObject(container) ? { ...container, Image: image } : container)),
      })),
    stack,
  );
}

/** Another version for every deployment of an alias. */
export function movedTo(stack: Stack, version: string): Stack {
  return idsOf(stack, LAMBDA_DEPLOYMENT_RESOURCE_TYPE).reduce((before, logicalId) => edited(before, logicalId, (properties) => ({ ...properties, TargetVersion: version })), stack);
}

/** Another time-out for every deployment resource: CloudFormation sends an Update with an equal AppSpec, or an equal version. */
export function editedBesideTheAppSpec(stack: Stack): Stack {
  return [...idsOf(stack, DEPLOYMENT_RESOURCE_TYPE), ...idsOf(stack, LAMBDA_DEPLOYMENT_RESOURCE_TYPE)].reduce(
    (before, logicalId) => edited(before, logicalId, ({ ServiceTimeout, ...others }) => ({ ...others, ServiceTimeout: String(Number(ServiceTimeout) - 1) })),
    stack,
  );
}

/** Logical ids of the resources of a type. */
export function idsOf(stack: Stack, type: string): readonly string[] {
  return Object.entries(stack.template.resources).flatMap(([logicalId, resource]: [string, TemplateResource]) => (resource.type === type ? [logicalId] : []));
}
