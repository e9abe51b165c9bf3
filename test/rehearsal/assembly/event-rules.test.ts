import { Assembly } from '../../../rehearsal/assembly/assembly';
import { rulesInvoking } from '../../../rehearsal/assembly/event-rules';
import type { Stack } from '../../../rehearsal/assembly/stack';

const ARN = 'arn:aws:lambda:eu-west-1:222222222222:function:inspector';
const PATTERN = { source: ['aws.codedeploy'], detail: { region: [{ Ref: 'AWS::Region' }] } };
const target = { Arn: { 'Fn::GetAtt': ['Inspector', 'Arn'] }, Id: 'Target0' };
const other = { Arn: 'arn:aws:lambda:eu-west-1:222222222222:function:other', Id: 'Target1' };

function assemblyWith(properties: Record<string, unknown>): Assembly {
  const stack: Stack = {
    id: 'S',
    path: 'S',
    stackName: 'S',
    account: '222222222222',
    region: 'eu-west-1',
    templateFile: '/S.template.json',
    template: {
      parameters: {},
      mappings: {},
      conditions: {},
      resources: {
        Inspector: { type: 'AWS::Lambda::Function', properties: { FunctionName: 'inspector' }, metadata: {} },
        Rule: { type: 'AWS::Events::Rule', properties: { Name: 'starts', ...properties }, metadata: {} },
      },
      outputs: {},
    },
    assets: [],
    parameters: {},
  };
  return new Assembly('/', [stack]);
}

test.each<[string, Record<string, unknown>, boolean]>([
  ['a rule that targets it', { EventPattern: PATTERN, State: 'ENABLED', Targets: [target] }, true],
  ['without a state', { EventPattern: PATTERN, Targets: [other, target] }, true],
  ['that is off', { EventPattern: PATTERN, State: 'DISABLED', Targets: [target] }, false],
  ['that targets another function', { EventPattern: PATTERN, Targets: [other] }, false],
  ['without targets', { EventPattern: PATTERN }, false],
  ['on a schedule', { ScheduleExpression: 'rate(1 minute)', Targets: [target] }, false],
])('%s', (_, properties, found) => {
  const resolved = { source: ['aws.codedeploy'], detail: { region: ['eu-west-1'] } };
  expect(rulesInvoking(assemblyWith(properties), ARN)).toEqual(found ? [{ name: 'starts', pattern: resolved }] : []);
});
