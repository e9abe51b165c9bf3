import { keepSettings } from '../../../../lambda/core/service-settings/keep';
import type { ResourceRequest } from '../../../../lib/model/deployment-request';
import type { ServiceSettingsProperties } from '../../../../lib/model/service-settings';

const BLUE = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/blue/0123456789abcdef';
const GREEN = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/green/fedcba9876543210';

const WEB: ServiceSettingsProperties = {
  ServiceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:intake',
  Service: 'ServiceD69D759B',
  Cluster: 'main',
  LaunchType: 'FARGATE',
  TaskDefinition: 'web',
  Subnets: ['subnet-1', 'subnet-2'],
  SecurityGroups: ['sg-1', 'sg-2'],
  AssignPublicIp: 'DISABLED',
  ContainerName: 'app',
  ContainerPort: '8080',
  TargetGroupArn: BLUE,
};

type Change = Partial<ServiceSettingsProperties>;

const request = (RequestType: ResourceRequest['RequestType'], members: object): ResourceRequest =>
  ({
    RequestType,
    ResponseURL: 'https://cloudformation.example/answer',
    StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Shop/1',
    RequestId: '0b7d8f3a-0000-4000-8000-000000000000',
    ResourceType: 'Custom::GreenlightServiceSettings',
    LogicalResourceId: 'ServiceGreenlightSettings184E414C',
    ...members,
  }) as unknown as ResourceRequest;

const created = (of: Change = {}) => keepSettings(request('Create', { ResourceProperties: { ...WEB, ...of } }));

/** What is answered to one update after the other, beginning with what was created. */
function updated(first: Change, ...changes: readonly Change[]) {
  let last = created(first);
  let before = first;
  for (const change of changes) {
    last = keepSettings(request('Update', { PhysicalResourceId: last.physicalId, ResourceProperties: { ...WEB, ...change }, OldResourceProperties: { ...WEB, ...before } }));
    before = change;
  }
  return last;
}

const success = (Data: object) => ({ Status: 'SUCCESS', Data });
const refused = (Reason: string) => ({ Status: 'FAILED', Reason });

const MADE = { TaskDefinition: 'web', Subnets: 'subnet-1,subnet-2', SecurityGroups: 'sg-1,sg-2', AssignPublicIp: 'DISABLED', ContainerName: 'app', ContainerPort: '8080' };
const MADE_ID = '[{"id":"iB7WPNtend1N","family":"web","subnets":"subnet-1,subnet-2","groups":"sg-1,sg-2","ip":"DISABLED","container":"app","port":"8080","tg":"rwqwYSOv4nI-"}]';

const OTHER: Change = { TaskDefinition: 'shop', Subnets: ['subnet-3'], SecurityGroups: ['sg-3'], AssignPublicIp: 'ENABLED', ContainerName: 'web', ContainerPort: '9000' };

test('a Create keeps what the template says', () => {
  expect(created()).toEqual({ physicalId: MADE_ID, answer: success(MADE), why: 'what the template says is kept from now on' });
});

test('platform version and capacity providers are kept where there are any; a service outside awsvpc has no network', () => {
  const { physicalId, answer } = created({ PlatformVersion: '1.4.0', Subnets: undefined, SecurityGroups: undefined, AssignPublicIp: undefined, CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: '1' }] });
  expect(physicalId).toBe('[{"id":"iB7WPNtend1N","family":"web","platform":"1.4.0","container":"app","port":"8080","tg":"rwqwYSOv4nI-","cp":"vRswHXYWxU5S"}]');
  expect(answer).toEqual(success({ TaskDefinition: 'web', PlatformVersion: '1.4.0', ContainerName: 'app', ContainerPort: '8080' }));
});

