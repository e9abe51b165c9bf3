/** Elastic Load Balancing as an SDK client meets it. */
import { DescribeListenersCommand, DescribeTargetGroupsCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';

import { AwsWorld, BALANCER } from './aws-world';

let world: AwsWorld;
let client: ElasticLoadBalancingV2Client;

beforeEach(async () => {
  world = await AwsWorld.start();
  client = new ElasticLoadBalancingV2Client(world.client());
});

afterEach(async () => {
  client.destroy();
  await world.close();
});

const [PRODUCTION, TEST] = BALANCER.listeners;
const [BLUE, GREEN] = BALANCER.targetGroups;
const sticky = { TargetGroupStickinessConfig: { Enabled: false } };

test('ELB-1: the listeners of a load balancer, with where they forward to', async () => {
  const { Listeners } = await client.send(new DescribeListenersCommand({ LoadBalancerArn: BALANCER.arn }));
  const both = [{ TargetGroupArn: BLUE.arn, Weight: 90 }, { TargetGroupArn: GREEN.arn, Weight: 10 }];
  expect(Listeners).toEqual([
    { ListenerArn: PRODUCTION.arn, LoadBalancerArn: BALANCER.arn, Port: 443, Protocol: 'HTTPS', DefaultActions: [{ Type: 'forward', ForwardConfig: { TargetGroups: both, ...sticky } }] },
    {
      ListenerArn: TEST.arn,
      LoadBalancerArn: BALANCER.arn,
      Port: 8443,
      Protocol: 'HTTPS',
      DefaultActions: [{ Type: 'forward', TargetGroupArn: GREEN.arn, ForwardConfig: { TargetGroups: [{ TargetGroupArn: GREEN.arn, Weight: 1 }], ...sticky } }],
    },
  ]);
  const one = await client.send(new DescribeListenersCommand({ ListenerArns: [TEST.arn] }));
  expect(one.Listeners).toEqual([Listeners![1]]);
});

test('ELB-2: target groups, of a load balancer or by their ARNs', async () => {
  const all = [BLUE, GREEN].map(({ arn, name }) => ({ TargetGroupArn: arn, TargetGroupName: name, LoadBalancerArns: [BALANCER.arn] }));
  expect((await client.send(new DescribeTargetGroupsCommand({}))).TargetGroups).toEqual(all);
  expect((await client.send(new DescribeTargetGroupsCommand({ LoadBalancerArn: BALANCER.arn }))).TargetGroups).toEqual(all);
  expect((await client.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [GREEN.arn] }))).TargetGroups).toEqual([all[1]]);
});

test('ELB-3: what is not there, and what is asked wrongly', async () => {
  const failing = (command: DescribeListenersCommand | DescribeTargetGroupsCommand) => client.send(command as DescribeListenersCommand).catch((error: Error) => error.name);
  expect(await failing(new DescribeListenersCommand({ LoadBalancerArn: 'gone' }))).toMatch(/^LoadBalancerNotFound/);
  expect(await failing(new DescribeListenersCommand({ ListenerArns: ['gone'] }))).toMatch(/^ListenerNotFound/);
  expect(await failing(new DescribeTargetGroupsCommand({ TargetGroupArns: ['gone'] }))).toMatch(/^TargetGroupNotFound/);
  expect(await failing(new DescribeTargetGroupsCommand({ LoadBalancerArn: 'gone' }))).toMatch(/^LoadBalancerNotFound/);
  expect(await failing(new DescribeListenersCommand({}))).toBe('ValidationError');
  expect(await failing(new DescribeTargetGroupsCommand({ Names: ['blue'] }))).toBe('InvalidAction');
});

test('AWS-4: the role needs every listener', async () => {
  world.denied.add('elasticloadbalancing:DescribeListeners');
  const denied = new ElasticLoadBalancingV2Client(world.client('FUNCTION'));
  await expect(denied.send(new DescribeListenersCommand({ LoadBalancerArn: BALANCER.arn }))).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
  denied.destroy();
  expect(world.calls.at(-1)).toMatchObject({ action: 'elasticloadbalancing:DescribeListeners', resource: '*' });
});
