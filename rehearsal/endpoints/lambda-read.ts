/**
 * What Lambda tells of a function and its aliases: GetAlias and GetFunctionConfiguration.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetAlias.html
 */
import { ServiceError } from '../engine/ports';
import type { Caller } from './aws-service';
import { uuidOf } from './aws-service';
import { splitQualifier } from './lambda-invoke';
import type { LoopbackRequest as Request, LoopbackResponse as Answer } from './loopback-server';

export interface AliasView {
  readonly name: string;
  readonly functionVersion: string;
  /** Shares of other versions, from 0 to 1. */
  readonly additionalVersionWeights: Readonly<Record<string, number>>;
}

/** A version of a function, or its code that is not published. */
export interface FunctionView {
  readonly functionName: string;
  readonly version: string;
  readonly runtime: string;
  readonly handler: string;
  readonly roleArn: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
}

export interface LambdaReadBackend {
  /** Undefined where the function has no such alias. */
  alias(arn: string, name: string): AliasView | undefined;
  /** Undefined where the function has no such version or alias. */
  configuration(arn: string, qualifier: string | undefined): FunctionView | undefined;
}

interface Wire {
  readonly backend: LambdaReadBackend & { find(nameOrArn: string): { readonly arn: string } | undefined };
  readonly caller: Caller;
  readonly requestId: string;
}

const ALIAS_PATH = /^\/2015-03-31\/functions\/([^/?]+)\/aliases\/([^/?]+)$/;
const CONFIGURATION_PATH = /^\/2015-03-31\/functions\/([^/?]+)\/configuration(?:\?(.*))?$/;

/** The answer to a request for one of the two; undefined where it is for something else. */
export function readFunction(request: Request, wire: Wire): Answer | undefined {
  if (request.method !== 'GET') {
    return undefined;
  }
  const alias = ALIAS_PATH.exec(request.url);
  if (alias !== null) {
    return getAlias(decodeURIComponent(alias[1]), decodeURIComponent(alias[2]), wire);
  }
  const configuration = CONFIGURATION_PATH.exec(request.url);
  return configuration === null ? undefined : getConfiguration(decodeURIComponent(configuration[1]), new URLSearchParams(configuration[2]).get('Qualifier') ?? undefined, wire);
}

function getAlias(name: string, aliasName: string, { backend, caller, requestId }: Wire): Answer {
  const { arn } = found(backend, name);
  caller.authorize('lambda:GetAlias', arn);
  const alias = backend.alias(arn, aliasName);
  if (alias === undefined) {
    throw new ServiceError('ResourceNotFoundException', `Cannot find alias arn: ${arn}:${aliasName}`, 404);
  }
  const { functionVersion, additionalVersionWeights } = alias;
  const weights = Object.keys(additionalVersionWeights).length === 0 ? {} : { RoutingConfig: { AdditionalVersionWeights: additionalVersionWeights } };
  const body = { AliasArn: `${arn}:${aliasName}`, Name: aliasName, FunctionVersion: functionVersion, Description: '', ...weights };
  return answer({ ...body, RevisionId: uuidOf(JSON.stringify(body)) }, requestId);
}

function getConfiguration(name: string, asked: string | undefined, { backend, caller, requestId }: Wire): Answer {
  const qualifier = asked ?? splitQualifier(name).qualifier;
  const { arn } = found(backend, name);
  const resource = qualifier === undefined ? arn : `${arn}:${qualifier}`;
  caller.authorize('lambda:GetFunctionConfiguration', resource);
  const view = backend.configuration(arn, qualifier);
  if (view === undefined) {
    throw new ServiceError('ResourceNotFoundException', `Function not found: ${resource}`, 404);
  }
  return answer(
    {
      FunctionName: view.functionName,
      FunctionArn: resource,
      Runtime: view.runtime,
      Role: view.roleArn,
      Handler: view.handler,
      Timeout: view.timeoutSeconds,
      MemorySize: view.memoryMb,
      Version: view.version,
      State: 'Active',
      LastUpdateStatus: 'Successful',
      PackageType: 'Zip',
    },
    requestId,
  );
}

function found(backend: Wire['backend'], name: string): { readonly arn: string } {
  const { name: bare } = splitQualifier(name);
  const known = backend.find(bare);
  if (known === undefined) {
    throw new ServiceError('ResourceNotFoundException', `Function not found: ${bare}`, 404);
  }
  return known;
}

function answer(body: object, requestId: string): Answer {
  return { status: 200, headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId }, body: JSON.stringify(body) };
}
