/** The tests that mutants have to survive: those of the decisions, which need no process, no network and no build. */
const config = require('./jest.config.cjs');

process.env.GREENLIGHT_PROPERTY_RUNS ??= '60';

/**
 * Plays hundreds of releases for each case, which takes longer than all the other tests together: Stryker's dry run would crawl, and so would every
 * mutant of the statistics. What those decide is held by the tables and by the values of SciPy, which stay.
 */
const SIMULATION = '<rootDir>/test/lambda/core/checks/metric/false-alarms.test.ts';

module.exports = {
  ...config,
  runner: '<rootDir>/scripts/mutation-runner.cjs',
  testMatch: ['<rootDir>/test/lambda/core/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', SIMULATION],
};
