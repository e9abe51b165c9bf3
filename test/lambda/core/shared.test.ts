/** Functions that several rollouts share: whose a deployment is, and what becomes of one that does not say. */
import { ENV } from '../../../lib/model/hook-contract';
import type { GuardedHook } from '../../../lib/model/hook-contract';
import { groupsOfSet, memberOf, memberPath, verdictAlarmName } from '../../../lib/model/rollout-set';
import { makeGuardian } from '../../../lambda/core/guardian';
import { makeHook } from '../../../lambda/core/hook';
import type { HookWork } from '../../../lambda/core/hook-work';
import type { DeploymentGroup } from '../../../lambda/core/ports';
import { readIdentity } from '../../../lambda/core/settings';
import { isShared, ownerOf } from '../../../lambda/core/shared';
import type { WorldScript } from '../support/fake-ports';
import { context, fakeEnvironment, fakeWorld, HOOK } from '../support/fake-ports';
import { ServiceFailure } from '../../../lambda/core/failures';

const OURS: Readonly<Record<string, string | undefined>> = {
  [ENV.rollout]: 'Shop/Functions',
  [ENV.application]: 'shop',
  [ENV.deploymentGroup]: undefined,
  [ENV.verdictAlarm]: undefined,
  [ENV.deploymentGroups]: 'shop-functions.',
};
const GROUP: DeploymentGroup = { application: 'shop', group: 'shop-functions.Orders-Live' };
const IDENTITY = { event: 'AfterAllowTestTraffic', rollout: 'Shop/Functions/Orders-Live', application: 'shop', deploymentGroup: 'shop-functions.Orders-Live', verdictAlarm: 'shop/shop-functions.Orders-Live' };
const UNKNOWN = 'the rollout of d-A1B2C3D4E is unknown, and with it what is to be validated: ';

const failing = (code: string, retryable: boolean) => new ServiceFailure('codedeploy:GetDeployment', code, 'no', retryable);
const denied = () => failing('AccessDeniedException', false);
const slow = () => failing('ThrottlingException', true);

describe('the names in a set', () => {
  test('of a group are those of set and rollout, with what no name of a set holds between them', () => {
    expect(groupsOfSet('shop-functions')).toBe('shop-functions.');
    expect(memberOf('shop-functions.', 'shop-functions.Orders-Live')).toBe('Orders-Live');
    expect([memberPath('Shop/Functions', 'Orders-Live'), verdictAlarmName('shop', 'shop-functions.Orders-Live')]).toEqual(['Shop/Functions/Orders-Live', 'shop/shop-functions.Orders-Live']);
  });

  test.each(['shop-functions.', 'shop-functions', 'shop-functionsX.Orders', 'other.shop-functions.Orders', ''])('%j is no group of the set', (group) => {
    expect(memberOf('shop-functions.', group)).toBeUndefined();
  });
});

describe('ownerOf', () => {
  const ask = async (script: WorldScript, variables: Readonly<Record<string, string | undefined>> = OURS, until = 60_000) => {
    const world = fakeWorld(script);
    const environment = fakeEnvironment(variables);
    return { world, environment, owner: await ownerOf(world.ports, environment, HOOK.DeploymentId, until) };
  };

  test.each([undefined, ''])('asks nothing for a function of one rollout (%j)', async (groups) => {
    const { owner, environment } = await ask({ group: [new Error('not asked')] }, { [ENV.deploymentGroups]: groups });
    expect('environment' in owner && owner.environment).toBe(environment);
    expect([isShared(environment), isShared(fakeEnvironment(OURS))]).toEqual([false, true]);
  });

  test('gives the function the environment that one of the rollout has', async () => {
    const { owner, environment } = await ask({ group: [GROUP] });
    const own = 'environment' in owner ? owner.environment : undefined;
    expect(readIdentity(own!)).toEqual(IDENTITY);
    expect([own!.suite, own!.payload]).toEqual([environment.suite, environment.payload]);
  });

  test.each<[string, DeploymentGroup, string]>([
    ['another application', { application: 'cart', group: 'shop-functions.Orders-Live' }, 'its group is "shop-functions.Orders-Live" of application "cart"'],
    ['another set', { application: 'shop', group: 'shop-others.Orders-Live' }, 'its group is "shop-others.Orders-Live" of application "shop"'],
  ])('refuses a deployment of %s', async (_, group, reason) => {
    const { owner } = await ask({ group: [group] });
    expect(owner).toEqual({ problem: `${UNKNOWN}${reason}, and this function is for groups of "shop" whose names begin with "shop-functions."` });
  });

  test.each([ENV.application, ENV.rollout])('says which variable is missing: %s', async (name) => {
    const { owner } = await ask({ group: [GROUP] }, { ...OURS, [name]: undefined });
    expect(owner).toEqual({ problem: `${UNKNOWN}environment variable ${name} is not set; deploy the rollout again, or set it on the function` });
  });

  test('asks again where that may help, six times in all', async () => {
    const found = await ask({ group: [slow(), slow(), slow(), slow(), slow(), GROUP] });
    expect(['environment' in found.owner, found.world.ports.clock.now()]).toEqual([true, 4_650]);
    const lost = await ask({ group: [slow(), slow(), slow(), slow(), slow(), slow(), GROUP] });
    expect(lost.owner).toEqual({ problem: `${UNKNOWN}codedeploy:GetDeployment failed: ThrottlingException: no` });
  });

  test('does not ask again where it was denied', async () => {
    const { owner, world } = await ask({ group: [denied(), GROUP] });
    expect([owner, world.ports.clock.now()]).toEqual([{ problem: `${UNKNOWN}codedeploy:GetDeployment failed: AccessDeniedException: no` }, 0]);
  });
});

