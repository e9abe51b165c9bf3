import { dependencies, findCycle } from './template-graph';

describe('dependencies', () => {
  test.each([
    ['Ref', { A: { Properties: { X: { Ref: 'B' } } } }],
    ['GetAtt', { A: { Properties: { X: [{ 'Fn::GetAtt': ['B', 'Arn'] }] } } }],
    ['GetAtt as text', { A: { Properties: { X: { 'Fn::GetAtt': 'B.Arn' } } } }],
    ['Sub', { A: { Properties: { X: { 'Fn::Sub': 'a ${B} ${AWS::Region} ${!C}' } } } }],
    ['Sub with an attribute', { A: { Properties: { X: { 'Fn::Sub': '${B.Arn}' } } } }],
    ['Sub with values', { A: { Properties: { X: { 'Fn::Sub': ['${V}', { V: { Ref: 'B' } }] } } } }],
    ['DependsOn', { A: { DependsOn: 'B' } }],
    ['DependsOn as a list', { A: { DependsOn: ['B'] } }],
    ['UpdatePolicy', { A: { UpdatePolicy: { CodeDeployLambdaAliasUpdate: { ApplicationName: { Ref: 'B' } } } } }],
    ['a list inside Join', { A: { Properties: { X: { 'Fn::Join': ['', ['x', { Ref: 'B' }]] } } } }],
  ])('sees %s', (_what, resources) => {
    expect(dependencies({ Resources: { ...resources, B: {}, C: {} } }).get('A')).toEqual(new Set(['B']));
  });
});

describe('findCycle', () => {
  test('finds none in a chain and in a diamond', () => {
    const Resources = { A: { DependsOn: ['B', 'C'] }, B: { DependsOn: 'D' }, C: { DependsOn: 'D' }, D: {} };
    expect(findCycle({ Resources })).toBeUndefined();
  });

  test('names the ids along a cycle', () => {
    const Resources = { S: { DependsOn: 'A' }, A: { X: { Ref: 'B' } }, B: { UpdatePolicy: { Y: { 'Fn::GetAtt': ['C', 'Arn'] } } }, C: { DependsOn: ['A'] } };
    expect(findCycle({ Resources })).toEqual(['A', 'B', 'C', 'A']);
  });
});
