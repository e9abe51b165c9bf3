import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { FIXED_ASSUMPTIONS, SERVICE_BEHAVIOUR, serviceBehaviour } from '../../../rehearsal/engine/service-behaviour';

const ENGINE = join(__dirname, '../../../rehearsal/engine');

describe('SERVICE_BEHAVIOUR', () => {
  test.each(Object.entries(SERVICE_BEHAVIOUR))('%s says what it is and where it comes from', (_, { what, source, certainty }) => {
    expect(what).not.toBe('');
    expect(source).not.toBe('');
    expect(['documented', 'observed', 'inferred', 'assumed']).toContain(certainty);
  });

  test('has no switch that nobody reads', () => {
    const code = readdirSync(ENGINE, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && file !== 'service-behaviour.ts')
      .map((file) => readFileSync(join(ENGINE, file), 'utf8'))
      .join('\n');
    expect(Object.keys(SERVICE_BEHAVIOUR).filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
  });

  test('names what cannot be switched, too', () => {
    expect(FIXED_ASSUMPTIONS.every(({ what, source }) => what !== '' && source !== '')).toBe(true);
  });
});

describe('serviceBehaviour', () => {
  test('gives the defaults, and what is switched', () => {
    expect(serviceBehaviour({ alarmPollMs: 30_000 })).toMatchObject({ alarmPollMs: 30_000, eventMs: 250, gapMs: 150, createdToInProgressMs: 1500, rollbackDelayMs: 1000 });
  });
});
