/** What `npm run replay` plays: the life of a stack, and a cancelled update in another one. */
import { DEPLOYMENT_RESOURCE_TYPE, LAMBDA_DEPLOYMENT_RESOURCE_TYPE } from '../../lib/model/deployment-request';
import type { StackStatus } from '../engine/stacks';
import { editedBesideTheAppSpec } from './edits';
import type { ReplayWorld } from './replay-world';
import type { StackPlay } from './stack-play';

/** What is told of one step when it is over. */
export interface PlayedStep {
  readonly name: string;
  /** Deployments that the stack has started so far, and how many were wanted until then. */
  readonly started: number;
  readonly wanted: number;
  readonly stackStatus: string;
  readonly wantedStatus: StackStatus;
  /** The task definition that the service runs, such as `web:2`, or the version that the alias names, such as `live:2`. */
  readonly running: string;
  /** Status that the deployment resource answered last, with its deployment; or that it was not asked, or has not answered yet. */
  readonly answer: string;
  /** Why it failed. */
  readonly reason?: string;
}

export interface Story {
  readonly title: string;
  readonly steps: readonly PlayedStep[];
  /** Requests that got no answer, or more than one; each should get one. */
  readonly badlyAnswered: number;
  readonly requests: number;
}

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

/** Notes what is to be told. */
class Scribe {
  readonly stack: StackPlay;
  private readonly steps: PlayedStep[] = [];
  private told = 0;

  constructor(private readonly replay: ReplayWorld) {
    this.stack = replay.stack();
  }

  note(name: string, wanted: number, wantedStatus: StackStatus): void {
    const { replay, stack, steps } = this;
    steps.push({ name, started: replay.started.length, wanted, stackStatus: String(stack.status), wantedStatus, running: replay.running, ...this.lastAnswer() });
  }

  /** Delivers the last request of a deployment resource again. */
  redeliver(): void {
    const { customResources } = this.replay;
    const last = customResources.requests.findLast((request) => isDeployment(request.event));
    if (last !== undefined) {
      customResources.deliver(last);
    }
  }

  story(title: string): Story {
    const { requests } = this.replay.customResources;
    return { title, steps: this.steps, requests: requests.length, badlyAnswered: requests.filter((request) => request.answers().length !== 1).length };
  }

  /** Of the deployment resource, not of the segments that wait. A request without an answer counts again at the next step. */
  private lastAnswer(): Pick<PlayedStep, 'answer' | 'reason'> {
    const { requests } = this.replay.customResources;
    const fresh = requests.slice(this.told).filter(({ event }) => isDeployment(event));
    const open = fresh.find((request) => request.answers().length === 0);
    this.told = open === undefined ? requests.length : requests.indexOf(open);
    const put = fresh.flatMap((request) => request.answers()).at(-1);
    return put === undefined ? { answer: fresh.length === 0 ? 'not asked' : 'none yet' } : shortAnswer(put.body);
  }
}

const isDeployment = ({ ResourceType }: { readonly [name: string]: unknown }): boolean => ResourceType === DEPLOYMENT_RESOURCE_TYPE || ResourceType === LAMBDA_DEPLOYMENT_RESOURCE_TYPE;

function shortAnswer(body: string): Pick<PlayedStep, 'answer' | 'reason'> {
  const { Status, Reason, Data } = JSON.parse(body) as { readonly Status: string; readonly Reason?: string; readonly Data?: { readonly DeploymentId?: string } };
  return { answer: `${Status} ${Data?.DeploymentId ?? ''}`.trim(), ...(Reason === undefined ? {} : { reason: Reason }) };
}
