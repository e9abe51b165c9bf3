/** Instances that answer functions over real sockets, by what is installed on them. */
import { Fleet, type InstanceSpec } from '../../../rehearsal/engine/fleet/fleet';
import type { RevisionModel } from '../../../rehearsal/engine/fleet/revision';
import { seededRandom } from '../../../rehearsal/engine/random';
import { createCertificateAuthority } from '../../../rehearsal/endpoints/certificates';
import { ranges, InstanceServices, type InstanceApplication } from '../../../rehearsal/stage/instance-services';
import { DEFAULT_PROFILE } from '../../../rehearsal/scenario/service-profile';
import { EPOCH, PRELOAD, World } from '../sandbox/world';

const revision = (release: string): RevisionModel => ({ release, scripts: {}, files: [] });
const spec = (id: string, platform: InstanceSpec['platform'] = 'ec2'): InstanceSpec => ({ id, zone: 'a', platform, tags: {} });

/** Asks each URL, and tells status, version and the virtual time that it took, or the code of the error. */
const ASK = `
const client = { 'http:': require('node:http'), 'https:': require('node:https') };
const ask = (url, headers = {}) => new Promise((resolve) => {
  const from = Date.now();
  const request = client[new URL(url).protocol].get(url, { timeout: 3000, headers: { 'user-agent': 'gate', ...headers } }, (response) => {
    let body = '';
    response.on('data', (part) => { body += part; });
    response.on('end', () => resolve([response.statusCode, response.headers['x-version'] || body, Date.now() - from]));
  });
  request.on('timeout', () => request.destroy(Object.assign(new Error('silent'), { code: 'SILENT' })));
  request.on('error', (error) => resolve([error.code, error.message, Date.now() - from]));
});
exports.handler = async (asked) => { const answers = []; for (const [url, headers] of asked) { answers.push(await ask(url, headers)); } return answers; };`;

function application(fleet: Fleet, more: Partial<InstanceApplication> = {}): InstanceApplication {
  const installed: Record<string, RevisionModel | undefined> = { 'i-old': revision('r0'), 'i-new': revision('r1'), 'i-slow': revision('r1'), 'i-lost': revision('r1') };
  return {
    listeners: [{ protocol: 'HTTP', port: 8080 }],
    installed: (index) => installed[fleet.instance(index).id],
    installedAt: () => 0,
    profile: (release) => ({ ...DEFAULT_PROFILE, latency: { p50Ms: 20, p99Ms: 20 }, faults: release === 'r1' ? [{ path: '/bad', rate: 1, afterMs: 0, effect: { kind: 'status', status: 503, body: 'down' } }] : [] }),
    slowness: ({ id }) => (id === 'i-slow' ? 10 : 1),
    ...more,
  };
}

async function opened(world: World, fleet: Fleet, applications: readonly InstanceApplication[], more: Partial<ConstructorParameters<typeof InstanceServices>[0]> = {}): Promise<InstanceServices> {
  const services = new InstanceServices({ conductor: world.conductor, random: seededRandom(1), fleet, applications, ...more });
  world.owns(services);
  await services.start();
  return services;
}

describe('instances', () => {
  const fleet = new Fleet([spec('i-old'), spec('i-new'), spec('i-slow'), spec('i-bare'), spec('i-lost'), spec('rack-1', 'onPremises')]);
  fleet.lose(4);
  let services: InstanceServices;
  let world: World;
  beforeEach(async () => {
    world = new World(PRELOAD, { network: () => ({ routes: [], loopback: [], ranges: services.ranges() }) });
    services = await opened(world, fleet, [application(fleet)]);
  });
  afterEach(() => world.close());

  const ask = async (...asked: readonly (readonly [string, Record<string, string>?])[]): Promise<unknown> => {
    const result = await world.invoke(world.handler(ASK), asked);
    expect(result).toMatchObject({ end: 'returned' });
    return result.payload;
  };

  test('answer by what is installed on them, in its time', async () => {
    expect(await ask(['http://10.0.0.4:8080/'], ['http://10.0.0.5:8080/'], ['http://10.0.0.5:8080/bad'], ['http://10.0.0.6:8080/'])).toEqual([
      [200, 'r0', 20],
      [200, 'r1', 20],
      [503, 'r1', 20],
      [200, 'r1', 200],
    ]);
  });

  test('refuse where nothing is installed, and give no answer where the host is lost', async () => {
    expect(await ask(['http://10.0.0.7:8080/'], ['http://10.0.0.8:8080/'])).toEqual([
      ['ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.7:8080', 0],
      ['SILENT', 'silent', 3000],
    ]);
  });

  test('are not there on other ports, and have no address on premises', async () => {
    expect(await ask(['http://10.0.0.4:8081/'], ['http://10.0.0.9:8080/'])).toEqual([
      ['EACCES', expect.stringContaining('10.0.0.4 port 8081 is outside the assembly'), 0],
      ['EACCES', expect.stringContaining('10.0.0.9 port 8080 is outside the assembly'), 0],
    ]);
  });

  test('are told apart by the Host header', async () => {
    expect(await ask(['http://10.0.0.4:8080/', { host: 'shop.example' }])).toEqual([[421, 'the rehearsal tells instances apart by the Host header, and this one names no address of an instance', 0]]);
  });

  test('the same questions get the same answers', async () => {
    const twice = [['http://10.0.0.4:8080/'], ['http://10.0.0.4:8080/']] as const;
    expect(await ask(...twice)).toEqual(await ask(...twice));
  });
});

test('by HTTPS, with a certificate that holds their addresses', async () => {
  const authority = await createCertificateAuthority({ now: new Date(EPOCH), today: new Date() });
  const fleet = new Fleet([spec('i-new')]);
  const services: { all?: InstanceServices } = {};
  const world = new World(PRELOAD, { caFile: authority.file, network: () => ({ routes: [], loopback: [], ranges: services.all!.ranges() }) });
  try {
    services.all = await opened(world, fleet, [application(fleet, { listeners: [{ protocol: 'HTTPS', port: 8443 }] })], { authority });
    // One that is launched later has an address that the certificate knows.
    fleet.add(spec('i-old'));
    expect((await world.invoke(world.handler(ASK), [['https://10.0.0.4:8443/'], ['https://10.0.0.5:8443/']])).payload).toEqual([
      [200, 'r1', 20],
      [200, 'r0', 20],
    ]);
  } finally {
    await world.close();
    await authority.remove();
  }
});

test('neighbours that lead to the same port are one range, however many there are', () => {
  const instances = Array.from({ length: 10_000 }, (_, index) => ({ index, platform: 'ec2' as const }));
  expect(ranges(instances, 80, () => 5000)).toEqual([{ first: '10.0.0.4', last: '10.0.39.214', port: 80, to: 5000 }]);
  expect(ranges(instances.slice(0, 5), 80, (index) => (index === 2 || index === 3 ? undefined : 5000))).toEqual([
    { first: '10.0.0.4', last: '10.0.0.5', port: 80, to: 5000 },
    { first: '10.0.0.6', last: '10.0.0.7', port: 80 },
    { first: '10.0.0.8', last: '10.0.0.8', port: 80, to: 5000 },
  ]);
  expect(ranges([{ index: 0, platform: 'onPremises' }], 80, () => 5000)).toEqual([]);
});
