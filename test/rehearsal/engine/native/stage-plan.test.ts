import { nativeBehaviour } from '../../../../rehearsal/engine/native/native-behaviour';
import type { NativeServiceModel } from '../../../../rehearsal/engine/native/service-model';
import { forwardStages, rollbackStages, shiftSteps } from '../../../../rehearsal/engine/native/stage-plan';

const MINUTE = 60_000;
const DEFAULTS = nativeBehaviour();

const service = (own: Partial<NativeServiceModel>): NativeServiceModel => ({
  clusterName: 'apps',
  serviceName: 'web',
  serviceArn: 'arn',
  strategy: 'BLUE_GREEN',
  hooks: [],
  targetGroups: [{ name: 'blue', arn: 'b' }, { name: 'green', arn: 'g' }],
  hasTestListener: true,
  alarmNames: [],
  rollbackOnAlarm: true,
  ...own,
});

test.each<[Partial<NativeServiceModel>, readonly (readonly [number, number])[]]>([
  [{}, [[100, 0]]],
  [{ strategy: 'CANARY' }, [[5, 10 * MINUTE], [100, 0]]],
  [{ strategy: 'CANARY', stepPercent: 0.1, stepBakeMinutes: 0 }, [[0.1, 0], [100, 0]]],
  [{ strategy: 'CANARY', stepPercent: 100, stepBakeMinutes: 5 }, [[100, 0]]],
  [{ strategy: 'LINEAR', stepPercent: 40, stepBakeMinutes: 2 }, [[40, 2 * MINUTE], [80, 2 * MINUTE], [100, 0]]],
  [{ strategy: 'LINEAR', stepPercent: 33.3, stepBakeMinutes: 1 }, [[33.3, MINUTE], [66.6, MINUTE], [99.9, MINUTE], [100, 0]]],
  [{ strategy: 'LINEAR', stepPercent: 50, stepBakeMinutes: 1 }, [[50, MINUTE], [100, 0]]],
])('%j moves traffic so', (own, steps) => {
  expect(shiftSteps(service(own), DEFAULTS)).toEqual(steps.map(([percent, waitMs]) => ({ percent, waitMs })));
});

test('a linear shift takes ten steps, six minutes apart, where the service names none', () => {
  const steps = shiftSteps(service({ strategy: 'LINEAR' }), DEFAULTS);
  expect(steps.map(({ percent }) => percent)).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  expect(steps.map(({ waitMs }) => waitMs)).toEqual([...Array.from({ length: 9 }, () => 360_000), 0]);
});

test('the production stages come in pairs, once for each step', () => {
  const names = forwardStages(service({ strategy: 'CANARY' }), DEFAULTS).map(({ stage, percent }) => `${stage}${percent === undefined ? '' : ` ${percent}`}`);
  expect(names).toEqual([
    'PRE_SCALE_UP', 'SCALE_UP', 'POST_SCALE_UP', 'TEST_TRAFFIC_SHIFT', 'POST_TEST_TRAFFIC_SHIFT',
    'PRE_PRODUCTION_TRAFFIC_SHIFT 5', 'PRODUCTION_TRAFFIC_SHIFT 5', 'PRE_PRODUCTION_TRAFFIC_SHIFT 100', 'PRODUCTION_TRAFFIC_SHIFT 100',
    'POST_PRODUCTION_TRAFFIC_SHIFT', 'BAKE_TIME', 'CLEAN_UP',
  ]);
});

test('what is switched comes and goes', () => {
  const names = (own: Partial<NativeServiceModel>, switched: Parameters<typeof nativeBehaviour>[0]) => forwardStages(service(own), nativeBehaviour(switched)).map(({ stage }) => stage);
  expect(names({}, { reconcileIsPlayed: true })[0]).toBe('RECONCILE_SERVICE');
  expect(names({ hasTestListener: false }, {})).toContain('POST_TEST_TRAFFIC_SHIFT');
  expect(names({ hasTestListener: false }, { testStagesWithoutTestListener: false }).filter((stage) => stage.includes('TEST'))).toEqual([]);
});

test.each([
  [{ production: true, test: true, tasks: true }, {}, ['PRODUCTION_TRAFFIC_SHIFT', 'TEST_TRAFFIC_SHIFT', 'CLEAN_UP']],
  [{ production: true, test: true, tasks: true }, { rollbackOrder: 'testFirst' as const }, ['TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT', 'CLEAN_UP']],
  [{ production: false, test: true, tasks: true }, {}, ['TEST_TRAFFIC_SHIFT', 'CLEAN_UP']],
  [{ production: false, test: false, tasks: true }, {}, ['CLEAN_UP']],
  [{ production: false, test: false, tasks: false }, {}, []],
  [{ production: false, test: false, tasks: false }, { rollbackReplaysUnmovedStages: true }, ['PRODUCTION_TRAFFIC_SHIFT', 'TEST_TRAFFIC_SHIFT']],
])('from %j the way back is %j %j', (moved, switched, stages) => {
  const planned = rollbackStages(moved, nativeBehaviour(switched));
  expect(planned.map(({ stage }) => stage)).toEqual(stages);
  expect(planned.every(({ rollback }) => rollback === true)).toBe(true);
});
