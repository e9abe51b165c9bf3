import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib/core';

import type { EcsRolloutProps } from '../../../lib';
import { EcsEndpoint, EcsRollout, LifecycleHook, RollbackAlarm, TestAccess } from '../../../lib';
import { checksHook, fargate, finished, onInstances, rolloutIn, sample, stackOf, userFunction } from '../support/sample';

const failing = (props: Partial<EcsRolloutProps> | ((stack: Stack) => Partial<EcsRolloutProps>)) => expect(() => sample(props));

const alarm = (stack: Stack, id: string) =>
  RollbackAlarm.of(
    new cloudwatch.Alarm(stack, id, { metric: new cloudwatch.Metric({ namespace: 'Shop', metricName: id }), threshold: 1, evaluationPeriods: 1 }),
  );

const alarms = (stack: Stack, count: number) => Array.from({ length: count }, (_, index) => alarm(stack, `Alarm${index}`));

describe('fails when the service', () => {
  test('has another controller', () => {
    failing((stack) => ({ service: fargate(stack, { controller: ecs.DeploymentControllerType.ECS }) })).toThrow(
      "service 'Shop/Service' has the deployment controller ECS, a rollout needs CODE_DEPLOY; set 'deploymentController' to { type: ecs.DeploymentControllerType.CODE_DEPLOY }",
    );
  });

  test('is a daemon', () => {
    failing((stack) => ({ service: onInstances(stack, { daemon: true }) })).toThrow(
      "service 'Shop/Service' is a DAEMON service, CodeDeploy takes REPLICA services only; drop 'daemon'",
    );
  });

  test('maps no port', () => {
    failing((stack) => ({ service: fargate(stack, { ports: [] }) })).toThrow(
      "container 'web' maps no TCP port, a load balancer needs one; add it by 'addPortMappings'",
    );
  });

  test('does not map the named port', () => {
    failing({ containerPort: 9090 }).toThrow("container 'web' maps port 8080, not the 'containerPort' 9090; map it by 'addPortMappings' or name a mapped one");
  });

  test('does not have the named container', () => {
    failing({ container: 'wbe' }).toThrow("container 'wbe' is not in task definition 'Shop/Task', which has 'web'; name one of them");
  });

  test('is attached to another target group already', () => {
    failing((stack) => {
      const service = fargate(stack);
      const other = new elbv2.ApplicationTargetGroup(stack, 'Other', { vpc: service.cluster.vpc, port: 80, targetType: elbv2.TargetType.IP });
      service.attachToApplicationTargetGroup(other);
      return { service };
    }).toThrow("service 'Shop/Service' is attached to another target group already, CodeDeploy takes one");
  });

  test('is released by another rollout already', () => {
    const stack = stackOf();
    const service = fargate(stack);
    new EcsRollout(stack, 'First', { service });
    expect(() => new EcsRollout(stack, 'Second', { service })).toThrow(
      "service 'Shop/Service' is released by rollout 'Shop/First' already, CodeDeploy takes one deployment group for a service; drop one of the rollouts",
    );
  });

  test.each([
    ['application', EcsEndpoint.application(), 'EcsEndpoint.existing'],
    ['network', EcsEndpoint.network(), 'EcsEndpoint.existingNetwork'],
  ])('is in another stack than the target groups of an %s load balancer', (_kind, endpoint, remedy) => {
    const app = new App();
    const service = fargate(stackOf(app));
    expect(() => rolloutIn(new Stack(app, 'Release'), { service, endpoint })).toThrow(
      new Error(
        "service 'Shop/Service' is in stack 'Shop', its target groups would be in 'Release', and each stack would wait for the other; make the rollout in the stack of the service, " +
          `or bring target groups of that stack by ${remedy}`,
      ),
    );
  });

  test('is imported and tells too little', () => {
    failing((stack) => ({ service: imported(stack) })).toThrow(
      "service 'Shop/Imported' is imported, and does not tell 'taskDefinition', 'container', 'containerPort'; set them on the rollout",
    );
  });

  test('has a task definition of its own', () => {
    failing((stack) => ({ taskDefinition: new ecs.FargateTaskDefinition(stack, 'OtherTask') })).toThrow(
      "'taskDefinition' is for imported services; service 'Shop/Service' has its own, so leave it out",
    );
  });
});

