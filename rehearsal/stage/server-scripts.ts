/** The real scripts of a rehearsal: which bundles they come from, on which instances they run, and what is said of them. */
import { createHash } from 'node:crypto';

import type { BundleModel } from '../assembly/server-bundle';
import type { ServerRolloutModel } from '../assembly/server-rollout-model';
import { fleetBehaviour } from '../engine/fleet/fleet-behaviour';
import { simulatedScripts, type ScriptRunner } from '../engine/fleet/scripts';
import { UserError } from '../report/user-error';
import type { Conductor } from '../sandbox/conductor';
import { LIMITS } from '../sandbox/servers/script-program';
import { MOST_SCRIPT_SECONDS } from '../sandbox/servers/script-result';
import type { FoundTool } from '../sandbox/servers/find-tool';
import { RealScripts } from '../sandbox/servers/real-scripts';
import { MOST_HOSTS, ServerHosts, tooManyHosts } from '../sandbox/servers/server-hosts';

/** @throws UserError where the scripts of a rollout cannot be run, or the fleet has too many instances */
export function openServerHosts(tool: FoundTool, models: readonly ServerRolloutModel[], instances: number): ServerHosts {
  if (instances > MOST_HOSTS) {
    throw tooManyHosts(instances);
  }
  const bundles = models.map(runnableBundle);
  return new ServerHosts({
    tool,
    destinations: bundles.flatMap(({ copies }) => copies.map(({ destination }) => destination)),
    users: bundles.flatMap(usersOf),
  });
}

export function realScripts(hosts: ServerHosts, model: ServerRolloutModel, conductor: Conductor): ScriptRunner {
  return new RealScripts({
    conductor,
    hosts,
    bundle: runnableBundle(model),
    applicationName: model.application.name,
    deploymentGroupName: model.deploymentGroup.name.split('/').at(-1)!,
    deploymentGroupId: groupId(model.deploymentGroup.arn),
    simulated: simulatedScripts(conductor.scheduler, fleetBehaviour().scriptMs),
  });
}

function runnableBundle({ name, bundle }: ServerRolloutModel): BundleModel {
  if (bundle === undefined) {
    throw new UserError(`the scripts of rollout ${name} cannot be run, since the assembly does not hold its bundle; make it by ServerRevision.fromDirectory, or rehearse it without --run-scripts`);
  }
  if (bundle.os === 'windows') {
    throw new UserError(`the scripts of rollout ${name} cannot be run, since its bundle is for Windows, and what keeps scripts apart from this machine is of Linux; rehearse it without --run-scripts`);
  }
  return bundle;
}

const scriptsOf = ({ scripts }: BundleModel) => Object.values(scripts).flat();

const usersOf = (bundle: BundleModel): readonly string[] => [...new Set(scriptsOf(bundle).flatMap(({ runAs }) => runAs ?? []))];

/** A UUID, as the service gives each group; the same in every rehearsal. */
function groupId(arn: string): string {
  const hex = createHash('sha256').update(arn).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** What a report says of a rollout whose scripts have run for real. */
export function saidOfRealScripts(tool: FoundTool, { name, bundle }: ServerRolloutModel): { readonly approximated: readonly string[]; readonly notModelled: readonly string[] } {
  const users = bundle === undefined ? [] : usersOf(bundle).filter((user) => user !== 'root');
  const others = [...new Set((bundle?.permissions ?? []).flatMap((permission) => permission.others))];
  return {
    approximated: [
      `scripts of the bundle of ${name} ran for real, in ${tool.name === 'bwrap' ? 'bubblewrap' : 'user namespaces'} on this machine's own system: they took the time that they took here, so that two rehearsals differ, and at most ${MOST_SCRIPT_SECONDS} s each`,
      `instances: no network but 127.0.0.1, no system services such as systemd, and for each script ${LIMITS.memoryMegabytes} MB of data, files of ${LIMITS.fileMegabytes} MB and ${LIMITS.processes} processes`,
      'assumed of the service: a script that leaves an output open is an UnknownError, since the API has no name for what its agent tells',
      'the version before: its files are on the instances, and none of its scripts has run there',
      ...(tool.hasLoopback ? [] : ['127.0.0.1 of the instances: nothing here can set it up (ip of iproute2, ifconfig or perl), and programs do not reach each other']),
      ...(users.length === 0 ? [] : [`users of ${name}: scripts that run as ${users.join(', ')} ${tool.changesUser ? 'see themselves as that user, and may do with files what root may' : 'ran as root'}`]),
    ],
    notModelled: [
      'operating systems and agents: packages of the instances, versions of the agent, BUNDLE_ETAG',
      ...(others.length === 0 ? [] : [`permissions of ${name}: ${others.join(', ')}; modes are set`]),
    ],
  };
}
