/**
 * One deployment group of a fleet with its stack and its two Auto Scaling groups, as the deployment provider meets them. Time is virtual; instances that are asked for are in service after a
 * while, deployments run for a while, and there is one at a time.
 */
import type { DeploymentFacts, DeploymentPorts } from '../../../lambda/core/deployment/facts';
import type { NewServerDeployment } from '../../../lambda/core/deployment/server-facts';
import { step } from '../../../lambda/core/deployment/step';
import { ServiceFailure } from '../../../lambda/core/failures';
import type { AutoScalingGroupFacts } from '../../../lambda/core/server-groups/ports';
import type { ResourceAnswer, ResourceRequest, StepReturn } from '../../../lib/model/deployment-request';
import type { StackEventFacts } from '../../../lambda/core/deployment/facts';
import { NO_CONCURRENCY, NO_VERSIONS } from './function-versions';
import { NO_SERVER_GROUPS } from './server-groups';
import { deployed, servers } from './server-requests';
import { NO_TASK_DEFINITIONS } from './task-definitions';
import { virtualClock } from './virtual-clock';

const EPOCH = Date.UTC(2026, 0, 5, 9);

/** Which call; the number of calls of that name before. `kill after`: the function dies when the call has been made. */
export type FleetFault = (call: string, before: number) => { readonly when: 'before' | 'after'; readonly error: Error } | undefined;

export class FleetKilled extends Error {}

interface Fleet {
  desired: number;
  inService: number;
  /** When what was asked for is in service, in seconds. */
  readyAt: number;
}

export class FleetWorld {
  /** Seconds. */
  now = 0;
  stack = 'UPDATE_IN_PROGRESS';
  history: readonly StackEventFacts[] = [];
  outcome: 'Succeeded' | 'Failed' = 'Succeeded';
  pointed = 'blue';
  /** Ids of deployments that have begun to take the originals' traffic. */
  readonly touched: string[] = [];
  /** The deployment group was deleted. */
  gone = false;
  readonly fleets: Record<string, Fleet> = { blue: { desired: 3, inService: 3, readyAt: 0 }, green: { desired: 0, inService: 0, readyAt: 0 } };
  readonly deployments: (DeploymentFacts & { readonly endsAt: number })[] = [{ ...deployed('d-1', 'Succeeded', { createdAt: EPOCH - 1_000_000 }), endsAt: -1_000 }];
  readonly created: NewServerDeployment[] = [];
  readonly calls: string[] = [];
  readonly lines: string[] = [];

  constructor(private readonly fault: FleetFault = () => undefined) {}

  /** Instances stay at what they are. */
  stuck = false;

  advance(seconds: number): void {
    this.now += seconds;
    for (const fleet of Object.values(this.fleets)) {
      fleet.inService = fleet.desired < fleet.inService ? fleet.desired : !this.stuck && fleet.readyAt <= this.now ? fleet.desired : fleet.inService;
    }
  }

  private call<T>(name: string, work: () => T): Promise<T> {
    const before = this.calls.filter((known) => known === name).length;
    this.calls.push(name);
    const fault = this.fault(name, before);
    if (fault?.when === 'before') {
      return Promise.reject(fault.error);
    }
    const value = work();
    return fault === undefined ? Promise.resolve(value) : Promise.reject(fault.error);
  }

  private seen(): readonly DeploymentFacts[] {
    return this.deployments.map(({ endsAt, ...facts }) => (endsAt > this.now ? { ...facts, status: 'InProgress' } : facts));
  }

  private begin(deployment: NewServerDeployment): string {
    if (this.seen().some(({ status }) => status === 'InProgress')) {
      throw new ServiceFailure('codedeploy:CreateDeployment', 'DeploymentLimitExceededException', 'has one already', false);
    }
    const id = `d-${this.deployments.length + 1}`;
    this.created.push(deployment);
    const { description, revision, replacement } = deployment;
    const facts = servers({ revision, blueGreen: replacement !== undefined, replacements: replacement === undefined ? [] : [replacement] });
    this.deployments.push({ ...deployed(id, this.outcome, { description, rollsBack: false, createdAt: EPOCH + this.now * 1_000, servers: facts }), endsAt: this.now + 60 });
    return id;
  }

