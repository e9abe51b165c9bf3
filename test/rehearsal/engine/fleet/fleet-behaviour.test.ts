import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { FLEET_ASSUMPTIONS, FLEET_BEHAVIOUR, SHARED_BEHAVIOUR, fleetBehaviour } from '../../../../rehearsal/engine/fleet/fleet-behaviour';
import { SERVICE_BEHAVIOUR } from '../../../../rehearsal/engine/service-behaviour';

const CERTAINTIES = ['documented', 'observed', 'inferred', 'assumed'];

test.each(Object.entries(FLEET_BEHAVIOUR))('%s says what it decides, how certain that is, and where it comes from', (_, { what, certainty, source }) => {
  expect(what.length).toBeGreaterThan(10);
  expect(source.length).toBeGreaterThan(10);
  expect(CERTAINTIES).toContain(certainty);
});

test.each(FLEET_ASSUMPTIONS)('assumed: $what', ({ certainty, source }) => {
  expect(source.length).toBeGreaterThan(10);
  expect(CERTAINTIES).toContain(certainty);
});

test('any behaviour can be switched, and the others stay', () => {
  expect(fleetBehaviour({ batches: 'rolling' })).toEqual({ ...fleetBehaviour(), batches: 'rolling' });
  expect(fleetBehaviour().batches).toBe('whole');
});

test('what is said of fleets leaves out what only task sets and aliases come to, and nothing that fleets come to', () => {
  const engine = join(__dirname, '..', '..', '..', '..', 'rehearsal', 'engine');
  const shared = ['alarm-watch.ts', 'alarms.ts', 'async-invocations.ts', 'group-deployments.ts', 'log-groups.ts', 'state-notifications.ts'];
  const own = readdirSync(join(engine, 'fleet')).filter((file) => file !== 'fleet-behaviour.ts').map((file) => join('fleet', file));
  const text = [...shared, ...own].map((file) => readFileSync(join(engine, file), 'utf8')).join('\n');
  const come = Object.keys(SERVICE_BEHAVIOUR).filter((name) => new RegExp(`\\b${name}\\b`).test(text));
  expect(come.length).toBeGreaterThan(15);
  expect(Object.keys(SHARED_BEHAVIOUR)).toEqual(come);
});
