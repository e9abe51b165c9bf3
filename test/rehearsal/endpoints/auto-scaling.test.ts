/** EC2 Auto Scaling, and EC2's instances, as SDK clients meet them. */
import { AutoScalingClient, DeleteAutoScalingGroupCommand, DescribeAutoScalingGroupsCommand, SetDesiredCapacityCommand, UpdateAutoScalingGroupCommand, paginateDescribeAutoScalingGroups } from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand, EC2Client, type DescribeInstancesCommandInput } from '@aws-sdk/client-ec2';

import { ACCOUNT, REGION } from './aws-world';
import { ServersWorld } from './servers-world';

let world: ServersWorld;
let client: AutoScalingClient;
let ec2: EC2Client;

beforeEach(async () => {
  world = await ServersWorld.start();
  // Idle connections end with virtual time.
  client = new AutoScalingClient({ ...world.aws.client(), maxAttempts: 2 });
  ec2 = new EC2Client(world.aws.client());
});

afterEach(async () => {
  client.destroy();
  ec2.destroy();
  await world.close();
});

const group = async (name: string) => (await client.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }))).AutoScalingGroups?.[0];
const failing = (command: object) => client.send(command as DescribeAutoScalingGroupsCommand).then(() => ['answered'], (error: Error) => [error.name, error.message]);

test('AS-G1: a group with its limits and instances', async () => {
  expect(await group('blue')).toMatchObject({
    AutoScalingGroupName: 'blue',
    AutoScalingGroupARN: expect.stringMatching(`^arn:aws:autoscaling:${REGION}:${ACCOUNT}:autoScalingGroup:[0-9a-f-]{36}:autoScalingGroupName/blue$`),
    MinSize: 0,
    MaxSize: 4,
    DesiredCapacity: 2,
    AvailabilityZones: [`${REGION}a`, `${REGION}b`],
    Instances: ['i-b-1', 'i-b-2'].map((InstanceId) => ({ InstanceId, AvailabilityZone: `${REGION}a`, LifecycleState: 'InService', HealthStatus: 'Healthy' })),
  });
  expect((await group('blue'))!.Status).toBeUndefined();
  expect(await group('other')).toBeUndefined();
});

test('AS-G1: all groups over pages, as looking for a prefix needs them', async () => {
  const names: string[] = [];
  for await (const { AutoScalingGroups } of paginateDescribeAutoScalingGroups({ client, pageSize: 1 }, {})) {
    names.push(...AutoScalingGroups!.map(({ AutoScalingGroupName }) => AutoScalingGroupName!));
    expect(AutoScalingGroups).toHaveLength(1);
  }
  expect(names).toEqual(['blue', 'green']);
  expect(await failing(new DescribeAutoScalingGroupsCommand({ NextToken: 'mine' }))).toEqual(['InvalidNextToken', "'mine' is not a token that DescribeAutoScalingGroups has returned"]);
  expect(await failing(new DescribeAutoScalingGroupsCommand({ MaxRecords: 101 }))).toEqual(['ValidationError', 'MaxRecords must be from 1 to 100, got 101']);
});

test('AS-G2: SetDesiredCapacity launches instances, which are in service when they have booted', async () => {
  await client.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'green', DesiredCapacity: 2, HonorCooldown: false }));
  expect((await group('green'))!.Instances!.map(({ LifecycleState }) => LifecycleState)).toEqual(['Pending', 'Pending']);
  world.aws.playTo(60_000);
  expect((await group('green'))!.Instances!.map(({ LifecycleState, AvailabilityZone }) => [LifecycleState, AvailabilityZone])).toEqual([['InService', `${REGION}a`], ['InService', `${REGION}b`]]);
  await client.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'green', DesiredCapacity: 0 }));
  expect(await group('green')).toMatchObject({ DesiredCapacity: 0, Instances: [] });
});

