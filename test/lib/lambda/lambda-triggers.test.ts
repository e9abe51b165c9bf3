/** Topics that CodeDeploy tells of deployments. */
import * as sns from 'aws-cdk-lib/aws-sns';
import { App, Stack } from 'aws-cdk-lib/core';

import { DeploymentTrigger, DeploymentTriggerEvent } from '../../../lib';
import { aliasRolloutIn, aliasSample } from '../support/lambda-sample';
import { only, stackOf } from '../support/sample';

const topics = (stack: Stack, count: number) => Array.from({ length: count }, (_, index) => new sns.Topic(stack, `Topic${index}`));

const triggersOf = ({ template }: ReturnType<typeof aliasSample>) => only(template, 'AWS::CodeDeploy::DeploymentGroup').properties.TriggerConfigurations;

test('a topic is told of everything, or of what is named', () => {
  const sample = aliasSample((stack) => {
    const [all, few] = topics(stack, 2);
    const events = [DeploymentTriggerEvent.DEPLOYMENT_FAILURE, DeploymentTriggerEvent.DEPLOYMENT_ROLLBACK];
    return { triggers: [DeploymentTrigger.topic(all!), DeploymentTrigger.topic(few!, { events })] };
  });
  expect(triggersOf(sample)).toEqual([
    {
      TriggerName: expect.stringMatching(/^Shop-Topic0-[0-9A-F]{8}$/),
      TriggerTargetArn: { Ref: only(sample.template, 'AWS::SNS::Topic', 'Topic0').id },
      TriggerEvents: ['DeploymentStart', 'DeploymentSuccess', 'DeploymentFailure', 'DeploymentStop', 'DeploymentRollback'],
    },
    {
      TriggerName: expect.stringMatching(/^Shop-Topic1-[0-9A-F]{8}$/),
      TriggerTargetArn: { Ref: only(sample.template, 'AWS::SNS::Topic', 'Topic1').id },
      TriggerEvents: ['DeploymentFailure', 'DeploymentRollback'],
    },
  ]);
});

test('without triggers those of before go', () => expect(triggersOf(aliasSample())).toEqual([]));

test('ten topics do, and eleven do not', () => {
  const triggers = (count: number) => (stack: Stack) => ({ triggers: topics(stack, count).map((topic) => DeploymentTrigger.topic(topic)) });
  expect(triggersOf(aliasSample(triggers(10)))).toHaveLength(10);
  expect(() => aliasSample(triggers(11))).toThrow("rollout 'Shop/Orders' has 11 triggers, and a deployment group takes 10; let topics tell others");
});

test('what the service would refuse is an error', () => {
  const stack = stackOf();
  const [topic] = topics(stack, 1);
  expect(() => DeploymentTrigger.topic(topic!, { events: [] })).toThrow("trigger of topic 'Shop/Topic0' names no event, and would tell nothing; name one or leave 'events' out");
  const twice = [DeploymentTriggerEvent.DEPLOYMENT_STOP, DeploymentTriggerEvent.DEPLOYMENT_STOP];
  expect(() => DeploymentTrigger.topic(topic!, { events: twice })).toThrow("trigger of topic 'Shop/Topic0' names DeploymentStop twice; drop one of them");
  expect(() => aliasRolloutIn(stack, { triggers: [DeploymentTrigger.topic(topic!), DeploymentTrigger.topic(topic!)] })).toThrow(
    "topic 'Shop/Topic0' has two triggers of rollout 'Shop/Orders'; make it one, with the events of both",
  );
});

test('a topic of another region is an error', () => {
  const far = (stack: Stack) => sns.Topic.fromTopicArn(stack, 'Far', 'arn:aws:sns:us-east-1:111122223333:far');
  expect(() => aliasSample((stack) => ({ triggers: [DeploymentTrigger.topic(far(stack))] }))).not.toThrow();
  const stack = new Stack(new App(), 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } });
  expect(() => aliasRolloutIn(stack, { triggers: [DeploymentTrigger.topic(far(stack))] })).toThrow(
    "topic 'Shop/Far' is in region us-east-1, and the rollout in eu-west-1; a trigger takes topics of its own region only",
  );
});
