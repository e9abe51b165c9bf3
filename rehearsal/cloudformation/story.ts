/** What `npm run replay` plays: the life of a stack, and a cancelled update in another one. */
import { editedBesideTheAppSpec } from './edits';
import type { ReplayWorld } from './replay-world';
import { Scribe, type Story } from './scribe';

const MINUTE = 60_000;

export async function lifeOfAStack(replay: ReplayWorld): Promise<Story> {
  const scribe = new Scribe(replay);
  const { stack } = scribe;

  await replay.play(stack.create());
  scribe.note('create', 0, 'CREATE_COMPLETE');

  const second = replay.version(2);
  const update = stack.update(second);
  // Once more while the deployment runs, and once more when all is over: Lambda delivers an event at least once.
  await replay.pass(MINUTE);
  scribe.redeliver();
  await replay.play(update);
  scribe.note('update', 1, 'UPDATE_COMPLETE');

  scribe.redeliver();
  await replay.settle();
  scribe.note('redelivery', 1, 'UPDATE_COMPLETE');

  const third = editedBesideTheAppSpec(second);
  await replay.play(stack.update(third));
  scribe.note('description edit', 1, 'UPDATE_COMPLETE');

  const failing = stack.update(replay.version(3, third));
  await replay.until(() => stack.status !== 'UPDATE_IN_PROGRESS');
  scribe.note('failing update', 2, 'UPDATE_ROLLBACK_IN_PROGRESS');
  await replay.play(failing);
  scribe.note('its rollback', 2, 'UPDATE_ROLLBACK_COMPLETE');

  await replay.play(stack.delete());
  scribe.note('delete', 2, 'DELETE_COMPLETE');
  return scribe.story('The life of a stack');
}

export async function cancelledUpdate(replay: ReplayWorld): Promise<Story> {
  const scribe = new Scribe(replay);
  const { stack } = scribe;

  await replay.play(stack.create());
  scribe.note('create', 0, 'CREATE_COMPLETE');

  const update = stack.update(replay.version(2));
  await replay.pass(2 * MINUTE);
  stack.cancelUpdate();
  await replay.until(() => stack.status !== 'UPDATE_IN_PROGRESS');
  scribe.note('cancel', 1, 'UPDATE_ROLLBACK_IN_PROGRESS');
  await replay.play(update);
  scribe.note('its rollback', 1, 'UPDATE_ROLLBACK_COMPLETE');

  await replay.play(stack.delete());
  scribe.note('delete', 1, 'DELETE_COMPLETE');
  return scribe.story('A cancelled update, in a stack of its own');
}
