/** Which version an alias names, and what it gives to others. */
import type { AliasReader } from '../core/deployment/facts';
import { ServiceFailure } from '../core/failures';
import type { AwsCall } from './aws-call';
import { awsCall, serviceFailure } from './aws-call';
import { LAMBDA } from './aws-endpoint';
import { jsonError, objectOf, parseObject } from './json-rpc';

const OPERATION = 'GetAlias';

const NOT_THERE = 'ResourceNotFoundException';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetAlias.html */
export function lambdaAliases(call: AwsCall = awsCall(LAMBDA)): AliasReader {
  return {
    alias: async ({ functionName, name }, signal) => {
      const path = `/2015-03-31/functions/${encodeURIComponent(functionName)}/aliases/${encodeURIComponent(name)}`;
      const answer = await call({ operation: OPERATION, method: 'GET', path, headers: {}, body: '' }, signal);
      const output = parseObject(answer.body);
      if (answer.status !== 200) {
        const error = jsonError(answer, output);
        if (error.code === NOT_THERE) {
          return undefined;
        }
        throw serviceFailure(LAMBDA, OPERATION, error);
      }
      const version = output?.['FunctionVersion'];
      if (typeof version !== 'string') {
        throw new ServiceFailure(`lambda:${OPERATION}`, 'UnexpectedAnswer', 'the answer names no version', true);
      }
      return { version, weights: weightsIn(objectOf(output?.['RoutingConfig'])?.['AdditionalVersionWeights']) };
    },
  };
}

function weightsIn(value: unknown): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(objectOf(value) ?? {}).flatMap(([version, weight]) => (typeof weight === 'number' ? [[version, weight]] : [])));
}
