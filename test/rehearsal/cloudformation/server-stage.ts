/** Stacks with a rollout to servers in blue/green and its trigger, synthesized here, that CloudFormation's player makes, updates and deletes with the built handlers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { App, type Stack as CdkStack } from 'aws-cdk-lib/core';

import type { ServerRolloutProps } from '../../../lib';
import { ServerDeploymentTrigger, ServerRevision } from '../../../lib';
import { readAssembly } from '../../../rehearsal/assembly/read-assembly';
import { selectRollout, type FoundServerRollout } from '../../../rehearsal/assembly/rollouts';
import { ReplayWorld, type ReplayOptions } from '../../../rehearsal/cloudformation/replay-world';
import { DEFAULT_SCENARIO } from '../../../rehearsal/commands/default-scenario';
import type { Scenario, ServiceProfile } from '../../../rehearsal/scenario/scenario';
import { stackOf } from '../../lib/support/sample';
import { serverRolloutIn } from '../../lib/support/server-sample';
import { ROOT } from '../../support/greenlight';

process.env.CDK_VALIDATION = 'false';

export interface Synthesized extends Pick<ReplayOptions, 'assembly'> {
  readonly outdir: string;
  readonly rollout: FoundServerRollout;
  remove(): void;
}

/** A stack named `Shop`. Call `remove` in the end. */
export function synthesized(props: (stack: CdkStack) => Partial<ServerRolloutProps>): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), 'greenlight-server-replay-'));
  const app = new App({ outdir });
  const stack = stackOf(app);
  const rollout = serverRolloutIn(stack, { revision: ServerRevision.fromDirectory(join(ROOT, 'examples', 'server-in-place', 'app')), ...props(stack) });
  new ServerDeploymentTrigger(stack, 'Deployment', { rollout });
  app.synth();
  const assembly = readAssembly(outdir);
  return { outdir, assembly, rollout: selectRollout(assembly, 'Shop/Fleet') as FoundServerRollout, remove: () => rmSync(outdir, { recursive: true, force: true }) };
}

const HEALTHY: ServiceProfile = DEFAULT_SCENARIO.service;
const release = (name: string, more: Partial<Scenario['releases'][number]> = {}): Scenario['releases'][number] => ({ name, profile: HEALTHY, leaveOut: [], actions: [], ...more });

/** The third revision fails its script on every instance. */
export const SCRIPT_FAILS: Scenario = { ...DEFAULT_SCENARIO, releases: [release('v2'), release('v3', { instanceFaults: [{ instances: {}, effect: { kind: 'scriptFails', event: 'ValidateService', exitCode: 1, log: 'no answer' } }] }), release('v4')] };

export const openReplay = ({ assembly, rollout }: Synthesized, more: Partial<ReplayOptions> = {}): Promise<ReplayWorld> => ReplayWorld.open({ assembly, rollout, scenario: SCRIPT_FAILS, directory: ROOT, ...more });
