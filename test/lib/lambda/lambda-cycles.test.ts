/** The known ways into a dependency cycle around a Lambda alias, and in which order CloudFormation comes to what has none. */
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Stack } from 'aws-cdk-lib/core';

import { CheckTarget, HttpAssertion, HttpCheck, LifecycleHook, RollbackAlarm } from '../../../lib';
import { findCycle } from '../../support/template-graph';
import type { LambdaSample } from '../support/lambda-sample';
import { aliasRolloutIn, calendarHook, finishedAlias, liveAlias, outcomeHook } from '../support/lambda-sample';
import { graphOf, only, stackOf, userFunction } from '../support/sample';

/** Builds around an alias, synthesizes, and walks the template. */
function walked(build: (stack: Stack, alias: lambda.Alias) => Parameters<typeof aliasRolloutIn>[1]): LambdaSample {
  const stack = stackOf();
  const alias = liveAlias(stack);
  const sample = finishedAlias(stack, aliasRolloutIn(stack, { alias, ...build(stack, alias) }));
  expect(findCycle(graphOf(sample.template))).toBeUndefined();
  return sample;
}

const url = (text: string) => LifecycleHook.checks({ checks: [new HttpCheck({ name: 'health', target: CheckTarget.url(text), assertions: [HttpAssertion.status(200)] })] });

const ids = ({ description }: LambdaSample) => description.findings.map(({ id, level }) => `${level} ${id}`);

const waits = ({ alias }: LambdaSample, prefix: string) => (alias.DependsOn ?? []).filter((id) => id.startsWith(prefix));

describe('a hook with the ARN of the alias in its environment', () => {
  const withArn = (stack: Stack, alias: lambda.Alias, props: Partial<lambda.FunctionProps> = {}) => userFunction(stack, 'Smoke', { environment: { ALIAS: alias.functionArn }, ...props });

  test('is no cycle behind our adapter, which CloudFormation makes after the alias', () => {
    const sample = walked((stack, alias) => ({ hooks: { beforeAllowTraffic: LifecycleHook.fromOutcome(withArn(stack, alias)) } }));
    expect(ids(sample)).toEqual(['warning hook-after-alias']);
    expect(sample.description.findings[0]!.message).toBe(
      'hook BeforeAllowTraffic waits for the alias, so that CloudFormation updates the alias first, and a release is validated by the hook as it was before the update: ' +
        'Shop/Orders/BeforeAllowTraffic/Function → Shop/Smoke → Shop/Live',
    );
    expect(waits(sample, 'OrdersDeploymentGroup')).toHaveLength(1);
    expect(waits(sample, 'OrdersBeforeAllowTrafficFunction')).toEqual([]);
    expect(waits(sample, 'OrdersBeforeAllowTrafficAsyncInvocation')).toEqual([]);
    // The right to invoke it is by its literal name, and so in time.
    expect(waits(sample, 'OrdersInvokeHooksPolicy')).toHaveLength(1);
  });

  test('is no cycle when it reports by itself and has a name', () => {
    const sample = walked((stack, alias) => ({ hooks: { beforeAllowTraffic: LifecycleHook.fromFunction(withArn(stack, alias, { functionName: 'smoke' })) } }));
    expect(sample.alias.UpdatePolicy.CodeDeployLambdaAliasUpdate.BeforeAllowTrafficHook).toBe('smoke');
    expect(ids(sample)).toEqual(['warning hook-after-alias']);
  });

  test('is an error when it reports by itself and has none', () => {
    expect(() => walked((stack, alias) => ({ hooks: { beforeAllowTraffic: LifecycleHook.fromFunction(withArn(stack, alias)) } }))).toThrow(
      "hook BeforeAllowTraffic is function 'Shop/Smoke', which waits for the alias that names it: Shop/Smoke → Shop/Live; set 'functionName' on it, so that the alias names it by a literal, " +
        'or use LifecycleHook.fromOutcome',
    );
  });

  test('waits for nothing where the ARN is made of the function and the name of the alias', () => {
    const sample = walked((stack, alias) => ({
      hooks: { beforeAllowTraffic: LifecycleHook.fromOutcome(userFunction(stack, 'Smoke', { environment: { ALIAS: `${alias.lambda.functionArn}:${alias.aliasName}` } })) },
    }));
    expect(ids(sample)).toEqual([]);
    expect(waits(sample, 'OrdersBeforeAllowTrafficAsyncInvocation')).toHaveLength(1);
  });
});

