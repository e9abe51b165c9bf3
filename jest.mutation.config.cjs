/** The tests that mutants have to survive: those of the decisions, which need no process, no network and no build. */
const config = require('./jest.config.cjs');

process.env.GREENLIGHT_PROPERTY_RUNS ??= '60';

module.exports = { ...config, testMatch: ['<rootDir>/test/lambda/core/**/*.test.ts'] };
