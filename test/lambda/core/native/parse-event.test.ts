import { looksLikeNativeEvent, parseNativeEvent } from '../../../../lambda/core/native/parse-event';
import { BLUE, GREEN, nativeEvent } from '../../support/native-events';

const EVENT = nativeEvent('PRODUCTION_TRAFFIC_SHIFT', { production: { [GREEN]: 10, [BLUE]: 90 } });
const withDetails = (details: object) => ({ ...EVENT, executionDetails: { ...EVENT.executionDetails, ...details } });

describe('parseNativeEvent', () => {
  test('reads an event, and lets keys through that it does not know', () => {
    expect(parseNativeEvent({ ...EVENT, later: 1 })).toEqual({ event: EVENT });
  });

  test('reads what the hook handed over', () => {
    expect(parseNativeEvent({ ...EVENT, hookDetails: { mine: 'text' } })).toEqual({ event: { ...EVENT, hookDetails: { mine: 'text' } } });
  });

  test.each([[undefined], [null]])('takes weights that are %s for none', (weights) => {
    expect(parseNativeEvent(withDetails({ testTrafficWeights: weights }))).toEqual({ event: EVENT });
  });

  test.each([
    [null, 'must be an object, got null'],
    [[], 'must be an object, got a list'],
    ['x', 'must be an object, got string'],
    [{ ...EVENT, executionId: ' ' }, "'executionId' must be a string that is not empty, got \" \""],
    [{ ...EVENT, resourceArn: 7 }, "'resourceArn' must be a string that is not empty, got number"],
    [{ ...EVENT, resourceArn: 'a'.repeat(3000) }, "'resourceArn' must have at most 2048 characters, got 3000"],
    [{ ...EVENT, lifecycleStage: 'SCALE_UP' }, "'lifecycleStage' must be one of RECONCILE_SERVICE, PRE_SCALE_UP, POST_SCALE_UP, TEST_TRAFFIC_SHIFT, POST_TEST_TRAFFIC_SHIFT, PRE_PRODUCTION_TRAFFIC_SHIFT, PRODUCTION_TRAFFIC_SHIFT, POST_PRODUCTION_TRAFFIC_SHIFT, got \"SCALE_UP\""],
    [{ ...EVENT, hookDetails: 'x' }, "'hookDetails' must be an object, got string"],
    [withDetails({ targetServiceRevisionArn: undefined }), "'targetServiceRevisionArn' must be a string that is not empty, got undefined"],
    [withDetails({ productionTrafficWeights: { [GREEN]: '0' } }), "'productionTrafficWeights' must hold numbers from 0 to 100, got \"0\""],
    [withDetails({ productionTrafficWeights: { [GREEN]: 101 } }), "'productionTrafficWeights' must hold numbers from 0 to 100, got 101"],
    [withDetails({ testTrafficWeights: [] }), "'testTrafficWeights' must be an object, got object"],
    [withDetails({ testTrafficWeights: Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`r${index}`, 0])) }), "'testTrafficWeights' must have at most 100 revisions, got 101"],
  ])('refuses %j', (event, problem) => {
    expect(parseNativeEvent(event)).toEqual({ problem });
  });

  test('names everything that is wrong', () => {
    const parsed = parseNativeEvent({ lifecycleStage: 'PRE_SCALE_UP' });
    expect('problem' in parsed ? parsed.problem.split('; ') : []).toEqual([
      "'executionDetails' must be an object, got undefined",
      "'executionId' must be a string that is not empty, got undefined",
      "'resourceArn' must be a string that is not empty, got undefined",
      "'serviceArn' must be a string that is not empty, got undefined",
      "'targetServiceRevisionArn' must be a string that is not empty, got undefined",
    ]);
  });
});

describe('looksLikeNativeEvent', () => {
  test.each([
    [EVENT, true],
    [{ lifecycleStage: 'x' }, true],
    [{ executionDetails: null }, true],
    [{ DeploymentId: 'd-A1B2C3D4E', LifecycleEventHookExecutionId: 'x' }, false],
    [{ DeploymentId: 'd-A1B2C3D4E', LifecycleEventHookExecutionId: 'x', lifecycleStage: 'x' }, false],
    [{}, false],
    [null, false],
    ['lifecycleStage', false],
  ])('%j: %s', (event, expected) => {
    expect(looksLikeNativeEvent(event)).toBe(expected);
  });
});
