/** Checks of the target version in the hooks of a rollout of an alias. */
import { HttpAssertion, InvokeCheck, LifecycleHook } from '../../../lib';
import { findCycle } from '../../support/template-graph';
import { aliasSample } from '../support/lambda-sample';
import { graphOf, only, statementsOf } from '../support/sample';

const smoke = () =>
  LifecycleHook.checks({ checks: [InvokeCheck.targetVersion({ name: 'orders', cases: [{ name: 'one', payload: { n: 1 }, assertions: [HttpAssertion.jsonPath('$.ok').equalsBoolean(true)] }] })] });

const { template } = aliasSample({ hooks: { beforeAllowTraffic: smoke(), afterAllowTraffic: smoke() } });
const taken = only(template, 'AWS::Lambda::Function', 'Take').id;

const GROUP = 'Shop-Orders-A8B1F509';
const arn = (rest: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':codedeploy:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, rest]] });

test.each(['OrdersBeforeAllowTraffic', 'OrdersAfterAllowTraffic'])('%s may find the version, and invoke every version of the function and no other function', (prefix) => {
  const statements = statementsOf(template, only(template, 'AWS::IAM::Role', prefix).id);
  expect(statements.filter(({ Sid }) => ['FindVersions', 'InvokeVersions', 'ReadAppSpec'].includes(String(Sid)))).toEqual([
    { Sid: 'FindVersions', Effect: 'Allow', Action: ['codedeploy:BatchGetDeploymentTargets', 'codedeploy:ListDeploymentTargets'], Resource: arn(`:deploymentgroup:${GROUP}/${GROUP}`) },
    { Sid: 'ReadAppSpec', Effect: 'Allow', Action: 'codedeploy:GetApplicationRevision', Resource: arn(`:application:${GROUP}`) },
    { Sid: 'InvokeVersions', Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [taken, 'Arn'] }, ':*']] } },
  ]);
});

test('is told the name of the function, and waits for neither alias nor version', () => {
  const hook = only(template, 'AWS::Lambda::Function', 'OrdersBeforeAllowTraffic');
  expect((hook.properties.Environment as { Variables: object }).Variables).toMatchObject({ GREENLIGHT_RELEASED_FUNCTION: { Ref: taken } });
  const role = template.toJSON().Resources[only(template, 'AWS::IAM::Role', 'OrdersBeforeAllowTraffic').id];
  const text = JSON.stringify([hook, role]);
  expect([only(template, 'AWS::Lambda::Alias').id, only(template, 'AWS::Lambda::Version').id].filter((id) => text.includes(id))).toEqual([]);
  expect(findCycle(graphOf(template))).toBeUndefined();
});
