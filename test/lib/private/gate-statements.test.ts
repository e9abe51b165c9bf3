/** The statements of the gates of fleets, each for itself. */
import { findAddresses, findTargets, goOn, lookUpTarget } from '../../../lib/private/statements';

const GROUP = 'arn:aws:codedeploy:eu-central-1:111122223333:deploymentgroup:web-application/web-group';

test.each([
  ['to find all instances of a deployment', findTargets(GROUP), { Sid: 'FindTargets', Action: ['codedeploy:BatchGetDeploymentTargets', 'codedeploy:ListDeploymentTargets'], Resource: GROUP }],
  ['to look one of them up', lookUpTarget(GROUP), { Sid: 'LookUpTarget', Action: 'codedeploy:BatchGetDeploymentTargets', Resource: GROUP }],
  ['to end a ready wait', goOn(GROUP), { Sid: 'GoOn', Action: 'codedeploy:ContinueDeployment', Resource: GROUP }],
  ['to find addresses', findAddresses(), { Sid: 'FindAddresses', Action: 'ec2:DescribeInstances', Resource: '*' }],
])('%s', (_, statement, expected) => {
  expect(statement.toStatementJson()).toEqual({ Effect: 'Allow', ...expected });
});
