/** What the CodeDeploy endpoint tells of deployments that CloudFormation performs: the target is a stack, and nothing names a group. */
import { deploymentInfo, deploymentTarget } from '../../../rehearsal/endpoints/codedeploy-wire';
import { codeDeployBackend } from '../../../rehearsal/endpoints/codedeploy-backend';
import { stackBehaviour } from '../../../rehearsal/engine/stack-behaviour';
import { Stage } from '../engine/stage';

const STACK = 'arn:aws:cloudformation:eu-central-1:111122223333:stack/Shop/0a1b';
const PLACE = { partition: 'aws', region: 'eu-central-1', accountId: '111122223333', epochMs: 0, now: () => 0 };

const stage = new Stage({ stack: { id: STACK, behaviour: stackBehaviour() }, rollbackEvents: [] });
const id = stage.create();
stage.play();
const record = stage.get(id);

test('CD-18: GetDeployment names no application, group and configuration', () => {
  const info = deploymentInfo(PLACE, record);
  expect(info).toMatchObject({ deploymentId: id, creator: 'CloudFormation', status: 'Succeeded', computePlatform: 'ECS' });
  expect(Object.keys(info).filter((name) => ['applicationName', 'deploymentGroupName', 'deploymentConfigName'].includes(name))).toEqual([]);
});

test('CD-18: the target is the stack, with the lifecycle events and the weight of the replacement', () => {
  const { deploymentTargetType, cloudFormationTarget, ecsTarget } = deploymentTarget(PLACE, record);
  expect([deploymentTargetType, ecsTarget]).toEqual(['CloudFormationTarget', undefined]);
  expect(cloudFormationTarget).toMatchObject({ deploymentId: id, targetId: STACK, status: 'Succeeded', resourceType: 'AWS::ECS::Service', targetVersionWeight: 100 });
  expect(cloudFormationTarget!.lifecycleEvents!.map(({ lifecycleEventName, status }) => `${lifecycleEventName} ${status}`)).toHaveLength(8);
});

test('CD-18: nobody can create one', () => {
  const backend = codeDeployBackend([{ group: stage.group, deployments: stage.deployments, release: () => ({ id: 'r2', startupMs: 0 }) }], []);
  expect(backend.groups()).toEqual([]);
  expect(backend.deployments().map(({ deploymentId }) => deploymentId)).toEqual([id]);
});
