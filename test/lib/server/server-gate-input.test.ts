/** Gates of servers that could never decide, or not in time: errors at synth, with the remedy. */
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Stack } from 'aws-cdk-lib/core';
import { App, Duration } from 'aws-cdk-lib/core';

import type { ServerGateOptions, ServerRolloutProps } from '../../../lib';
import { CheckTarget, HttpAssertion, HttpCheck, InvokeCheck, MetricCheck, ServerRevision, ServerTargets } from '../../../lib';
import { heldMinutes } from '../../../lib/private/server-gates';
import { blueGreenSample, gate, gatedSample, privateFleet, privateVpc } from '../support/gate-sample';
import { stackOf } from '../support/sample';
import { fleetIn, vpcOf, WEB_TAG } from '../support/server-sample';

process.env.CDK_VALIDATION = 'false';

const { autoScalingGroups, ec2Tags, onPremisesTags } = ServerTargets;
const OK = [HttpAssertion.status(200)];
const slow = (seconds: number) => HttpCheck.get('/slow', { timeout: Duration.seconds(seconds - 1), transportRetries: 0, assertions: OK });
const url = () => new HttpCheck({ name: 'shop', target: CheckTarget.url('https://shop.example.com/'), assertions: OK });

type Options = Partial<ServerGateOptions>;
type Props = (stack: Stack) => Partial<ServerRolloutProps>;

const fleetGate = (options: Options | ((stack: Stack) => Options), props: Props = () => ({})) => () =>
  gatedSample({}, (stack) => ({ gates: { fleet: gate(typeof options === 'function' ? options(stack) : options) }, ...props(stack) }));
const instanceGate = (options: Options, props: Props = () => ({})) => () => gatedSample({ instance: gate(options) }, props);
const readyWait = (options: Options) => () => blueGreenSample({ readyWait: gate(options) });

