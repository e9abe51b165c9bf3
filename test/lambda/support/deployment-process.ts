/** Plays the state machine and Lambda around the bundled functions, each invocation in a fresh process. Waits pass on the world's clock and cost no time. */
import type { ChildProcess } from 'node:child_process';

import type { ResourceRequest, StepReturn } from '../../../lib/model/deployment-request';
import { DEPLOYMENT_ENV } from '../../../lib/model/deployment-request';
import type { DeploymentServer, WireFault } from './deployment-server';
import { deploymentServer } from './deployment-server';
import type { DeploymentWorld } from './deployment-world';
import type { HandlerEnd } from './handler-process';
import { LAMBDA_VARIABLES, runHandler } from './handler-process';

/** As the machine's definition has them: tries after the first, and the longest pause between two. */
const STEP_RETRIES = { times: 8, longestSeconds: 30 } as const;
const ANSWER_RETRIES = { times: 15, longestSeconds: 60 } as const;

/** Lambda's own for asynchronous invocations. */
const INTAKE_RETRIES = { times: 2, longestSeconds: 120 } as const;

export interface Bundles {
  readonly intake: string;
  readonly step: string;
}

export interface Run {
  readonly server: DeploymentServer;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** How the execution ended: null where the answer was sent. */
  readonly thrown: string | null;
  readonly invocations: number;
}

export async function playProcesses(bundles: Bundles, world: DeploymentWorld, request: ResourceRequest, fault: WireFault, how: { readonly viaIntake?: boolean; readonly reason?: string } = {}): Promise<Run> {
  const epoch = Date.now() - world.now * 1_000;
  let child: ChildProcess | undefined;
  const server = await deploymentServer({ world, epoch, fault, kill: () => void child?.kill('SIGKILL'), ...(how.reason === undefined ? {} : { reason: how.reason }) });
  const played = new Player(bundles, world, server, (started) => (child = started));
  try {
    const thrown = await played.play({ ...request, ResponseURL: `${server.url}/answer?X-Amz-Signature=s3cret` }, new Date(epoch + world.now * 1_000).toISOString(), how.viaIntake === true);
    return { server, lines: played.lines, thrown, invocations: played.invocations };
  } finally {
    await server.close();
  }
}

class Player {
  readonly lines: Readonly<Record<string, unknown>>[] = [];
  invocations = 0;

  constructor(
    private readonly bundles: Bundles,
    private readonly world: DeploymentWorld,
    private readonly server: DeploymentServer,
    private readonly started: (child: ChildProcess) => void,
  ) {}

  async play(request: ResourceRequest, startedAt: string, viaIntake: boolean): Promise<string | null> {
    if (viaIntake) {
      const failed = await this.intake(request);
      if (failed !== undefined) {
        return this.answer(failed);
      }
    }
    let step: { readonly memory: object } = { memory: {} };
    for (;;) {
      const tried = await this.retried(this.bundles.step, STEP_RETRIES, (retries) => ({ action: 'step', request, startedAt, retries, memory: step.memory }));
      if ('error' in tried) {
        return this.answer({ action: 'answer', request, step, error: { Error: 'Lambda.Unknown', Cause: tried.error } });
      }
      const returned = tried.returned as StepReturn;
      step = returned;
      if (returned.done) {
        return this.answer({ action: 'answer', request, step });
      }
      this.world.advance(returned.waitSeconds);
    }
  }

  /** The record for the destination, where the intake failed for good. */
  private async intake(request: ResourceRequest): Promise<object | undefined> {
    const tried = await this.retried(this.bundles.intake, INTAKE_RETRIES, () => request);
    const record = { version: '1.0', requestContext: { functionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:intake:$LATEST', condition: 'RetriesExhausted', approximateInvokeCount: 3 } };
    return 'error' in tried ? { ...record, requestPayload: request, responsePayload: { errorType: 'Error', errorMessage: tried.error } } : undefined;
  }

  private async answer(event: object): Promise<string | null> {
    const tried = await this.retried(this.bundles.step, ANSWER_RETRIES, () => event);
    return 'error' in tried ? tried.error : null;
  }

  private async retried(bundle: string, { times, longestSeconds }: typeof STEP_RETRIES | typeof ANSWER_RETRIES | typeof INTAKE_RETRIES, event: (retries: number) => object): Promise<{ readonly returned: unknown } | { readonly error: string }> {
    for (let retries = 0; ; retries++) {
      const end = await this.invoke(bundle, event(retries));
      if (end.thrown === undefined) {
        return { returned: end.returned };
      }
      if (retries === times) {
        return { error: end.thrown };
      }
      this.world.advance(Math.min(longestSeconds, 2 ** (retries + 1)));
    }
  }

  private async invoke(bundle: string, event: object): Promise<Pick<HandlerEnd, 'returned' | 'thrown'>> {
    this.invocations++;
    const env = { ...LAMBDA_VARIABLES, AWS_ENDPOINT_URL: this.server.url, [DEPLOYMENT_ENV.stateMachine]: 'arn:aws:states:eu-central-1:111122223333:stateMachine:provider' };
    try {
      const end = await runHandler(process.execPath, bundle, event, env, { started: this.started });
      this.lines.push(...end.lines);
      return end;
    } catch (error) {
      return { thrown: String(error) };
    }
  }
}
