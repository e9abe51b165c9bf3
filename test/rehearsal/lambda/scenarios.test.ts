import { join } from 'node:path';
import { rmSync } from 'node:fs';
import { rehearse, greenlight } from '../../support/greenlight';
import { synthesizeOrders } from './orders-app';

const app = synthesizeOrders();
test('x', () => {
  for (const name of ['good','errors','smoke-fails','hook-throws','hook-times-out','hook-denied','stopped-weighted']) {
  const run = greenlight(['rehearse', '--app', app, '--scenario', join('examples', 'lambda-orders', name + '.yaml')]);
  process.stderr.write(run.stdout + run.stderr);
  }
  void rehearse; void rmSync;
});
