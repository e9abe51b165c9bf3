/**
 * What Lambda tells of the versions of a function, and lets be done with them: ListVersionsByFunction, ListAliases, DeleteFunction of a version, and provisioned concurrency of versions.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListVersionsByFunction.html
 */
import type { ProvisionedState } from '../engine/alias/provisioned-concurrency';
import { ServiceError } from '../engine/ports';
import { plainBody } from './aws-json';
import type { Caller } from './aws-service';
import { splitQualifier } from './lambda-invoke';
import type { AliasView } from './lambda-read';
import type { LoopbackRequest as Request, LoopbackResponse as Answer } from './loopback-server';

export interface LambdaVersionsBackend {
  /** Numbers of the published versions. */
  versions(arn: string): readonly string[];
  aliases(arn: string): readonly AliasView[];
  deleteVersion(arn: string, version: string): void;
  provisioned(arn: string): readonly ProvisionedState[];
  provision(arn: string, version: string, executions: number): ProvisionedState;
  release(arn: string, version: string): void;
}

interface Wire {
  readonly backend: LambdaVersionsBackend & { find(nameOrArn: string): { readonly arn: string } | undefined };
  readonly caller: Caller;
  readonly requestId: string;
  /** Date of virtual zero, in milliseconds since 1970. */
  readonly epochMs: number;
}

/** Lambda answers with at most so many things at once, whatever it is asked for. */
const PAGE = 50;

const FUNCTION = /^\/2015-03-31\/functions\/([^/?]+)(?:\/(versions|aliases)\/?)?(?:\?(.*))?$/;
const PROVISIONED = /^\/2019-09-30\/functions\/([^/?]+)\/provisioned-concurrency(?:\?(.*))?$/;

const VERSION = /^[1-9]\d*$/;

/** The answer to a request for one of them; undefined where it is for something else. */
export function keepVersions(request: Request, wire: Wire): Answer | undefined {
  const provisioned = PROVISIONED.exec(request.url);
  if (provisioned !== null) {
    return provisionedAnswer(request, subject(provisioned[1], provisioned[2], wire), wire);
  }
  const [, name, list, query] = FUNCTION.exec(request.url) ?? [];
  if (request.method === 'GET' && list !== undefined) {
    return list === 'versions' ? listVersions(subject(name, query, wire), wire) : listAliases(subject(name, query, wire), wire);
  }
  return request.method === 'DELETE' && name !== undefined && list === undefined ? deleteVersion(subject(name, query, wire), wire) : undefined;
}

interface Subject {
  readonly arn: string;
  readonly query: URLSearchParams;
  readonly qualifier: string | undefined;
}

function subject(encoded: string, text: string | undefined, { backend }: Wire): Subject {
  const { name, qualifier } = splitQualifier(decodeURIComponent(encoded));
  const found = backend.find(name);
  if (found === undefined) {
    throw new ServiceError('ResourceNotFoundException', `Function not found: ${name}`, 404);
  }
  const query = new URLSearchParams(text);
  return { arn: found.arn, query, qualifier: query.get('Qualifier') ?? qualifier };
}

function listVersions({ arn, query }: Subject, { backend, caller, requestId }: Wire): Answer {
  caller.authorize('lambda:ListVersionsByFunction', arn);
  const all = ['$LATEST', ...backend.versions(arn)].map((Version) => ({ FunctionName: arn.split(':').at(-1), FunctionArn: `${arn}:${Version}`, Version }));
  return answer(200, page('Versions', all, query), requestId);
}

function listAliases({ arn, query }: Subject, { backend, caller, requestId }: Wire): Answer {
  caller.authorize('lambda:ListAliases', arn);
  const wanted = query.get('FunctionVersion');
  const all = backend
    .aliases(arn)
    .filter(({ functionVersion }) => wanted === null || functionVersion === wanted)
    .map(({ name, functionVersion, additionalVersionWeights: weights }) => ({
      AliasArn: `${arn}:${name}`,
      Name: name,
      FunctionVersion: functionVersion,
      ...(Object.keys(weights).length === 0 ? {} : { RoutingConfig: { AdditionalVersionWeights: weights } }),
    }));
  return answer(200, page('Aliases', all, query), requestId);
}

