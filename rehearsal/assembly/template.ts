import { UserError } from '../report/user-error';
import { isObject, readJsonObject } from './read-json';
import type { JsonObject } from './read-json';
import type { Template, TemplateResource } from './stack';

/** A CloudFormation template; its sections are there even where the file leaves them out. */
export function readTemplate(file: string, what: string): Template {
  const document = readJsonObject(file, what);
  const resources: Record<string, TemplateResource> = {};
  for (const [logicalId, resource] of Object.entries(section(document, 'Resources', file))) {
    if (!isObject(resource) || typeof resource.Type !== 'string') {
      throw new UserError(`${what} holds a resource without Type: ${logicalId} in ${file}; synthesize the app again with 'cdk synth'`);
    }
    resources[logicalId] = {
      type: resource.Type,
      properties: isObject(resource.Properties) ? resource.Properties : {},
      metadata: isObject(resource.Metadata) ? resource.Metadata : {},
      condition: typeof resource.Condition === 'string' ? resource.Condition : undefined,
      dependsOn: [resource.DependsOn ?? []].flat().map(String),
      ...(typeof resource.DeletionPolicy === 'string' ? { deletionPolicy: resource.DeletionPolicy } : {}),
      ...(isObject(resource.UpdatePolicy) ? { updatePolicy: resource.UpdatePolicy } : {}),
    };
  }
  return {
    parameters: objects(section(document, 'Parameters', file)),
    mappings: objects(section(document, 'Mappings', file)),
    conditions: section(document, 'Conditions', file),
    resources,
    outputs: objects(section(document, 'Outputs', file)),
    metadata: section(document, 'Metadata', file),
    hooks: objects(section(document, 'Hooks', file)),
  };
}

function section(document: JsonObject, name: string, file: string): JsonObject {
  const value = document[name];
  if (value !== undefined && !isObject(value)) {
    throw new UserError(`${name} must be a JSON object in ${file}; synthesize the app again with 'cdk synth'`);
  }
  return value ?? {};
}

function objects(value: JsonObject): Record<string, JsonObject> {
  return Object.fromEntries(Object.entries(value).flatMap(([key, one]) => (isObject(one) ? [[key, one]] : [])));
}
