/** Two Auto Scaling groups, one of which serves, and a deployment group of instances that may be made, behind a running AWS endpoint. */
import { codeDeployBackend } from '../../../rehearsal/endpoints/codedeploy-backend';
import { AutoScaling } from '../../../rehearsal/engine/fleet/auto-scaling';
import { FaultProfile } from '../../../rehearsal/engine/fleet/faults';
import { Fleet } from '../../../rehearsal/engine/fleet/fleet';
import { fleetBehaviour } from '../../../rehearsal/engine/fleet/fleet-behaviour';
import { FleetDeployments } from '../../../rehearsal/engine/fleet/fleet-deployments';
import type { ServerGroupSettings } from '../../../rehearsal/engine/fleet/group-settings';
import type { RevisionLocation } from '../../../rehearsal/engine/deployment-record';
import { Agents } from '../../../rehearsal/engine/fleet/host-states';
import type { RevisionModel } from '../../../rehearsal/engine/fleet/revision';
import { ServerGroups } from '../../../rehearsal/engine/fleet/server-groups';
import { seededRandom } from '../../../rehearsal/engine/random';
import { instances, revision } from '../engine/fleet/fleet-stage';
import { ACCOUNT, AwsWorld, REGION } from './aws-world';

export const ROLE = `arn:aws:iam::${ACCOUNT}:role/deployer`;
export const NAMES = { applicationName: 'fleet', deploymentGroupName: 'web' };

/** What the template makes of the group. */
export const SETTINGS: ServerGroupSettings = {
  ...NAMES,
  deploymentConfigName: 'CodeDeployDefault.AllAtOnce',
  serviceRoleArn: ROLE,
  targets: { autoScalingGroups: ['blue'], ec2TagGroups: [], onPremisesTagGroups: [] },
  targetGroups: ['tg'],
  classicLoadBalancers: [],
  deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
  blueGreen: {
    deploymentReadyOption: { actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: 30 },
    terminateBlueInstancesOnDeploymentSuccess: { action: 'KEEP_ALIVE', terminationWaitTimeInMinutes: 0 },
    greenFleetProvisioningOption: { action: 'DISCOVER_EXISTING' },
  },
  outdatedInstances: 'UPDATE',
  terminationHook: false,
  rollback: { enabled: true, events: ['DEPLOYMENT_FAILURE'] },
  alarms: { enabled: true, ignorePollAlarmFailure: true, alarmNames: ['shop-errors'] },
  triggers: [],
};

export class ServersWorld {
  aws!: AwsWorld;
  scaling!: AutoScaling;
  groups!: ServerGroups;

  /** @param blueGreen whether the template's group is there */
  static async start(isThere = true): Promise<ServersWorld> {
    const world = new ServersWorld();
    world.aws = await AwsWorld.start(({ scheduler, alarms }) => {
      const random = seededRandom(1);
      const fleet = new Fleet([
        ...instances(2, { autoScalingGroup: 'blue', zone: `${REGION}a`, tags: { role: 'web' } }, 'i-b'),
        { id: 'onPremises-1', zone: 'onPremises', platform: 'onPremises', tags: {} },
      ]);
      world.scaling = new AutoScaling({ fleet, scheduler, random, launchMs: 60_000, terminateMs: 5000 });
      ['blue', 'green'].forEach((name) => world.scaling.add({ name, min: 0, max: 4, zones: [`${REGION}a`, `${REGION}b`], tags: { role: 'web' } }));
      const agents = new Agents(fleet);
      const revisions = new Map<string, RevisionModel>();
      let made = 0;
      const engine = {
        make: (group: FleetDeployments['group'], begins: boolean) => {
          made += 1;
          const life = `life ${made}`;
          return new FleetDeployments({
            group,
            agents,
            autoScaling: world.scaling,
            scheduler,
            random: (identity) => random(`${life} ${identity}`),
            alarms: { state: (name) => alarms.state(name) },
            faults: new FaultProfile([], random),
            fleetBehaviour: fleetBehaviour(),
            registers: begins,
            ...(begins ? { initialRevision: revision('r0') } : {}),
          });
        },
        revisionAt: (location: RevisionLocation) => {
          const key = JSON.stringify(location);
          const found = revisions.get(key) ?? { ...revision(`r${revisions.size + 1}`), location };
          revisions.set(key, found);
          return found;
        },
      };
      world.groups = new ServerGroups({
        region: REGION,
        arnPrefix: `arn:aws:codedeploy:${REGION}:${ACCOUNT}`,
        configs: [{ deploymentConfigName: 'half', minimumHealthyHosts: { type: 'FLEET_PERCENT', value: 50 } }],
        instancesPerDeployment: 1000,
        hasAutoScalingGroup: (name) => world.scaling.find(name) !== undefined,
        engine,
      });
      const group = world.groups.expect(NAMES, engine);
      if (isThere) {
        group.create(SETTINGS, true);
      }
      return { codeDeploy: codeDeployBackend([], [], [], { applications: ['fleet'], groups: world.groups }), autoScaling: world.scaling };
    });
    return world;
  }

  close(): Promise<void> {
    return this.aws.close();
  }
}