function imported(stack: Stack): ecs.IBaseService {
  return ecs.BaseService.fromServiceArnWithCluster(stack, 'Imported', 'arn:aws:ecs:eu-west-1:111122223333:service/shop/web');
}

describe('fails when a wait', () => {
  test.each([
    ['approvalWait', Duration.minutes(2881), "'approvalWait' must be a whole number of minutes from 1 to 2880, got 2881 minutes; leave it out for no wait"],
    ['approvalWait', Duration.minutes(0), "'approvalWait' must be a whole number of minutes from 1 to 2880, got 0 minutes"],
    ['approvalWait', Duration.seconds(90), "'approvalWait' must be a whole number of minutes from 1 to 2880, got 1.5 minutes"],
    ['terminationWait', Duration.minutes(2881), "'terminationWait' must be a whole number of minutes from 0 to 2880, got 2881 minutes"],
  ])('%s is %s', (prop, wait, message) => {
    failing({ [prop]: wait }).toThrow(message);
  });

  test.each([Duration.minutes(1), Duration.days(2)])('passes at the bound %s', (wait) => {
    const minutes = wait.toMinutes();
    expect(sample({ approvalWait: wait, terminationWait: wait }).description).toMatchObject({ approvalWaitMinutes: minutes, terminationWaitMinutes: minutes });
  });
});

describe('fails when a name', () => {
  test.each(['applicationName', 'deploymentGroupName'])('%s is too long', (prop) => {
    failing({ [prop]: 'x'.repeat(101) }).toThrow(`'${prop}' must have 1 to 100 characters, got 101 in 'xxx`);
  });

  test.each(['applicationName', 'deploymentGroupName'])('%s is empty', (prop) => {
    failing({ [prop]: '' }).toThrow(`'${prop}' must have 1 to 100 characters, got 0 in ''`);
  });

  test.each(['applicationName', 'deploymentGroupName'])('%s has other characters', (prop) => {
    failing({ [prop]: 'shop web' }).toThrow(`'${prop}' may hold letters, digits and . _ - + = , @ only, got 'shop web'; replace the other characters or leave it out`);
  });

  test('is given together with an application', () => {
    failing((stack) => ({ application: new codedeploy.EcsApplication(stack, 'App'), applicationName: 'shop' })).toThrow(
      "'applicationName' names a new application, got 'shop' together with 'application'; set one of them",
    );
    failing((stack) => ({ application: new codedeploy.LambdaApplication(stack, 'App') })).toThrow("'application' 'Shop/App' is for Lambda, and this rollout for ECS; give a codedeploy.EcsApplication, or leave it out for a new one");
  });

  test('is that of another group of a shared application', () => {
    const app = new App();
    const applications = new Stack(app, 'Applications');
    const application = new codedeploy.EcsApplication(applications, 'Shared');
    const release = (id: string) => rolloutIn(new Stack(app, id), { application, deploymentGroupName: 'web' });
    release('One');
    expect(() => release('Two')).toThrow(
      "'deploymentGroupName' 'web' is that of rollout 'One/Web' already, which shares the application; name this group otherwise, or leave the name out",
    );
  });

  test('passes with every allowed character, at 100 characters, and when it is not known yet', () => {
    sample({ deploymentGroupName: 'aZ09._+=,@-' }).template.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', { DeploymentGroupName: 'aZ09._+=,@-' });
    sample({ applicationName: 'x'.repeat(100) }).template.hasResourceProperties('AWS::CodeDeploy::Application', { ApplicationName: 'x'.repeat(100) });
    sample((stack) => ({ deploymentGroupName: new CfnParameter(stack, 'Name').valueAsString })).template.hasResourceProperties(
      'AWS::CodeDeploy::DeploymentGroup',
      { DeploymentGroupName: { Ref: 'Name' } },
    );
  });
});

