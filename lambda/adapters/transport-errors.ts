import type { TransportCategory } from '../core/failures';
import { TransportFailure } from '../core/failures';

/** Codes of Node and OpenSSL, by what they mean to a check. The first match counts. */
const CATEGORIES: readonly { readonly category: TransportCategory; readonly code: RegExp }[] = [
  { category: 'dns', code: /^(ENOTFOUND|EAI_\w+|EDNS\w*)$/ },
  { category: 'connect', code: /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EHOSTDOWN|ETIMEDOUT|EADDRNOTAVAIL|EACCES|EPERM)$/ },
  { category: 'reset', code: /^(ECONNRESET|EPIPE|ECONNABORTED|ERR_STREAM_PREMATURE_CLOSE)$/ },
  { category: 'too-large', code: /^HPE_HEADER_OVERFLOW$/ },
  { category: 'protocol', code: /^HPE_/ },
  { category: 'tls', code: /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|CRL_|UNABLE_TO_|ERROR_IN_)/ },
  { category: 'tls', code: /^(DEPTH_ZERO_|SELF_SIGNED_|PATH_LENGTH_|HOSTNAME_MISMATCH|INVALID_CA)/ },
];

/** The failure of a request; what is in no table counts as a connection that broke. */
export function transportFailure(error: unknown): TransportFailure {
  if (error instanceof TransportFailure) {
    return error;
  }
  const failed = firstOf(error);
  const code = failed.code ?? '';
  const category = CATEGORIES.find((known) => known.code.test(code))?.category ?? 'reset';
  return new TransportFailure(category, `${TEXTS[category]}: ${code === '' ? '' : `${code}, `}${failed.message}`);
}

const TEXTS: Readonly<Record<TransportCategory, string>> = {
  dns: 'the name could not be resolved',
  connect: 'the connection was not made',
  tls: 'the TLS connection was not made',
  timeout: 'no answer in time',
  reset: 'the connection broke',
  'too-large': 'the headers of the answer are too large',
  protocol: 'the answer is not HTTP',
  'refused-address': 'the address is refused',
};

/** Several addresses were tried: the first error speaks for them. */
function firstOf(error: unknown): { readonly code?: string; readonly message: string } {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const { code, message } = (first ?? {}) as { code?: unknown; message?: unknown };
  return { ...(typeof code === 'string' ? { code } : {}), message: typeof message === 'string' ? message : String(first) };
}
