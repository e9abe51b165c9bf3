/** Tests against programs that `npm ci` does not bring: cfn-lint, the AWS CLI and SciPy, from the virtual environment that `.ci/run` makes. */
module.exports = { ...require('./jest.config.cjs'), testMatch: ['<rootDir>/test/acceptance/**/*.acceptance.ts'] };
