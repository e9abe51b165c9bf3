/** What is told of a story while it is played. */
import { DEPLOYMENT_RESOURCE_TYPE, LAMBDA_DEPLOYMENT_RESOURCE_TYPE, SERVER_DEPLOYMENT_RESOURCE_TYPE } from '../../lib/model/deployment-request';
import type { StackStatus } from '../engine/stacks';
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
  /** What is there still when the stack is not; absent: nobody has looked. */
  readonly leftBehind?: readonly string[];
}

/** Notes what is to be told. */
export class Scribe {
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

  story(title: string, leftBehind?: readonly string[]): Story {
    const { requests } = this.replay.customResources;
    return { title, steps: this.steps, requests: requests.length, badlyAnswered: requests.filter((request) => request.answers().length !== 1).length, ...(leftBehind === undefined ? {} : { leftBehind }) };
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

const DEPLOYMENTS: readonly unknown[] = [DEPLOYMENT_RESOURCE_TYPE, LAMBDA_DEPLOYMENT_RESOURCE_TYPE, SERVER_DEPLOYMENT_RESOURCE_TYPE];

const isDeployment = ({ ResourceType }: { readonly [name: string]: unknown }): boolean => DEPLOYMENTS.includes(ResourceType);

function shortAnswer(body: string): Pick<PlayedStep, 'answer' | 'reason'> {
  const { Status, Reason, Data } = JSON.parse(body) as { readonly Status: string; readonly Reason?: string; readonly Data?: { readonly DeploymentId?: string } };
  return { answer: `${Status} ${Data?.DeploymentId ?? ''}`.trim(), ...(Reason === undefined ? {} : { reason: Reason }) };
}
