/** Published versions of a function, as the deployment provider finds and deletes them. */
import { ServiceFailure } from '../core/failures';
import type { FunctionVersionService } from '../core/function-versions/ports';
import { versionNumber } from '../core/function-versions/surplus';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { LAMBDA } from './aws-endpoint';
import type { JsonObject } from './json-rpc';
import { objectOf, objects } from './json-rpc';
import type { RestJsonClient, RestJsonRequest } from './rest-json';
import { restJsonClient } from './rest-json';

/** Pages that are read at most. Lambda answers with fifty things a page, whatever it is asked for. */
const MAX_PAGES = 20;

/** Where the API of provisioned concurrency is of another date than that of functions. */
const PROVISIONED_CONCURRENCY_API = '2019-09-30';

const pathOf = (functionName: string, api = '2015-03-31'): string => `/${api}/functions/${encodeURIComponent(functionName)}`;

const NOT_FOUND = 'ResourceNotFoundException';

interface Listing extends Pick<RestJsonRequest, 'operation' | 'path' | 'query'> {
  /** Member of the answer that holds the list. */
  readonly member: string;
}

/**
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListVersionsByFunction.html
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListAliases.html
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListProvisionedConcurrencyConfigs.html
 */
export function functionVersions(call: AwsCall = awsCall(LAMBDA)): FunctionVersionService {
  const client = restJsonClient(call, LAMBDA);
  return {
    published: async (functionName, signal) => {
      try {
        const { found } = await list(client, { operation: 'ListVersionsByFunction', path: `${pathOf(functionName)}/versions`, member: 'Versions' }, signal);
        return numbers(found.map(({ Version }) => Version));
      } catch (error) {
        if (isMissing(error)) {
          return undefined;
        }
        throw error;
      }
    },

    ofAliases: async (functionName, signal) => {
      const aliases = await listAll(client, { operation: 'ListAliases', path: `${pathOf(functionName)}/aliases`, member: 'Aliases' }, signal);
      return numbers(aliases.flatMap(({ FunctionVersion, RoutingConfig }) => [FunctionVersion, ...Object.keys(objectOf(objectOf(RoutingConfig)?.['AdditionalVersionWeights']) ?? {})]));
    },

    provisioned: async (functionName, signal) => {
      const path = `${pathOf(functionName, PROVISIONED_CONCURRENCY_API)}/provisioned-concurrency`;
      const listing = { operation: 'ListProvisionedConcurrencyConfigs', path, query: { List: 'ALL' }, member: 'ProvisionedConcurrencyConfigs' };
      const configs = await listAll(client, listing, signal);
      return numbers(configs.map(({ FunctionArn }) => String(FunctionArn).split(':').at(-1)));
    },

    delete: async (functionName, version, signal) => {
      try {
        await client({ operation: 'DeleteFunction', method: 'DELETE', path: pathOf(functionName), query: { Qualifier: String(version) } }, signal);
      } catch (error) {
        // Somebody else has deleted it, or we have, and the answer was lost.
        if (!isMissing(error)) {
          throw error;
        }
      }
    },
  };
}

const isMissing = (error: unknown): boolean => error instanceof ServiceFailure && error.code === NOT_FOUND;

const numbers = (texts: readonly unknown[]): readonly number[] => [...new Set(texts.map(versionNumber).filter((number) => number !== undefined))];

/** What guards versions must be known to the last one. */
async function listAll(client: RestJsonClient, listing: Listing, signal: AbortSignal): Promise<readonly JsonObject[]> {
  const { found, complete } = await list(client, listing, signal);
  if (!complete) {
    throw new ServiceFailure(`lambda:${listing.operation}`, 'TooManyPages', `the list has more than ${MAX_PAGES} pages`, false);
  }
  return found;
}

async function list(client: RestJsonClient, { operation, path, query, member }: Listing, signal: AbortSignal): Promise<{ readonly found: readonly JsonObject[]; readonly complete: boolean }> {
  const found: JsonObject[] = [];
  let marker: string | undefined;
  let pages = 0;
  do {
    const paged = { ...query, ...(marker === undefined ? {} : { Marker: marker }) };
    const answer = await client({ operation, method: 'GET', path, query: paged }, signal);
    if (!Array.isArray(answer[member])) {
      throw new ServiceFailure(`lambda:${operation}`, 'UnexpectedAnswer', `the answer has no list '${member}'`, true);
    }
    found.push(...objects(answer[member]));
    const next = answer['NextMarker'];
    marker = typeof next === 'string' && next !== '' ? next : undefined;
    pages += 1;
  } while (marker !== undefined && pages < MAX_PAGES);
  return { found, complete: marker === undefined };
}
