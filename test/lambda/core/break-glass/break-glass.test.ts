import { consult, putBackAfterLast } from '../../../../lambda/core/break-glass/break-glass';
import { ServiceFailure } from '../../../../lambda/core/failures';
import { ENV } from '../../../../lib/model/hook-contract';
import type { WorldScript } from '../../support/fake-ports';
import { fakeEnvironment, fakeWorld } from '../../support/fake-ports';

const WRITTEN = Date.UTC(2026, 0, 5, 8);
const PARAMETER = '/shop/break-glass';
const OWN = 'd-A1B2C3D4E';

const failure = (code: string, retryable = false) => new ServiceFailure('ssm:GetParameter', code, 'no', retryable);
const stored = (value: string, version = 5) => ({ value, version, modifiedAt: WRITTEN });
const environment = (settings: unknown = { parameter: PARAMETER }) => fakeEnvironment({ [ENV.breakGlass]: typeof settings === 'string' ? settings : JSON.stringify(settings) });

async function ask(script: WorldScript, settings?: unknown) {
  const world = fakeWorld({ createdAt: [WRITTEN + 1_000], ...script });
  const override = await consult(world.ports, environment(settings), { deploymentId: OWN, until: 10_000 });
  return { ...world, override };
}

describe('an override of this deployment', () => {
  test('is taken as it stands, and nothing is written', async () => {
    const { override, written, lines } = await ask({ parameter: stored(`${OWN} alice payments are down`) });
    expect(override).toEqual({ by: 'alice', reason: 'payments are down', parameter: PARAMETER });
    expect([written, lines]).toEqual([[], []]);
  });

  test('names the topic that is to be told', async () => {
    const { override } = await ask({ parameter: stored(`${OWN} alice x`) }, { parameter: PARAMETER, topic: 'arn:aws:sns:eu-central-1:111122223333:overridden' });
    expect(override).toMatchObject({ topic: 'arn:aws:sns:eu-central-1:111122223333:overridden' });
  });
});

describe('an override for the next deployment', () => {
  test('is bound to this one before it counts', async () => {
    const { override, written } = await ask({ parameter: stored('next alice payments are down') });
    expect(override).toEqual({ by: 'alice', reason: 'payments are down', parameter: PARAMETER });
    expect(written).toEqual([`${OWN} alice payments are down`]);
  });

  test.each([
    ['at the moment at which it was written', 0, true],
    ['a millisecond before that', -1, false],
    ['an hour after', 3_600_000, true],
    ['more than an hour after', 3_600_001, false],
  ])('is for a deployment created %s: %s', async (_name, after, holds) => {
    const { override, written, lines } = await ask({ parameter: stored('next alice x'), createdAt: [WRITTEN + after] });
    expect(override !== undefined).toBe(holds);
    expect(written).toHaveLength(holds ? 1 : 0);
    expect(lines.map(({ level }) => level)).toEqual(holds ? [] : ['warn']);
  });

  test('is not for a deployment of which nobody knows when it was created', async () => {
    const { override, lines } = await ask({ parameter: stored('next alice x'), createdAt: [undefined] });
    expect(override).toBeUndefined();
    expect(lines[0]?.message).toContain('it was written after the deployment was created; name the deployment by its id, or release again');
  });

  test('that somebody else binds at the same moment is taken back from both', async () => {
    const script: WorldScript = { parameter: stored('next alice x') };
    const world = fakeWorld({ createdAt: [WRITTEN], ...script });
    const { write } = world.ports.overrides;
    let first = true;
    const overrides = {
      ...world.ports.overrides,
      write: async (name: string, value: string, signal: AbortSignal) => {
        if (first) {
          first = false;
          await write(name, 'd-OTHER0000 alice x', signal);
        }
        return write(name, value, signal);
      },
    };
    expect(await consult({ ...world.ports, overrides }, environment(), { deploymentId: OWN, until: 10_000 })).toBeUndefined();
    expect(world.written).toEqual(['d-OTHER0000 alice x', `${OWN} alice x`, 'off']);
    expect(world.lines[0]?.message).toContain('somebody else has written it at the same moment');
  });

  test('that cannot be bound does not count', async () => {
    const { override, lines } = await ask({ parameter: stored('next alice x'), overrideWrite: [failure('AccessDeniedException')] });
    expect(override).toBeUndefined();
    expect(lines[0]).toMatchObject({ level: 'warn', message: 'the break-glass parameter could not be used, the checks are enforced' });
  });
});

