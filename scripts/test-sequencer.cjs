/**
 * The longest files first: where two go side by side, one of these that began last would be waited for alone. Jest does so by what it measured before;
 * on a machine that has none of that it goes by the size of the files, which tells little here.
 */
const { join } = require('node:path');

const { default: Sequencer } = require('@jest/test-sequencer');

const ROOT = join(__dirname, '..');

/** By what they take, the longest one first. */
const LONGEST = [
  'lambda/handlers/deployment-faults',
  'rehearsal/cloudformation/deployments',
  'rehearsal/commands/scenarios',
  'lambda/handlers/bundles',
  'rehearsal/cloudformation/kept-settings',
  'rehearsal/lambda/scenarios',
  'rehearsal/sandbox/lambda-contract',
  'rehearsal/sandbox/virtual-time',
  'rehearsal/sandbox/determinism',
].map((name) => join(ROOT, 'test', `${name}.test.ts`));

module.exports = class extends Sequencer {
  static LONGEST = LONGEST;

  sort(tests) {
    const rank = ({ path }) => (LONGEST.includes(path) ? LONGEST.indexOf(path) : LONGEST.length);
    return super.sort(tests).toSorted((one, other) => rank(one) - rank(other));
  }
};
