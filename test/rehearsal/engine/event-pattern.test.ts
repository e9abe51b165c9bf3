import { matchesPattern } from '../../../rehearsal/engine/event-pattern';

const EVENT = { source: 'aws.codedeploy', detail: { state: 'START', application: 'web', tries: 2, ok: true, names: ['a', 'b'], none: null } };

describe('matchesPattern', () => {
  test.each<[unknown, boolean | undefined]>([
    [{}, true],
    [{ source: ['aws.codedeploy'] }, true],
    [{ source: ['aws.ecs', 'aws.codedeploy'] }, true],
    [{ source: ['aws.ecs'] }, false],
    [{ source: [] }, false],
    [{ detail: { state: ['START'], application: ['web'] } }, true],
    [{ detail: { state: ['START'], application: ['other'] } }, false],
    [{ detail: { tries: [2], ok: [true], none: [null] } }, true],
    [{ detail: { tries: ['2'] } }, false],
    [{ detail: { names: ['b'] } }, true],
    [{ detail: { names: ['c'] } }, false],
    [{ detail: { missing: ['x'] } }, false],
    [{ missing: { deeper: ['x'] } }, false],
    [{ source: { deeper: ['x'] } }, false],
    [{ source: [{ prefix: 'aws.' }] }, undefined],
    [{ source: ['aws.codedeploy', { prefix: 'aws.' }] }, undefined],
    [{ source: ['aws.ecs'], detail: { state: [{ exists: true }] } }, undefined],
    [{ $or: [{ source: ['aws.codedeploy'] }] }, undefined],
    [{ source: 'aws.codedeploy' }, undefined],
    [null, undefined],
    [[], undefined],
  ])('%j: %s', (pattern, matches) => {
    expect(matchesPattern(pattern, EVENT)).toBe(matches);
  });

  test('what is no event matches nothing that asks for a member', () => {
    expect(matchesPattern({ source: ['aws.codedeploy'] }, undefined)).toBe(false);
    expect(matchesPattern({ source: ['aws.codedeploy'] }, ['aws.codedeploy'])).toBe(false);
  });
});
