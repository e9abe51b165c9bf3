import { availableParallelism } from 'node:os';

/** `npm run mutation`: how much of what lambda/core decides the tests of lambda/core would notice if it changed. */
export default {
  mutate: ['lambda/core/**/*.ts'],
  testRunner: 'jest',
  jest: { projectType: 'custom', configFile: 'jest.mutation.config.cjs' },
  coverageAnalysis: 'perTest',
  // A mutant in code that runs while a module is loaded would need every test; there are few, and constants among them are checked by tests as well.
  ignoreStatic: true,
  ignorePatterns: ['build', 'dist', 'docs', 'examples', 'rehearsal', 'lib/**', '!lib/model/**', 'test/rehearsal', 'test/lib', 'test/acceptance'],
  // Nothing else is to run meanwhile: a mutant that is slow for want of a processor counts as one that never ends.
  concurrency: availableParallelism(),
  timeoutMS: 3_000,
  // Those that write everything into one JSON text break on so many mutants; for a folder they do: `npm run mutation -- --mutate 'lambda/core/engine/*.ts' --reporters html`.
  reporters: ['clear-text', 'progress'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: 'build/mutation/index.html' },
  jsonReporter: { fileName: 'build/mutation/mutation.json' },
  tempDirName: 'build/stryker',
  cleanTempDir: 'always',
  thresholds: { high: 95, low: 90, break: 90 },
  allowEmpty: false,
  disableTypeChecks: false,
};