describe('the checks are enforced where the parameter', () => {
  test.each<[string, WorldScript, RegExp | undefined]>([
    ['says so', { parameter: stored('off') }, undefined],
    ['cannot be understood', { parameter: stored('yes please') }, /^the break-glass parameter cannot be read, the checks are enforced: expected "off".*got "yes please"$/],
    ['may not be read', { overrideRead: [failure('AccessDeniedException')] }, /^the break-glass parameter could not be used/],
    ['is not there', { overrideRead: [failure('ParameterNotFound')] }, /^the break-glass parameter could not be used/],
    ['is throttled for too long', { overrideRead: [failure('ThrottlingException', true)] }, /^the break-glass parameter could not be used/],
    ['names another deployment', { parameter: stored('d-OTHER0000 alice x') }, undefined],
  ])('%s', async (_name, script, warning) => {
    const { override, written, lines } = await ask(script);
    expect([override, written]).toEqual([undefined, []]);
    expect(lines.map(({ level, message }) => [level, message])).toEqual(warning === undefined ? [] : [['warn', expect.stringMatching(warning)]]);
  });

  test.each([['{'], [{}], [{ parameter: 5 }], [{ parameter: '' }], [null], [{ parameter: '/x', topic: 1 }]])('is configured as %j', async (settings) => {
    const { override, lines } = await ask({ parameter: stored(`${OWN} alice x`) }, settings);
    expect(override).toBeUndefined();
    expect(lines[0]).toMatchObject({ level: 'warn', fields: { error: expect.stringContaining('environment variable GREENLIGHT_BREAK_GLASS must hold') } });
  });

  test('does not exist, without a call', async () => {
    const world = fakeWorld({ overrideRead: [failure('AccessDeniedException')] });
    expect(await consult(world.ports, fakeEnvironment(), { deploymentId: OWN, until: 10_000 })).toBeUndefined();
    expect(world.lines).toEqual([]);
  });
});

describe('an override is set back', () => {
  test.each([
    ['Succeeded', ['off']],
    ['Failed', ['off']],
    ['Stopped', ['off']],
    ['InProgress', []],
    [undefined, []],
  ])('by the next deployment where the one that it names is %s: %j', async (status, written) => {
    expect((await ask({ parameter: stored('d-OTHER0000 alice x'), status: [status] })).written).toEqual(written);
  });

  test('not where the other deployment may not be looked up: it may be another rollout', async () => {
    const { written, lines } = await ask({ parameter: stored('d-OTHER0000 alice x'), status: [failure('AccessDeniedException')] });
    expect(written).toEqual([]);
    expect(lines[0]?.message).toBe('the override names another deployment, whose status is unknown; it is left as it is');
  });

  const after = async (value: string, settings: object, script: WorldScript = {}) => {
    const world = fakeWorld({ parameter: stored(value), ...script });
    await putBackAfterLast(world.ports, environment(settings), { deploymentId: OWN, until: 10_000 });
    return world;
  };

  test.each<[string, object, readonly string[]]>([
    [`${OWN} alice x`, { parameter: PARAMETER, last: true }, ['off']],
    [`${OWN} alice x`, { parameter: PARAMETER }, []],
    ['d-OTHER0000 alice x', { parameter: PARAMETER, last: true }, []],
    ['next bob the release after this one', { parameter: PARAMETER, last: true }, []],
    ['off', { parameter: PARAMETER, last: true }, []],
  ])('%j by a hook with %j: %j', async (value, settings, written) => {
    expect((await after(value, settings)).written).toEqual(written);
  });

  test('which may not work, and is said then', async () => {
    const { lines } = await after(`${OWN} alice x`, { parameter: PARAMETER, last: true }, { overrideWrite: [failure('AccessDeniedException')] });
    expect(lines[0]).toMatchObject({ level: 'warn', message: 'the override could not be taken back; it names this deployment only, and the next one takes it back' });
  });
});
