/** A stack with a rollout, synthesized here, that CloudFormation's player deploys with the built handlers; and disturbances of what they call. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { App, Duration, type Stack as CdkStack } from 'aws-cdk-lib/core';

import type { EcsRolloutProps } from '../../../lib';
import { TrafficShift } from '../../../lib';
import type { Assembly } from '../../../rehearsal/assembly/assembly';
import { readAssembly } from '../../../rehearsal/assembly/read-assembly';
import { selectRollout, type FoundRollout } from '../../../rehearsal/assembly/rollouts';
import type { Stack } from '../../../rehearsal/assembly/stack';
import { ReplayWorld, type ReplayOptions } from '../../../rehearsal/cloudformation/replay-world';
import type { StackPlay } from '../../../rehearsal/cloudformation/stack-play';
import { DEFAULT_SCENARIO } from '../../../rehearsal/commands/default-scenario';
import type { LoopbackAnswer, LoopbackRequest } from '../../../rehearsal/endpoints/loopback-server';
import type { Scenario, ServiceProfile } from '../../../rehearsal/scenario/scenario';
import { checksHook, rolloutIn, stackOf } from '../../lib/support/sample';
import { ROOT } from '../../support/greenlight';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

/** A deployment that takes half a minute when all is well. */
export const QUICK: Partial<EcsRolloutProps> = { traffic: TrafficShift.allAtOnce(), terminationWait: Duration.minutes(0), hooks: { afterAllowTestTraffic: checksHook() } };

/** Synthesizes a stack named `Shop` with one rollout. Call `remove` in the end. */
export function synthesized(props: Partial<EcsRolloutProps> | ((stack: CdkStack) => Partial<EcsRolloutProps>) = QUICK): { readonly assembly: Assembly; readonly rollout: FoundRollout; remove(): void } {
  const outdir = mkdtempSync(join(tmpdir(), 'greenlight-replay-'));
  const app = new App({ outdir });
  const stack = stackOf(app);
  rolloutIn(stack, typeof props === 'function' ? props(stack) : props);
  app.synth();
  const assembly = readAssembly(outdir);
  return { assembly, rollout: selectRollout(assembly, 'Shop/Web') as FoundRollout, remove: () => rmSync(outdir, { recursive: true, force: true }) };
}

const HEALTHY: ServiceProfile = { ...DEFAULT_SCENARIO.service, startupMs: 2 * SECOND };
/** A version that fails the checks on the test listener. */
const BROKEN: ServiceProfile = { ...HEALTHY, routes: [{ path: '/health', status: 500 }] as unknown as ServiceProfile['routes'] };

/** Versions of the service, by the order of their task definitions: the second one is sound, the third one fails its validation, the fourth one is sound. */
const SCENARIO: Scenario = {
  ...DEFAULT_SCENARIO,
  service: HEALTHY,
  releases: [HEALTHY, BROKEN, HEALTHY].map((profile, index) => ({ name: `v${index + 2}`, profile, leaveOut: [], actions: [] })),
};

export const ALWAYS_SOUND: Scenario = { ...SCENARIO, releases: Array.from({ length: 100 }, (_, index) => ({ name: `v${index + 2}`, profile: HEALTHY, leaveOut: [], actions: [] })) };

/** What a function asks of AWS. */
export interface Call {
  /** Name of the function. */
  readonly by: string;
  /** Such as `CreateDeployment`; `PutAnswer` for the response URL. */
  readonly operation: string;
  readonly at: number;
}

/** `lost`: it takes effect, and its answer never comes. `kill`: it takes effect, and the function's process is gone. */
export type Disturbance = 'throttle' | 'error' | 'hang' | 'deny' | 'lost' | 'kill';

export class ReplayStage {
  readonly calls: Call[] = [];
  stack!: StackPlay;
  replay!: ReplayWorld;
  private groupIsGone = false;
  private disturb: (call: Call, nth: number) => Disturbance | undefined = () => undefined;

  static async open(options: Pick<ReplayOptions, 'assembly' | 'rollout'> & Partial<ReplayOptions>): Promise<ReplayStage> {
    const stage = new ReplayStage();
    stage.replay = await ReplayWorld.open({
      scenario: SCENARIO,
      directory: ROOT,
      ...options,
      around: (request, answer) => stage.around(request, answer),
      aroundAnswers: (request, answer) => stage.around(request, answer),
    });
    stage.stack = stage.replay.stack();
    return stage;
  }