describe('a hook that is let invoke the alias', () => {
  test('is no cycle', () => {
    const sample = walked((stack, alias) => {
      const smoke = userFunction(stack, 'Smoke');
      alias.grantInvoke(smoke);
      return { hooks: { afterAllowTraffic: LifecycleHook.fromOutcome(smoke) } };
    });
    expect(ids(sample)).toEqual(['warning hook-after-alias']);
  });

  test('is an error when it reports by itself without a name', () => {
    expect(() =>
      walked((stack, alias) => {
        const smoke = userFunction(stack, 'Smoke');
        alias.grantInvoke(smoke);
        return { hooks: { afterAllowTraffic: LifecycleHook.fromFunction(smoke) } };
      }),
    ).toThrow('which waits for the alias that names it: Shop/Smoke → Shop/Smoke/ServiceRole/DefaultPolicy → Shop/Live;');
  });
});

describe('a hook with the URL of an API in front of the alias', () => {
  test('is no cycle with a REST API, whose stage waits for the alias', () => {
    const sample = walked((stack, alias) => ({ hooks: { afterAllowTraffic: url(new apigateway.LambdaRestApi(stack, 'Api', { handler: alias }).url) } }));
    expect(ids(sample)).toEqual(['warning hook-after-alias']);
  });

  test('is made before the alias with an HTTP API, whose address waits for nothing', () => {
    const sample = walked((stack, alias) => {
      const api = new apigatewayv2.HttpApi(stack, 'Api', { defaultIntegration: new HttpLambdaIntegration('Live', alias) });
      return { hooks: { afterAllowTraffic: url(api.apiEndpoint) } };
    });
    expect(ids(sample)).toEqual([]);
    expect(waits(sample, 'OrdersAfterAllowTrafficAsyncInvocation')).toHaveLength(1);
  });
});

describe('an alarm on the stage of an API in front of the alias', () => {
  const stageAlarm = (stack: Stack, alias: lambda.Alias) => {
    const api = new apigateway.LambdaRestApi(stack, 'Api', { handler: alias });
    return new cloudwatch.Alarm(stack, 'Errors', { metric: api.deploymentStage.metricServerError(), threshold: 1, evaluationPeriods: 1 });
  };

  test('is no cycle, and the group comes after the alias', () => {
    const sample = walked((stack, alias) => ({ hooks: { beforeAllowTraffic: calendarHook() }, rollback: { alarms: [RollbackAlarm.of(stageAlarm(stack, alias))] } }));
    expect(ids(sample)).toEqual(['info group-after-alias']);
    expect(sample.description.findings[0]!.message).toContain('Shop/Orders/DeploymentGroup → Shop/Errors → Shop/Api/DeploymentStage.prod → ');
    expect(waits(sample, 'OrdersDeploymentGroup')).toEqual([]);
    // What the group waits for itself is there in time: the role, its right to move the alias, and the hook.
    expect(waits(sample, 'OrdersDeployPolicy')).toHaveLength(1);
    expect(waits(sample, 'OrdersBeforeAllowTrafficAsyncInvocation')).toHaveLength(1);
  });

  test('added later, too', () => {
    const stack = stackOf();
    const alias = liveAlias(stack);
    const rollout = aliasRolloutIn(stack, { alias });
    rollout.addAlarm(RollbackAlarm.of(stageAlarm(stack, alias)));
    const sample = finishedAlias(stack, rollout);
    expect(findCycle(graphOf(sample.template))).toBeUndefined();
    expect(ids(sample)).toEqual(['info group-after-alias']);
  });

  test('on the alias itself is no reference to it', () => {
    const sample = walked((stack, alias) => ({
      rollback: { alarms: [RollbackAlarm.of(new cloudwatch.Alarm(stack, 'Errors', { metric: alias.metricErrors(), threshold: 1, evaluationPeriods: 1 }))] },
    }));
    expect(ids(sample)).toEqual([]);
    expect(waits(sample, 'OrdersDeploymentGroup')).toHaveLength(1);
  });
});

