/** Signs requests to what is checked with the credentials of this function's role. */
import { fromEnv } from '@aws-sdk/credential-provider-env';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';

import type { OutgoingRequest } from '../core/ports';
import type { Variables } from './aws-endpoint';
import type { Hop } from './http-exchange';

/** S3 takes a path as it is, and every other service encodes it once more. */
const UNESCAPED: readonly string[] = ['s3', 's3express', 's3-outposts'];

/** The headers of a request with its signature, which holds for some minutes and for this request alone. */
export type SignRequest = (hop: Hop, sign: NonNullable<OutgoingRequest['sign']>) => Promise<Readonly<Record<string, string>>>;

export function requestSigner(variables: Variables = process.env): SignRequest {
  return async ({ method, url, headers, host, body }, { service, region = variables['AWS_REGION'] ?? '' }) => {
    const signer = new SignatureV4({ service, region, credentials: fromEnv(), sha256: Sha256, uriEscapePath: !UNESCAPED.includes(service) });
    const request = new HttpRequest({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: queryOf(url),
      headers: { ...headers, host: host ?? url.host },
      ...(body === undefined ? {} : { body }),
    });
    const signed = await signer.sign(request);
    // The exchange writes the host, as it was signed.
    return Object.fromEntries(Object.entries(signed.headers).filter(([name]) => name !== 'host'));
  };
}

function queryOf({ searchParams }: URL): Record<string, string | string[]> {
  return Object.fromEntries([...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name)]));
}
