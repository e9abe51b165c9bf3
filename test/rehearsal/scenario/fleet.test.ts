/** What a scenario may say of instances. */
import { parseScenario } from '../../../rehearsal/scenario/parse-scenario';

const parse = (...lines: string[]) => parseScenario('x.yaml', lines.join('\n'));
const release = (text: string) => parse(`releases: [{ name: v2, ${text} }]`).releases[0]!;

function messageOf(...lines: string[]): string {
  try {
    parse(...lines);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the scenario was taken');
}

test('the fleet', () => {
  expect(parse('releases: [{ name: v2 }]', 'fleet: { instances: 6 }').fleet).toEqual({ instances: [{ count: 6 }] });
  expect(parse('releases: [{ name: v2 }]', 'fleet: {}').fleet).toEqual({});
  expect(
    parse(
      'releases: [{ name: v2 }]',
      'fleet:',
      '  instancesPerDeployment: 10000',
      '  deployed: off',
      '  instances:',
      '    - { count: 3, zone: a, autoScalingGroup: Servers, tags: { role: web, number: 7 }, files: [/srv/a] }',
      '    - { ids: [one, two], onPremises: on }',
      '    - {}',
    ).fleet,
  ).toEqual({
    instancesPerDeployment: 10_000,
    deployed: false,
    instances: [{ count: 3, zone: 'a', autoScalingGroup: 'Servers', tags: { role: 'web', number: '7' }, files: ['/srv/a'] }, { count: 2, ids: ['one', 'two'], onPremises: true }, { count: 1 }],
  });
});

test('faults of instances, and what scripts take', () => {
  expect(
    release(
      'instanceFaults: [{ scriptFails: ValidateService, exitCode: 7, log: no, count: 1 }, { scriptFails: ApplicationStop }, { hostLost: Install, when: during, ids: [i-1] }, { hostLost: BlockTraffic }, { slow: 2.5, zone: a, share: 20% }, { unhealthy: on, autoScalingGroup: Servers }], scriptDurations: { ApplicationStart: 90s }',
    ),
  ).toMatchObject({
    instanceFaults: [
      { effect: { kind: 'scriptFails', event: 'ValidateService', exitCode: 7, log: 'no' }, instances: { count: 1 } },
      { effect: { kind: 'scriptFails', event: 'ApplicationStop' }, instances: {} },
      { effect: { kind: 'hostLost', event: 'Install', when: 'during' }, instances: { ids: ['i-1'] } },
      { effect: { kind: 'hostLost', event: 'BlockTraffic', when: 'before' }, instances: {} },
      { effect: { kind: 'slow', factor: 2.5 }, instances: { zone: 'a', share: 0.2 } },
      { effect: { kind: 'unhealthy' }, instances: { autoScalingGroup: 'Servers' } },
    ],
    scriptDurations: { ApplicationStart: 90_000 },
  });
});

test('releases beside it, and what Auto Scaling does', () => {
  const { beside, actions } = release('beside: [{ rollout: App/Other, name: o1 }, { rollout: App/Other, name: o2, at: Install+5s, rollback: off, expect: { outcome: failed }, instanceFaults: [{ slow: 2 }] }], actions: [{ at: ApplicationStop+10s, do: launch, count: 2, zone: a }, { at: 1m, do: scaleIn }]');
  expect(beside).toMatchObject([
    { rollout: 'App/Other', moment: { delayMs: 0 }, release: { name: 'o1', leaveOut: [], actions: [] } },
    { rollout: 'App/Other', moment: { event: 'Install', delayMs: 5000 }, expect: { outcome: 'failed' }, release: { name: 'o2', rollback: false, instanceFaults: [{ effect: { kind: 'slow', factor: 2 } }] } },
  ]);
  expect(actions).toEqual([
    { event: 'ApplicationStop', delayMs: 10_000, action: { kind: 'launch', count: 2, zone: 'a' } },
    { delayMs: 60_000, action: { kind: 'scaleIn', count: 1 } },
  ]);
});

const FAULT = (text: string): string => `releases: [{ name: v2, instanceFaults: [{ ${text} }] }]`;
const FLEET = (text: string): string => `releases: [{ name: v2 }]\nfleet: { ${text} }`;

test.each([
  ['no effect', FAULT('ids: [i-1]'), 'an instance fault must have exactly one of scriptFails, hostLost, slow, unhealthy, got none'],
  ['two effects', FAULT('slow: 2, unhealthy: on'), 'an instance fault must have exactly one of scriptFails, hostLost, slow, unhealthy, got slow and unhealthy'],
  ['an event without scripts', FAULT('scriptFails: Install'), '"scriptFails" must be one of BeforeBlockTraffic, AfterBlockTraffic, ApplicationStop, BeforeInstall, AfterInstall, ApplicationStart, ValidateService, BeforeAllowTraffic, AfterAllowTraffic, got "Install"'],
  ['a faster host', FAULT('slow: 0.5'), '"slow" must be a number from 1 to 1000, got 0.5'],
  ['an exit code of success', FAULT('scriptFails: ApplicationStart, exitCode: 0'), '"exitCode" must be a whole number from 1 to 255, got 0'],
  ['an exit code of a lost host', FAULT('hostLost: Install, exitCode: 2'), '"exitCode" does not go with "hostLost"'],
  ['a moment of a script', FAULT('scriptFails: ApplicationStart, when: during'), '"when" does not go with "scriptFails"'],
  ['a healthy host', FAULT('unhealthy: off'), '"unhealthy" can only be on; leave the fault out'],
  ['a share over 1', FAULT('slow: 2, share: 2'), '"share" must be a share from 0 to 1, or a percentage such as 5%, got 2'],
  ['too many instances', FLEET('instances: 100001'), '"instances" must be a whole number from 0 to 100000, got 100001'],
  ['too many in a list', FLEET('instances: [{ count: 100000 }, { count: 1 }]'), '"instances" must be 100000 at most, got 100001'],
  ['ids that do not fit', FLEET('instances: [{ count: 3, ids: [a, b] }]'), '"ids" must be as many as "count", got 2 and 3; leave "count" out'],
  ['a group on premises', FLEET('instances: [{ onPremises: on, autoScalingGroup: x }]'), '"autoScalingGroup" does not go with "onPremises: on"; take one of them out'],
  ['a quota of none', FLEET('instancesPerDeployment: 0'), '"instancesPerDeployment" must be a whole number from 1 to 100000, got 0'],
  ['a count of a stop', 'releases: [{ name: v2, actions: [{ at: 1m, do: stop, count: 2 }] }]', '"count" does not go with "do: stop"'],
  ['a rollback of a launch', 'releases: [{ name: v2, actions: [{ at: 1m, do: launch, rollback: on }] }]', '"rollback" does not go with "do: launch"'],
  ['no rollout beside', 'releases: [{ name: v2, beside: [{ name: x }] }]', 'a release of "beside" needs the key "rollout"'],
  ['scripts that are run', FLEET('runScripts: on'), '"runScripts" is not a key of fleet'],
])('refused: %s', (_, text, message) => {
  expect(messageOf(text)).toContain(message);
});
