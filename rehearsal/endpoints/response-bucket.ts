/**
 * The bucket in which CloudFormation waits for what custom resources answer, by presigned URLs.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
 */
import { createHash, createHmac } from 'node:crypto';
import type { LoopbackAnswer, LoopbackRequest } from './loopback-server';
import { header } from './aws-service';

/** For so long CloudFormation signs a URL: twice the time that a resource has by default. */
const EXPIRES_SECONDS = 7200;

export interface ResponseBucketOptions {
  readonly region: string;
  /** Date of virtual zero, in milliseconds since 1970. */
  readonly epochMs: number;
  now(): number;
}

/** What was put under a key. */
export interface PutAnswer {
  /** Virtual milliseconds. */
  readonly at: number;
  readonly body: string;
}

export class ResponseBucket {
  readonly host: string;
  readonly #options: ResponseBucketOptions;
  readonly #puts = new Map<string, PutAnswer[]>();
  readonly #listeners = new Map<string, (put: PutAnswer) => void>();

  constructor(options: ResponseBucketOptions) {
    const { region } = options;
    const suffix = region === 'us-east-1' ? 's3.amazonaws.com' : `s3.${region}.amazonaws.com`;
    this.host = `cloudformation-custom-resource-response-${region.replaceAll('-', '')}.${suffix}`;
    this.#options = options;
  }

  /** A URL by which one object can be put for two hours. */
  presign(key: string): string {
    const { epochMs, region, now } = this.#options;
    const date = new Date(epochMs + now()).toISOString().replace(/[-:]|\.\d{3}/g, '');
    const path = encodeURIComponent(key).replaceAll('%2F', '/');
    const query = new URLSearchParams({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Date': date,
      'X-Amz-SignedHeaders': 'host',
      'X-Amz-Expires': String(EXPIRES_SECONDS),
      'X-Amz-Credential': `AKIAREHEARSAL0000000/${date.slice(0, 8)}/${region}/s3/aws4_request`,
    });
    return `https://${this.host}/${path}?${query.toString()}&X-Amz-Signature=${signature(`/${path}`, query.toString())}`;
  }

  /** Told of everything that is put under a key. */
  onPut(key: string, listener: (put: PutAnswer) => void): void {
    this.#listeners.set(key, listener);
  }

  /** Everything that was put under a key, the first one first. */
  puts(key: string): readonly PutAnswer[] {
    return this.#puts.get(key) ?? [];
  }

  handle(request: LoopbackRequest): LoopbackAnswer {
    const url = new URL(request.url, `https://${this.host}`);
    const problem = this.#problem(request, url);
    if (problem !== undefined) {
      const [status, code, message] = problem;
      const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
      return { status, headers: { 'content-type': 'application/xml' }, body };
    }
    const key = decodeURIComponent(url.pathname.slice(1));
    const put = { at: this.#options.now(), body: request.body.toString('utf8') };
    this.#puts.set(key, [...this.puts(key), put]);
    this.#listeners.get(key)?.(put);
    return { status: 200, headers: { etag: `"${createHash('md5').update(request.body).digest('hex')}"` } };
  }

  #problem(request: LoopbackRequest, url: URL): readonly [number, string, string] | undefined {
    const { epochMs, now } = this.#options;
    const signed = url.search.slice(1).replace(/&X-Amz-Signature=[^&]*$/, '');
    const mismatch = [403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided. Check your key and signing method.'] as const;
    if (request.method !== 'PUT' || url.searchParams.get('X-Amz-Signature') !== signature(url.pathname, signed)) {
      return mismatch;
    }
    const signedAt = Date.parse((url.searchParams.get('X-Amz-Date') ?? '').replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
    if (epochMs + now() > signedAt + EXPIRES_SECONDS * 1000) {
      return [403, 'AccessDenied', 'Request has expired'];
    }
    // The signature was once made with an empty content type; handlers in the field all send one.
    if ((header(request, 'content-type') ?? '') !== '') {
      return mismatch;
    }
    return header(request, 'content-length') === undefined ? [411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.'] : undefined;
  }
}

function signature(path: string, query: string): string {
  return createHmac('sha256', 'rehearsal').update(`PUT\n${path}\n${query}`).digest('hex');
}
