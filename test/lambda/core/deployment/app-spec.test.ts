import { onlyHooksDiffer, readAppSpec, runsAlready, sameAppSpec, taskDefinitionOf } from '../../../../lambda/core/deployment/app-spec';
import type { PrimaryTaskSet } from '../../../../lambda/core/deployment/facts';
import { appSpec, BLUE, GREEN } from '../../support/deployment-requests';

type More = Parameters<typeof appSpec>[2];

const network = (subnets: string[], securityGroups = ['sg-1'], assignPublicIp: 'ENABLED' | 'DISABLED' = 'DISABLED'): More => ({
  NetworkConfiguration: { AwsvpcConfiguration: { Subnets: subnets, SecurityGroups: securityGroups, AssignPublicIp: assignPublicIp } },
});
const strategy = (...items: { CapacityProvider: string; Base?: number; Weight?: number }[]): More => ({ CapacityProviderStrategy: items });
const spec = (more: More = {}, task = GREEN) => appSpec(task, {}, more);

describe('readAppSpec', () => {
  test('reads the JSON of one', () => {
    expect(readAppSpec(JSON.stringify(spec()))).toEqual(spec());
    expect(taskDefinitionOf(spec())).toBe(GREEN);
  });

  test.each(['', '{', 'null', '{}', '{"Resources":[]}', '{"Resources":[{"TargetService":{"Properties":{"TaskDefinition":7}}}]}', '{"Resources":[{"TargetService":{"Properties":{}}}]}'])('takes %j for none', (text) => {
    expect(readAppSpec(text)).toBeUndefined();
  });
});

describe('sameAppSpec and onlyHooksDiffer', () => {
  test.each([
    ['the same', spec(), spec(), true],
    ['keys in another order', { Resources: spec().Resources, version: '0.0' as const }, spec(), true],
    ['no hooks and none listed', { version: '0.0' as const, Resources: spec().Resources }, spec(), true],
    ['hooks in one map or in two', { ...spec(), Hooks: [{ AfterInstall: 'a', AfterAllowTraffic: 'b' }] }, { ...spec(), Hooks: [{ AfterAllowTraffic: 'b' }, { AfterInstall: 'a' }] }, true],
    ['subnets in another order', spec(network(['a', 'b'], ['c', 'd'])), spec(network(['b', 'a'], ['d', 'c'])), true],
    ['a strategy in another order', spec(strategy({ CapacityProvider: 'A', Weight: 1 }, { CapacityProvider: 'B', Base: 0 })), spec(strategy({ CapacityProvider: 'B' }, { CapacityProvider: 'A', Weight: 1 })), true],
    ['another task definition', spec({}, BLUE), spec(), false],
    ['another container', spec({ LoadBalancerInfo: { ContainerName: 'app', ContainerPort: 8080 } }), spec(), false],
    ['another port', spec({ LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 80 } }), spec(), false],
    ['a platform version', spec({ PlatformVersion: '1.4.0' }), spec(), false],
    ['another subnet', spec(network(['a'])), spec(network(['b'])), false],
    ['another security group', spec(network(['a'], ['x'])), spec(network(['a'], ['y'])), false],
    ['a public address', spec(network(['a'], ['x'], 'ENABLED')), spec(network(['a'], ['x'])), false],
    ['a network', spec(network(['a'])), spec(), false],
    ['a strategy', spec(strategy({ CapacityProvider: 'A' })), spec(), false],
    ['another provider', spec(strategy({ CapacityProvider: 'A' })), spec(strategy({ CapacityProvider: 'B' })), false],
    ['another base', spec(strategy({ CapacityProvider: 'A', Base: 1 })), spec(strategy({ CapacityProvider: 'A' })), false],
    ['another weight', spec(strategy({ CapacityProvider: 'A', Weight: 1 })), spec(strategy({ CapacityProvider: 'A' })), false],
  ])('%s', (_, one, other, same) => {
    expect([sameAppSpec(one, other), sameAppSpec(other, one)]).toEqual([same, same]);
    expect(onlyHooksDiffer(one, other)).toBe(false);
  });

  test.each([
    ['another function', { AfterInstall: 'a' }, { AfterInstall: 'b' }],
    ['another event', { AfterInstall: 'a' }, { AfterAllowTraffic: 'a' }],
    ['a hook more', { AfterInstall: 'a' }, { AfterInstall: 'a', AfterAllowTraffic: 'a' }],
    ['none any more', { AfterInstall: 'a' }, {}],
  ])('of hooks: %s', (_, one, other) => {
    expect(sameAppSpec(appSpec(GREEN, one), appSpec(GREEN, other))).toBe(false);
    expect(onlyHooksDiffer(appSpec(GREEN, one), appSpec(GREEN, other))).toBe(true);
    expect(onlyHooksDiffer(appSpec(BLUE, one), appSpec(GREEN, other))).toBe(false);
  });
});

