import { App, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

import { literalName, literalNameWith, nameProblems } from '../../../lib/private/names';

const at = (stackName: string, ...ids: string[]) => ids.reduce<Construct>((scope, id) => new Construct(scope, id), new Stack(new App(), stackName));

describe('literalName', () => {
  test('is made of stack and path, the same every time', () => {
    expect(literalName(at('Shop', 'Web'))).toBe('Shop-Web-6AD1A95E');
    expect(literalName(at('Shop', 'Web'))).toBe('Shop-Web-6AD1A95E');
  });

  test('tells apart what would read alike', () => {
    expect(literalName(at('Shop', 'A', 'B'))).not.toBe(literalName(at('Shop', 'A-B')));
    expect(literalName(at('Shop', 'Shop', 'Web'))).not.toBe(literalName(at('Shop', 'Web')));
  });

  test.each([['Web'], ['x'.repeat(200)], ['ä ö/ü', 'y'.repeat(90)]])('is a name that the service takes (%#)', (...ids) => {
    expect(nameProblems('name', literalName(at('Shop', ...ids)))).toEqual([]);
    expect(nameProblems('name', literalNameWith(at('Shop', ...ids), 'Canary10Percent5Minutes'))).toEqual([]);
  });
});
