import { sample, only } from '../support/sample';
test('x', () => {
  const { template, stack, rollout } = sample();
  console.log(JSON.stringify([only(template, 'AWS::ECS::Service'), only(template, 'Custom::GreenlightServiceSettings'), stack.resolve(rollout.appSpec)], null, 1));
});
