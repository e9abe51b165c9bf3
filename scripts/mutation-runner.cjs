/**
 * Plays the tests of a mutant as few and as cheap as they can be: Stryker asks Jest for all test files that import the mutant, and Jest plays each to
 * its end. Here only the files go that hold a test which the mutant is covered by, the fast ones first, and the first that fails is the end.
 *
 * What the first run, without a mutant, tells of the files is kept in a file, since Stryker starts a process anew after a mutant that never ends.
 */
const fs = require('node:fs');
const path = require('node:path');

const { escapeRegExp, INSTRUMENTER_CONSTANTS } = loadStryker();
const { default: TestRunner } = require('jest-runner');

const KNOWN = path.join('build', 'mutation-tests.json');

module.exports = class MutationRunner extends TestRunner {
  async runTests(tests, watcher, options) {
    const mutated = process.env[INSTRUMENTER_CONSTANTS.ACTIVE_MUTANT_ENV_VARIABLE] !== undefined;
    return mutated ? this.runUntilFirstFailure(tests, watcher, options) : this.runAndNote(tests, watcher, options);
  }

  async runAndNote(tests, watcher, options) {
    const known = {};
    const stop = this.on('test-file-success', ([test, result]) => {
      const names = result.testResults.map(({ fullName }) => escapeRegExp(fullName));
      known[test.path] = { ms: result.perfStats.end - result.perfStats.start, names };
    });
    await super.runTests(tests, watcher, options);
    stop();
    fs.mkdirSync(path.dirname(KNOWN), { recursive: true });
    fs.writeFileSync(KNOWN, JSON.stringify(known));
  }

  async runUntilFirstFailure(tests, watcher, options) {
    let failed = false;
    const stops = [
      this.on('test-file-success', ([, result]) => {
        failed ||= result.numFailingTests > 0 || result.testExecError !== undefined;
      }),
      this.on('test-file-failure', () => {
        failed = true;
      }),
    ];
    for (const test of cheapestFirst(covering(tests, this._globalConfig.testNamePattern))) {
      await super.runTests([test], watcher, options);
      if (failed) {
        break;
      }
    }
    stops.forEach((stop) => stop());
  }
};

/** Files with one of the tests that are asked for; all where it is not known, or nothing is asked for. */
function covering(tests, pattern) {
  if (pattern === undefined || pattern === '') {
    return tests;
  }
  // Stryker writes `(name)|(name)`, and escapes the names.
  const wanted = new Set(pattern.slice(1, -1).split(')|('));
  return tests.filter((test) => knownFiles()[test.path]?.names.some((name) => wanted.has(name)) ?? true);
}

const cheapestFirst = (tests) => tests.toSorted((a, b) => costOf(a) - costOf(b));
const costOf = (test) => knownFiles()[test.path]?.ms ?? Infinity;

let read;
function knownFiles() {
  read ??= JSON.parse(fs.readFileSync(KNOWN, 'utf8'));
  return read;
}

/** Stryker's own parts, as its runner for Jest finds them. */
function loadStryker() {
  const from = require('node:module').createRequire(require.resolve('@stryker-mutator/jest-runner/package.json'));
  return { ...from('@stryker-mutator/util'), ...from('@stryker-mutator/api/core') };
}
