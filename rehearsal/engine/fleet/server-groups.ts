/** Deployment groups of EC2/on-premises as they come and go: those of the template, and those that somebody makes. */
import type { Cancel } from '../ports';
import { ServiceError } from '../ports';
import type { FleetDeployments } from './fleet-deployments';
import type { FleetGroupModel } from './fleet-group';
import type { FleetChange } from './fleet-record';
import { checkGroupSettings, groupModelOf, type GroupSurroundings, type ServerGroupSettings } from './group-settings';
import type { RevisionModel } from './revision';
import type { RevisionLocation } from '../deployment-record';

/** What a group needs that plays: deployments of it, and what the revisions are that it is told to deploy. */
export interface GroupEngine {
  /** What deployments that nobody requests do with files, and with an ApplicationStop that fails. @default as the API's defaults */
  readonly defaults?: Pick<FleetGroupModel, 'fileExistsBehavior' | 'ignoreApplicationStopFailures'>;
  /** @param begins whether the group was there, and had been deployed to, before anything was played */
  make(group: FleetGroupModel, begins: boolean): FleetDeployments;
  /** What lies at a place; a revision without scripts where nobody knows. The same place is the same revision. */
  revisionAt(location: RevisionLocation): RevisionModel;
}

export interface ServerGroupsOptions extends GroupSurroundings {
  /** `arn:PARTITION:codedeploy:REGION:ACCOUNT` */
  readonly arnPrefix: string;
  readonly instancesPerDeployment: number;
  /** Of groups that are not the template's. */
  readonly engine: GroupEngine;
}

export interface ServerGroupName {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
}

export type Tags = Readonly<Record<string, string>>;

/** One group, whether it is there or not. */
export class ServerGroup {
  #settings: ServerGroupSettings | undefined;
  #deployments: FleetDeployments | undefined;
  /** How often one of the name was made. */
  #lives = 0;
  tags: Tags = {};
  readonly #listeners = new Set<(change: FleetChange) => void>();
  readonly #past: FleetDeployments[] = [];

  constructor(
    readonly name: ServerGroupName,
    readonly engine: GroupEngine,
    private readonly model: (settings: ServerGroupSettings) => FleetGroupModel,
  ) {}

  get exists(): boolean {
    return this.#settings !== undefined;
  }

  /** Differs between groups that had the same name one after the other. */
  get identity(): string {
    return `${this.name.applicationName}/${this.name.deploymentGroupName}/${this.#lives}`;
  }

  /** With the instances that a deployment has made the group's own. Only of one that is there. */
  get settings(): ServerGroupSettings {
    return { ...this.#settings!, targets: this.deployments.group.targets };
  }

  /** Those of the group that is there, or was last. */
  get deployments(): FleetDeployments {
    return this.#deployments!;
  }

  /** Those of all groups that had the name. */
  get all(): readonly FleetDeployments[] {
    return this.#past;
  }

  create(settings: ServerGroupSettings, begins: boolean, tags: Tags = {}): void {
    this.#lives += 1;
    this.#settings = settings;
    this.tags = tags;
    const made = this.engine.make({ ...this.model(settings), ...this.engine.defaults }, begins);
    this.#listeners.forEach((listener) => made.onChange(listener));
    this.#past.push(made);
    this.#deployments = made;
  }

  update(settings: ServerGroupSettings): void {
    this.#settings = settings;
    this.deployments.configure({ ...this.model(settings), ...this.engine.defaults });
  }

  delete(): void {
    this.#settings = undefined;
    this.deployments.leave();
  }

  /** Told of deployments of every group that has the name. */
  onChange(listener: (change: FleetChange) => void): Cancel {
    this.#listeners.add(listener);
    const cancels = this.#past.map((deployments) => deployments.onChange(listener));
    return () => {
      this.#listeners.delete(listener);
      cancels.forEach((cancel) => cancel());
    };
  }
}

export class ServerGroups {
  readonly #groups: ServerGroup[] = [];

  constructor(private readonly options: ServerGroupsOptions) {}

  /** Those that are there. */
  get existing(): readonly ServerGroup[] {
    return this.#groups.filter(({ exists }) => exists);
  }

  /** The template's group, which is not there before it is created. */
  expect(name: ServerGroupName, engine: GroupEngine): ServerGroup {
    const group = new ServerGroup(name, engine, (settings) => this.model(settings));
    this.#groups.push(group);
    return group;
  }

  find({ applicationName, deploymentGroupName }: ServerGroupName): ServerGroup | undefined {
    return this.existing.find(({ name }) => name.applicationName === applicationName && name.deploymentGroupName === deploymentGroupName);
  }

  /** Whose a deployment is, with all others of the group of that time; a group that is gone has its deployments still. */
  ofDeployment(id: string): FleetDeployments | undefined {
    return this.deployments.find((each) => each.has(id));
  }

  /** Of all groups that are or were there. */
  get deployments(): readonly FleetDeployments[] {
    return this.#groups.flatMap(({ all }) => all);
  }

  /** @throws ServiceError DeploymentGroupAlreadyExistsException, and as `checkGroupSettings` does */
  create(settings: ServerGroupSettings, tags: Tags): ServerGroup {
    const { applicationName, deploymentGroupName } = settings;
    if (this.find(settings) !== undefined) {
      throw new ServiceError('DeploymentGroupAlreadyExistsException', `Deployment group ${deploymentGroupName} already exists for application ${applicationName}`);
    }
    checkGroupSettings(settings, this.options);
    const expected = this.#groups.find(({ name }) => name.applicationName === applicationName && name.deploymentGroupName === deploymentGroupName);
    const group = expected ?? this.expect({ applicationName, deploymentGroupName }, this.options.engine);
    group.create(settings, false, tags);
    return group;
  }

  /** @throws ServiceError as `checkGroupSettings` does */
  update(group: ServerGroup, settings: ServerGroupSettings): void {
    checkGroupSettings(settings, this.options);
    group.update(settings);
  }

  private model(settings: ServerGroupSettings): FleetGroupModel {
    const { arnPrefix, configs, instancesPerDeployment } = this.options;
    const { applicationName, deploymentGroupName } = settings;
    return groupModelOf(settings, {
      configs,
      applicationArn: `${arnPrefix}:application:${applicationName}`,
      deploymentGroupArn: `${arnPrefix}:deploymentgroup:${applicationName}/${deploymentGroupName}`,
      instancesPerDeployment,
    });
  }
}