const NO_SCRIPT = "put the text of 'ServerRollout.validateServiceScript' there, run it at ValidateService, and set 'scriptInBundle', or take the gate 'fleet'";
const commit = () => ServerRevision.fromGitHub({ repository: 'my-org/shop', commitId: '0123456789abcdef0123456789abcdef01234567', connection: 'shop' });
test.each<[string, () => unknown, string]>([
  ['no checks', fleetGate({ checks: [] }), "hook InstanceSuccess has no checks, and would pass whatever is released; add a check such as HttpCheck.get('/health', ...)"],
  ['two checks of one name', fleetGate({ checks: [slow(2), slow(2)] }), "hook InstanceSuccess has two checks named 'GET /slow'; give one of them another 'name'"],
  ['a ready wait in place', () => gatedSample({ readyWait: gate() }), "gate 'readyWait' holds the wait of a blue/green deployment before its traffic is shifted, and this one is in place; take the gates 'instance' and 'fleet', or ServerDeployment.blueGreen"],
  ['no port', fleetGate({ port: undefined }), "asks the test listener, which is an instance at a gate of servers; set 'port' of gate InstanceSuccess to where instances answer, or 'target' of the check to CheckTarget.url"],
  ['port 0', fleetGate({ port: 0 }), "'port' must be a whole number from 1 to 65535, got 0"],
  ['port 65536', fleetGate({ port: 65_536 }), "'port' must be a whole number from 1 to 65535, got 65536"],
  ['another protocol', fleetGate({ protocol: 'TCP' as never }), "'protocol' of gate InstanceSuccess must be HTTP or HTTPS, got 'TCP'; take one of elbv2.ApplicationProtocol"],
  ['HTTPS without a host', fleetGate({ protocol: elbv2.ApplicationProtocol.HTTPS }), "asks an HTTPS listener without 'host'; set 'host' to a name of its certificate, since no certificate names an instance's address"],
  [
    'a check of the production listener',
    fleetGate({ checks: [HttpCheck.get('/', { target: CheckTarget.PRODUCTION_LISTENER, assertions: OK })] }),
    "asks the production listener, and a gate of servers has none; leave 'target' out to ask the instance, or set it to CheckTarget.url with the address of the load balancer",
  ],
  [
    'a check of the version that is released',
    () => fleetGate({ checks: [InvokeCheck.targetVersion({ name: 'orders', cases: [{ name: 'one', payload: { n: 1 }, assertions: [HttpAssertion.jsonPath('$.ok').equalsBoolean(true)] }] })] })(),
    "of gate InstanceSuccess invokes the version that is released, and 'Shop/Fleet' releases to servers; give the check to a hook of a rollout of a Lambda alias, or name the function with 'new InvokeCheck'",
  ],
  [
    'a check that compares versions',
    fleetGate({ checks: [MetricCheck.targetErrorRate({ window: Duration.minutes(1), minSamples: 10 })] }),
    "of gate InstanceSuccess finds the versions of a release in a deployment of ECS or of Lambda, and 'Shop/Fleet' releases to servers, whose deployments show instances only; measure the fleet by a metric of its own, with MetricCheck.absolute",
  ],
  ['too little time', fleetGate({ checks: [slow(36)], timeout: Duration.minutes(1) }), "gate InstanceSuccess can take 51 seconds at the longest, of which 50 fit into its time-out of 60; raise 'timeout', or lower time-outs and repetitions"],
  [
    'no time at all',
    fleetGate({ checks: [1, 2, 3].map((name) => HttpCheck.get(`/${name}`, { timeout: Duration.seconds(299), transportRetries: 0, assertions: OK })) }),
    'gate InstanceSuccess can take 915 seconds at the longest, of which 810 fit into its time-out of 900; lower time-outs and repetitions',
  ],
  [
    'too little time for all instances',
    readyWait({ checks: [slow(200)] }),
    "gate ReadyWait can take 815 seconds for 20 instances of which 5 are checked at once, 200 seconds for each, of which 810 fit into its time-out of 900; lower 'instances', raise 'instancesAtOnce', or lower time-outs and repetitions",
  ],
  ['no instance', readyWait({ instances: 0 }), "'instances' must be a whole number from 1 to 1000, got 0"],
  ['too many instances', readyWait({ instances: 1_001 }), "'instances' must be a whole number from 1 to 1000, got 1001"],
  ['none at once', readyWait({ instancesAtOnce: 0 }), "'instancesAtOnce' must be a whole number from 1 to 100, got 0"],
  ['too many at once', readyWait({ instancesAtOnce: 101 }), "'instancesAtOnce' must be a whole number from 1 to 100, got 101"],
  ['instances of another gate', fleetGate({ instances: 3 }), "'instances' is for the gate 'readyWait', and has no meaning at 'fleet'; leave it out there"],
  ['instances at once of another gate', instanceGate({ instancesAtOnce: 3 }), "'instancesAtOnce' is for the gate 'readyWait', and has no meaning at 'instance'; leave it out there"],
  ['an age of events where there are none', instanceGate({ maxEventAge: Duration.minutes(1) }), "'maxEventAge' is for the gate 'readyWait' or 'fleet', and has no meaning at 'instance'; leave it out there"],
  ['a script where none is asked by', fleetGate({ scriptInBundle: true }), "'scriptInBundle' is for the gate 'instance', and has no meaning at 'fleet'; leave it out there"],
  ['an age of events that is too short', fleetGate({ maxEventAge: Duration.seconds(59) }), "'maxEventAge' must be a whole number of seconds from 60 to 900, got 59 seconds"],
  ['an old runtime', fleetGate({ runtime: lambda.Runtime.NODEJS_20_X }), "'runtime' must be Node.js 22 or later, got 'nodejs20.x'; the bundled handlers are written for it"],
  ['no VPC that is known', fleetGate({}, () => ({ targets: ec2Tags([WEB_TAG]) })), "gate InstanceSuccess asks instances, and must run in their VPC, which nothing of the app tells; set 'vpc'"],
  [
    'an imported Auto Scaling group',
    fleetGate({}, (stack) => ({ targets: autoScalingGroups(autoscaling.AutoScalingGroup.fromAutoScalingGroupName(stack, 'Imported', 'web')) })),
    "gate InstanceSuccess asks instances, and must run in their VPC, which nothing of the app tells; set 'vpc'",
  ],
  [
    'two VPCs',
    fleetGate({}, (stack) => ({ targets: autoScalingGroups(privateFleet(stack), privateFleet(stack, 'Other', privateVpc(stack, 'OtherNet'))) })),
    "gate InstanceSuccess asks instances in the VPCs 'Shop/Net' and 'Shop/OtherNet', and a function runs in one; set 'vpc' to the one that reaches the other, or make a rollout for each",
  ],
  ['public subnets only', fleetGate({}, (stack) => ({ targets: autoScalingGroups(fleetIn(stack)) })), "hook InstanceSuccess needs private subnets, VPC 'Shop/Vpc' has public ones only"],
  ['no security group', fleetGate({ securityGroups: [] }), "'securityGroups' of gate InstanceSuccess is empty, and a function in a VPC has at least one; name one, or leave it out for a new one"],
  ['security groups without a VPC', fleetGate((stack) => ({ checks: [url()], securityGroups: [new ec2.SecurityGroup(stack, 'Group', { vpc: vpcOf(stack) })] })), "'securityGroups' of gate InstanceSuccess is of a VPC, and the gate runs in none; set 'vpc', or drop 'securityGroups'"],
  ['subnets without a VPC', fleetGate({ checks: [url()], vpcSubnets: {} }), "'vpcSubnets' of gate InstanceSuccess is of a VPC, and the gate runs in none; set 'vpc', or drop 'vpcSubnets'"],
  [
    'on-premises instances',
    fleetGate({}, (stack) => ({ targets: autoScalingGroups(privateFleet(stack)).and(onPremisesTags([WEB_TAG])) })),
    "gate InstanceSuccess asks instances, and 'targets' has on-premises instances, whose addresses AWS does not know, so that it would fail for each of them; ask URLs by CheckTarget.url, or make a rollout of their own for them",
  ],
  ['no revision', instanceGate({}), "gate 'instance' is asked by a script of the bundle, and the rollout has no 'revision' to put it into; give it one of a folder, or put the text of 'ServerRollout.validateServiceScript' into your bundles"],
  [
    'an object of a bucket',
    instanceGate({}, (stack) => ({ revision: ServerRevision.fromBucket(s3.Bucket.fromBucketName(stack, 'Bucket', 'releases'), 'shop.zip') })),
    `gate 'instance' is asked by a script of the bundle, and an object of a bucket is not looked into; ${NO_SCRIPT}`,
  ],
  ['a commit of GitHub', instanceGate({}, () => ({ revision: commit() })), `gate 'instance' is asked by a script of the bundle, and a commit of GitHub is not looked into; ${NO_SCRIPT}`],
])('%s', (_, build, message) => {
  expect(build).toThrow(message);
});

