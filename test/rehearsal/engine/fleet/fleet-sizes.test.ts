/** Fleets of 1 to 20 instances played against the table that was worked out by hand: in place, installed on replacements, rerouted. */
import type { Fault } from '../../../../rehearsal/engine/fleet/faults';
import type { FleetGroupModel } from '../../../../rehearsal/engine/fleet/fleet-group';
import type { FleetDeploymentRecord } from '../../../../rehearsal/engine/fleet/fleet-record';
import { CELLS, type Cell } from '../../../lib/model/server/healthy-hosts-table';
import { FleetStage, instances, revision } from './fleet-stage';

type Phase = 'in place' | 'on replacements' | 'rerouting';

const PHASES: readonly Phase[] = ['in place', 'on replacements', 'rerouting'];

const GREEN = { autoScalingGroup: 'green' };

const names = (phase: Phase, count: number): string[] => instances(count, {}, phase === 'in place' ? 'i' : 'g').map(({ id }) => id);

function faultOf(phase: Phase, ids: readonly string[]): Fault {
  return phase === 'rerouting' ? { kind: 'unhealthy', instances: { ids } } : { kind: 'scriptFails', event: 'ValidateService', instances: { ids } };
}

function played(phase: Phase, { instances: count, minimum: minimumHealthyHosts }: Cell, failing: readonly string[]): FleetDeploymentRecord {
  const inPlace = phase === 'in place';
  const group: Partial<FleetGroupModel> = inPlace
    ? { minimumHealthyHosts }
    : { minimumHealthyHosts, loadBalancers: ['lb'], deployment: { type: 'BLUE_GREEN', provisioning: 'DISCOVER_EXISTING' } };
  const stage = new FleetStage(inPlace ? instances(count) : [...instances(count), ...instances(count, GREEN, 'g')], {
    group,
    fleet: { healthyTimeoutMs: 1000 },
    faults: failing.length === 0 ? [] : [faultOf(phase, failing)],
  });
  return stage.deploy(revision('r1', ['ValidateService']), inPlace ? {} : { targetInstances: { autoScalingGroups: ['green'] } });
}

describe.each(PHASES)('%s', (phase) => {
  test.each(CELLS)('$instances with $configuration', (cell) => {
    const { works, instances: count } = cell;
    const ids = names(phase, count);
    const good = played(phase, cell, []);
    if (works === undefined) {
      expect(good).toMatchObject({ status: 'Failed', errorInformation: { code: 'HEALTH_CONSTRAINTS_INVALID' } });
      return;
    }
    const { atATime, mustSucceed } = works;
    expect(good.status).toBe('Succeeded');
    if (phase === 'in place') {
      expect(good.mostAtATime).toBe(atATime);
    }
    // The last ones may fail, as many as the minimum leaves.
    expect(played(phase, cell, ids.slice(mustSucceed)).status).toBe('Succeeded');
    expect(played(phase, cell, ids.slice(mustSucceed - 1))).toMatchObject({ status: 'Failed', errorInformation: { code: 'HEALTH_CONSTRAINTS' } });
  });

  test.each(CELLS.filter(({ works }) => works !== undefined && works.mustSucceed > 1))('the first $works.atATime of $instances fail with $configuration', (cell) => {
    const ids = names(phase, cell.instances);
    const record = played(phase, cell, ids.slice(0, cell.works!.atATime));
    expect(record).toMatchObject({ status: 'Failed', errorInformation: { code: 'HEALTH_CONSTRAINTS' }, deploymentOverview: { Failed: cell.works!.atATime } });
  });
});

test.each([
  ['OneAtATime', ['i-9'], 'Succeeded'],
  ['OneAtATime', ['i-8'], 'Failed'],
  ['OneAtATime', ['i-1'], 'Failed'],
  ['HalfAtATime', ['i-1', 'i-2', 'i-3', 'i-9'], 'Succeeded'],
  ['HalfAtATime', ['i-1', 'i-2', 'i-3', 'i-8'], 'Failed'],
  ['AllAtOnce', ['i-1', 'i-2', 'i-3', 'i-4', 'i-5', 'i-6', 'i-7', 'i-8'], 'Succeeded'],
  ['AllAtOnce', ['i-1', 'i-2', 'i-3', 'i-4', 'i-5', 'i-6', 'i-7', 'i-8', 'i-9'], 'Failed'],
  ['HOST_COUNT 6', ['i-1', 'i-4', 'i-9'], 'Succeeded'],
  ['HOST_COUNT 6', ['i-1', 'i-4', 'i-7'], 'Failed'],
  ['FLEET_PERCENT 40', ['i-1', 'i-2', 'i-3', 'i-4', 'i-9'], 'Succeeded'],
  ['FLEET_PERCENT 40', ['i-1', 'i-2', 'i-3', 'i-4', 'i-5'], 'Failed'],
])('nine instances with %s, of which %j fail: %s', (configuration, failing, status) => {
  const cell = CELLS.find((each) => each.instances === 9 && each.configuration === configuration)!;
  expect(played('in place', cell, failing).status).toBe(status);
});
