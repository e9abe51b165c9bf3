/** PUT of an answer to the presigned URL that CloudFormation has sent. The URL is a secret: no error names it. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

import type { ResponseSink } from '../core/deployment/facts';
import { ServiceFailure } from '../core/failures';

const TIMEOUT_MS = 5_000;

/** Of what S3 says, only this much is looked at. */
const MAX_ANSWER_BYTES = 4_096;

export const responseUrl: ResponseSink = {
  put: (url, body, signal) =>
    new Promise((resolve, reject) => {
      const target = new URL(url);
      const send = target.protocol === 'http:' ? httpRequest : httpsRequest;
      // The type is part of what was signed: none.
      const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
      const request: ClientRequest = send(target, { method: 'PUT', headers, signal, timeout: TIMEOUT_MS, agent: false }, (response) => {
        beginning(response).then((said) => resolve({ status: response.statusCode ?? 0, body: said }), refuse);
      });
      const refuse = (error: { readonly code?: unknown }): void =>
        reject(new ServiceFailure('the answer to CloudFormation', typeof error.code === 'string' ? error.code : 'Error', 'the response URL could not be reached', true));
      request.on('timeout', () => request.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
      request.on('error', refuse);
      request.end(body);
    }),
};

async function beginning(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size >= MAX_ANSWER_BYTES) {
      break;
    }
  }
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8');
}
