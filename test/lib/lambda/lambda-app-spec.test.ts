import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, Stack } from 'aws-cdk-lib/core';

import type { LambdaAppSpecHooks } from '../../../lib';
import { AppSpecPlatform, LambdaAppSpec } from '../../../lib';

const stack = new Stack(new App(), 'Shop');
const known = (id: string, name: string) => lambda.Function.fromFunctionArn(stack, id, `arn:aws:lambda:eu-west-1:111122223333:function:${name}`);
const fn = known('Orders', 'orders');
const before = known('Before', 'check-before');
const after = known('After', 'check-after');

function spec(currentVersion: string, targetVersion: string, { aliasName = 'live', hooks }: { aliasName?: string; hooks?: LambdaAppSpecHooks } = {}) {
  const aliasVersion = lambda.Version.fromVersionAttributes(new Stack(), 'Version', { lambda: fn, version: currentVersion });
  const alias = lambda.Alias.fromAliasAttributes(new Stack(), 'Alias', { aliasName, aliasVersion });
  return new LambdaAppSpec({ alias, currentVersion, targetVersion, ...(hooks === undefined ? {} : { hooks }) });
}

test('names function, alias and versions, and nothing else by itself', () => {
  const appSpec = spec('7', '8');
  expect(appSpec.platform).toBe(AppSpecPlatform.LAMBDA);
  expect(JSON.parse(appSpec.toJson(stack))).toEqual({
    version: '0.0',
    Resources: [{ Function: { Type: 'AWS::Lambda::Function', Properties: { Name: 'orders', Alias: 'live', CurrentVersion: '7', TargetVersion: '8' } } }],
  });
  expect(appSpec.toYaml(stack)).toBe(
    'version: "0.0"\nResources:\n  - Function:\n      Type: AWS::Lambda::Function\n      Properties:\n        Name: orders\n        Alias: live\n        CurrentVersion: "7"\n        TargetVersion: "8"\n',
  );
});

test('lists hooks in the order of the lifecycle', () => {
  const { Hooks } = JSON.parse(spec('7', '8', { hooks: { afterAllowTraffic: after, beforeAllowTraffic: before } }).toJson(stack));
  expect(Hooks).toEqual([
    { BeforeAllowTraffic: 'arn:aws:lambda:eu-west-1:111122223333:function:check-before' },
    { AfterAllowTraffic: 'arn:aws:lambda:eu-west-1:111122223333:function:check-after' },
  ]);
});

test('is held to the rules', () => {
  expect(() => spec('7', '$LATEST', { aliasName: '12' })).toThrow(
    new Error(
      "AppSpec for a Lambda function: 'Alias' must be 1 to 128 letters, digits, - and _, and no number, got \"12\"; name the alias alone\n" +
        "AppSpec for a Lambda function: 'TargetVersion' must be a whole number from 1, got \"$LATEST\"; an alias shifts between published versions only",
    ),
  );
});
