import type { CfnResource } from 'aws-cdk-lib/core';
import { Stack } from 'aws-cdk-lib/core';

/** The properties of a resource as the template will have them, overrides included; what is `AWS::NoValue` is left out. */
export function renderedProperties(resource: CfnResource): Readonly<Record<string, unknown>> {
  const { Resources } = Stack.of(resource).resolve(resource._toCloudFormation()) as { readonly Resources: Record<string, { readonly Properties?: Record<string, unknown> }> };
  const [body] = Object.values(Resources);
  return Object.fromEntries(Object.entries(body?.Properties ?? {}).filter(([, value]) => (Object(value) as { readonly Ref?: unknown }).Ref !== 'AWS::NoValue'));
}
