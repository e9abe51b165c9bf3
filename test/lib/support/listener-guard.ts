import type { Template } from 'aws-cdk-lib/assertions';

import { only } from './sample';

/** What a guarded listener forwards to: the answer of the guard whose id starts so, which has to know these target groups, in this order. */
export function guardedBy(template: Template, prefix: string, targetGroups: readonly (string | undefined)[]): object {
  const { id, properties } = only(template, 'Custom::GreenlightLiveListener', prefix);
  expect(properties.TargetGroupArns).toEqual(targetGroups.map((Ref) => ({ Ref })));
  return { 'Fn::GetAtt': [id, 'TargetGroupArn'] };
}
