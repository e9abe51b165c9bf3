/** The guard of listeners that a rollout makes, and what is said of those that have none. */
import type { Template } from 'aws-cdk-lib/assertions';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Aspects, CfnResource } from 'aws-cdk-lib/core';

import { EcsEndpoint, EcsListenerRule } from '../../../lib';
import { dependencies } from '../../support/template-graph';
import type { Sample } from '../support/sample';
import { fargate, finished, graphOf, only, rolloutIn, sample, stackOf, testable } from '../support/sample';

const GUARD = 'Custom::GreenlightLiveListener';
const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const certificate = (id: string) => elbv2.ListenerCertificate.fromArn(`arn:aws:acm:eu-west-1:111122223333:certificate/${id}`);

/** A rollout, and what somebody does to it before the app is complete. */
function changed(change: (rollout: ReturnType<typeof rolloutIn>) => void, endpoint = testable()): Sample {
  const stack = stackOf();
  const rollout = rolloutIn(stack, { endpoint });
  change(rollout);
  return finished(stack, rollout);
}

const cfnListener = ({ productionListener }: ReturnType<typeof rolloutIn>) => productionListener.node.defaultChild as elbv2.CfnListener;
const found = ({ description }: Sample) => description.findings.filter(({ id }) => id === 'unguarded-listener').map(({ level, message, remedy }) => [level, message, remedy]);
const withoutAction = (properties: Record<string, unknown>) => Object.fromEntries(Object.entries(properties).filter(([name]) => name !== 'DefaultActions'));
const guarded = (template: Template, prefix = 'WebProduction') => only(template, GUARD, prefix).properties.Listener;

describe('the guard', () => {
  test.each([
    ['application', EcsEndpoint.application({ certificates: [certificate('a'), certificate('b')], testPort: 8443, sslPolicy: elbv2.SslPolicy.TLS13_RES })],
    ['network', EcsEndpoint.network({ certificates: [certificate('a')], testPort: 8443 })],
  ])('has the properties of an %s listener, save its action', (_kind, endpoint) => {
    const { template } = sample({ endpoint });
    for (const prefix of ['WebProduction', 'WebTest']) {
      const others = withoutAction(only(template, LISTENER, prefix).properties);
      expect(Object.keys(others)).toEqual(expect.arrayContaining(['Certificates', 'LoadBalancerArn', 'Port', 'Protocol']));
      expect(guarded(template, prefix)).toEqual(others);
    }
  });

  test('changes with everything that is said of the listener later', () => {
    const { template } = changed(
      (rollout) => {
        const listener = rollout.productionListener as elbv2.ApplicationListener;
        listener.setAttribute('routing.http.response.server.enabled', 'false');
        cfnListener(rollout).sslPolicy = 'ELBSecurityPolicy-2016-08';
        cfnListener(rollout).addPropertyOverride('MutualAuthentication.Mode', 'off');
        Aspects.of(rollout).add({ visit: (node) => node === cfnListener(rollout) && cfnListener(rollout).addPropertyOverride('Port', 8444) });
      },
      EcsEndpoint.application({ certificates: [certificate('a')] }),
    );
    const others = withoutAction(only(template, LISTENER).properties);
    expect(guarded(template)).toEqual(others);
    expect(others).toMatchObject({
      ListenerAttributes: [{ Key: 'routing.http.response.server.enabled', Value: 'false' }],
      SslPolicy: 'ELBSecurityPolicy-2016-08',
      MutualAuthentication: { Mode: 'off' },
      Port: 8444,
    });
  });

  test('waits for nothing of what waits for the listener', () => {
    const { template } = sample();
    const needs = dependencies(graphOf(template));
    const reached = new Set<string>();
    const visit = (id: string): void => [...(needs.get(id) ?? [])].filter((next) => !reached.has(next)).forEach((next) => (reached.add(next), visit(next)));
    visit(only(template, GUARD, 'WebProduction').id);
    const types = [...reached].map((id) => (template.toJSON().Resources as Record<string, { Type: string }>)[id]?.Type);
    expect(types).toEqual(expect.arrayContaining(['AWS::Lambda::Function', 'AWS::Lambda::EventInvokeConfig', 'AWS::IAM::Policy']));
    expect(types.filter((type) => /Listener|ECS|CodeDeploy|Greenlight/.test(String(type)))).toEqual([]);
  });

  test('may look at listeners before it is asked, and has an hour', () => {
    const { template } = sample();
    const [guard] = Object.values(template.findResources(GUARD));
    const { id, properties } = only(template, 'AWS::IAM::Policy', 'GreenlightDeploymentsListenerPolicy');
    expect(guard!.DependsOn).toContain(id);
    expect(guard!.Properties.ServiceTimeout).toBe('3600');
    expect(properties.PolicyDocument).toEqual({
      Version: '2012-10-17',
      Statement: [{ Sid: 'LookAtListeners', Effect: 'Allow', Action: 'elasticloadbalancing:DescribeListeners', Resource: '*' }],
    });
  });

  test('is nothing to warn of', () => {
    expect(found(sample())).toEqual([]);
  });
});

