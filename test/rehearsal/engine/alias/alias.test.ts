import { Alias } from '../../../../rehearsal/engine/alias/alias';

test('names one version, gives another one a share, and names that one in the end', () => {
  const alias = new Alias('1');
  expect(alias.configuration).toEqual({ functionVersion: '1', additionalVersionWeights: {} });
  expect(alias.isAt('1')).toBe(true);

  alias.shift('2', 10);
  expect(alias.configuration).toEqual({ functionVersion: '1', additionalVersionWeights: { 2: 0.1 } });
  expect(alias.shares()).toEqual([{ version: '1', percent: 90 }, { version: '2', percent: 10 }]);
  expect([alias.percentOf('1'), alias.percentOf('2'), alias.percentOf('3')]).toEqual([90, 10, 0]);
  expect([alias.isAt('1'), alias.isAt('2')]).toEqual([false, false]);

  alias.shift('2', 30);
  expect(alias.shares()).toEqual([{ version: '1', percent: 70 }, { version: '2', percent: 30 }]);

  alias.point('2');
  expect(alias.configuration).toEqual({ functionVersion: '2', additionalVersionWeights: {} });
  expect(alias.shares()).toEqual([{ version: '2', percent: 100 }]);
});

test.each([
  [0, '1'],
  [0.8999, '1'],
  [0.9, '2'],
  [0.9999, '2'],
])('at a share of 10 %% the draw %d is version %s', (uniform, version) => {
  const alias = new Alias('1');
  alias.shift('2', 10);
  expect(alias.draw(uniform)).toBe(version);
});

test('without shares every draw is the version that it names', () => {
  const alias = new Alias('7');
  expect([alias.draw(0), alias.draw(0.9999)]).toEqual(['7', '7']);
});

test('a share of 7 % is 7 % in every form', () => {
  const alias = new Alias('1');
  alias.shift('2', 7);
  expect([alias.percentOf('2'), alias.configuration.additionalVersionWeights]).toEqual([7, { 2: 0.07 }]);
});
