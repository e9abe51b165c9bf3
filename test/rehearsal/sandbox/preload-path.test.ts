import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { preloadPath } from '../../../rehearsal/sandbox/preload-path';

describe('preloadPath', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'greenlight-path-'));
    mkdirSync(path.join(root, 'build', 'rehearsal'), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test.each([
    ['beside the bundled command', path.join('build', 'rehearsal')],
    ['from the sources of a checkout', path.join('rehearsal', 'sandbox')],
  ])('is found %s', (_where, from) => {
    const file = path.join(root, 'build', 'rehearsal', 'preload.js');
    writeFileSync(file, '');
    expect(preloadPath(path.join(root, from))).toBe(file);
  });

  test('fails when it has not been built', () => {
    expect(() => preloadPath(path.join(root, 'rehearsal', 'sandbox'))).toThrow("run 'npm run build'");
  });
});
