/** Types are checked by `npm run lint`; here they are only stripped, which is ten times faster. */
module.exports = {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testEnvironment: 'node',
  // Jest keeps a processor for itself, so that on two of them one file would go after the other; most of ours wait for processes that they start.
  maxWorkers: '100%',
  testSequencer: '<rootDir>/scripts/test-sequencer.cjs',
  // What a test takes is no matter of its own: a machine that has other work needs more than Jest's five seconds, and ten times what an idle one does.
  testTimeout: 300_000,
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }] },
  modulePathIgnorePatterns: ['<rootDir>/build/cdk.out', '<rootDir>/build/stryker', '<rootDir>/build/venv', '<rootDir>/dist'],
  cacheDirectory: '<rootDir>/build/jest-cache',
};
