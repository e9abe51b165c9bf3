/**
 * ECS's ListTaskDefinitions and DeregisterTaskDefinition, for the task definitions of a stack that is played.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTaskDefinitions.html
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html
 */
import type { DeregisterTaskDefinitionResponse, ListTaskDefinitionsResponse } from '@aws-sdk/client-ecs';
import { ServiceError } from '../engine/ports';
import type { Caller, Operation } from './aws-service';
import type { Fields } from './fields';

const MAX_PAGE = 100;

export interface RegisteredTaskDefinition {
  readonly arn: string;
  readonly status: 'ACTIVE' | 'INACTIVE';
}

export interface TaskDefinitionsView {
  all(): readonly RegisteredTaskDefinition[];
  /** Makes it INACTIVE. */
  deregister(arn: string): void;
}

export function taskDefinitionOperations(view: TaskDefinitionsView): Readonly<Record<string, Operation>> {
  return {
    ListTaskDefinitions: (input, caller) => listTaskDefinitions(view, input, caller),
    DeregisterTaskDefinition: (input, caller) => deregisterTaskDefinition(view, input, caller),
  };
}

function listTaskDefinitions(view: TaskDefinitionsView, input: Fields, caller: Caller): ListTaskDefinitionsResponse {
  caller.authorize('ecs:ListTaskDefinitions', '*');
  const family = input.string('familyPrefix');
  const status = oneOf(input, 'status', ['ACTIVE', 'INACTIVE', 'DELETE_IN_PROGRESS']);
  const direction = oneOf(input, 'sort', ['ASC', 'DESC']) === 'ASC' ? 1 : -1;
  const size = input.number('maxResults') ?? MAX_PAGE;
  if (!Number.isInteger(size) || size < 1 || size > MAX_PAGE) {
    throw invalid(`maxResults must be between 1 and ${MAX_PAGE}.`);
  }
  const found = view
    .all()
    .filter((each) => each.status === status && (family === undefined || partsOf(each.arn).family === family))
    .map(({ arn }) => ({ arn, ...partsOf(arn) }))
    .sort((one, other) => direction * (one.family === other.family ? one.revision - other.revision : one.family < other.family ? -1 : 1))
    .map(({ arn }) => arn);
  const start = input.string('nextToken');
  const first = start === undefined ? 0 : found.indexOf(start);
  if (first < 0) {
    throw invalid('Invalid token.');
  }
  return { taskDefinitionArns: found.slice(first, first + size), nextToken: found[first + size] };
}

function deregisterTaskDefinition(view: TaskDefinitionsView, input: Fields, caller: Caller): DeregisterTaskDefinitionResponse {
  caller.authorize('ecs:DeregisterTaskDefinition', '*');
  const named = input.string('taskDefinition');
  if (named === undefined || named === '') {
    throw clientError('Task definition can not be blank.');
  }
  if (!/:\d+$/.test(named)) {
    throw clientError('Revision is missing.');
  }
  const found = view.all().find(({ arn }) => arn === named || arn.split('/').at(-1) === named);
  if (found === undefined) {
    throw clientError('Unable to describe task definition.');
  }
  view.deregister(found.arn);
  return { taskDefinition: { taskDefinitionArn: found.arn, ...partsOf(found.arn), status: 'INACTIVE' } };
}

function oneOf<T extends string>(input: Fields, name: string, values: readonly [T, ...T[]]): T {
  const value = input.string(name) ?? values[0];
  const known = values.find((each) => each === value);
  if (known === undefined) {
    throw invalid(`${name} must be one of ${values.join(', ')}.`);
  }
  return known;
}

function partsOf(arn: string): { readonly family: string; readonly revision: number } {
  const [family = '', revision = ''] = (arn.split('/').at(-1) ?? arn).split(':');
  return { family, revision: Number(revision) };
}

const invalid = (message: string): ServiceError => new ServiceError('InvalidParameterException', message);
const clientError = (message: string): ServiceError => new ServiceError('ClientException', message);