describe('what docs/lambda-rollout.md says to write instead', () => {
  const arnOf = (alias: lambda.Alias) => `${alias.lambda.functionArn}:${alias.aliasName}`;

  test.each<[string, (stack: Stack, alias: lambda.Alias) => Parameters<typeof aliasRolloutIn>[1]]>([
    [
      'a right to invoke the alias',
      (stack, alias) => {
        const smoke = userFunction(stack, 'Smoke');
        smoke.addToRolePolicy(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [arnOf(alias)] }));
        return { hooks: { beforeAllowTraffic: LifecycleHook.fromFunction(smoke) } };
      },
    ],
    [
      'the URL of a REST API',
      (stack, alias) => {
        const api = new apigateway.LambdaRestApi(stack, 'Api', { handler: alias });
        return { hooks: { afterAllowTraffic: url(`https://${api.restApiId}.execute-api.${stack.region}.${stack.urlSuffix}/prod`) } };
      },
    ],
    [
      'an alarm on the stage of a REST API',
      (stack, alias) => {
        const api = new apigateway.LambdaRestApi(stack, 'Api', { handler: alias });
        const metric = api.metricServerError({ dimensionsMap: { ApiName: api.restApiName, Stage: 'prod' } });
        return { hooks: { afterAllowTraffic: calendarHook() }, rollback: { alarms: [RollbackAlarm.of(new cloudwatch.Alarm(stack, 'Errors', { metric, threshold: 1, evaluationPeriods: 1 }))] } };
      },
    ],
  ])('%s waits for no alias', (_what, build) => {
    expect(ids(walked(build))).toEqual([]);
  });
});

describe('the order of an update', () => {
  test('the alias comes after group, hooks, guardian and the permissions of all of them', () => {
    const { template, alias } = walked((stack) => ({ hooks: { beforeAllowTraffic: calendarHook(), afterAllowTraffic: LifecycleHook.fromFunction(userFunction(stack, 'Smoke')) } }));
    expect(alias.DependsOn).toEqual([
      only(template, 'AWS::Lambda::EventInvokeConfig', 'OrdersAfter').id,
      only(template, 'AWS::IAM::Policy', 'OrdersAfterAllowTrafficReport').id,
      only(template, 'AWS::Lambda::EventInvokeConfig', 'OrdersBefore').id,
      only(template, 'AWS::CodeDeploy::DeploymentGroup').id,
      only(template, 'AWS::Lambda::Permission', 'OrdersHookInspector').id,
      only(template, 'AWS::IAM::Policy', 'OrdersInvokeHooks').id,
    ]);
  });

  test('names an unnamed function of the user by reference, which is an order of its own', () => {
    const { template, alias } = walked((stack) => ({ hooks: { beforeAllowTraffic: LifecycleHook.fromFunction(userFunction(stack, 'Smoke')) } }));
    expect(alias.UpdatePolicy.CodeDeployLambdaAliasUpdate.BeforeAllowTrafficHook).toEqual({ Ref: only(template, 'AWS::Lambda::Function', 'Smoke').id });
  });

  test('two aliases whose hooks ask each other do not wait for each other', () => {
    const stack = stackOf();
    const [one, other] = ['One', 'Other'].map((id) => liveAlias(stack, { version: userFunction(stack, `Take${id}`).currentVersion }, id));
    const asking = (id: string, alias: lambda.Alias) => LifecycleHook.fromOutcome(userFunction(stack, id, { environment: { ASK: alias.functionArn } }));
    aliasRolloutIn(stack, { alias: one, hooks: { beforeAllowTraffic: asking('AskOther', other!) } }, 'OneRollout');
    aliasRolloutIn(stack, { alias: other, hooks: { beforeAllowTraffic: asking('AskOne', one!) } }, 'OtherRollout');
    expect(findCycle(graphOf(Template.fromStack(stack)))).toBeUndefined();
    Annotations.fromStack(stack).hasWarning('/Shop/OtherRollout', Match.stringLikeRegexp('hook-after-alias'));
    Annotations.fromStack(stack).hasNoWarning('/Shop/OneRollout', Match.anyValue());
  });

  test('an update policy has a hook for each event that has one, and no other', () => {
    const sample = walked((stack) => ({ hooks: { afterAllowTraffic: outcomeHook(stack) } }));
    expect(sample.alias.UpdatePolicy.CodeDeployLambdaAliasUpdate).toEqual({
      ApplicationName: 'Shop-Orders-A8B1F509',
      DeploymentGroupName: 'Shop-Orders-A8B1F509',
      AfterAllowTrafficHook: 'CodeDeployHook_Shop-Orders-AfterAllowTraffic-2763D051',
    });
  });
});
