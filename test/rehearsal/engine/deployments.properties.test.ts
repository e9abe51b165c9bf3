import { ECS_HOOK_EVENTS } from '../../../lib/model/lifecycle';
import type { TrafficRouting } from '../../../lib/model/traffic';
import type { DeploymentStatus } from '../../../lib/model/status';
import { ServiceError } from '../../../rehearsal/engine/ports';
import { Stage, type HookScript } from './stage';
import { fc } from '../../support/properties';

const TERMINAL: readonly DeploymentStatus[] = ['Succeeded', 'Failed', 'Stopped'];

const hookScript: fc.Arbitrary<HookScript> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ afterMs: fc.nat(3_700_000), status: fc.constant('Succeeded' as const) }) },
  fc.record({ afterMs: fc.nat(100_000), status: fc.constant('Failed' as const) }),
  fc.constant('silent' as const),
  fc.constant('denied' as const),
);

const traffic: fc.Arbitrary<TrafficRouting> = fc.oneof(
  fc.constant<TrafficRouting>({ type: 'AllAtOnce' }),
  fc.record({
    type: fc.constant('TimeBasedCanary' as const),
    percentage: fc.integer({ min: 1, max: 99 }),
    intervalMinutes: fc.integer({ min: 1, max: 60 }),
  }),
  fc.record({
    type: fc.constant('TimeBasedLinear' as const),
    percentage: fc.integer({ min: 1, max: 99 }),
    intervalMinutes: fc.integer({ min: 1, max: 20 }),
  }),
);

const at = fc.nat(8_000_000);
const interference = fc.oneof(
  fc.record({ kind: fc.constant('stop' as const), at, rollback: fc.option(fc.boolean(), { nil: undefined }) }),
  fc.record({ kind: fc.constant('continue' as const), at, wait: fc.constantFrom('READY_WAIT' as const, 'TERMINATION_WAIT' as const) }),
  fc.record({ kind: fc.constant('alarm' as const), at, forMs: fc.nat(60_000) }),
);

const world = fc.record({
  traffic,
  hooks: fc.dictionary(fc.constantFrom(...ECS_HOOK_EVENTS), hookScript, { maxKeys: 3 }),
  testListener: fc.boolean(),
  approvalWaitMinutes: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
  terminationWaitMinutes: fc.option(fc.nat(60), { nil: undefined }),
  rollbackEvents: fc.subarray(['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'] as const),
  startupMs: fc.nat(4_000_000),
  interferences: fc.array(interference, { maxLength: 4 }),
  releases: fc.integer({ min: 1, max: 3 }),
});

type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

function build({ traffic: routing, testListener, approvalWaitMinutes, terminationWaitMinutes, rollbackEvents }: World): Stage {
  const stage = new Stage({
    traffic: routing,
    deploymentConfigName: 'Custom',
    testListenerArn: testListener ? 'arn:test' : undefined,
    approvalWaitMinutes,
    terminationWaitMinutes,
    rollbackEvents,
  });
  stage.deployments.onChange((change) => {
    if (change.kind === 'traffic') {
      expect(change.original + change.replacement).toBe(100);
    }
    const weights = stage.deployments.routing.targets('production').map(({ weight }) => weight);
    expect(weights[0] + weights[1]).toBe(100);
  });
  return stage;
}

/** The service may refuse; anything else is a fault. */
function ask(action: () => void): void {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(ServiceError);
  }
}

function interfere(stage: Stage, interferences: World['interferences']): void {
  for (const one of interferences) {
    stage.scheduler.after(one.at, one.kind, () => {
      const active = stage.deployments.active();
      if (one.kind === 'alarm') {
        stage.alarms.errors = 'ALARM';
        stage.scheduler.after(one.forMs, 'green again', () => (stage.alarms.errors = 'OK'));
      } else if (active !== undefined) {
        ask(() => (one.kind === 'stop' ? stage.deployments.stop(active, { autoRollbackEnabled: one.rollback }) : stage.deployments.continue(active, one.wait)));
      }
    });
  }
}

test('whatever happens, every deployment ends once, in a lawful state', () => {
  fc.assert(
    fc.property(world, (drawn) => {
      const stage = build(drawn);
      for (let release = 1; release <= drawn.releases; release++) {
        interfere(stage, drawn.interferences);
        stage.create(`r${release}`, drawn.hooks, { release: { id: `r${release}`, startupMs: drawn.startupMs } });
        stage.play();
      }

      expect(stage.deployments.settled).toBe(true);
      for (const record of stage.deployments.list()) {
        const statuses = stage.changes.flatMap((change) => (change.kind === 'status' && change.deploymentId === record.deploymentId ? [change.status] : []));
        expect(TERMINAL).toContain(record.status);
        expect(statuses.filter((status) => TERMINAL.includes(status))).toEqual([record.status]);
        expect(statuses.at(-1)).toBe(record.status);
        const events = record.target.lifecycleEvents;
        expect(events).toHaveLength(drawn.testListener ? 8 : 6);
        expect(events.map(({ status }) => status).join(' ')).toMatch(/^((Succeeded|Failed)( |$))*(Skipped( |$))*$/);
        expect(events.filter(({ status }) => status === 'Failed').length).toBeLessThanOrEqual(1);
        expect(record.errorInformation === undefined).toBe(record.status === 'Succeeded');
        expect(record.completeTime).toBeGreaterThanOrEqual(record.createTime);
        if (record.creator === 'codeDeployRollback') {
          expect(stage.get(record.rollbackInfo?.rollbackTriggeringDeploymentId ?? '').rollbackInfo?.rollbackDeploymentId).toBe(record.deploymentId);
        }
      }
    }),
    { numRuns: 150 },
  );
});

test('after a success or a rollback all production traffic reaches a healthy release', () => {
  fc.assert(
    fc.property(world, (drawn) => {
      const stage = build(drawn);
      interfere(stage, drawn.interferences);
      const id = stage.create('r1', drawn.hooks, { release: { id: 'r1', startupMs: drawn.startupMs } });
      stage.play();

      const { status, rollbackInfo } = stage.get(id);
      const { routing } = stage.deployments;
      const reached = routing.targets('production').filter(({ weight }) => weight > 0).map(({ targetGroup }) => routing.release(targetGroup));
      if (status === 'Succeeded') {
        expect(reached).toEqual(['r1']);
      } else if (rollbackInfo !== undefined && stage.rollbackOf(id).status === 'Succeeded') {
        expect(reached).toEqual(['r0']);
      }
    }),
    { numRuns: 150 },
  );
});