test('a VPC without a way to AWS is told when the app is complete', () => {
  const app = new App();
  const stack = stackOf(app);
  const vpc = new ec2.Vpc(stack, 'Net', { maxAzs: 2, natGateways: 0, subnetConfiguration: [{ name: 'Closed', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] });
  expect(() => gatedSample({ fleet: gate() }, () => ({ targets: autoScalingGroups(privateFleet(stack, 'Asg', vpc)) }), stack)).toThrow(
    "hook InstanceSuccess of rollout 'Shop/Fleet' runs in isolated subnets of VPC 'Shop/Net' without interface endpoints for codedeploy, monitoring, events, ec2, so that it could never report",
  );
});

test('the longest that fits', () => {
  expect(readyWait({ checks: [slow(198)] })).not.toThrow();
  expect(fleetGate({ checks: [slow(35)], timeout: Duration.minutes(1) })).not.toThrow();
});

describe('the ready wait', () => {
  test.each<[string, number | undefined, number, number]>([
    ['an hour', undefined, 780, 60],
    ['an hour where the gate takes it', undefined, 3_600, 60],
    ['longer where the gate may take longer', undefined, 3_601, 61],
    ['as long as is asked for', 13, 780, 13],
  ])('is %s', (_, given, longestSeconds, expected) => {
    expect(heldMinutes(given, { longestSeconds })).toBe(expected);
  });

  test('must be long enough', () => {
    expect(() => heldMinutes(12, { longestSeconds: 721 })).toThrow(
      "'readyWait' must be at least the 13 minutes that gate 'readyWait' can take, its late start included, and at most 2880, got 12; raise it, leave it out, or lower the gate's 'timeout' and 'maxEventAge'",
    );
  });
});
