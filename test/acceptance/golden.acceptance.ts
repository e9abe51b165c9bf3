/** The golden vectors of the statistics are what SciPy and NumPy say. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

test('statistics.json is what its script computes', () => {
  const python = join(ROOT, 'build', 'venv', 'bin', 'python');
  const { status, stdout, stderr, error } = spawnSync(python, [join(ROOT, 'test', 'golden', 'statistics.py'), '--check'], { encoding: 'utf8' });
  expect(error).toBeUndefined();
  expect([status, stdout, stderr]).toEqual([0, 'statistics.json is what scipy 1.17.1, numpy 2.4.6 says\n', '']);
});
