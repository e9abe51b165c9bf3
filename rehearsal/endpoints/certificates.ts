/**
 * A throwaway certificate authority, and server certificates for the hosts in play: ECDSA P-256, signed with SHA-256, in PEM.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5280
 */
import { KeyObject, webcrypto } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Extension } from '@peculiar/x509';

import type * as X509 from './x509';

/** Key and certificate of a server, in PEM. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateAuthority {
  /** PEM. */
  readonly certificate: string;
  /** Where the certificate lies, for `NODE_EXTRA_CA_CERTS`. */
  readonly file: string;
  /** A certificate for these names (wildcards such as `*.example.com` included) and addresses. */
  issue(hosts: readonly string[]): Promise<ServerCertificate>;
  /** Takes the file away. */
  remove(): Promise<void>;
}

export interface CertificateAuthorityOptions {
  /** When the certificates are used: they hold from 30 days before to 10 years after. */
  readonly now: Date;
  /** A second such date: TLS judges by the real one, code that looks into a certificate by the virtual one. @default `now` */
  readonly today?: Date;
  /** @default the system's folder for temporary files */
  readonly directory?: string;
}

const DAY_MS = 24 * 3600 * 1000;
const AUTHORITY = 'greenlight rehearsal authority';
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
/** Longest common name that RFC 5280 allows. */
const MAX_COMMON_NAME = 64;

/** The key never leaves this process; only the certificate is written down. */
export async function createCertificateAuthority(options: CertificateAuthorityOptions): Promise<CertificateAuthority> {
  // Loaded for rehearsals with HTTPS only: the others start faster without.
  const x509 = await import('./x509');
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);
  const used = [options.now, options.today ?? options.now].map((date) => date.getTime());
  const issuer: Issuer = {
    x509,
    keys,
    validity: {
      notBefore: new Date(Math.min(...used) - 30 * DAY_MS),
      notAfter: new Date(Math.max(...used) + 3650 * DAY_MS),
    },
  };
  const certificate = await sign(issuer, AUTHORITY, keys.publicKey, [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
  ]);
  const folder = await mkdtemp(join(options.directory ?? tmpdir(), 'greenlight-ca-'));
  const file = join(folder, 'ca.pem');
  await writeFile(file, certificate, { mode: 0o600 });
  return {
    certificate,
    file,
    issue: (hosts) => issue(issuer, hosts),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

interface Issuer {
  readonly x509: typeof X509;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly validity: { readonly notBefore: Date; readonly notAfter: Date };
}

async function issue(issuer: Issuer, hosts: readonly string[]): Promise<ServerCertificate> {
  if (hosts.length === 0) {
    throw new Error('a server certificate needs at least one host, got none; name the hosts that clients connect to');
  }
  const { x509 } = issuer;
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const cert = await sign(issuer, hosts[0].slice(0, MAX_COMMON_NAME), keys.publicKey, [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension(hosts.map((host) => ({ type: isIP(host) ? 'ip' : 'dns', value: host }))),
    await x509.AuthorityKeyIdentifierExtension.create(issuer.keys.publicKey),
  ]);
  return { key: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(), cert };
}

async function sign(
  { x509, keys, validity }: Issuer,
  name: string,
  publicKey: webcrypto.CryptoKey,
  extensions: readonly Extension[],
): Promise<string> {
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [name] }],
    issuer: [{ CN: [AUTHORITY] }],
    ...validity,
    publicKey,
    signingKey: keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [...extensions, await x509.SubjectKeyIdentifierExtension.create(publicKey)],
  });
  return `${certificate.toString('pem')}\n`;
}
