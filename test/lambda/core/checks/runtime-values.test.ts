import type { RuntimeValueDocument } from '../../../../lib/model/runtime-value';
import { RuntimeValues } from '../../../../lambda/core/checks/runtime-values';
import { ServiceFailure, UnusableValue } from '../../../../lambda/core/failures';
import { Redaction } from '../../../../lambda/core/redaction';
import type { Script } from '../../support/fake-ports';
import { player } from '../../support/fake-ports';
import { virtualClock } from '../../support/virtual-clock';

const SECRET = { source: 'secret', id: 'web/login' } as const;
const PARAMETER = { source: 'parameter', name: '/web/level' } as const;
const field = (jsonField: string) => ({ ...SECRET, jsonField });

const failure = (code: string, retryable: boolean) => new ServiceFailure('secretsmanager:GetSecretValue', code, 'it said no', retryable);
const hangs = () => new Promise<string>(() => undefined);

/** Values of one suite whose sources answer from scripts. Notes what is read, and when. */
function values({ secrets = ['never read'], parameters = ['never read'] }: { readonly secrets?: Script<string>; readonly parameters?: Script<string> }) {
  const clock = virtualClock();
  const hidden = new Redaction();
  const stop = new AbortController();
  const reads: string[] = [];
  const reader = (kind: string, script: Script<string>) => {
    const play = player(script);
    return {
      read: (name: string) => {
        reads.push(`${kind} ${name} at ${clock.now()}`);
        return play();
      },
    };
  };
  const sources = { secrets: reader('secret', secrets), parameters: reader('parameter', parameters) };
  const known = new RuntimeValues({ clock, random: () => 0, sources }, hidden, stop.signal);
  return { read: (documents: Readonly<Record<string, RuntimeValueDocument>>) => known.read(documents), hidden, reads, stop };
}

/** The message and whether another try is worth it. */
const refused = (reading: Promise<unknown>) =>
  reading.then(
    () => 'nothing',
    (error: unknown) => (error instanceof UnusableValue ? [error.message, error.retryable] : error),
  );

describe('a value', () => {
  test('is the whole secret, the whole parameter, or a field', async () => {
    const { read, reads } = values({ secrets: ['{"user":"green"}'], parameters: ['high'] });
    expect(await read({ all: SECRET, user: field('user'), level: PARAMETER })).toEqual({ all: '{"user":"green"}', user: 'green', level: 'high' });
    expect(reads).toEqual(['secret web/login at 0', 'parameter /web/level at 0']);
  });

  test.each<[string, string]>([
    ['"text"', 'text'],
    ['4711', '4711'],
    ['-0.25', '-0.25'],
    ['true', 'true'],
    ['false', 'false'],
  ])('of a field %s is %s', async (json, value) => {
    expect(await values({ secrets: [`{"other":"a","it":${json}}`] }).read({ v: field('it') })).toEqual({ v: value });
  });

  test.each(['null', '{}', '["text"]'])('is not the field %s', async (json) => {
    const message = 'value "v" has no text, number or boolean in the field "it" of its secret; correct the secret or the field';
    expect(await refused(values({ secrets: [`{"it":${json}}`] }).read({ v: field('it') }))).toEqual([message, false]);
  });

  test('is no property that every object has', async () => {
    expect(await refused(values({ secrets: ['{}'] }).read({ v: field('constructor') }))).toEqual([
      'value "v" has no text, number or boolean in the field "constructor" of its secret; correct the secret or the field',
      false,
    ]);
  });

  test('is refused with no more than 60 characters of the name of a field', async () => {
    const [message] = (await refused(values({ secrets: ['{}'] }).read({ v: field('f'.repeat(61)) }))) as [string];
    expect(message).toContain(`in the field "${'f'.repeat(59)}…" of`);
  });

  test.each(['hunter2', '"hunter2"', '["hunter2"]', 'null', '5555', '{"password":hunter2}'])('is no field of the secret %s, which is not shown', async (secret) => {
    const message = 'value "v" is to be a field of a secret that is no JSON object; leave the field out, or keep the secret as JSON';
    expect(await refused(values({ secrets: [secret] }).read({ v: field('it') }))).toEqual([message, false]);
  });

  test.each([
    ['', 'value "v" has 0 characters, and fewer than 4 cannot be hidden in what is reported; use a longer one'],
    ['abc', 'value "v" has 3 characters, and fewer than 4 cannot be hidden in what is reported; use a longer one'],
  ])('%j is too short to be hidden', async (text, message) => {
    expect(await refused(values({ secrets: [text] }).read({ v: SECRET }))).toEqual([message, false]);
    expect(await refused(values({ parameters: [text] }).read({ v: PARAMETER }))).toEqual([message, false]);
  });

  test('of four characters is long enough, and hidden from then on', async () => {
    const { read, hidden } = values({ secrets: ['abcd'] });
    expect(hidden.text('it is abcd')).toBe('it is abcd');
    expect(await read({ v: SECRET })).toEqual({ v: 'abcd' });
    expect(hidden.text('it is abcd')).toBe('it is ***');
  });

  test('of a field hides the field, and not the JSON around it', async () => {
    const { read, hidden } = values({ secrets: ['{"user":"green"}'] });
    await read({ v: field('user') });
    expect(hidden.text('{"user":"green"}')).toBe('{"user":"***"}');
  });
});