describe('an update of the same service', () => {
  test('is answered what the service was made with, however often it is changed', () => {
    const kept = { physicalId: MADE_ID, answer: success(MADE), why: 'the service keeps what it was made with' };
    expect(updated({}, OTHER)).toEqual(kept);
    expect(updated({}, OTHER, { ...OTHER, ContainerPort: '9001' })).toEqual(kept);
    expect(updated({}, OTHER, {})).toEqual(kept);
  });

  test('may change a platform version and capacity providers that stay', () => {
    const capacity = { CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: '1' }] };
    const moved = { CapacityProviderStrategy: [{ Weight: '1', CapacityProvider: 'FARGATE' }] };
    expect(updated({ PlatformVersion: '1.4.0', ...capacity }, { PlatformVersion: 'LATEST', ...moved }).answer).toEqual(success({ ...MADE, PlatformVersion: '1.4.0' }));
  });

  const leave = 'leave it on the service as it was, and say the new one in ';
  const capacityRemedy = "leave them on the service as they were, and say the new ones in 'capacityProviderStrategies' of the rollout's 'taskSet'";
  test.each<[string, Change, Change, string]>([
    [
      'another target group',
      {},
      { TargetGroupArn: GREEN },
      `was made with target group "${BLUE}", and neither an update nor a deployment changes it, got "${GREEN}"; leave it as it was, or make a new service and rollout beside this one, and move DNS`,
    ],
    [
      'capacity providers where there were none',
      {},
      { CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE' }] },
      `was made with capacity providers none, and an update does not change them, got "[{"CapacityProvider":"FARGATE"}]"; ${capacityRemedy}`,
    ],
    [
      'other capacity providers',
      { CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: '1' }] },
      { CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: '2' }] },
      `was made with capacity providers "[{"CapacityProvider":"FARGATE","Weight":"1"}]", and an update does not change them, got "[{"CapacityProvider":"FARGATE","Weight":"2"}]"; ${capacityRemedy}`,
    ],
    [
      'capacity providers dropped',
      { CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE' }] },
      {},
      `was made with capacity providers "[{"CapacityProvider":"FARGATE"}]", and an update does not change them, got none; ${capacityRemedy}`,
    ],
    ['a platform version where there was none', {}, { PlatformVersion: '1.4.0' }, `was made with PlatformVersion none, and an update neither adds nor drops it, got "1.4.0"; ${leave}'platformVersion' of the rollout's 'taskSet'`],
    ['a platform version dropped', { PlatformVersion: '1.4.0' }, {}, `was made with PlatformVersion "1.4.0", and an update neither adds nor drops it, got none; ${leave}'platformVersion' of the rollout's 'taskSet'`],
    ['subnets dropped', {}, { Subnets: undefined }, `was made with Subnets "subnet-1,subnet-2", and an update neither adds nor drops it, got none; ${leave}'network' of the rollout's 'taskSet'`],
    ['security groups dropped', {}, { SecurityGroups: undefined }, `was made with SecurityGroups "sg-1,sg-2", and an update neither adds nor drops it, got none; ${leave}'network' of the rollout's 'taskSet'`],
    ['public addresses not said any more', {}, { AssignPublicIp: undefined }, `was made with AssignPublicIp "DISABLED", and an update neither adds nor drops it, got none; ${leave}'network' of the rollout's 'taskSet'`],
  ])('is refused %s, and CloudFormation takes it back', (_what, first, change, reason) => {
    const before = created(first);
    const update = { PhysicalResourceId: before.physicalId, ResourceProperties: { ...WEB, ...change }, OldResourceProperties: { ...WEB, ...first } };
    expect(keepSettings(request('Update', update))).toEqual({ physicalId: before.physicalId, answer: refused(`service ServiceD69D759B ${reason}`), why: 'refused' });
    const rollback = { ...update, ResourceProperties: update.OldResourceProperties, OldResourceProperties: update.ResourceProperties };
    expect(keepSettings(request('Update', rollback))).toEqual({ ...before, why: 'the service keeps what it was made with' });
  });
});

describe('an update that has the service replaced', () => {
  test.each<[string, Change]>([
    ['logical id', { Service: 'Other' }],
    ['cluster', { Cluster: 'other' }],
    ['name', { ServiceName: 'web' }],
    ['launch type', { LaunchType: 'EC2' }],
    ['scheduling strategy', { SchedulingStrategy: 'REPLICA' }],
    ['role', { Role: 'ecs' }],
  ])('another %s is another service, with whatever the template says', (_what, identity) => {
    const other = { ...OTHER, ...identity, TargetGroupArn: GREEN, PlatformVersion: '1.4.0' };
    expect(updated({}, other).answer).toEqual(success({ TaskDefinition: 'shop', Subnets: 'subnet-3', SecurityGroups: 'sg-3', AssignPublicIp: 'ENABLED', PlatformVersion: '1.4.0', ContainerName: 'web', ContainerPort: '9000' }));
  });

  const NAMED = { ...OTHER, ServiceName: 'web', TargetGroupArn: GREEN };

  test('is remembered with the one before, which CloudFormation may go back to', () => {
    const { physicalId, why } = updated({}, { ContainerPort: '8081' }, NAMED);
    expect(physicalId).toBe(
      '[{"id":"2q9btQgjTKTz","family":"shop","subnets":"subnet-3","groups":"sg-3","ip":"ENABLED","container":"web","port":"9000","tg":"OHFiFvRU4GMC"},' +
        '{"id":"iB7WPNtend1N","family":"web","subnets":"subnet-1,subnet-2","groups":"sg-1,sg-2","ip":"DISABLED","container":"app","port":"8080","tg":"rwqwYSOv4nI-","was":"2HkxnZ6wwJaE"}]',
    );
    expect(why).toBe('the service is replaced: what the template says is kept from now on');
  });

  test("CloudFormation's rollback finds what the first service was made with", () => {
    expect(updated({}, OTHER, NAMED, OTHER)).toEqual({ physicalId: MADE_ID, answer: success(MADE), why: 'the service that was to be replaced stays, and keeps what it was made with' });
  });

  test('so it does with capacity providers, whatever the order of their keys', () => {
    const first = { CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Base: '1' }] };
    const before = updated(first, { ...NAMED, ...first });
    const rollback = { PhysicalResourceId: before.physicalId, ResourceProperties: { ...WEB, CapacityProviderStrategy: [{ Base: '1', CapacityProvider: 'FARGATE' }] }, OldResourceProperties: { ...WEB, ...NAMED } };
    expect(keepSettings(request('Update', rollback))).toMatchObject({ physicalId: created(first).physicalId, answer: success(MADE) });
  });

  test('a later service of the same identity that is asked for otherwise is a new one', () => {
    const again = { ...OTHER, TargetGroupArn: GREEN, PlatformVersion: '1.4.0' };
    expect(updated({}, NAMED, again)).toMatchObject({ answer: { Status: 'SUCCESS', Data: { TaskDefinition: 'shop', ContainerPort: '9000', PlatformVersion: '1.4.0' } }, why: 'the service is replaced: what the template says is kept from now on' });
  });

  test('never remembers more than two', () => {
    const { physicalId } = updated({}, { ServiceName: 'b' }, { ServiceName: 'c' }, { ServiceName: 'd' });
    expect((JSON.parse(physicalId) as unknown[]).length).toBe(2);
  });

  test('the second one does not stand in the way of updates of the first', () => {
    const replacedOnce = updated({}, NAMED);
    const { ServiceName, TargetGroupArn } = NAMED;
    expect(updated({}, NAMED, { ServiceName, TargetGroupArn })).toEqual({ physicalId: replacedOnce.physicalId, answer: replacedOnce.answer, why: 'the service keeps what it was made with' });
  });
});

