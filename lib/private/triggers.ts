/** The triggers of a deployment group, and what its service role needs for them. */
import type * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Names, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { MAX_NAME_LENGTH, MAX_TRIGGERS } from '../model/limits';
import type { DeploymentTrigger } from '../rollout/deployment-trigger';
import { useTopicKey } from './statements';

/** @throws for what the service would refuse */
export function requireTriggers(rollout: Construct, triggers: readonly DeploymentTrigger[]): void {
  if (triggers.length > MAX_TRIGGERS) {
    throw new Error(`rollout '${rollout.node.path}' has ${triggers.length} triggers, and a deployment group takes ${MAX_TRIGGERS}; let topics tell others`);
  }
  const stack = Stack.of(rollout);
  triggers.forEach(({ _topic: topic }, index) => {
    if (triggers.findIndex((other) => other._topic === topic) !== index) {
      throw new Error(`topic '${topic.node.path}' has two triggers of rollout '${rollout.node.path}'; make it one, with the events of both`);
    }
    for (const what of ['account', 'region'] as const) {
      const theirs = topic.env[what];
      if (!Token.isUnresolved(theirs) && !Token.isUnresolved(stack[what]) && theirs !== stack[what]) {
        throw new Error(`topic '${topic.node.path}' is in ${what} ${theirs}, and the rollout in ${stack[what]}; a trigger takes topics of its own ${what} only`);
      }
    }
  });
}

/** An empty list takes triggers away that were there before; without one the service keeps them. */
export function triggerConfigurations(triggers: readonly DeploymentTrigger[]): codedeploy.CfnDeploymentGroup.TriggerConfigProperty[] {
  return triggers.map(({ _topic, _events }) => ({
    triggerName: Names.uniqueResourceName(_topic, { maxLength: MAX_NAME_LENGTH, separator: '-', allowedSpecialCharacters: '_-' }),
    triggerTargetArn: _topic.topicArn,
    triggerEvents: [..._events],
  }));
}

export function triggerStatements(triggers: readonly DeploymentTrigger[]): iam.PolicyStatement[] {
  if (triggers.length === 0) {
    return [];
  }
  const keys = [...new Set(triggers.flatMap(({ _topic: { masterKey } }) => (masterKey === undefined ? [] : [masterKey.keyArn])))];
  return [
    new iam.PolicyStatement({ sid: 'TellTopics', actions: ['sns:Publish'], resources: triggers.map(({ _topic }) => _topic.topicArn) }),
    ...(keys.length === 0 ? [] : [useTopicKey(...keys)]),
  ];
}