  ports(): DeploymentPorts {
    const inner = virtualClock();
    const line = (message: string) => this.lines.push(message);
    const fleetFacts = (name: string): AutoScalingGroupFacts => ({ name, min: 0, max: 9, desired: this.fleets[name]!.desired, inService: this.fleets[name]!.inService, instances: this.fleets[name]!.inService });
    return {
      clock: { ...inner, epoch: () => EPOCH + this.now * 1_000 + inner.now() },
      random: () => 0.5,
      log: { info: line, warn: line, error: line },
      deployments: {
        search: ({ since, running }) =>
          this.call(running === true ? 'ListRunning' : 'ListSince', () => this.seen().filter(({ createdAt, status }) => (running === true ? status === 'InProgress' : createdAt! >= since!))),
        read: (id) => this.call('GetDeployment', () => this.seen().find((deployment) => deployment.id === id)!),
        events: () => Promise.reject(new Error('servers have many targets')),
        create: () => Promise.reject(new Error('servers have no AppSpec here')),
        stop: () => Promise.reject(new Error('nothing is stopped here')),
      },
      serverDeployments: { create: (deployment) => this.call('CreateDeployment', () => this.begin(deployment)), failed: () => this.call('Failed', () => ({ count: 0, first: [] })) },
      originals: { touched: (id) => this.call('ListDeploymentTargets', () => this.touched.includes(id)) },
      ...NO_SERVER_GROUPS,
      serverGroups: {
        ...NO_SERVER_GROUPS.serverGroups,
        read: () => {
          const newest = this.seen().filter(({ status }) => status !== 'InProgress');
          const group = () => ({
            id: 'g',
            autoScalingGroups: [this.pointed],
            blueGreen: true,
            lastSuccessful: newest.findLast(({ status }) => status === 'Succeeded')!.id,
            lastAttempted: newest.at(-1)!.id,
          });
          return this.call('GetDeploymentGroup', () => (this.gone ? undefined : group()));
        },
      },
      autoScalingGroups: {
        ...NO_SERVER_GROUPS.autoScalingGroups,
        describe: (names) => this.call('DescribeAutoScalingGroups', () => names.map(fleetFacts)),
        scale: (name, desired) =>
          this.call(`Scale ${name} to ${desired}`, () => {
            this.fleets[name] = { ...this.fleets[name]!, desired, readyAt: this.now + 40 };
          }),
      },
      services: { primary: () => Promise.reject(new Error('no service')) },
      aliases: { alias: () => Promise.reject(new Error('no alias')) },
      stacks: { statusOf: () => this.call('DescribeStacks', () => this.stack), history: () => this.call('DescribeStackEvents', () => this.history) },
      hookLogs: { reason: () => Promise.reject(new Error('no log')) },
      listeners: { listeners: () => Promise.reject(new Error('no listener')) },
      responses: { put: () => Promise.reject(new Error('no step answers')) },
      taskDefinitions: NO_TASK_DEFINITIONS,
      functionVersions: NO_VERSIONS,
      concurrency: NO_CONCURRENCY,
    };
  }

  /** As the state machine plays it; what a step hands on goes through JSON. */
  async play(request: ResourceRequest, beforeStep: (number: number) => unknown = () => undefined): Promise<ResourceAnswer> {
    const startedAt = new Date(EPOCH + this.now * 1_000).toISOString();
    let memory: object = {};
    for (let number = 1; number <= 1_000; number++) {
      beforeStep(number);
      const returned = await this.tried((retries) => step({ action: 'step', request, startedAt, retries, memory }, this.ports()));
      if (returned.done) {
        return returned.answer;
      }
      this.advance(returned.waitSeconds);
      memory = returned.memory;
    }
    throw new Error('no answer');
  }

  private async tried(invoke: (retries: number) => Promise<StepReturn>): Promise<StepReturn> {
    for (let retries = 0; ; retries++) {
      try {
        return JSON.parse(JSON.stringify(await invoke(retries))) as StepReturn;
      } catch (error) {
        if (!(error instanceof FleetKilled) || retries === 8) {
          throw error;
        }
        this.advance(2 ** (retries + 1));
      }
    }
  }
}