describe('alarms', () => {
  test('ten of them, the verdict alarm counted, are no finding', () => {
    expect(sample((stack) => ({ rollback: { alarms: alarms(stack, 9) } })).description.findings.map(({ id }) => id)).not.toContain('many-alarms');
  });

  test('more than ten, the verdict alarm counted, are a warning', () => {
    const { stack, description } = sample((within) => ({ rollback: { alarms: alarms(within, 10) } }));
    const text = "rollout 'Shop/Web' has more than 10 alarms, its verdict alarm counted, which accounts with older limits refuse";
    expect(description.findings).toContainEqual(expect.objectContaining({ id: 'many-alarms', level: 'warning', message: text }));
    Annotations.fromStack(stack).hasWarning('/Shop/Web', Match.stringLikeRegexp(text));
  });

  test('fifty of them pass', () => {
    expect(sample((stack) => ({ rollback: { alarms: alarms(stack, 49) } })).description.alarms).toHaveLength(50);
  });

  test('fails when there are more than fifty', () => {
    failing((stack) => ({ rollback: { alarms: alarms(stack, 50) } })).toThrow(
      "rollout 'Shop/Web' would have 51 alarms, its verdict alarm counted, a deployment group takes 50; join some in a composite alarm",
    );
  });

  test('fails when one is named twice', () => {
    failing((stack) => {
      const one = new cloudwatch.Alarm(stack, 'One', { metric: new cloudwatch.Metric({ namespace: 'n', metricName: 'm' }), threshold: 1, evaluationPeriods: 1 });
      return { rollback: { alarms: [RollbackAlarm.of(one), RollbackAlarm.of(one)] } };
    }).toThrow("alarm 'Shop/One' is in rollout 'Shop/Web' already; name each alarm once");
  });

  test('fails when one is imported twice', () => {
    failing((stack) => {
      const [one, two] = ['One', 'Two'].map((id) => cloudwatch.Alarm.fromAlarmArn(stack, id, 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:errors'));
      return { rollback: { alarms: [RollbackAlarm.of(one!), RollbackAlarm.of(two!)] } };
    }).toThrow("alarm 'Shop/Two' is in rollout 'Shop/Web' already; name each alarm once");
  });

  test('fails when one is in another region', () => {
    const app = new App();
    const here = new Stack(app, 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } });
    const there = new Stack(app, 'Far', { env: { account: '111122223333', region: 'us-east-1' } });
    expect(() => rolloutIn(here, { rollback: { alarms: [alarm(there, 'Errors')] } })).toThrow(
      "alarm 'Far/Errors' is in region us-east-1, the rollout in eu-west-1; CodeDeploy finds alarms by name in its own region only",
    );
  });
});

describe('fails when hooks', () => {
  test('wait for test traffic that there is none of', () => {
    failing({ endpoint: EcsEndpoint.application(), hooks: { afterAllowTestTraffic: checksHook() } }).toThrow(
      "hook AfterAllowTestTraffic would never run, since the service leaves the event out without a test listener; give the endpoint a 'testPort' or a 'testListener'",
    );
  });

  test('are the same object', () => {
    const hook = checksHook();
    failing({ hooks: { afterInstall: hook, afterAllowTraffic: hook } }).toThrow('hooks AfterInstall and AfterAllowTraffic are the same LifecycleHook; make one for each event');
  });

  test('are the same function', () => {
    failing((stack) => {
      const fn = userFunction(stack, 'Fn');
      return { hooks: { beforeInstall: LifecycleHook.fromFunction(fn), beforeAllowTraffic: LifecycleHook.fromFunction(fn) } };
    }).toThrow("hooks BeforeInstall and BeforeAllowTraffic are the same function 'Shop/Fn', which is not told at which event it is invoked; use one function for each event");
  });
});

describe('fails when something else', () => {
  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('expects %d requests in a second', (rate) => {
    failing({ expectedRequestsPerSecond: rate }).toThrow(`'expectedRequestsPerSecond' must be above 0, got ${rate}; leave it out where it is not known`);
  });

  test.each(['203.0.113.10', '203.0.113.999/32', '203.0.113.0/33', 'zz::1/32', '2001:db8::/129', '10.0.0.0/8/8', ''])('lets %j in', (cidr) => {
    expect(() => TestAccess.fromCidrs(cidr)).toThrow(
      `'fromCidrs' needs IPv4 or IPv6 ranges such as '203.0.113.10/32' or '2001:db8::/64', got '${cidr}'; write address and prefix length`,
    );
  });

  test('leaves nothing of the rollout unfinished when it is right', () => {
    const stack = stackOf();
    const rollout = rolloutIn(stack, { hooks: { afterAllowTestTraffic: checksHook() }, rollback: { alarms: alarms(stack, 1) } });
    expect(finished(stack, rollout).description.alarms).toHaveLength(2);
  });
});