describe('a physical id', () => {
  const update = (PhysicalResourceId: string | undefined, change: Change = {}) =>
    keepSettings(request('Update', { ...(PhysicalResourceId === undefined ? {} : { PhysicalResourceId }), ResourceProperties: { ...WEB, ...change }, OldResourceProperties: WEB }));

  test.each([
    ['that is no JSON', 'ServiceGreenlightSettings184E414C'],
    ['that is no list', '{"id":"iB7WPNtend1N","tg":"x"}'],
    ['of nothing', '[]'],
    ['of something that is no object', '[null]'],
    ['of texts', '["id tg"]'],
    ['without an identity', '[{"tg":"x"}]'],
    ['without a target group', '[{"id":"iB7WPNtend1N"}]'],
    ['with a number', '[{"id":"iB7WPNtend1N","tg":"x","port":8080}]'],
    ['of which one part is not sound', `${MADE_ID.slice(0, -1)},7]`],
    ['that is absent', undefined],
  ])('%s is that of a new service: what the template says', (_what, physicalId) => {
    expect(update(physicalId, { ContainerPort: '9000' })).toEqual({
      physicalId: MADE_ID.replace('8080', '9000'),
      answer: success({ ...MADE, ContainerPort: '9000' }),
      why: 'what the template says is kept from now on',
    });
  });

  /** So many characters of family beside everything else. */
  const long = (characters: number): Change => ({ TaskDefinition: 'w'.repeat(characters) });
  const REST = MADE_ID.length - 'web'.length;

  test('may have 1,000 characters', () => {
    expect(created(long(1000 - REST)).physicalId).toHaveLength(1000);
    expect(created(long(1001 - REST))).toEqual({
      physicalId: 'ServiceGreenlightSettings184E414C',
      answer: refused(
        'the settings of the service take 1001 characters, at most 1000 can be kept; name fewer subnets or security groups, ' +
          "or make this update with 'keepServiceSettings: false' in EcsDeployments.byCloudFormation",
      ),
      why: 'refused',
    });
  });

  test('of two services may have as many, and what does not fit is refused before the service is replaced', () => {
    const both = updated({}, { ServiceName: 'web' }).physicalId.length - 'web'.length;
    expect(updated({}, { ServiceName: 'web', ...long(1000 - both) }).physicalId).toHaveLength(1000);
    expect(updated({}, { ServiceName: 'web', ...long(1001 - both) })).toMatchObject({
      physicalId: MADE_ID,
      answer: { Status: 'FAILED', Reason: expect.stringMatching(/^the settings of the service and of the one that it replaces take 1001 characters, at most 1000 can be kept; /) as unknown },
    });
  });
});

test.each([
  [{ Service: '' }, '\'Service\' must be a text that is not empty, got ""'],
  [{ TaskDefinition: undefined }, "'TaskDefinition' must be a text that is not empty, got undefined"],
  [{ ContainerName: 7 }, "'ContainerName' must be a text that is not empty, got number"],
  [{ ContainerPort: '' }, '\'ContainerPort\' must be a text that is not empty, got ""'],
  [{ TargetGroupArn: ['a'] }, "'TargetGroupArn' must be a text that is not empty, got object"],
])('properties without what every service has are refused: %j', (of, reason) => {
  expect(created(of as unknown as Change)).toEqual({ physicalId: 'ServiceGreenlightSettings184E414C', answer: refused(reason), why: 'refused' });
});

test('a Delete leaves nothing behind, whatever comes with it', () => {
  const physicalId = MADE_ID;
  expect(keepSettings(request('Delete', { PhysicalResourceId: physicalId, ResourceProperties: {} }))).toEqual({ physicalId, answer: { Status: 'SUCCESS' }, why: 'the physical id holds all there is' });
});

test('what is no configuration is thrown on', () => {
  expect(() => keepSettings(request('Create', {}))).toThrow(TypeError);
});
