/** What the construct writes is what the handler reads. */
import type { Template } from 'aws-cdk-lib/assertions';
import { Duration } from 'aws-cdk-lib/core';

import { taskOf } from '../../../lambda/core/deployment/task';
import { LifecycleHook, TrafficShift } from '../../../lib';
import type { ResourceRequest } from '../../../lib/model/deployment-request';
import { checksHook, sample, userFunction } from '../support/sample';

/** A value as CloudFormation would hand it on: each resource by its logical id. */
function handedOn(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(handedOn);
  }
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'number' ? String(value) : value;
  }
  const [[name, argument] = ['', undefined]] = Object.entries(value);
  switch (name) {
    case 'Ref':
      return argument;
    case 'Fn::GetAtt':
      return (argument as string[]).join('.');
    case 'Fn::Join':
      return ((argument as [string, unknown[]])[1].map(handedOn) as string[]).join((argument as [string])[0]);
    default:
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, handedOn(inner)]));
  }
}

const requestsOf = (template: Template): ResourceRequest[] =>
  Object.entries(template.toJSON().Resources as Record<string, { Type: string; Properties: unknown }>)
    .filter(([, { Type }]) => Type.startsWith('Custom::Greenlight'))
    .map(([LogicalResourceId, { Type, Properties }]) => ({
      RequestType: 'Create',
      ResponseURL: 'https://cloudformation.example/answer',
      StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Shop/1',
      RequestId: '0b7d8f3a-0000-4000-8000-000000000000',
      ResourceType: Type,
      LogicalResourceId,
      ResourceProperties: handedOn(Properties) as ResourceRequest['ResourceProperties'],
    }));

test('guards, the settings of a service, a deployment and its waits are understood', () => {
  const { template } = sample((stack) => ({
    traffic: TrafficShift.linear({ percentage: 10, interval: Duration.minutes(5) }),
    hooks: { beforeInstall: LifecycleHook.fromOutcome(userFunction(stack, 'Mine')), afterAllowTestTraffic: checksHook() },
  }));
  const group = { application: 'Shop-Web-6AD1A95E', group: 'Shop-Web-6AD1A95E' };
  const hookLogs = { BeforeInstall: expect.stringMatching(/^WebBeforeInstallLogs/), AfterAllowTestTraffic: expect.stringMatching(/^WebAfterAllowTestTrafficLogs/) };
  const shared = { ...group, completion: 'COMPLETED', hookLogs, guardianLog: expect.stringMatching(/^WebGuardianLogs/), request: expect.anything() };
  const deploymentId = expect.stringMatching(/^WebDeployment[0-9A-F]{8}\.DeploymentId$/);
  const guard = (port: number, ...targetGroups: readonly string[]) => ({
    kind: 'live listener',
    request: expect.anything(),
    places: [{ loadBalancerArn: expect.stringMatching(/^WebLoadBalancer/), port }],
    targetGroups: targetGroups.map((name) => expect.stringMatching(new RegExp(`^Web${name}TargetGroup`))),
  });
  expect(requestsOf(template).map(taskOf)).toEqual([
    {
      kind: 'settings',
      request: expect.anything(),
      physicalId: expect.stringMatching(/^\[\{"id":"[\w-]{12}","family":"ShopTaskBFE43ACD","subnets":"VpcPrivate\w+,VpcPrivate\w+","groups":"\S+\.GroupId","ip":"DISABLED","container":"web","port":"8080","tg":"[\w-]{12}"\}\]$/),
      answer: { Status: 'SUCCESS', Data: expect.objectContaining({ TaskDefinition: 'ShopTaskBFE43ACD', ContainerPort: '8080' }) },
      why: 'what the template says is kept from now on',
    },
    guard(80, 'Blue', 'Green'),
    guard(8080, 'Green', 'Blue'),
    {
      ...shared,
      kind: 'deploy',
      segment: 1,
      last: false,
      cluster: expect.stringMatching(/^Cluster/),
      service: expect.stringMatching(/^Service[0-9A-F]+\.Name$/),
      appSpec: expect.stringContaining('"TaskDefinition":"Task'),
      wanted: expect.objectContaining({ Hooks: [{ BeforeInstall: expect.stringMatching(/\.Arn$/) }, { AfterAllowTestTraffic: expect.stringMatching(/\.Arn$/) }] }),
    },
    { ...shared, kind: 'wait', segment: 2, last: false, deploymentId },
    { ...shared, kind: 'wait', segment: 3, last: true, deploymentId },
  ]);
});
