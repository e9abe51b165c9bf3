/** What `npm run replay` plays for instances in blue/green: the life of a stack from its first fleet to nothing. */
import type { ReplayWorld } from './replay-world';
import { Scribe, type Story } from './scribe';
import { leftBehind, redeploying, regrouped } from './server-replay';

const MINUTE = 60_000;

export async function lifeOfAFleet(replay: ReplayWorld): Promise<Story> {
  const scribe = new Scribe(replay);
  const { stack } = scribe;

  await replay.play(stack.create());
  scribe.note('create', 1, 'CREATE_COMPLETE');

  const second = replay.version(2);
  const release = stack.update(second);
  // Once more while the deployment runs, and once more when all is over.
  await replay.pass(MINUTE);
  scribe.redeliver();
  await replay.play(release);
  scribe.note('release', 2, 'UPDATE_COMPLETE');

  scribe.redeliver();
  await replay.settle();
  scribe.note('redelivery', 2, 'UPDATE_COMPLETE');

  const changed = regrouped(second);
  await replay.play(stack.update(changed));
  scribe.note('group update', 2, 'UPDATE_COMPLETE');

  const failing = stack.update(replay.version(3, changed));
  await replay.until(() => stack.status !== 'UPDATE_IN_PROGRESS');
  scribe.note('failing release', 3, 'UPDATE_ROLLBACK_IN_PROGRESS');
  await replay.play(failing);
  scribe.note('its rollback', 3, 'UPDATE_ROLLBACK_COMPLETE');

  const [first] = replay.started;
  await replay.play(stack.update(redeploying(changed, first?.deploymentId ?? 'none')));
  scribe.note('redeploy', 4, 'UPDATE_COMPLETE');

  await replay.play(stack.delete());
  scribe.note('destroy', 4, 'DELETE_COMPLETE');
  return scribe.story(`The life of a fleet: ${replay.options.rollout.name}`, leftBehind(replay.world));
}
