import type { LimitedTemplate } from '../../../lib/private/stack-limits';
import { stackLimitProblems } from '../../../lib/private/stack-limits';

const ROLLOUT = "rollout 'Shop/Web' is deployed by CloudFormation, which";
const SECRETS = "let the task read the value itself, such as by 'secrets' of its container";

const HOOK = { Type: 'AWS::CodeDeploy::BlueGreen' };

describe('what CloudFormation does not take in such a stack', () => {
  test.each<[string, LimitedTemplate, string[]]>([
    ['nothing', {}, []],
    [
      'what it does take',
      {
        Parameters: { BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>' }, Shown: { NoEcho: false } },
        Resources: { Vpc: { Type: 'AWS::EC2::VPC', Properties: { Text: '{{ resolve }}', Other: { Ref: 'Fn::ImportValue' } } } },
        Hooks: { Hook: HOOK, Other: { Type: 'Other::Hook' } },
      },
      [],
    ],
    ['an output', { Outputs: { Url: { Value: 'x' } } }, [`${ROLLOUT} supports no outputs in its stack, and there is 'Url'; read the value by the AWS CLI, or move what needs it into this stack`]],
    [
      'an export',
      { Outputs: { Vpc: { Value: 'x', Export: { Name: 'n' } } } },
      [`${ROLLOUT} supports no outputs in its stack, and there is 'Vpc' (exported, such as for another stack that refers to this one); read the value by the AWS CLI, or move what needs it into this stack`],
    ],
    [
      'an import',
      { Resources: { Service: { Type: 'AWS::ECS::Service', Properties: { Cluster: [{ 'Fn::ImportValue': 'cluster' }] } } } },
      [`${ROLLOUT} supports no values of other stacks, and 'Service' has Fn::ImportValue; make it in this stack, or name it by a literal`],
    ],
    [
      'an output of another stack',
      { Resources: { Service: { Properties: { Cluster: { 'Fn::GetStackOutput': {} } } } } },
      [`${ROLLOUT} supports no values of other stacks, and 'Service' has Fn::GetStackOutput; make it in this stack, or name it by a literal`],
    ],
    [
      'dynamic references, each once',
      { Resources: { Task: { Properties: { A: '{{resolve:ssm:/key}}', B: '{{resolve:ssm:/key}}', C: 'x {{resolve:secretsmanager:db:SecretString:password}}' } } } },
      [
        `${ROLLOUT} fails on dynamic references, and 'Task' has '{{resolve:ssm:/key}}'; ${SECRETS}`,
        `${ROLLOUT} fails on dynamic references, and 'Task' has '{{resolve:secretsmanager:db:SecretString:password}}'; ${SECRETS}`,
      ],
    ],
    [
      'a dynamic reference that is put together',
      { Resources: { Task: { Properties: { A: { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'Secret' }, ':SecretString}}']] } } } } },
      [`${ROLLOUT} fails on dynamic references, and 'Task' has '{{resolve:secretsmanager:'; ${SECRETS}`],
    ],
    [
      'a dynamic reference as a default',
      { Parameters: { Key: { Type: 'String', Default: '{{resolve:ssm:/key}}' } } },
      [`${ROLLOUT} fails on dynamic references, and 'Key' has '{{resolve:ssm:/key}}'; ${SECRETS}`],
    ],
    ['a hidden parameter', { Parameters: { Password: { NoEcho: true } } }, [`${ROLLOUT} fails on parameters with 'NoEcho', and there is 'Password'; ${SECRETS}`]],
    ['one that says so as a text', { Parameters: { Password: { NoEcho: 'true' } } }, [`${ROLLOUT} fails on parameters with 'NoEcho', and there is 'Password'; ${SECRETS}`]],
    [
      'a nested stack',
      { Resources: { Nested: { Type: 'AWS::CloudFormation::Stack' } } },
      [`${ROLLOUT} takes no nested stacks in its stack, and there is 'Nested'; make the nested stack a stack of its own, or move what is in it`],
    ],
    [
      'a module',
      { Resources: { Service: { Type: 'My::Ecs::Service::MODULE' } } },
      [`${ROLLOUT} takes no modules in its stack (aws-cloudformation/cloudformation-coverage-roadmap#1479), and there is 'Service'; write out what the module makes`],
    ],
    [
      'a second hook',
      { Hooks: { Hook: HOOK, Another: HOOK } },
      [`${ROLLOUT} deploys one service of a stack only, and there is another hook 'Another'; give its service a stack of its own`],
    ],
  ])('%s', (_, template, problems) => {
    expect(stackLimitProblems('Shop/Web', template)).toEqual(problems);
  });
});
