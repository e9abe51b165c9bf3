import { X509Certificate } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { get, createServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { spawn } from 'node:child_process';
import type { CertificateAuthority } from '../../../rehearsal/endpoints/certificates';
import { createCertificateAuthority } from '../../../rehearsal/endpoints/certificates';

const NOW = new Date('2026-06-01T12:00:00Z');
let authority: CertificateAuthority;

beforeAll(async () => (authority = await createCertificateAuthority({ now: NOW })));
afterAll(() => authority.remove());

test('TLS-1: the authority is one, and may sign nothing but certificates', () => {
  const certificate = new X509Certificate(authority.certificate);
  expect(certificate.ca).toBe(true);
  expect(certificate.subject).toBe('CN=greenlight rehearsal authority');
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
});

test('TLS-2: a certificate is for its names and addresses, from its authority, and holds now', async () => {
  const certificate = new X509Certificate((await authority.issue(['web.example.internal', '*.shop.example', '10.0.1.10', '2001:db8::1'])).cert);
  const issuer = new X509Certificate(authority.certificate);
  expect(certificate.ca).toBe(false);
  expect(certificate.checkIssued(issuer)).toBe(true);
  expect(certificate.verify(issuer.publicKey)).toBe(true);
  expect(certificate.subjectAltName).toBe(
    'DNS:web.example.internal, DNS:*.shop.example, IP Address:10.0.1.10, IP Address:2001:DB8:0:0:0:0:0:1',
  );
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect([certificate.validFrom, certificate.validTo]).toEqual(['May  2 12:00:00 2026 GMT', 'May 29 12:00:00 2036 GMT']);
});

test('TLS-2: certificates differ in number and key', async () => {
  const [one, other] = [await authority.issue(['a.example']), await authority.issue(['a.example'])];
  expect(new X509Certificate(one.cert).serialNumber).not.toBe(new X509Certificate(other.cert).serialNumber);
  expect(one.key).not.toBe(other.key);
});

test('TLS-2: from 2050 on, dates are written in full', async () => {
  const late = await createCertificateAuthority({ now: new Date('2049-01-01T00:00:00Z') });
  expect(new X509Certificate(late.certificate).validTo).toBe('Dec 30 00:00:00 2058 GMT');
  await late.remove();
});

test('TLS-2: holds on the virtual date as well as on the real one', async () => {
  const both = await createCertificateAuthority({ now: NOW, today: new Date('2031-03-05T00:00:00Z') });
  const { validFrom, validTo } = new X509Certificate(both.certificate);
  expect([validFrom, validTo]).toEqual(['May  2 12:00:00 2026 GMT', 'Mar  2 00:00:00 2041 GMT']);
  await both.remove();
});

test('fails when no host is named', async () => {
  await expect(authority.issue([])).rejects.toThrow(
    'a server certificate needs at least one host, got none; name the hosts that clients connect to',
  );
});

test('TLS-3: the file holds the certificate, and no key', async () => {
  expect(await readFile(authority.file, 'utf8')).toBe(authority.certificate);
});

test('TLS-3: a process that is given the file trusts the server, another one does not', async () => {
  const fresh = await createCertificateAuthority({ now: new Date() });
  const server = createServer(await fresh.issue(['web.example.internal']), (_request, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const script = `
    require('node:https').get({ host: '127.0.0.1', port: ${port}, servername: 'web.example.internal', agent: false }, (response) => response.pipe(process.stdout))
      .on('error', (error) => process.stdout.write(error.code));`;
  const ask = async (environment: NodeJS.ProcessEnv): Promise<string> => {
    const child = spawn(process.execPath, ['-e', script], { env: environment, stdio: ['ignore', 'pipe', 'ignore'] });
    const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
    return output;
  };
  expect(await ask({ NODE_EXTRA_CA_CERTS: fresh.file })).toBe('hello');
  expect(await ask({})).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  const wrong = get({ host: '127.0.0.1', port, servername: 'other.example', ca: fresh.certificate, agent: false });
  const [error] = (await once(wrong, 'error').catch((thrown: unknown) => [thrown])) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  server.close();
  await fresh.remove();
  expect(existsSync(fresh.file)).toBe(false);
});

test('the command starts without what makes certificates, which lies beside it', () => {
  const built = join(__dirname, '..', '..', '..', 'build', 'rehearsal');
  expect(statSync(join(built, 'greenlight.js')).size).toBeLessThan(1_000_000);
  expect(existsSync(join(built, 'x509.js'))).toBe(true);
});