describe('unguarded-listener', () => {
  const HARM = (role: string) => `a stack update that changes it can send ${role} traffic to an empty target group`;
  const overridden = ['warning', `production listener 'Shop/Web/ProductionListener' has an override of its default action, which takes the place of its guard: ${HARM('production')}`, "drop the override of 'DefaultActions'"];

  test.each<[string, (listener: elbv2.CfnListener) => void]>([
    ['another target group', (listener) => listener.addPropertyOverride('DefaultActions.0.TargetGroupArn', 'arn')],
    ['another action', (listener) => listener.addPropertyOverride('DefaultActions.0.Type', 'redirect')],
    ['one more property', (listener) => listener.addPropertyOverride('DefaultActions.0.ForwardConfig', { TargetGroups: [] })],
    ['one more action', (listener) => listener.addPropertyOverride('DefaultActions.1', { Type: 'forward' })],
    ['none at all', (listener) => listener.addPropertyDeletionOverride('DefaultActions')],
    ['other actions', (listener) => (listener.defaultActions = [{ type: 'forward', targetGroupArn: 'arn' }])],
  ])('an override by %s', (_what, override) => {
    expect(found(changed((rollout) => override(cfnListener(rollout))))).toEqual([overridden]);
  });

  test('an override by an aspect', () => {
    const sampled = changed((rollout) =>
      Aspects.of(rollout).add({ visit: (node) => CfnResource.isCfnResource(node) && node.cfnResourceType === LISTENER && node.addPropertyOverride('DefaultActions.0.Order', 1) }),
    );
    expect(found(sampled).map(([, message]) => message)).toEqual([overridden[1], expect.stringContaining("test listener 'Shop/Web/TestListener'")]);
  });

  test('an action that the guard keeps out', () => {
    const sampled = changed(({ productionListener }) => (productionListener as elbv2.ApplicationListener).addAction('Closed', { action: elbv2.ListenerAction.fixedResponse(503) }));
    expect(found(sampled)).toEqual([
      [
        'warning',
        `production listener 'Shop/Web/ProductionListener' was given another default action, which does not reach the template since its guard stands there: ${HARM('production')}`,
        'give the action conditions, which make a rule of it',
      ],
    ]);
    expect(JSON.stringify(only(sampled.template, LISTENER, 'WebProduction').properties.DefaultActions)).toContain('LiveTargetGroup');
  });

  test('a rule is none of the default action', () => {
    const sampled = changed(({ productionListener }) =>
      (productionListener as elbv2.ApplicationListener).addAction('Closed', { action: elbv2.ListenerAction.fixedResponse(503), priority: 1, conditions: [elbv2.ListenerCondition.pathPatterns(['/closed'])] }),
    );
    expect(found(sampled)).toEqual([]);
  });

  test.each([
    ['application', EcsEndpoint.application({ listenerGuard: false, testPort: 8080 })],
    ['network', EcsEndpoint.network({ listenerGuard: false, testPort: 8080 })],
  ])('a guard of an %s endpoint that is off', (_kind, endpoint) => {
    const off = sample({ endpoint });
    off.template.resourceCountIs(GUARD, 0);
    expect(only(off.template, LISTENER, 'WebProduction').properties.DefaultActions).toEqual([{ Type: 'forward', TargetGroupArn: { Ref: only(off.template, 'AWS::ElasticLoadBalancingV2::TargetGroup', 'WebBlue').id } }]);
    expect(found(off)).toEqual(
      ['production', 'test'].map((role) => [
        'info',
        `${role} listener 'Shop/Web/${role === 'test' ? 'Test' : 'Production'}Listener' is not guarded, by 'listenerGuard: false': ${HARM(role)}`,
        "drop 'listenerGuard: false'; the guard takes over whatever is live",
      ]),
    );
  });

  const theirs = (rules: EcsListenerRule[] = []) =>
    sample((stack) => {
      const service = fargate(stack);
      const { vpc } = service.cluster;
      const loadBalancer = new elbv2.ApplicationLoadBalancer(stack, 'Own', { vpc });
      const [blueTargetGroup, greenTargetGroup] = ['B', 'G'].map((id) => new elbv2.ApplicationTargetGroup(stack, id, { vpc, port: 8080, targetType: elbv2.TargetType.IP })) as [elbv2.ApplicationTargetGroup, elbv2.ApplicationTargetGroup];
      const productionListener = loadBalancer.addListener('Production', { port: 80, open: false, defaultTargetGroups: [blueTargetGroup] });
      const listenerArn = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/own/1/2';
      const testListener = elbv2.ApplicationListener.fromApplicationListenerAttributes(stack, 'Imported', { listenerArn, securityGroup: loadBalancer.connections.securityGroups[0]! });
      return { service, endpoint: EcsEndpoint.existing({ loadBalancer, productionListener, testListener, blueTargetGroup, greenTargetGroup, productionRules: rules }) };
    });

  test('listeners that are yours: those of the app, and imported ones', () => {
    const remedy = 'before a change of this listener is deployed, let the template forward to the target group that is live; or let the rollout make the listener';
    expect(found(theirs())).toEqual([
      ['warning', `production listener 'Shop/Own/Production' is yours, and forwards as its own template says: ${HARM('production')}`, remedy],
      ['info', `test listener 'Shop/Imported' is yours, and forwards as its own template says: ${HARM('test')}`, remedy],
    ]);
  });

  test('rules', () => {
    const sampled = theirs([EcsListenerRule.forward({ priority: 10, paths: ['/orders/*'] })]);
    expect(found(sampled)[0]).toEqual([
      'warning',
      `production listener 'Shop/Own/Production' has rules that forward to target groups as the template names them: ${HARM('production')}`,
      'before a change of these rules is deployed, let the template forward to the target group that is live; or let the rollout make the listener',
    ]);
  });
});
