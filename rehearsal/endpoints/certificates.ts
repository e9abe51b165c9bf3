/**
 * A throwaway certificate authority, and server certificates for the hosts in play: ECDSA P-256, signed with SHA-256, in PEM.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5280
 */
import type { KeyObject } from 'node:crypto';
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ipaddr from 'ipaddr.js';
import { bits, boolean, der, explicit, integer, octets, oid, sequence, set, time, utf8 } from './der';

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
  issue(hosts: readonly string[]): ServerCertificate;
  /** Takes the file away. */
  remove(): Promise<void>;
}

export interface CertificateAuthorityOptions {
  /** When the certificates are used: they hold from 30 days before to 10 years after. */
  readonly now: Date;
  /** @default the system's folder for temporary files */
  readonly directory?: string;
}

const DAY_MS = 24 * 3600 * 1000;
const AUTHORITY = name('greenlight rehearsal authority');
const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

/** The key never leaves this process; only the certificate is written down. */
export async function createCertificateAuthority(options: CertificateAuthorityOptions): Promise<CertificateAuthority> {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyId = keyIdOf(pair.publicKey);
  const validity = sequence(time(new Date(options.now.getTime() - 30 * DAY_MS)), time(new Date(options.now.getTime() + 3650 * DAY_MS)));
  const authority = {
    issuer: AUTHORITY,
    validity,
    signingKey: pair.privateKey,
  };
  const certificate = make(authority, AUTHORITY, pair.publicKey, [
    extension('2.5.29.19', true, sequence(boolean(true))),
    // keyCertSign and cRLSign.
    extension('2.5.29.15', true, bits(Buffer.of(0x06), 1)),
    extension('2.5.29.14', false, octets(keyId)),
  ]);
  const folder = await mkdtemp(join(options.directory ?? tmpdir(), 'greenlight-ca-'));
  const file = join(folder, 'ca.pem');
  await writeFile(file, certificate, { mode: 0o600 });
  return {
    certificate,
    file,
    issue: (hosts) => issue(authority, keyId, hosts),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

interface Issuer {
  readonly issuer: Buffer;
  readonly validity: Buffer;
  readonly signingKey: KeyObject;
}

function issue(authority: Issuer, authorityKeyId: Buffer, hosts: readonly string[]): ServerCertificate {
  if (hosts.length === 0) {
    throw new Error('a server certificate needs at least one host, got none; name the hosts that clients connect to');
  }
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = make(authority, name(hosts[0].slice(0, 64)), pair.publicKey, [
    extension('2.5.29.19', true, sequence()),
    // digitalSignature.
    extension('2.5.29.15', true, bits(Buffer.of(0x80), 7)),
    extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.17', false, sequence(...hosts.map(alternativeName))),
    extension('2.5.29.14', false, octets(keyIdOf(pair.publicKey))),
    extension('2.5.29.35', false, sequence(der(0x80, authorityKeyId))),
  ]);
  return { key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert };
}

function make(authority: Issuer, subject: Buffer, publicKey: KeyObject, extensions: readonly Buffer[]): string {
  const body = sequence(
    explicit(0, integer(Buffer.of(2))),
    integer(randomBytes(16)),
    ECDSA_WITH_SHA256,
    authority.issuer,
    authority.validity,
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions)),
  );
  const certificate = sequence(body, ECDSA_WITH_SHA256, bits(sign('sha256', body, authority.signingKey)));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function name(commonName: string): Buffer {
  return sequence(set(sequence(oid('2.5.4.3'), utf8(commonName))));
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value));
}

function alternativeName(host: string): Buffer {
  return isIP(host) ? der(0x87, Buffer.from(ipaddr.parse(host).toByteArray())) : der(0x82, Buffer.from(host, 'ascii'));
}

const keyIdOf = (key: KeyObject): Buffer => createHash('sha1').update(key.export({ type: 'spki', format: 'der' })).digest();
