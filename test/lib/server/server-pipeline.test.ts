/** A rollout to servers as the target of a pipeline's action: no update of the stack deploys it, so that nothing stands against it. */
import { Template } from 'aws-cdk-lib/assertions';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as actions from 'aws-cdk-lib/aws-codepipeline-actions';
import * as s3 from 'aws-cdk-lib/aws-s3';

import { only, stackOf } from '../support/sample';
import { fleetIn, serverRolloutIn } from '../support/server-sample';
import { ServerTargets } from '../../../lib';

test('the action names application and group, and may deploy to it', () => {
  const stack = stackOf();
  const { deploymentGroup } = serverRolloutIn(stack, { targets: ServerTargets.autoScalingGroups(fleetIn(stack)) });
  const input = new codepipeline.Artifact('Bundle');
  new codepipeline.Pipeline(stack, 'Pipeline', {
    stages: [
      { stageName: 'Source', actions: [new actions.S3SourceAction({ actionName: 'Zip', bucket: s3.Bucket.fromBucketName(stack, 'Sources', 'sources'), bucketKey: 'app.zip', output: input })] },
      { stageName: 'Deploy', actions: [new actions.CodeDeployServerDeployAction({ actionName: 'Release', deploymentGroup, input })] },
    ],
  });
  const template = Template.fromStack(stack);
  const application = { Ref: only(template, 'AWS::CodeDeploy::Application').id };
  const [, deploy] = only(template, 'AWS::CodePipeline::Pipeline').properties.Stages as { readonly Actions: readonly Record<string, unknown>[] }[];
  expect(deploy!.Actions[0]).toMatchObject({ ActionTypeId: { Category: 'Deploy', Owner: 'AWS', Provider: 'CodeDeploy' }, Configuration: { ApplicationName: application, DeploymentGroupName: expect.anything() } });
  const allowed = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) => (Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[]).filter(({ Action }) => [Action].flat().includes('codedeploy:CreateDeployment')));
  expect(JSON.stringify(stack.resolve(allowed))).toContain(':deploymentgroup:');
});