describe('runsAlready', () => {
  const primary: PrimaryTaskSet = {
    taskDefinition: GREEN,
    platformVersion: '1.4.0',
    network: { subnets: ['b', 'a'], securityGroups: ['d', 'c'], assignPublicIp: 'DISABLED' },
    capacityProviders: [
      { provider: 'B', base: 0, weight: 0 },
      { provider: 'A', base: 1, weight: 2 },
    ],
    loadBalancer: { container: 'web', port: 8080 },
  };
  const A = { CapacityProvider: 'A', Base: 1, Weight: 2 };

  test.each([
    ['no more than the task definition', spec(), true],
    ['family and revision', spec({}, 'web:2'), true],
    ['another revision', spec({}, BLUE), false],
    ['the end of another name', spec({}, 'eb:2'), false],
    ['another container', spec({ LoadBalancerInfo: { ContainerName: 'app', ContainerPort: 8080 } }), false],
    ['another port', spec({ LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 80 } }), false],
    ['the platform version', spec({ PlatformVersion: '1.4.0' }), true],
    ['another platform version', spec({ PlatformVersion: '1.3.0' }), false],
    ['the latest platform version', spec({ PlatformVersion: 'LATEST' }), true],
    ['the network', spec(network(['a', 'b'], ['c', 'd'])), true],
    ['another subnet', spec(network(['a'], ['c', 'd'])), false],
    ['another security group', spec(network(['a', 'b'], ['c'])), false],
    ['a public address', spec(network(['a', 'b'], ['c', 'd'], 'ENABLED')), false],
    ['the strategy', spec(strategy(A, { CapacityProvider: 'B' })), true],
    ['another strategy', spec(strategy(A)), false],
  ])('%s', (_, wanted, runs) => {
    expect(runsAlready(wanted, primary, undefined)).toBe(runs);
  });

  test.each([
    ['network', spec(network(['a']))],
    ['strategy', spec(strategy({ CapacityProvider: 'A' }))],
    ['platform version', spec({ PlatformVersion: '1.4.0' })],
  ])('a task set that shows no %s does not run what asks for one', (_, wanted) => {
    expect(runsAlready(wanted, { taskDefinition: GREEN }, undefined)).toBe(false);
    expect(runsAlready(spec(), { taskDefinition: GREEN }, undefined)).toBe(true);
  });

  test.each([
    ['that has only now been asked for', spec({ PlatformVersion: '1.4.0' }), '1.4.0', false],
    ['that nobody had asked for', spec(), '1.4.0', false],
    ['that is asked for as before', spec({ PlatformVersion: 'LATEST' }), '1.4.0', true],
    ['that the task set names so', spec({ PlatformVersion: '1.4.0' }), 'LATEST', true],
  ])('the latest platform version %s', (_, before, platformVersion, runs) => {
    expect(runsAlready(spec({ PlatformVersion: 'LATEST' }), { ...primary, platformVersion }, before)).toBe(runs);
  });
});