test('AS-G2: a launch that a deployment group hooks waits for its deployment', async () => {
  await client.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'blue', DesiredCapacity: 3 }));
  world.aws.playTo(60_000);
  expect((await group('blue'))!.Instances!.map(({ LifecycleState }) => LifecycleState)).toEqual(['InService', 'InService', 'Pending:Wait']);
});

test.each([
  [new SetDesiredCapacityCommand({ AutoScalingGroupName: 'blue', DesiredCapacity: 5 }), 'New SetDesiredCapacity value 5 is above max value 4 for the AutoScalingGroup.'],
  [new SetDesiredCapacityCommand({ AutoScalingGroupName: 'other', DesiredCapacity: 1 }), 'AutoScalingGroup name not found - AutoScalingGroup other not found'],
  [new SetDesiredCapacityCommand({ AutoScalingGroupName: 'blue', DesiredCapacity: -1 }), 'DesiredCapacity must be a whole number of at least 0, got -1'],
  [new SetDesiredCapacityCommand({ AutoScalingGroupName: 'blue', DesiredCapacity: undefined }), "1 validation error detected: Value null at 'desiredCapacity' failed to satisfy constraint: Member must not be null"],
  [new SetDesiredCapacityCommand({ AutoScalingGroupName: undefined, DesiredCapacity: 1 }), "1 validation error detected: Value null at 'autoScalingGroupName' failed to satisfy constraint: Member must not be null"],
  [new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'blue', MinSize: 5 }), 'Max bound, 4, must be greater than or equal to min bound, 5'],
  [new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'blue', DesiredCapacity: 5 }), 'Desired capacity:5 must be between the specified min size:0 and max size:4'],
  [new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: 'other', ForceDelete: true }), 'AutoScalingGroup name not found - AutoScalingGroup other not found'],
])('AS-G3: a ValidationError says why (%#)', async (command, message) => {
  expect(await failing(command)).toEqual(['ValidationError', message]);
});

test('AS-G4: UpdateAutoScalingGroup changes limits and number; what else it may change is not modelled', async () => {
  await client.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'blue', MinSize: 1, MaxSize: 6, DesiredCapacity: 1 }));
  expect(await group('blue')).toMatchObject({ MinSize: 1, MaxSize: 6, DesiredCapacity: 1, Instances: [{ InstanceId: 'i-b-2' }] });
  expect((await failing(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'blue', DefaultCooldown: 60 })))[0]).toBe('InvalidAction');
  expect((await failing(new DescribeAutoScalingGroupsCommand({ Filters: [{ Name: 'tag-key', Values: ['a'] }] })))[0]).toBe('InvalidAction');
  expect(world.aws.endpoint.notModelled.map(({ operation }) => operation)).toEqual(['UpdateAutoScalingGroup', 'DescribeAutoScalingGroups']);
});

test('AS-G5: a group is deleted with its instances only where that is forced, and is there until they have ended', async () => {
  expect((await failing(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: 'blue' })))[0]).toMatch(/^ResourceInUse/);
  await client.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: 'green' }));
  expect(await group('green')).toBeUndefined();
  await client.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: 'blue', ForceDelete: true }));
  expect(await group('blue')).toMatchObject({ Status: 'Delete in progress' });
  await client.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: 'blue', ForceDelete: true }));
  world.aws.playTo(5000);
  expect(await group('blue')).toBeUndefined();
});

test('AS-G6: each call is decided on the ARN of its group, and reading on no resource', async () => {
  await group('blue');
  await client.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'blue', DesiredCapacity: 2 }));
  expect(world.aws.calls.map(({ action, resource }) => [action, resource])).toEqual([
    ['autoscaling:DescribeAutoScalingGroups', '*'],
    ['autoscaling:SetDesiredCapacity', expect.stringMatching(/:autoScalingGroupName\/blue$/)],
  ]);
  world.aws.denied.add('autoscaling:SetDesiredCapacity');
  const other = new AutoScalingClient(world.aws.client('FUNCTION'));
  await expect(other.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'blue', DesiredCapacity: 1 }))).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
  other.destroy();
  expect((await group('blue'))!.DesiredCapacity).toBe(2);
});

