import { ECS_NATIVE_HOOK_STAGES, ECS_NATIVE_STAGES, isRollbackInvocation, NEAREST_STAGE } from '../../../lib/model/ecs-native';
import { ECS_HOOK_EVENTS } from '../../../lib/model/lifecycle';
import type { Weights } from '../../lambda/support/native-events';
import { BLUE, GREEN, nativeEvent } from '../../lambda/support/native-events';

const OTHER = GREEN.replace('9313', '7777');

describe('isRollbackInvocation', () => {
  test.each<[string, Parameters<typeof nativeEvent>[0], Weights, boolean]>([
    // As the developer guide shows them.
    ['production moves to green', 'PRODUCTION_TRAFFIC_SHIFT', { production: { [GREEN]: 100, [BLUE]: 0 } }, false],
    ['production moves back to blue', 'PRODUCTION_TRAFFIC_SHIFT', { production: { [GREEN]: 0, [BLUE]: 100 } }, true],
    ['before production moves, blue has everything: no rollback', 'PRE_PRODUCTION_TRAFFIC_SHIFT', { production: { [GREEN]: 0, [BLUE]: 100 } }, false],
    ['test traffic moves to green', 'TEST_TRAFFIC_SHIFT', { test: { [GREEN]: 100, [BLUE]: 0 } }, false],
    ['test traffic moves back', 'TEST_TRAFFIC_SHIFT', { test: { [GREEN]: 0, [BLUE]: 100 } }, true],
    ['test traffic moves to green while production is on blue', 'TEST_TRAFFIC_SHIFT', { test: { [GREEN]: 100, [BLUE]: 0 }, production: { [GREEN]: 0, [BLUE]: 100 } }, false],
    ['no test weights, and production moves back', 'TEST_TRAFFIC_SHIFT', { production: { [GREEN]: 0, [BLUE]: 100 } }, true],
    ['a step of a canary', 'PRODUCTION_TRAFFIC_SHIFT', { production: { [GREEN]: 5, [BLUE]: 95 } }, false],
    ['no weights at all', 'PRODUCTION_TRAFFIC_SHIFT', {}, false],
    ['nobody has everything', 'PRODUCTION_TRAFFIC_SHIFT', { production: { [GREEN]: 0, [BLUE]: 50, [OTHER]: 50 } }, false],
    ['only the revision that comes is named', 'PRODUCTION_TRAFFIC_SHIFT', { production: { [GREEN]: 0 } }, false],
    ['only other revisions are named', 'PRODUCTION_TRAFFIC_SHIFT', { production: { [BLUE]: 100 } }, false],
    ['after production has moved', 'POST_PRODUCTION_TRAFFIC_SHIFT', { production: { [GREEN]: 0, [BLUE]: 100 } }, false],
  ])('%s', (_, stage, weights, expected) => {
    expect(isRollbackInvocation(nativeEvent(stage, weights))).toBe(expected);
  });
});

describe('the stages', () => {
  test('are in the order of the lifecycle, and those for hooks are among them in the same order', () => {
    expect(ECS_NATIVE_STAGES.filter((stage) => ECS_NATIVE_HOOK_STAGES.some((hook) => hook === stage))).toEqual(ECS_NATIVE_HOOK_STAGES);
    expect(ECS_NATIVE_STAGES.filter((stage) => !ECS_NATIVE_HOOK_STAGES.some((hook) => hook === stage))).toEqual(['SCALE_UP', 'BAKE_TIME', 'CLEAN_UP']);
  });

  test('each event of CodeDeploy has its nearest one, in the same order', () => {
    expect(ECS_HOOK_EVENTS.map((event) => NEAREST_STAGE[event])).toEqual([
      'PRE_SCALE_UP',
      'POST_SCALE_UP',
      'POST_TEST_TRAFFIC_SHIFT',
      'PRE_PRODUCTION_TRAFFIC_SHIFT',
      'POST_PRODUCTION_TRAFFIC_SHIFT',
    ]);
  });
});