describe('a hook of several rollouts', () => {
  const PASS: HookWork = async () => ({ verdict: 'pass', reason: 'all is well', checks: [] });

  async function run({ script = {}, work = PASS, remainingMs = 60_000, event = HOOK }: { script?: WorldScript; work?: HookWork; remainingMs?: number; event?: unknown } = {}) {
    const world = fakeWorld({ group: [GROUP], ...script });
    const result = await makeHook({ by: 'checks', environment: fakeEnvironment(OURS), ports: world.ports, work })(event, context(remainingMs));
    return { world, result };
  }

  test('publishes for the rollout that the deployment is of', async () => {
    const { world } = await run({ work: async () => ({ verdict: 'fail', reason: 'bad', checks: [] }) });
    expect(world.reports).toEqual([{ hook: HOOK, status: 'Failed', at: 0 }]);
    expect(world.verdicts[0]).toMatchObject({ rollout: 'Shop/Functions/Orders-Live', event: 'AfterAllowTestTraffic', reason: 'bad' });
    expect(world.metrics).toEqual([{ application: 'shop', deploymentGroup: 'shop-functions.Orders-Live', failed: true }]);
    expect(world.alarms.map(({ name }) => name)).toEqual(['shop/shop-functions.Orders-Live']);
  });

  test('hands its work the environment of that rollout', async () => {
    let seen: object | undefined;
    await run({ work: async (hook, bounds) => ((seen = readIdentity(bounds.environment!)), PASS(hook, bounds)) });
    expect(seen).toEqual(IDENTITY);
  });

  test('that cannot find it out reports Failed, and touches no metric and no alarm', async () => {
    const { world, result } = await run({ script: { group: [denied()] } });
    expect(result).toEqual({ greenlight: { reported: true, status: 'Failed' } });
    expect(world.order).toEqual(['report', 'log', 'event']);
    expect(world.verdicts[0]).toMatchObject({ rollout: 'Shop/Functions', verdict: 'fail', reason: `${UNKNOWN}codedeploy:GetDeployment failed: AccessDeniedException: no` });
  });

  test('asks for a quarter of the time for the work, and no longer', async () => {
    const { world } = await run({ script: { group: [slow()] }, remainingMs: 20_000 });
    expect(world.reports).toEqual([{ hook: HOOK, status: 'Failed', at: 2_250 }]);
  });

  test('has that much less time for the work', async () => {
    const { world } = await run({ script: { group: [slow(), GROUP] }, work: () => new Promise(() => undefined) });
    expect(world.reports).toEqual([{ hook: HOOK, status: 'Failed', at: 51_000 }]);
    expect(world.verdicts[0]?.reason).toBe('the hook did not finish within the 49850 ms that it has before it must report');
  });

  test('asks for no deployment of a malformed id', async () => {
    const { world } = await run({ script: { group: [new Error('not asked')] }, event: { ...HOOK, DeploymentId: '../x' } });
    expect(world.verdicts[0]?.reason).toBe('malformed hook event: \'DeploymentId\' must look like d-A1B2C3D4E, got "../x"');
    expect(world.order).toEqual(['report', 'log', 'event']);
  });
});

describe('the guardian of several rollouts', () => {
  const ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:smoke';
  const HOOKS: readonly GuardedHook[] = [{ functionArn: ARN, event: 'BeforeAllowTraffic', reportsLater: false }];
  const died = { requestContext: { functionArn: `${ARN}:$LATEST`, condition: 'RetriesExhausted' }, requestPayload: HOOK, responsePayload: { errorType: 'Runtime.ExitError', errorMessage: 'exit status 1' } };
  const CRASHED = 'hook smoke crashed without reporting: Runtime.ExitError: exit status 1';

  async function guard(script: WorldScript, remainingMs = 60_000) {
    const world = fakeWorld({ group: [GROUP], ...script });
    await makeGuardian({ environment: fakeEnvironment({ ...OURS, [ENV.event]: undefined, [ENV.hooks]: JSON.stringify(HOOKS) }), ports: world.ports })(died, context(remainingMs));
    return world;
  }

  test('reports for the rollout that the deployment is of', async () => {
    const { verdicts, alarms, metrics } = await guard({});
    expect(verdicts[0]).toMatchObject({ rollout: 'Shop/Functions/Orders-Live', event: 'BeforeAllowTraffic', by: 'guardian', reason: CRASHED });
    expect(alarms.map(({ name }) => name)).toEqual(['shop/shop-functions.Orders-Live']);
    expect(metrics).toEqual([{ application: 'shop', deploymentGroup: 'shop-functions.Orders-Live', failed: true }]);
  });

  test('reports all the same where it cannot find that out, without an alarm', async () => {
    const { order, verdicts } = await guard({ group: [denied()] });
    expect(order).toEqual(['report', 'log', 'event']);
    expect(verdicts[0]).toMatchObject({ rollout: 'Shop/Functions', report: 'Failed', reason: `${CRASHED}; ${UNKNOWN}codedeploy:GetDeployment failed: AccessDeniedException: no` });
  });

  test('asks for three tenths of its time, and no longer', async () => {
    const { reports } = await guard({ group: [slow()] }, 5_000);
    expect(reports).toEqual([{ hook: HOOK, status: 'Failed', at: 1_050 }]);
  });
});
