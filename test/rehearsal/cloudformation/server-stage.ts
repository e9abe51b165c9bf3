/** Stacks with a rollout to servers in blue/green and its trigger, synthesized here, that CloudFormation's player makes, updates and deletes with the built handlers. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  readonly rollout: FoundServerRollout;
  remove(): void;
}

/**
 * A stack named `Shop`. Call `remove` in the end.
 *
 * @param denied actions that no policy of the template allows
 */
export function synthesized(props: (stack: CdkStack) => Partial<ServerRolloutProps>, denied: readonly string[] = []): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), 'greenlight-server-replay-'));
  const app = new App({ outdir });
  const stack = stackOf(app);
  const rollout = serverRolloutIn(stack, { revision: ServerRevision.fromDirectory(join(ROOT, 'examples', 'server-in-place', 'app')), ...props(stack) });
  new ServerDeploymentTrigger(stack, 'Deployment', { rollout });
  app.synth();
  const file = join(outdir, 'Shop.template.json');
  const template = readFileSync(file, 'utf8');
  writeFileSync(file, denied.reduce((text, action) => text.replaceAll(`"${action}"`, '"sts:GetCallerIdentity"'), template));
  const assembly = readAssembly(outdir);
  return { assembly, rollout: selectRollout(assembly, 'Shop/Fleet') as FoundServerRollout, remove: () => rmSync(outdir, { recursive: true, force: true }) };
}

const HEALTHY: ServiceProfile = DEFAULT_SCENARIO.service;
export const BROKEN: ServiceProfile = { ...HEALTHY, routes: [{ path: '/health', status: 500 }] as unknown as ServiceProfile['routes'] };

type Release = Scenario['releases'][number];

export const release = (name: string, more: Partial<Release> = {}): Release => ({ name, profile: HEALTHY, leaveOut: [], actions: [], ...more });

/** Its script fails on every instance. */
export const failing = (name: string): Release => release(name, { instanceFaults: [{ instances: {}, effect: { kind: 'scriptFails', event: 'ValidateService', exitCode: 1, log: 'no answer' } }] });

export const scenarioOf = (...releases: readonly Release[]): Scenario => ({ ...DEFAULT_SCENARIO, releases });

/** The third revision fails. */
export const THIRD_FAILS = scenarioOf(release('v1'), release('v2'), failing('v3'), release('v4'));

export const openReplay = ({ assembly, rollout }: Synthesized, more: Partial<ReplayOptions> = {}): Promise<ReplayWorld> => ReplayWorld.open({ assembly, rollout, scenario: THIRD_FAILS, directory: ROOT, ...more });