  get first(): Stack {
    return this.replay.options.rollout.stack;
  }

  /** The stack's template with another image, or another version for its alias. */
  version(number: number): Stack {
    return this.replay.version(number);
  }

  /** @param choose what becomes of a call; `nth` counts calls of this operation by this function, from 1 */
  disturbed(choose: (call: Call, nth: number) => Disturbance | undefined): void {
    this.disturb = choose;
    this.calls.length = 0;
  }

  get now(): number {
    return this.replay.world.conductor.now();
  }

  /** Somebody deletes the deployment group. */
  deleteGroup(): void {
    this.groupIsGone = true;
  }

  /** Deployments started, final status of the stack, revision of the service, and how many requests did not get exactly one answer. */
  get outcome(): readonly [number, string | undefined, string | undefined, number] {
    const { replay, stack } = this;
    const odd = replay.customResources.requests.filter((request) => request.answers().length !== 1).length;
    return [replay.started.length, stack.status, replay.running.split(':')[1], odd];
  }

  /** Why resources failed, in the order of the events. */
  get reasons(): readonly string[] {
    return this.stack.events.flatMap(({ logicalId, reason }) => (reason === undefined || logicalId === this.first.stackName ? [] : [reason]));
  }

  close(): Promise<void> {
    return this.replay.close();
  }

  private around(request: LoopbackRequest, answer: () => LoopbackAnswer): LoopbackAnswer {
    const call = this.callOf(request);
    this.calls.push(call);
    const nth = this.calls.filter(({ by, operation }) => by === call.by && operation === call.operation).length;
    const put = call.operation === 'PutAnswer';
    if (this.groupIsGone && ['CreateDeployment', 'ListDeployments'].includes(call.operation)) {
      return refusal(request, 'DeploymentGroupDoesNotExistException', 'No Deployment Group found for name', 400);
    }
    switch (this.disturb(call, nth)) {
      case undefined:
        return answer();
      case 'throttle':
        return put ? { status: 503, body: 'SlowDown' } : refusal(request, 'ThrottlingException', 'Rate exceeded', 400);
      case 'error':
        return put ? { status: 500, body: 'InternalError' } : refusal(request, 'InternalFailure', 'try again', 500);
      case 'deny':
        return put ? { status: 403, body: 'AccessDenied' } : refusal(request, 'AccessDeniedException', `not authorized to perform ${call.operation}`, 400);
      case 'hang':
        return { hang: true };
      case 'lost':
        answer();
        return { hang: true };
      case 'kill':
        answer();
        this.replay.world.sandbox.kill(call.by);
        return { hang: true };
    }
  }

  private callOf(request: LoopbackRequest): Call {
    const target = request.headers['x-amz-target'];
    const action = new URLSearchParams(request.body.toString()).get('Action');
    const operation = typeof target === 'string' ? target.split('.')[1] : (action ?? (request.method === 'PUT' ? 'PutAnswer' : `${request.method} ${request.url.split('?')[0]}`));
    const key = /Credential=([^/]+)/.exec(String(request.headers.authorization))?.[1] ?? '';
    const named = this.replay.world.permissions.principalOf(key)?.session;
    // The response URL is presigned: whoever has it can answer, and only the step function has it.
    return { by: named ?? this.functionNamed('Step'), operation: operation ?? '', at: this.now };
  }

  /** Physical name of one of the provider's functions. */
  functionNamed(part: 'Intake' | 'Step'): string {
    const { assembly } = this.replay.options;
    const place = assembly.resources('AWS::Lambda::Function').find(({ stack, logicalId }) => stack.id === this.first.id && logicalId.startsWith(`GreenlightDeployments${part}`));
    if (place === undefined) {
      throw new Error(`no function GreenlightDeployments${part} in the assembly`);
    }
    return assembly.ref(place.stack, place.logicalId);
  }
}

function refusal(request: LoopbackRequest, code: string, message: string, status: number): LoopbackAnswer {
  if (request.method === 'GET') {
    return { status, headers: { 'content-type': 'application/json', 'x-amzn-errortype': code }, body: JSON.stringify({ Message: message }) };
  }
  if (request.headers['x-amz-target'] === undefined) {
    const name = code.replace(/Exception$/, '');
    return { status, headers: { 'content-type': 'text/xml' }, body: `<ErrorResponse><Error><Type>Sender</Type><Code>${name}</Code><Message>${message}</Message></Error></ErrorResponse>` };
  }
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify({ __type: code, message }) };
}
