import { Assembly } from '../../../rehearsal/assembly/assembly';
import { eventRules } from '../../../rehearsal/assembly/event-rules';
import { isInvocable } from '../../../rehearsal/assembly/function-permissions';
import type { Stack } from '../../../rehearsal/assembly/stack';

const PLACE = { account: '222222222222', region: 'eu-west-1' };
const ARN = 'arn:aws:lambda:eu-west-1:222222222222:function:inspector';
const RULE_ARN = 'arn:aws:events:eu-west-1:222222222222:rule/starts';
const PATTERN = { source: ['aws.codedeploy'], detail: { region: [{ Ref: 'AWS::Region' }] } };
const target = { Arn: { 'Fn::GetAtt': ['Inspector', 'Arn'] }, Id: 'Target0' };

function assemblyWith(resources: Record<string, { readonly type: string; readonly properties: Record<string, unknown> }>, place: Partial<Stack> = {}): Assembly {
  const made = Object.fromEntries(Object.entries({ Inspector: { type: 'AWS::Lambda::Function', properties: { FunctionName: 'inspector' } }, ...resources }).map(([id, resource]) => [id, { ...resource, metadata: {} }]));
  const stack: Stack = {
    id: 'S',
    path: 'S',
    stackName: 'S',
    ...PLACE,
    templateFile: '/S.template.json',
    template: { parameters: {}, mappings: {}, conditions: {}, resources: made, outputs: {} },
    assets: [],
    parameters: {},
    ...place,
  };
  return new Assembly('/', [stack]);
}

const ruleWith = (properties: Record<string, unknown>) => ({ Rule: { type: 'AWS::Events::Rule', properties: { Name: 'starts', EventPattern: PATTERN, ...properties } } });

const found = (properties: Record<string, unknown>, place: Partial<Stack> = {}) => eventRules(assemblyWith(ruleWith(properties), place), PLACE);

test('a rule with its pattern and its targets resolved', () => {
  const machine = {
    Id: 'Machine',
    Arn: 'arn:aws:states:eu-west-1:222222222222:stateMachine:watch',
    RoleArn: 'arn:aws:iam::222222222222:role/events',
    InputTransformer: { InputPathsMap: { d: '$.detail' }, InputTemplate: '{"event": <d>}' },
  };
  expect(found({ Targets: [target, machine, { ...target, Id: 'Part', InputPath: '$.detail' }, { ...target, Id: 'Fixed', Input: '{}' }, 'nothing'] })).toEqual([
    {
      name: 'starts',
      arn: RULE_ARN,
      pattern: { source: ['aws.codedeploy'], detail: { region: ['eu-west-1'] } },
      targets: [
        { id: 'Target0', arn: ARN, input: {} },
        { id: 'Machine', arn: machine.Arn, roleArn: machine.RoleArn, input: { transformer: { paths: { d: '$.detail' }, template: '{"event": <d>}' } } },
        { id: 'Part', arn: ARN, input: { path: '$.detail' } },
        { id: 'Fixed', arn: ARN, input: { constant: '{}' } },
      ],
    },
  ]);
});

test.each<[string, Record<string, unknown>, Partial<Stack>, number]>([
  ['on', { State: 'ENABLED' }, {}, 1],
  ['without targets', {}, {}, 1],
  ['off', { State: 'DISABLED' }, {}, 0],
  ['on a schedule', { EventPattern: undefined, ScheduleExpression: 'rate(1 minute)' }, {}, 0],
  ['on the default bus by its name', { EventBusName: 'default' }, {}, 1],
  ['on the default bus by its ARN', { EventBusName: 'arn:aws:events:eu-west-1:222222222222:event-bus/default' }, {}, 1],
  ['on another bus', { EventBusName: 'orders' }, {}, 0],
  ['on another bus by its ARN', { EventBusName: 'arn:aws:events:eu-west-1:222222222222:event-bus/my-default' }, {}, 0],
  ['in another account', {}, { account: '333333333333' }, 0],
  ['in another region', {}, { region: 'eu-west-2' }, 0],
])('a rule that is %s', (_, properties, place, count) => {
  expect(found({ Targets: [target], ...properties }, place)).toHaveLength(count);
});

test.each<[string, Record<string, unknown>, boolean]>([
  ['for the rule', { SourceArn: RULE_ARN }, true],
  ['by the name of the function', { FunctionName: 'inspector', SourceArn: RULE_ARN }, true],
  ['for all rules', { SourceArn: 'arn:aws:events:eu-west-1:222222222222:rule/*' }, true],
  ['whatever the source is', {}, true],
  ['of the account', { SourceAccount: '222222222222' }, true],
  ['of another account', { SourceAccount: '333333333333' }, false],
  ['for another rule', { SourceArn: `${RULE_ARN}-2` }, false],
  ['for another service', { Principal: 'sns.amazonaws.com' }, false],
  ['for everybody', { Principal: '*' }, true],
  ['for another action', { Action: 'lambda:InvokeFunctionUrl' }, false],
  ['for another function', { FunctionName: 'other' }, false],
])('a permission %s', (_, properties, allowed) => {
  const permission = { type: 'AWS::Lambda::Permission', properties: { FunctionName: ARN, Action: 'lambda:InvokeFunction', Principal: 'events.amazonaws.com', ...properties } };
  const invocation = { function: { name: 'inspector', arn: ARN }, service: 'events.amazonaws.com', sourceArn: RULE_ARN, account: '222222222222' };
  expect(isInvocable(assemblyWith({ Permission: permission }), invocation)).toBe(allowed);
});