describe('a source', () => {
  test('is read once, for all values and all attempts, at once or later', async () => {
    const { read, reads } = values({ secrets: ['{"user":"green","word":"sesame"}'] });
    const both = { user: field('user'), word: field('word') };
    expect(await Promise.all([read(both), read(both)])).toEqual([{ user: 'green', word: 'sesame' }, { user: 'green', word: 'sesame' }]);
    expect(await read(both)).toEqual({ user: 'green', word: 'sesame' });
    expect(reads).toEqual(['secret web/login at 0']);
  });

  test('of one name and another kind is another one', async () => {
    const { read, reads } = values({ secrets: ['sesame'], parameters: ['high'] });
    expect(await read({ a: { source: 'secret', id: 'web' }, b: { source: 'parameter', name: 'web' } })).toEqual({ a: 'sesame', b: 'high' });
    expect(reads).toEqual(['secret web at 0', 'parameter web at 0']);
  });

  test('that cannot be read is read again by the next attempt', async () => {
    const { read, reads } = values({ secrets: [failure('AccessDeniedException', false), 'sesame'] });
    expect(await refused(read({ v: SECRET }))).toEqual(['value "v" could not be read: secretsmanager:GetSecretValue failed: AccessDeniedException: it said no', false]);
    expect(await read({ v: SECRET })).toEqual({ v: 'sesame' });
    expect(reads).toHaveLength(2);
  });

  test('that is throttled is read four times, and then by the next attempt', async () => {
    const { read, reads } = values({ secrets: [failure('ThrottlingException', true)] });
    expect(await refused(read({ v: SECRET }))).toEqual(['value "v" could not be read: secretsmanager:GetSecretValue failed: ThrottlingException: it said no', true]);
    // Pauses of half of 200, 400 and 800 ms, which is the least that jitter makes of them.
    expect(reads).toEqual(['secret web/login at 0', 'secret web/login at 100', 'secret web/login at 300', 'secret web/login at 700']);
  });

  test.each<[RuntimeValueDocument, string]>([
    [SECRET, 'secret web/login'],
    [PARAMETER, 'parameter /web/level'],
  ])('%j that hangs is asked twice within ten seconds, and again by the next attempt', async (document, name) => {
    const { read, reads } = values({ secrets: [hangs], parameters: [hangs] });
    expect(await refused(read({ v: document }))).toEqual([`value "v" could not be read: ${name} gave no answer in time`, true]);
    expect(reads).toEqual([`${name} at 0`, `${name} at 6100`]);
    expect(await refused(read({ v: document }))).toEqual([`value "v" could not be read: ${name} gave no answer in time`, true]);
    expect(reads[2]).toBe(`${name} at 10000`);
  });

  test('that is broken is told as it is', async () => {
    const broken = new TypeError('broken');
    expect(await refused(values({ secrets: [broken] }).read({ v: SECRET }))).toBe(broken);
  });

  test('whose failure comes when time is up says nothing about the value', async () => {
    const denied = failure('AccessDeniedException', false);
    const { read, stop } = values({
      secrets: [
        () => {
          stop.abort(denied);
          return Promise.reject(denied);
        },
      ],
    });
    expect(await refused(read({ v: SECRET }))).toBe(denied);
  });
});
