import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { privateAddresses } from '../../../rehearsal/sandbox/network-map';

import { certificateAuthority } from '../../lambda/support/certificates';

import { NODES, PRELOAD, World } from './world';


const CAUGHT = 'const caught = (promise) => promise.then((value) => ["reached", value], (error) => [error.cause?.code ?? error.code, (error.cause ?? error).message]);';

describe('privateAddresses', () => {
  test('gives each name one address, in the order of the table and without case', () => {
    const routes = [
      { host: 'a.example', port: 80, to: 1 },
      { host: 'B.example', port: 80, to: 2 },
      { host: 'A.example', port: 443, to: 3 },
    ];
    expect([...privateAddresses({ routes, loopback: [] })]).toEqual([
      ['a.example', '10.64.0.1'],
      ['b.example', '10.64.0.2'],
    ]);
  });
});

describe.each(NODES)('the network of a child of $node', ({ nodePath }) => {
  let world: World;
  beforeEach(async () => {
    world = new World(PRELOAD, { nodePath });
    await world.serve('web.example', ({ url, headers }) => ({ status: 200, body: `${headers.host} ${url}` }));
  });
  afterEach(() => world.close());

  const run = async (body: string): Promise<unknown> => {
    const result = await world.invoke(world.handler(`${CAUGHT} exports.handler = async () => { ${body} };`));
    expect(result).toMatchObject({ end: 'returned' });
    return result.payload;
  };

  test('a known host is reached under its own name and port', async () => {
    expect(await run("return (await fetch('http://WEB.example/path')).text();")).toBe('web.example /path');
  });

  test.each([
    ['dns.lookup', "new Promise((resolve) => require('node:dns').lookup('web.example', (error, ...rest) => resolve(rest)))", ['10.64.0.1', 4]],
    ['dns.lookup for all', "require('node:dns').promises.lookup('web.example', { all: true })", [{ address: '10.64.0.1', family: 4 }]],
    ['dns.promises.lookup', "require('node:dns/promises').lookup('web.example')", { address: '10.64.0.1', family: 4 }],
    ['a promisified dns.lookup', "require('node:util').promisify(require('node:dns').lookup)('web.example')", { address: '10.64.0.1', family: 4 }],
    ['dns.promises.resolve4', "require('node:dns').promises.resolve4('web.example')", ['10.64.0.1']],
    ['an imported lookup', "import('node:dns').then(({ promises }) => promises.lookup('web.example'))", { address: '10.64.0.1', family: 4 }],
  ])('%s answers with the private address', async (_name, expression, expected) => {
    expect(await run(`return ${expression};`)).toEqual(expected);
  });

  test('a client that refuses loopback addresses after its own look-up, and pins the address, gets through', async () => {
    const body = `const http = require('node:http'); const dns = require('node:dns');
      const { address } = await dns.promises.lookup('web.example');
      if (address.startsWith('127.')) { throw new Error('loopback'); }
      const options = { host: 'web.example', path: '/pinned', lookup: (host, options, done) => (options.all ? done(null, [{ address, family: 4 }]) : done(null, address, 4)) };
      return new Promise((resolve, reject) => http.get(options, (response) => {
        const { remoteAddress, remotePort } = response.socket;
        response.setEncoding('utf8').on('data', (text) => resolve([text, remoteAddress, remotePort]));
      }).on('error', reject));`;
    expect(await run(body)).toEqual(['web.example /pinned', '10.64.0.1', 80]);
  });

  test('a private address is reached as the host that it stands for', async () => {
    expect(await run("return (await fetch('http://10.64.0.1/direct', { headers: { host: 'web.example' } })).text();")).toMatch(/ \/direct$/);
  });

  test('an endpoint on loopback is reached under its exact port only', async () => {
    const server = await world.serve('unused.example', () => ({ status: 200, body: 'endpoint' }));
    world.network.loopback.push(server.port);
    const [reached, refused] = (await run(`return [
      await caught(fetch('http://localhost:${server.port}/').then((response) => response.text())),
      await caught(fetch('http://127.0.0.1:${server.port === 81 ? 82 : 81}/')),
    ];`)) as [unknown, [string, string]];
    expect(reached).toEqual(['reached', 'endpoint']);
    expect(refused[0]).toBe('EACCES');
    expect(refused[1]).toContain('127.0.0.1 port 81 is outside the assembly; allow it with --allow-host 127.0.0.1');
  });

  test.each([
    ['fetch of an unknown host', "fetch('http://example.com/')", 'ENOTFOUND', "'example.com' is outside the assembly; allow it with --allow-host example.com"],
    ['lookup of an unknown host', "require('node:dns').promises.lookup('example.com')", 'ENOTFOUND', '--allow-host example.com'],
    ['resolve of an unknown host', "require('node:dns').promises.resolveTxt('example.com')", 'ENOTFOUND', '--allow-host example.com'],
    ['an unknown address', "fetch('http://203.0.113.9/')", 'EACCES', '203.0.113.9 port 80 is outside the assembly; allow it with --allow-host 203.0.113.9'],
    ['an unknown IPv6 address', "fetch('http://[2001:db8::1]/')", 'EACCES', '2001:db8::1 port 80 is outside the assembly'],
    ['another port of a known host', "fetch('http://web.example:8080/')", 'EACCES', "'web.example' does not listen on port 8080"],
    ['the metadata service', "fetch('http://169.254.169.254/')", 'EACCES', '169.254.169.254 port 80 is outside the assembly'],
    [
      'a datagram',
      "new Promise((resolve, reject) => require('node:dgram').createSocket('udp4').send('x', 9, '127.0.0.1', (error) => (error ? reject(error) : resolve())))",
      'EACCES',
      'EACCES',
    ],
  ])('%s is refused', async (_what, expression, code, message) => {
    const [got, text] = (await run(`return caught(${expression});`)) as [string, string];
    expect(got).toBe(code);
    expect(text).toContain(message);
  });

  test('an answer that comes later lets virtual time pass, and another child work', async () => {
    const inner = world.handler('exports.handler = async () => { await new Promise((resolve) => setTimeout(resolve, 7_000)); return "inner"; };');
    await world.serve('lambda.example', () => ({
      later: async () => {
        const { payload } = await world.sandbox.run(inner, { requestId: 'inner', payload: {} });
        return { status: 200, body: String(payload), afterMs: 10 };
      },
    }));
    const source = "exports.handler = async () => (await fetch('http://lambda.example/')).text();";
    expect(await world.invoke(world.handler(source))).toMatchObject({ payload: 'inner', endedAt: 7_010 });
  });

  test('a request that was left behind is answered after the thaw', async () => {
    await world.serve('slow.example', () => ({ status: 200, body: 'slow', afterMs: 30_000 }));
    const source = `let left; exports.handler = async (event) => {
      if (event.first) { left = fetch('http://slow.example/').then((response) => response.text()); return 'first'; }
      return left;
    };`;
    const spec = world.handler(source);
    expect((await world.invoke(spec, { first: true })).payload).toBe('first');
    const result = await world.invoke(spec);
    expect(result).toMatchObject({ end: 'returned', payload: 'slow' });
    expect(result.realTime).toBeUndefined();
  });

  test('a program of an idle connection goes on after the server has closed it', async () => {
    const body = `const http = require('node:http'); const agent = new http.Agent({ keepAlive: true }); const ports = [];
      for (const wait of [1_000, 59_000, 61_000, 1]) {
        await new Promise((resolve, reject) => http.get({ host: 'web.example', agent }, (response) => {
          ports.push(response.socket.localPort);
          response.resume().on('end', resolve);
        }).on('error', reject));
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
      return ports.map((port) => ports.indexOf(port));`;
    expect(await run(body)).toEqual([0, 0, 0, 3]);
  });
});

describe.each(NODES)('TLS in a child of $node', ({ nodePath }) => {
  test('keeps the name, and trusts the authority that is handed in', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'greenlight-tls-'));
    const authority = await certificateAuthority();
    const certificate = await authority.issue(['shop.example']);
    const caFile = path.join(folder, 'ca.pem');
    writeFileSync(caFile, authority.cert);
    const world = new World(PRELOAD, { nodePath, caFile });
    try {
      await world.serve('shop.example', ({ headers }) => ({ status: 200, body: String(headers.host), afterMs: 250 }), certificate);
      await world.serve('other.example', () => ({ status: 200 }), certificate);
      const source = `${CAUGHT} exports.handler = async () => [
        await caught(fetch('https://shop.example/').then((response) => response.text())),
        (await caught(fetch('https://other.example/')))[0],
      ];`;
      const result = await world.invoke(world.handler(source));
      expect(result).toMatchObject({ payload: [['reached', 'shop.example'], 'ERR_TLS_CERT_ALTNAME_INVALID'], endedAt: 250 });
    } finally {
      await world.close();
      rmSync(folder, { recursive: true });
    }
  });
});
