import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { NATIVE_ASSUMPTIONS, NATIVE_BEHAVIOUR, nativeBehaviour } from '../../../../rehearsal/engine/native/native-behaviour';

const ENGINE = join(__dirname, '../../../../rehearsal/engine/native');

test.each(Object.entries(NATIVE_BEHAVIOUR))('%s says what it is and where it comes from', (_, { what, source, certainty }) => {
  expect(what).not.toBe('');
  expect(source).not.toBe('');
  expect(['documented', 'observed', 'inferred', 'assumed']).toContain(certainty);
});

test('has no switch that nobody reads', () => {
  const code = readdirSync(ENGINE)
    .filter((file) => file !== 'native-behaviour.ts')
    .map((file) => readFileSync(join(ENGINE, file), 'utf8'))
    .join('\n');
  expect(Object.keys(NATIVE_BEHAVIOUR).filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
});

test('names what cannot be switched, too', () => {
  expect(NATIVE_ASSUMPTIONS.every(({ what, source }) => what !== '' && source !== '')).toBe(true);
});

test('gives the defaults, and what is switched', () => {
  expect(nativeBehaviour({ alarmPollMs: 30_000 })).toMatchObject({ alarmPollMs: 30_000, callBackDelaySeconds: 30, hookTimeoutMinutes: 1440, bakeMinutes: 2160 });
});
