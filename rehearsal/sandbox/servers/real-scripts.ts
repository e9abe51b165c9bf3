/** Runs the scripts of a rollout's bundle for real, and does with its files what the agent does, each on the simulated instance that it is for. */
import type { FileExistsBehavior } from '../../../lib/model/server/events';
import { isObject } from '../../assembly/read-json';
import type { BundleModel } from '../../assembly/server-bundle';
import type { RevisionLocation } from '../../engine/deployment-record';
import type { Instance } from '../../engine/fleet/fleet';
import { scriptMissingMessage, scriptNotExecutableMessage } from '../../engine/fleet/fleet-messages';
import type { RevisionModel, ScriptModel } from '../../engine/fleet/revision';
import { ScriptLog } from '../../engine/fleet/script-log';
import type { FileWork, HostFiles, ScriptExecution, ScriptRunner } from '../../engine/fleet/scripts';
import type { Diagnostics } from '../../engine/fleet/target-log';
import type { Conductor } from '../conductor';
import { archiveFolder } from './agent-paths';
import { downloadProgram, installProgram } from './install-program';
import { MOST_SCRIPT_SECONDS, type ScriptEnd, scriptEnd, type ScriptResult } from './script-result';
import { checkProgram, MISSING, NOT_EXECUTABLE, runProgram, scriptPath } from './script-program';
import type { ServerHosts } from './server-hosts';
import type { ServerSandbox } from './server-sandbox';

export interface RealScriptsOptions {
  readonly conductor: Conductor;
  readonly hosts: ServerHosts;
  readonly bundle: BundleModel;
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  /** The service's own id of the group, a UUID. */
  readonly deploymentGroupId: string;
  /** Runs what the scenario lets fail. */
  readonly simulated: ScriptRunner;
  /** Longest time for a script, whatever its own time-out. @default 120 */
  readonly mostSeconds?: number;
}

/** What files of a bundle may take; scripts have a time-out of their own. */
const FILES_MS = 120_000;

/** The deployment whose archive the instances have before the rehearsal. */
const BEFORE = 'd-BEFORE000';

interface Work {
  readonly ms: number;
  readonly failure?: Diagnostics;
}

export class RealScripts implements ScriptRunner {
  readonly files: HostFiles = {
    preinstalled: (instance, revision) => this.#preinstalled.set(instance, revision),
    download: (work, done) => this.#start(`DownloadBundle on ${work.instance.id}`, work.instance, (sandbox) => this.#download(sandbox, work), done),
    install: (work, done) => this.#start(`Install on ${work.instance.id}`, work.instance, (sandbox) => this.#install(sandbox, work), done),
  };
  readonly #options: RealScriptsOptions;
  readonly #bundle: string;
  readonly #preinstalled = new Map<number, RevisionModel>();
  /** Deployment that brought a revision last, by instance. */
  readonly #deployments = new Map<number, Map<RevisionModel, string>>();

  /** @throws UserError where the bundle is too large, or leads out of its folder */
  constructor(options: RealScriptsOptions) {
    this.#options = options;
    this.#bundle = options.hosts.addBundle(options.bundle.path);
    options.hosts.prepare((sandbox, instance) => this.#prepare(sandbox, instance));
  }

  run(execution: ScriptExecution, done: (failure?: Diagnostics) => void): void {
    if (execution.fault !== undefined) {
      this.#options.simulated.run(execution, done);
      return;
    }
    this.#start(`${execution.event} on ${execution.instance.id}`, execution.instance, (sandbox) => this.#scripts(sandbox, execution), done);
  }

  /** Time stands still while something really runs, and then goes on by what it has taken. */
  #start(label: string, instance: Instance, action: (sandbox: ServerSandbox) => Promise<Work>, done: (failure?: Diagnostics) => void): void {
    const { conductor, hosts } = this.#options;
    // Every program has a time-out, and waits for its turn.
    const finished = conductor.busy(label, Infinity);
    hosts
      .work(instance, action)
      .then(({ ms, failure }) => conductor.scheduler.after(Math.max(1, Math.round(ms)), label, () => done(failure)))
      .catch((error: unknown) => conductor.fail(error))
      .finally(finished);
  }

