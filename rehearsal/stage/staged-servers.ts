/** What the rollouts to instances share: the fleet with its Auto Scaling groups, and the deployment groups, which come and go. */
import { instancesPerDeployment } from '../../lib/model/server/quotas';
import type { ServerRolloutModel } from '../assembly/server-rollout-model';
import type { ServersBackend } from '../endpoints/codedeploy-servers';
import { FaultProfile } from '../engine/fleet/faults';
import { FleetDeployments } from '../engine/fleet/fleet-deployments';
import { ServerGroups } from '../engine/fleet/server-groups';
import type { AlarmStates, RandomFor } from '../engine/ports';
import type { Conductor } from '../sandbox/conductor';
import type { Scenario } from '../scenario/scenario';
import { serverConfigOf } from './server-models';
import { ServerRevisions } from './server-revisions';
import { StagedFleet } from './staged-fleet';

export interface ServerStage {
  readonly scenario: Scenario;
  readonly random: RandomFor;
  readonly conductor: Conductor;
  /** Whether the Auto Scaling groups of the template have been made. @default true */
  readonly fleetIsThere?: boolean | undefined;
  /** Alarms as the service role of a rollout reads them. */
  alarms(model: ServerRolloutModel): AlarmStates;
}

export class StagedServers implements ServersBackend {
  readonly fleet: StagedFleet;
  readonly groups: ServerGroups;
  readonly applications: readonly string[];

  /** @param models at least one */
  constructor(models: readonly ServerRolloutModel[], stage: ServerStage) {
    const { scenario, random, conductor } = stage;
    const [first] = models;
    this.fleet = new StagedFleet(models, scenario, random, conductor.scheduler, stage.fleetIsThere);
    this.applications = [...new Set(models.map(({ application }) => application.name))].sort();
    this.groups = new ServerGroups({
      region: first!.region,
      arnPrefix: first!.application.arn.split(':').slice(0, 5).join(':'),
      configs: models.map(serverConfigOf),
      instancesPerDeployment: scenario.fleet?.instancesPerDeployment ?? instancesPerDeployment(first!.region),
      hasAutoScalingGroup: (name) => this.fleet.autoScaling.find(name) !== undefined,
      engine: this.engineOf(first!, stage),
    });
  }

  /** A group that somebody makes beside those of the template, under a service role that is read as that of the first rollout. */
  private engineOf(model: ServerRolloutModel, { random, conductor, alarms }: ServerStage): ConstructorParameters<typeof ServerGroups>[0]['engine'] {
    const revisions = new ServerRevisions(model, []);
    let made = 0;
    return {
      revisionAt: (location) => revisions.at(location),
      make: (group) => {
        made += 1;
        const prefix = `group ${made}`;
        return new FleetDeployments({
          group,
          agents: this.fleet.agents,
          autoScaling: this.fleet.autoScaling,
          scheduler: conductor.scheduler,
          random: (identity) => random(`${prefix} ${identity}`),
          alarms: alarms(model),
          faults: new FaultProfile([], random),
          registers: false,
        });
      },
    };
  }
}
