/** Deployment groups of servers, Auto Scaling groups and deployments, as far as the resource of a deployment group touches them; and a clock of its own. */
import type { DeploymentFacts, Group } from '../../../lambda/core/deployment/facts';
import type { GroupSettings, SettingsUpdate, TagSelection } from '../../../lambda/core/server-groups/group-ports';
import type { GreenlightTags } from '../../../lambda/core/server-groups/marks';
import type { AutoScalingGroupFacts } from '../../../lambda/core/server-groups/ports';
import { Refusal } from './deployment-world';

export interface WorldGroup {
  readonly id: string;
  readonly platform?: string;
  /** As it was said last. */
  settings: Readonly<Record<string, unknown>>;
  autoScalingGroups: readonly string[];
  tags: GreenlightTags;
  attempted?: boolean;
  filters?: 'filters' | 'sets';
}

export interface WorldFleetDeployment {
  readonly id: string;
  readonly group: string;
  creator?: string;
  status: string;
  /** When it ends by itself. */
  endsAt: number;
  rollbackId?: string;
  /** The service rolls it back so many seconds after it has ended. */
  readonly rollsBackAfter?: number;
}

const key = ({ application, group }: Group): string => `${application}/${group}`;

/** Seconds that a group of Auto Scaling takes to go. */
const LEAVING_SECONDS = 25;

export class ServerGroupWorld {
  now = 0;
  stack: string | undefined = 'UPDATE_IN_PROGRESS';
  /** What stands for the resource in the stack. */
  current: string | undefined;
  readonly groups = new Map<string, WorldGroup>();
  readonly fleets = new Map<string, { desired: number; min: number; max: number; instances: number; goneAt?: number }>();
  readonly deployments: WorldFleetDeployment[] = [];
  /** What has been changed, in order. */
  readonly changes: string[] = [];
  /** Until then the service cannot assume the role. */
  roleKnownAt = 0;
  made = 0;

  advance(seconds: number): void {
    this.now += seconds;
    for (const [name, { goneAt }] of this.fleets) {
      if (goneAt !== undefined && goneAt <= this.now) {
        this.fleets.delete(name);
      }
    }
    this.deployments.forEach((deployment) => {
      if (deployment.endsAt <= this.now && deployment.status === 'InProgress') {
        deployment.status = 'Succeeded';
      }
    });
  }

  fleet(name: string, desired: number, max = 9): this {
    this.fleets.set(name, { desired, min: 0, max, instances: desired });
    return this;
  }

  group(name: string, autoScalingGroups: readonly string[], more: Partial<WorldGroup> = {}): this {
    this.groups.set(name, { id: `id of ${name}`, settings: {}, autoScalingGroups, tags: {}, ...more });
    return this;
  }

  deployment(deployment: Partial<WorldFleetDeployment> & Pick<WorldFleetDeployment, 'id'>): this {
    this.deployments.push({ group: 'web/fleet', status: 'InProgress', endsAt: Infinity, ...deployment });
    return this;
  }

  find(group: Group): WorldGroup | undefined {
    return this.groups.get(key(group));
  }

  create(group: Group, settings: GroupSettings, tags: GreenlightTags): void {
    this.needRole();
    if (this.groups.has(key(group))) {
      throw new Refusal('DeploymentGroupAlreadyExistsException', `Deployment Group already exists: ${group.group}`);
    }
    const { autoScalingGroups, ...said } = settings;
    this.group(key(group), autoScalingGroups, { id: `id-${++this.made}`, settings: said, tags });
    this.changes.push(`create ${key(group)} on ${autoScalingGroups.join()}`);
  }

  update(group: Group, settings: SettingsUpdate, selection: TagSelection = 'sets'): void {
    this.needRole();
    const found = this.need(group);
    const { autoScalingGroups, ...said } = settings;
    this.groups.set(key(group), { ...found, settings: said, autoScalingGroups: autoScalingGroups ?? found.autoScalingGroups, filters: undefined as never });
    this.changes.push(`update ${key(group)}${autoScalingGroups === undefined ? '' : ` on ${autoScalingGroups.join()}`}${selection === 'sets' ? '' : ', without filters'}`);
  }

  private needRole(): void {
    if (this.now < this.roleKnownAt) {
      throw new Refusal('InvalidRoleException', 'Cannot assume role provided.');
    }
  }

  remove(group: Group): void {
    if (this.groups.delete(key(group))) {
      this.changes.push(`delete ${key(group)}`);
    }
  }

  need(group: Group): WorldGroup {
    const found = this.find(group);
    if (found === undefined) {
      throw new Refusal('DeploymentGroupDoesNotExistException', `No Deployment Group found for name: ${group.group}`);
    }
    return found;
  }

  byArn(arn: string): WorldGroup {
    const [application = '', group = ''] = (arn.split(':').at(-1) ?? '').split('/');
    return this.need({ application, group });
  }

  tag(arn: string, tags: GreenlightTags): void {
    const found = this.byArn(arn);
    found.tags = { ...found.tags, ...tags };
    this.changes.push(`tag ${Object.keys(tags).join()}`);
  }

  untag(arn: string, keys: readonly string[]): void {
    const found = this.byArn(arn);
    found.tags = Object.fromEntries(Object.entries(found.tags).filter(([name]) => !keys.includes(name)));
    this.changes.push(`untag ${keys.join()}`);
  }

  facts(name: string): AutoScalingGroupFacts | undefined {
    const found = this.fleets.get(name);
    if (found === undefined) {
      return undefined;
    }
    const { goneAt, instances, ...sizes } = found;
    return { name, ...sizes, instances, inService: instances, ...(goneAt === undefined ? {} : { leaving: true }) };
  }

  scale(name: string, desired: number): void {
    Object.assign(this.fleets.get(name) ?? {}, { desired });
    this.changes.push(`scale ${name} to ${desired}`);
  }

  removeFleet(name: string): void {
    Object.assign(this.fleets.get(name) ?? {}, { goneAt: this.now + LEAVING_SECONDS });
    this.changes.push(`remove ${name}`);
  }

  running(group: Group): readonly WorldFleetDeployment[] {
    return this.deployments.filter((deployment) => deployment.group === key(group) && deployment.status === 'InProgress');
  }

  read(id: string): WorldFleetDeployment {
    const found = this.deployments.find((deployment) => deployment.id === id);
    if (found === undefined) {
      throw new Refusal('DeploymentDoesNotExistException', `The deployment ${id} could not be found`);
    }
    return found;
  }

  stop(id: string): void {
    const found = this.read(id);
    if (found.status !== 'InProgress') {
      throw new Refusal('DeploymentAlreadyCompletedException', `The deployment ${id} has ended`);
    }
    found.status = 'Stopped';
    this.changes.push(`stop ${id}`);
    if (found.rollsBackAfter !== undefined) {
      const rollbackId = `${id}-rollback`;
      found.rollbackId = rollbackId;
      this.deployment({ id: rollbackId, group: found.group, creator: 'codeDeployRollback', endsAt: this.now + found.rollsBackAfter });
    }
  }
}

export const deploymentFacts = ({ id, status, creator, rollbackId }: WorldFleetDeployment): DeploymentFacts => ({
  id,
  status,
  ...(creator === undefined ? {} : { creator }),
  ...(rollbackId === undefined ? {} : { rollbackId }),
  rollsBack: true,
});