  async #prepare(sandbox: ServerSandbox, instance: Instance): Promise<void> {
    const revision = this.#preinstalled.get(instance.index);
    if (revision !== undefined) {
      const work = { instance, revision, deploymentId: BEFORE, slowness: 1 };
      const downloaded = await this.#download(sandbox, work);
      const { failure } = downloaded.failure === undefined ? await this.#install(sandbox, { ...work, fileExistsBehavior: 'OVERWRITE' }) : downloaded;
      if (failure !== undefined) {
        throw new Error(`the version before cannot be put on instance ${instance.id}: ${failure.message}`);
      }
    }
  }

  async #download(sandbox: ServerSandbox, { instance, revision, deploymentId, slowness }: FileWork): Promise<Work> {
    const known = this.#deployments.get(instance.index) ?? new Map<RevisionModel, string>();
    this.#deployments.set(instance.index, known.set(revision, deploymentId));
    return this.#withFiles(sandbox, downloadProgram(this.#options.deploymentGroupId, deploymentId, this.#bundle), slowness);
  }

  #install(sandbox: ServerSandbox, { deploymentId, slowness, fileExistsBehavior }: FileWork & { readonly fileExistsBehavior: FileExistsBehavior }): Promise<Work> {
    const { deploymentGroupId: groupId, bundle } = this.#options;
    return this.#withFiles(sandbox, installProgram({ groupId, deploymentId, bundle, fileExistsBehavior }), slowness);
  }

  async #withFiles(sandbox: ServerSandbox, program: string, slowness: number): Promise<Work> {
    const said = new ScriptLog();
    const end = await sandbox.run(program, { timeoutMs: FILES_MS, onLine: (_, line) => said.append(line) });
    const ms = end.wallMs * slowness;
    if (end.kind === 'exited' && end.status === 0) {
      return { ms };
    }
    const message = end.kind === 'gone' ? `The simulated instance has ended: ${end.reason}` : said.text.trim() || `It did not end within ${FILES_MS / 1000} seconds`;
    return { ms, failure: { errorCode: 'UnknownError', message } };
  }

  async #scripts(sandbox: ServerSandbox, execution: ScriptExecution): Promise<Work> {
    const log = new ScriptLog();
    log.append(`LifecycleEvent - ${execution.event}\n`);
    let ms = 0;
    for (const script of execution.scripts) {
      const end = await this.#script(sandbox, execution, script, log);
      ms += end.ms;
      if (end.failure !== undefined) {
        const { text } = log;
        return { ms, failure: { ...end.failure, scriptName: script.location, ...(text === '' ? {} : { logTail: text }) } };
      }
    }
    return { ms };
  }

  async #script(sandbox: ServerSandbox, execution: ScriptExecution, script: ScriptModel, log: ScriptLog): Promise<ScriptResult> {
    const { instance, revision, slowness } = execution;
    const { deploymentGroupId, hosts, mostSeconds = MOST_SCRIPT_SECONDS } = this.#options;
    const deploymentId = this.#deployments.get(instance.index)?.get(revision) ?? execution.deploymentId;
    const path = scriptPath(archiveFolder(deploymentGroupId, deploymentId), script.location);
    const found = await sandbox.run(checkProgram(path), { timeoutMs: FILES_MS });
    if (found.kind === 'exited' && (found.status === MISSING || found.status === NOT_EXECUTABLE)) {
      return found.status === MISSING
        ? { ms: found.wallMs, failure: { errorCode: 'ScriptMissing', message: scriptMissingMessage(path) } }
        : { ms: found.wallMs, failure: { errorCode: 'ScriptNotExecutable', message: scriptNotExecutableMessage(script.location) } };
    }
    log.append(`Script - ${script.location}\n`);
    const { runAs } = script;
    const userId = runAs === undefined || !hosts.tool.changesUser ? undefined : hosts.userIds.get(runAs);
    const program = runProgram({ path, environment: { ...this.#environment(execution), ...(runAs === undefined ? {} : userOf(runAs)) }, ...(userId === undefined ? {} : { userId }) });
    const end: ScriptEnd = await sandbox.run(program, {
      timeoutMs: Math.min(script.timeoutSeconds, mostSeconds) * 1000,
      onLine: (output, line) => log.append(`[std${output}]${line}`),
    });
    return scriptEnd(end, script, slowness, mostSeconds);
  }

  /** @see https://github.com/aws/aws-codedeploy-agent/blob/master/lib/instance_agent/plugins/codedeploy/command_executor.rb */
  #environment({ event, deploymentId, revision }: ScriptExecution): Readonly<Record<string, string>> {
    const { applicationName, deploymentGroupName, deploymentGroupId } = this.#options;
    return {
      LIFECYCLE_EVENT: event,
      DEPLOYMENT_ID: deploymentId,
      APPLICATION_NAME: applicationName,
      DEPLOYMENT_GROUP_NAME: deploymentGroupName,
      DEPLOYMENT_GROUP_ID: deploymentGroupId,
      ...bundleVariables(revision.location),
    };
  }
}

/** What `su` sets. */
const userOf = (name: string): Readonly<Record<string, string>> => ({ HOME: name === 'root' ? '/root' : `/home/${name}`, SHELL: '/bin/sh', ...(name === 'root' ? {} : { USER: name, LOGNAME: name }) });

/** Without `BUNDLE_ETAG`, which only the upload makes known. */
function bundleVariables(location: RevisionLocation = {}): Readonly<Record<string, string>> {
  const { s3Location, gitHubLocation } = location;
  const values = { BUNDLE_BUCKET: at(s3Location, 'bucket'), BUNDLE_KEY: at(s3Location, 'key'), BUNDLE_VERSION: at(s3Location, 'version'), BUNDLE_COMMIT: at(gitHubLocation, 'commitId') };
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function at(part: unknown, key: string): string | undefined {
  const value = isObject(part) ? part[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}
