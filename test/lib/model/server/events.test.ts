import { SERVER_HOOK_EVENTS } from '../../../../lib/model/lifecycle';
import type { InstanceDeploymentKind } from '../../../../lib/model/server/events';
import { runsScripts, scriptRevision, serverLifecycleEvents } from '../../../../lib/model/server/events';

const INSTALL = 'DownloadBundle BeforeInstall Install AfterInstall ApplicationStart ValidateService';
const BLOCK = 'BeforeBlockTraffic BlockTraffic AfterBlockTraffic';
const ALLOW = 'BeforeAllowTraffic AllowTraffic AfterAllowTraffic';

test.each<[InstanceDeploymentKind, boolean, string]>([
  ['inPlace', true, `${BLOCK} ApplicationStop ${INSTALL} ${ALLOW}`],
  ['inPlace', false, `ApplicationStop ${INSTALL}`],
  ['blueGreenOriginal', true, BLOCK],
  ['blueGreenReplacement', true, `ApplicationStop ${INSTALL} ${ALLOW}`],
  ['blueGreenRollbackOriginal', true, ALLOW],
  ['blueGreenRollbackReplacement', true, BLOCK],
  ['autoScalingLaunch', true, `ApplicationStop ${INSTALL} ${ALLOW}`],
  ['autoScalingLaunch', false, `ApplicationStop ${INSTALL}`],
  ['autoScalingTermination', true, `${BLOCK} ApplicationStop`],
  ['autoScalingTermination', false, 'ApplicationStop'],
])('events of %s, with a load balancer: %s', (kind, hasLoadBalancer, events) => {
  expect(serverLifecycleEvents(kind, hasLoadBalancer).join(' ')).toBe(events);
});

test('the events of agent and service run no scripts', () => {
  expect(serverLifecycleEvents('inPlace', true).filter((event) => !runsScripts(event))).toEqual(['BlockTraffic', 'DownloadBundle', 'Install', 'AllowTraffic']);
});

test.each<[InstanceDeploymentKind, string]>([
  ['inPlace', 'last last last current current current current current current'],
  ['blueGreenOriginal', 'last last last current current current current current current'],
  ['blueGreenReplacement', 'last last last current current current current current current'],
  ['autoScalingLaunch', 'last last last current current current current current current'],
  ['autoScalingTermination', 'last last last current current current current current current'],
])('revision of the scripts of %s', (kind, expected) => {
  const short = { lastSuccessful: 'last', current: 'current', mostRecent: 'recent' };
  expect(SERVER_HOOK_EVENTS.map((event) => short[scriptRevision(event, kind)]).join(' ')).toBe(expected);
});

test('in a rollback of blue/green originals run what they have, and replacements what they were given last', () => {
  expect(scriptRevision('BeforeAllowTraffic', 'blueGreenRollbackOriginal')).toBe('lastSuccessful');
  expect(scriptRevision('AfterAllowTraffic', 'blueGreenRollbackOriginal')).toBe('lastSuccessful');
  expect(scriptRevision('BeforeBlockTraffic', 'blueGreenRollbackReplacement')).toBe('mostRecent');
  expect(scriptRevision('AfterBlockTraffic', 'blueGreenRollbackReplacement')).toBe('mostRecent');
});
