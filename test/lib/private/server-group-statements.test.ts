/** What the deployment provider may do for a deployment group of blue/green on EC2, to the letter. */
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { App, Stack } from 'aws-cdk-lib/core';

import {
  keepServerGroup,
  lookAtStackResource,
  passServiceRole,
  releaseServerGroup,
  removeCopiedFleets,
  retireServerGroups,
  stopServerDeployments,
} from '../../../lib/private/deployment-statements';
import { lookAtFleets, scaleFleets } from '../../../lib/private/fleet-statements';

const GROUP = 'arn:aws:codedeploy:eu-central-1:111122223333:deploymentgroup:web/fleet';
const ROLE = 'arn:aws:iam::111122223333:role/deploy';
const STACK = 'arn:aws:cloudformation:eu-central-1:111122223333:stack/App-Web/1';
const stack = new Stack(new App(), 'Web', { env: { account: '111122223333', region: 'eu-central-1' } });
const fleet = (name: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:autoscaling:eu-central-1:111122223333:autoScalingGroup:*:autoScalingGroupName/${name}`]] });
const imported = (name: string) => autoscaling.AutoScalingGroup.fromAutoScalingGroupName(stack, name, name);
const allow = (Sid: string, Action: unknown, Resource: unknown, more: object = {}) => ({ Sid, Effect: 'Allow', Action, Resource, ...more });

test.each<[iam.PolicyStatement, object]>([
  [
    keepServerGroup(GROUP),
    allow(
      'KeepServerGroup',
      ['codedeploy:CreateDeploymentGroup', 'codedeploy:DeleteDeploymentGroup', 'codedeploy:GetDeploymentGroup', 'codedeploy:ListTagsForResource', 'codedeploy:TagResource', 'codedeploy:UpdateDeploymentGroup'],
      GROUP,
    ),
  ],
  [releaseServerGroup(GROUP), allow('ReleaseServerGroup', 'codedeploy:UntagResource', GROUP)],
  [stopServerDeployments(GROUP), allow('StopServerDeployments', ['codedeploy:BatchGetDeployments', 'codedeploy:GetDeployment', 'codedeploy:ListDeployments', 'codedeploy:StopDeployment'], GROUP)],
  [
    retireServerGroups(stack, 'web'),
    allow(
      'RetireServerGroups',
      [
        'codedeploy:BatchGetDeployments',
        'codedeploy:DeleteDeploymentGroup',
        'codedeploy:GetDeployment',
        'codedeploy:GetDeploymentGroup',
        'codedeploy:ListDeployments',
        'codedeploy:ListTagsForResource',
        'codedeploy:StopDeployment',
      ],
      { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':codedeploy:eu-central-1:111122223333:deploymentgroup:web/*']] },
    ),
  ],
  [passServiceRole(ROLE), allow('PassServiceRole', 'iam:PassRole', ROLE, { Condition: { StringEquals: { 'iam:PassedToService': 'codedeploy.amazonaws.com' } } })],
  [lookAtFleets(), allow('LookAtFleets', 'autoscaling:DescribeAutoScalingGroups', '*')],
  [scaleFleets(stack, [imported('blue'), imported('green')]), allow('ScaleFleets', 'autoscaling:SetDesiredCapacity', [fleet('blue'), fleet('green')])],
  [removeCopiedFleets(stack, ['fleet']), allow('RemoveCopiedFleets', 'autoscaling:DeleteAutoScalingGroup', fleet('CodeDeploy_fleet_*'))],
  [removeCopiedFleets(stack, ['fleet', 'before']), allow('RemoveCopiedFleets', 'autoscaling:DeleteAutoScalingGroup', [fleet('CodeDeploy_fleet_*'), fleet('CodeDeploy_before_*')])],
  [lookAtStackResource(STACK), allow('LookAtStackResource', 'cloudformation:DescribeStackResource', STACK)],
])('%#', (statement, expected) => {
  expect(stack.resolve(statement.toStatementJson())).toEqual(expected);
});
