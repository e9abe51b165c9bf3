import { FLEET_ASSUMPTIONS, FLEET_BEHAVIOUR, fleetBehaviour } from '../../../../rehearsal/engine/fleet/fleet-behaviour';

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
