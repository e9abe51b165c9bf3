/**
 * RPC v2 CBOR: POST to `/service/NAME/operation/OPERATION`, structures as CBOR both ways.
 *
 * @see https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 */
import { ServiceError } from '../engine/ports';
import type { QueryErrorName } from './aws-json';
import { plainBody, queryErrorHeader } from './aws-json';
import type { Outcome } from './aws-service';
import { header } from './aws-service';
import { decodeCbor, encodeCbor } from './cbor';
import { Fields } from './fields';
import type { LoopbackRequest as Request, LoopbackResponse as Answer } from './loopback-server';

export const RPC_V2_CBOR = 'rpc-v2-cbor';

export function cborTarget(request: Request): { readonly service: string; readonly operation: string } | undefined {
  const match = /^\/service\/([^/?]+)\/operation\/([^/?]+)$/.exec(request.url);
  return match && header(request, 'smithy-protocol') === RPC_V2_CBOR ? { service: match[1], operation: match[2] } : undefined;
}

export function readCbor(request: Request): Fields {
  const body = plainBody(request);
  if (body.length === 0) {
    return new Fields({});
  }
  try {
    return Fields.of(decodeCbor(body));
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new ServiceError('SerializationException', `the body is not valid CBOR: ${error.message}`);
    }
    throw error;
  }
}

export function cborAnswer(
  outcome: Outcome,
  wire: { readonly namespace: string; readonly requestId: string; readonly queryError: QueryErrorName },
): Answer {
  const headers: Record<string, string> = {
    'content-type': 'application/cbor',
    'smithy-protocol': RPC_V2_CBOR,
    'x-amzn-requestid': wire.requestId,
  };
  if ('output' in outcome) {
    return { status: 200, headers, body: encodeCbor(outcome.output) };
  }
  const { error } = outcome;
  headers['x-amzn-query-error'] = queryErrorHeader(wire.queryError(error.code), error.status);
  return { status: error.status, headers, body: encodeCbor({ __type: `${wire.namespace}#${error.code}`, message: error.message }) };
}
