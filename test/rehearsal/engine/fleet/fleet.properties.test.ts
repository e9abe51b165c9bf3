import { predictBatches, type FleetSize } from '../../../../lib/model/server/batches';
import { requiredHealthy, type MinimumHealthyHosts, type ZonalConfiguration } from '../../../../lib/model/server/healthy-hosts';
import type { Fault } from '../../../../rehearsal/engine/fleet/faults';
import { fc } from '../../../support/properties';
import { FleetStage, instances, revision } from './fleet-stage';

const minimum: fc.Arbitrary<MinimumHealthyHosts> = fc.oneof(
  fc.record({ type: fc.constant('HOST_COUNT' as const), value: fc.nat(12) }),
  fc.record({ type: fc.constant('FLEET_PERCENT' as const), value: fc.nat(99) }),
  fc.constant({ type: 'MOST_CONCURRENCY' as const, value: 1 }),
);

const zonal: fc.Arbitrary<ZonalConfiguration | undefined> = fc.option(
  fc.record(
    {
      monitorDurationSeconds: fc.nat(100),
      firstZoneMonitorDurationSeconds: fc.nat(100),
      minimumHealthyHostsPerZone: fc.oneof(fc.record({ type: fc.constant('HOST_COUNT' as const), value: fc.nat(3) }), fc.record({ type: fc.constant('FLEET_PERCENT' as const), value: fc.nat(99) })),
    },
    { requiredKeys: [] },
  ),
  { nil: undefined },
);

const fleet: fc.Arbitrary<FleetSize> = fc.record({ a: fc.integer({ min: 1, max: 7 }), b: fc.nat(7), c: fc.nat(3) });

const specs = (size: FleetSize) => Object.entries(size).flatMap(([zone, count]) => instances(count, { zone }, zone));

const faults: fc.Arbitrary<readonly Fault[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('scriptFails' as const), event: fc.constantFrom('BeforeInstall' as const, 'ValidateService' as const), instances: fc.record({ share: fc.constantFrom(0.1, 0.3, 1) }) }),
    fc.record({ kind: fc.constant('hostLost' as const), event: fc.constantFrom('Install' as const, 'ApplicationStop' as const), instances: fc.record({ share: fc.constantFrom(0.1, 0.4) }) }),
    fc.record({ kind: fc.constant('slow' as const), factor: fc.constantFrom(2, 7), instances: fc.record({ share: fc.constantFrom(0.2, 0.5) }) }),
    fc.record({ kind: fc.constant('unhealthy' as const), instances: fc.record({ share: fc.constantFrom(0.1, 0.3) }) }),
  ),
  { maxLength: 3 },
);

const SETTINGS = { seed: 20261126, numRuns: 150 };

test('the batches of a deployment without faults are those that were predicted', () => {
  fc.assert(
    fc.property(fleet, minimum, zonal, (size, minimumHealthyHosts, zones) => {
      const stage = new FleetStage(specs(size), { group: { deploymentConfigName: 'Mine', minimumHealthyHosts, ...(zones === undefined ? {} : { zonal: zones }) } });
      const { deploymentId, completeTime } = stage.deploy();
      const batches = predictBatches(size, minimumHealthyHosts, zones);
      const begun = new Map<number, number>();
      for (const { lifecycleEvents } of stage.targets(deploymentId)) {
        const at = lifecycleEvents[0].startTime;
        if (at !== undefined) {
          begun.set(at, (begun.get(at) ?? 0) + 1);
        }
      }
      expect([...begun.entries()].sort(([first], [second]) => first - second).map(([, count]) => count)).toEqual(batches.map((batch) => batch.instances));
      expect(completeTime).toBe(batches.reduce((sum, batch) => sum + 7000 + (batch.monitorSeconds ?? 0) * 1000, 0));
    }),
    SETTINGS,
  );
});

test.each(['whole', 'rolling'] as const)('whatever fails, no more instances are down than the minimum allows, with %s batches', (batches) => {
  fc.assert(
    fc.property(fleet, minimum, faults, (size, minimumHealthyHosts, wrong) => {
      const all = specs(size);
      const stage = new FleetStage(all, { group: { minimumHealthyHosts, loadBalancers: ['lb'] }, fleet: { batches }, faults: wrong, initialRevision: revision('r0') });
      const required = requiredHealthy(minimumHealthyHosts, all.length);
      const id = stage.create(revision('r1', ['BeforeInstall', 'ValidateService']));
      stage.play();
      const down = new Set<string>();
      for (const change of stage.changes) {
        if (change.kind === 'instance') {
          down[change.status === 'InProgress' || change.status === 'Failed' ? 'add' : 'delete'](change.instanceId);
          expect(all.length - down.size).toBeGreaterThanOrEqual(Math.min(required, all.length));
        }
      }
      const { status, deploymentOverview } = stage.deployments.get(id);
      expect(Object.values(deploymentOverview).reduce((sum, count) => sum + count, 0)).toBe(all.length);
      expect(status === 'Succeeded').toBe(deploymentOverview.Succeeded >= Math.max(1, required) && deploymentOverview.Skipped === 0);
      for (const { lifecycleEvents } of stage.targets(id)) {
        expect(lifecycleEvents.map((event) => (event.status === 'Succeeded' ? 's' : event.status === 'Failed' ? 'f' : 'k')).join('')).toMatch(/^s*f?k*$/);
      }
    }),
    SETTINGS,
  );
});

test('in blue/green somebody is registered at every moment, and whoever has no traffic after a rollback is a replacement', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), minimum, faults, (count, minimumHealthyHosts, wrong) => {
      const onGreen = wrong.map((fault) => ({ ...fault, instances: { ...fault.instances, autoScalingGroup: 'green' } }));
      const stage = new FleetStage([...instances(count), ...instances(count, { autoScalingGroup: 'green' }, 'g')], {
        group: { minimumHealthyHosts, loadBalancers: ['lb'], rollbackEvents: ['DEPLOYMENT_FAILURE'], deployment: { type: 'BLUE_GREEN', provisioning: 'DISCOVER_EXISTING' } },
        faults: onGreen,
        initialRevision: revision('r0'),
      });
      const id = stage.create(revision('r1', ['BeforeInstall', 'ValidateService']), { targetInstances: { autoScalingGroups: ['green'] } });
      while (!stage.deployments.settled && stage.scheduler.runNext()) {
        expect(stage.fleet.registered('lb').size).toBeGreaterThan(0);
      }
      const registered = [...stage.fleet.registered('lb')].map((index) => stage.fleet.instance(index).autoScalingGroup);
      expect(new Set(registered)).toEqual(new Set([stage.deployments.get(id).status === 'Succeeded' ? 'green' : 'asg']));
      const { original, replacement } = stage.deployments.list().at(-1)!.traffic.at(-1)!;
      expect([original, replacement]).toEqual(stage.deployments.get(id).status === 'Succeeded' ? [0, 100] : [100, 0]);
    }),
    SETTINGS,
  );
});
