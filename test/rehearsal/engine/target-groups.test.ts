import { TargetGroups } from '../../../rehearsal/engine/target-groups';

const FIRST = { id: 'ecs-svc/1', release: 'r0' };

describe('TargetGroups', () => {
  test('begins with all traffic on the first one', () => {
    const targets = new TargetGroups([{ name: 'a', arn: 'arn:a' }, { name: 'b', arn: 'arn:b' }], true, FIRST);
    expect(targets.targets('production')).toEqual([
      { targetGroup: 'a', weight: 100 },
      { targetGroup: 'b', weight: 0 },
    ]);
    expect(targets.targets('test')).toEqual([{ targetGroup: 'a', weight: 100 }]);
    expect([targets.release('a'), targets.release('b'), targets.release('c')]).toEqual(['r0', undefined, undefined]);
  });

  test('answers for healthy tasks only', () => {
    const targets = new TargetGroups([{ name: 'a', arn: 'arn:a' }, { name: 'b', arn: 'arn:b' }], false, FIRST);
    targets.place('b', { id: 'ecs-svc/2', release: 'r1', state: 'starting' });
    expect(targets.release('b')).toBeUndefined();
    targets.healthy('b');
    expect(targets.release('b')).toBe('r1');
    targets.drain('b');
    expect(targets.release('b')).toBeUndefined();
    targets.pointTestAt('b');
    expect(targets.targets('test')).toEqual([]);
  });

  test('lets production go to a third one, as what is not CodeDeploy may write it', () => {
    const targets = new TargetGroups([{ name: 'a', arn: 'arn:a' }, { name: 'b', arn: 'arn:b' }], true, FIRST);
    targets.write('production', 'c');
    expect(targets.forward('production')).toEqual([{ targetGroup: 'c', weight: 100 }]);
    expect(targets.targets('production').map(({ targetGroup, weight }) => `${targetGroup} ${weight}`)).toEqual(['a 0', 'b 0', 'c 100']);
    expect(targets.release('c')).toBeUndefined();
    targets.shift('b', 10);
    expect(targets.forward('production').map(({ targetGroup, weight }) => `${targetGroup} ${weight}`)).toEqual(['a 90', 'b 10']);
  });

  test('fails when both are the same', () => {
    expect(() => new TargetGroups([{ name: 'a', arn: 'arn:a' }, { name: 'a', arn: 'arn:a' }], true, FIRST)).toThrow(
      "the two target groups of a deployment group must differ, got 'a' twice",
    );
  });
});
