/** Resources of a stack, as its last events have them. */
import { Stacks } from '../../../rehearsal/engine/stacks';

const event = (logicalId: string, physicalId: string, status: string, resourceType = 'Custom::Group') => ({ at: 0, logicalId, physicalId, resourceType, status });

test('the last event of a resource tells it; the stack itself is none, and what had no event is not known', () => {
  const stacks = new Stacks();
  stacks.note('id', event('Shop', 'id', 'CREATE_IN_PROGRESS', 'AWS::CloudFormation::Stack'));
  stacks.note('id', event('Group', 'shop/one', 'CREATE_COMPLETE'));
  stacks.note('id', event('Group', 'shop/two', 'UPDATE_COMPLETE'));
  expect([stacks.resource('id', 'Group')?.physicalId, stacks.resource('id', 'Shop'), stacks.resource('id', 'Other'), stacks.resource('other', 'Group')]).toEqual(['shop/two', undefined, undefined, undefined]);
});