/** The function itself stays: nobody that the rehearsal runs has business with that. */
function deleteVersion({ arn, qualifier }: Subject, { backend, caller, requestId }: Wire): Answer {
  caller.authorize('lambda:DeleteFunction', qualifier === undefined ? arn : `${arn}:${qualifier}`);
  if (qualifier === undefined) {
    throw new ServiceError('UnknownOperationException', 'deleting a function is not modelled by the rehearsal; name a version by Qualifier', 501);
  }
  requireVersion(arn, qualifier, backend);
  const namedBy = backend.aliases(arn).find(({ functionVersion, additionalVersionWeights }) => functionVersion === qualifier || qualifier in additionalVersionWeights);
  if (namedBy !== undefined) {
    throw new ServiceError('ResourceConflictException', `Version ${qualifier} cannot be deleted: alias ${namedBy.name} references it`, 409);
  }
  backend.deleteVersion(arn, qualifier);
  return answer(204, undefined, requestId);
}

function provisionedAnswer(request: Request, { arn, query, qualifier }: Subject, wire: Wire): Answer | undefined {
  const { backend, caller, requestId } = wire;
  if (request.method === 'GET' && query.get('List') === 'ALL') {
    caller.authorize('lambda:ListProvisionedConcurrencyConfigs', arn);
    const all = backend.provisioned(arn).map((state) => ({ FunctionArn: `${arn}:${state.version}`, ...told(state, wire) }));
    return answer(200, page('ProvisionedConcurrencyConfigs', all, query), requestId);
  }
  const action = { GET: 'Get', PUT: 'Put', DELETE: 'Delete' }[request.method];
  if (action === undefined) {
    return undefined;
  }
  if (qualifier === undefined) {
    throw new ServiceError('InvalidParameterValueException', 'Qualifier is required', 400);
  }
  caller.authorize(`lambda:${action}ProvisionedConcurrencyConfig`, `${arn}:${qualifier}`);
  requireVersion(arn, qualifier, backend);
  if (action === 'Put') {
    return answer(202, told(backend.provision(arn, qualifier, executionsOf(request)), wire), requestId);
  }
  const state = backend.provisioned(arn).find(({ version }) => version === qualifier);
  if (action === 'Delete') {
    backend.release(arn, qualifier);
    return answer(204, undefined, requestId);
  }
  if (state === undefined) {
    throw new ServiceError('ProvisionedConcurrencyConfigNotFoundException', 'No Provisioned Concurrency Config found for this function', 404);
  }
  return answer(200, told(state, wire), requestId);
}

function requireVersion(arn: string, qualifier: string, backend: LambdaVersionsBackend): void {
  if (backend.aliases(arn).some(({ name }) => name === qualifier)) {
    throw new ServiceError('UnknownOperationException', `what alias ${qualifier} is asked for is modelled by the rehearsal for versions only`, 501);
  }
  if (!VERSION.test(qualifier) || !backend.versions(arn).includes(qualifier)) {
    throw new ServiceError('ResourceNotFoundException', `Function not found: ${arn}:${qualifier}`, 404);
  }
}

function executionsOf(request: Request): number {
  let document: unknown;
  try {
    document = JSON.parse(plainBody(request).toString('utf8'));
  } catch {
    throw new ServiceError('InvalidRequestContentException', 'Could not parse request body into json', 400);
  }
  const executions = (document as { readonly ProvisionedConcurrentExecutions?: unknown } | null)?.ProvisionedConcurrentExecutions;
  if (!Number.isInteger(executions) || (executions as number) < 1) {
    throw new ServiceError('ValidationException', "Value at 'provisionedConcurrentExecutions' failed to satisfy constraint: Member must have value greater than or equal to 1", 400);
  }
  return executions as number;
}

function told({ requested, allocated, status, reason, modifiedAt }: ProvisionedState, { epochMs }: Wire): object {
  return {
    RequestedProvisionedConcurrentExecutions: requested,
    AllocatedProvisionedConcurrentExecutions: allocated,
    AvailableProvisionedConcurrentExecutions: allocated,
    Status: status,
    ...(reason === undefined ? {} : { StatusReason: reason }),
    LastModified: new Date(epochMs + modifiedAt).toISOString().replace('Z', '+0000'),
  };
}

/** The marker is where the next page begins. */
function page(member: string, all: readonly object[], query: URLSearchParams): object {
  const from = Number(query.get('Marker') ?? 0);
  const size = Math.min(PAGE, Number(query.get('MaxItems') ?? PAGE));
  if (!Number.isInteger(from) || from < 0 || !Number.isInteger(size) || size < 1) {
    throw new ServiceError('InvalidParameterValueException', 'Marker or MaxItems is not valid', 400);
  }
  return { [member]: all.slice(from, from + size), ...(from + size < all.length ? { NextMarker: String(from + size) } : {}) };
}

function answer(status: number, body: object | undefined, requestId: string): Answer {
  const headers = { 'content-type': 'application/json', 'x-amzn-requestid': requestId };
  return body === undefined ? { status, headers: { 'x-amzn-requestid': requestId } } : { status, headers, body: JSON.stringify(body) };
}
