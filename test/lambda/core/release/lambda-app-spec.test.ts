import { readLambdaAppSpec } from '../../../../lambda/core/release/lambda-app-spec';

const PROPERTIES = { Name: 'orders', Alias: 'live', CurrentVersion: '41', TargetVersion: '42' };
const spec = (properties: unknown = PROPERTIES, type: unknown = 'AWS::Lambda::Function') => ({ version: '0.0', Resources: [{ orders: { Type: type, Properties: properties } }], Hooks: [] });

describe('the AppSpec of a function', () => {
  test('is read as CloudFormation writes it', () => {
    expect(readLambdaAppSpec(JSON.stringify(spec()))).toEqual({ platform: 'Lambda', functionName: 'orders', alias: 'live', currentVersion: '41', targetVersion: '42' });
  });

  test('is read as the user guide shows it, with numbers that have no quotation marks', () => {
    const lower = { version: 0, resources: [{ orders: { type: 'AWS::Lambda::Function', properties: { name: 'orders', alias: 'live', currentversion: 41, targetversion: 42 } } }] };
    expect(readLambdaAppSpec(JSON.stringify(lower))).toEqual({ platform: 'Lambda', functionName: 'orders', alias: 'live', currentVersion: '41', targetVersion: '42' });
  });

  test.each([[{ Name: '', Alias: null, CurrentVersion: true }], [null], ['text'], [[]]])('without properties in %j it tells nothing of them', (properties) => {
    expect(readLambdaAppSpec(JSON.stringify(spec(properties)))).toEqual({ platform: 'Lambda' });
  });

  test.each<[string, string]>([
    ['version: 0.0\nResources: []', 'the AppSpec is no JSON: "version: 0.0\\nResources: []"'],
    ['null', 'the AppSpec must have one resource, and has 0'],
    ['[]', 'the AppSpec must have one resource, and has 0'],
    [JSON.stringify({ Resources: { a: {} } }), 'the AppSpec must have one resource, and has 0'],
    [JSON.stringify({ Resources: ['a', null] }), 'the AppSpec must have one resource, and has 0'],
    [JSON.stringify({ Resources: [{ a: {} }, { b: {} }] }), 'the AppSpec must have one resource, and has 2'],
    [JSON.stringify({ Resources: [{ a: {}, b: {} }] }), 'the AppSpec must have one resource, and has 2'],
    [JSON.stringify({ Resources: [{ a: {} }] }), 'the resource of the AppSpec must be of type AWS::Lambda::Function, got nothing'],
    [JSON.stringify({ Resources: [{ a: null }] }), 'the resource of the AppSpec must be of type AWS::Lambda::Function, got nothing'],
    [JSON.stringify(spec(PROPERTIES, 'AWS::ECS::Service')), 'the resource of the AppSpec must be of type AWS::Lambda::Function, got "AWS::ECS::Service"'],
  ])('%s is none', (content, why) => {
    expect(readLambdaAppSpec(content)).toBe(why);
  });
});