const instancesOf = async (input: DescribeInstancesCommandInput) => (await ec2.send(new DescribeInstancesCommand(input))).Reservations!.flatMap(({ Instances }) => Instances!);
const ec2Failing = (input: object) => ec2.send(new DescribeInstancesCommand(input)).then(() => ['answered'], (error: Error) => [error.name, error.message]);

test('EC-2: instances have an address of their own, a zone and a state', async () => {
  await client.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'green', DesiredCapacity: 1 }));
  await client.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'blue', DesiredCapacity: 1 }));
  const all = await instancesOf({});
  expect(all.map(({ State, PrivateIpAddress, PrivateDnsName, Placement }) => [State?.Name, PrivateIpAddress, PrivateDnsName, Placement?.AvailabilityZone])).toEqual([
    ['terminated', undefined, undefined, `${REGION}a`],
    ['running', '10.0.0.5', `ip-10-0-0-5.${REGION}.compute.internal`, `${REGION}a`],
    ['pending', '10.0.0.7', `ip-10-0-0-7.${REGION}.compute.internal`, `${REGION}a`],
  ]);
  expect(all[1]!.Tags).toEqual([{ Key: 'role', Value: 'web' }]);
});

test('EC-2: by ids, and by filters', async () => {
  expect((await instancesOf({ InstanceIds: ['i-b-2', 'i-b-1', 'i-b-2'] })).map(({ InstanceId }) => InstanceId)).toEqual(['i-b-2', 'i-b-1']);
  const by = async (Name: string, ...Values: string[]) => (await instancesOf({ Filters: [{ Name, Values }] })).map(({ InstanceId }) => InstanceId);
  expect(await by('instance-id', 'i-b-1', 'gone')).toEqual(['i-b-1']);
  expect(await by('private-ip-address', '10.0.0.5')).toEqual(['i-b-2']);
  expect(await by('instance-state-name', 'terminated')).toEqual([]);
  expect(await by('availability-zone', `${REGION}a`)).toEqual(['i-b-1', 'i-b-2']);
  expect(await by('tag:role', 'web')).toEqual(['i-b-1', 'i-b-2']);
  expect(await by('tag:colour', 'web')).toEqual([]);
});

test('EC-2: over pages', async () => {
  world.scaling.update('green', { max: 9, desired: 9 });
  const first = await ec2.send(new DescribeInstancesCommand({ MaxResults: 5 }));
  expect([first.Reservations!.length, first.NextToken]).toEqual([5, 'instances-5']);
  const rest = await ec2.send(new DescribeInstancesCommand({ MaxResults: 1000, NextToken: first.NextToken }));
  expect([rest.Reservations!.length, rest.NextToken]).toEqual([6, undefined]);
});

test.each([
  [{ InstanceIds: ['i-b-1', 'i-gone'] }, ['InvalidInstanceID.NotFound', "The instance ID 'i-gone' does not exist"]],
  [{ InstanceIds: ['i-gone', 'i-away'] }, ['InvalidInstanceID.NotFound', "The instance IDs 'i-gone, i-away' do not exist"]],
  [{ InstanceIds: ['onPremises-1'] }, ['InvalidInstanceID.Malformed', 'Invalid id: "onPremises-1"']],
  [{ InstanceIds: ['i-b-1'], MaxResults: 5 }, ['InvalidParameterCombination', 'The parameter instancesSet cannot be used with the parameter maxResults']],
  [{ MaxResults: 4 }, ['InvalidParameterValue', 'Value ( 4 ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.']],
  [{ NextToken: 'mine' }, ['InvalidNextToken', "'mine' is not a token that DescribeInstances has returned"]],
  [{ Filters: [{ Name: 'vpc-id', Values: ['vpc-1'] }] }, ['InvalidAction', "DescribeInstances with the filter 'vpc-id' is not modelled by the rehearsal"]],
])('EC-3: %j is refused', async (input, expected) => {
  expect(await ec2Failing(input)).toEqual(expected);
});
