import { decide } from '../../../rehearsal/engine/iam';
import type { RolePolicies } from '../../../rehearsal/engine/iam';
import type { IamCall } from '../../../rehearsal/engine/iam-statement';

const PUT = 'codedeploy:PutLifecycleEventHookExecutionStatus';
const GROUP = 'arn:aws:codedeploy:us-east-1:111111111111:deploymentgroup:App/Group';
const ROLE = 'arn:aws:iam::111111111111:role/hook';

const allow = (Action: unknown, Resource: unknown, Condition?: unknown): object => ({ Effect: 'Allow', Action, Resource, ...(Condition === undefined ? {} : { Condition }) });
const deny = (Action: unknown, Resource: unknown, Condition?: unknown): object => ({ ...allow(Action, Resource, Condition), Effect: 'Deny' });

function role(statements: readonly object[], others: Partial<RolePolicies> = {}): RolePolicies {
  return { principal: ROLE, documents: [{ Version: '2012-10-17', Statement: statements }], outside: [], ...others };
}

const call = (action = PUT, resource = GROUP, context?: IamCall['context']): IamCall => ({ action, resource, ...(context === undefined ? {} : { context }) });

describe('decide: actions and resources', () => {
  test.each<[string, object[], 'allow' | 'deny']>([
    ['the very action and resource', [allow(PUT, GROUP)], 'allow'],
    ['lists of them', [allow(['s3:GetObject', PUT], ['arn:x', GROUP])], 'allow'],
    ['action in other case', [allow('CODEDEPLOY:putlifecycleeventhookexecutionstatus', GROUP)], 'allow'],
    ['resource in other case', [allow(PUT, GROUP.replace('App', 'app'))], 'deny'],
    ['a star in the action', [allow('codedeploy:Put*', GROUP)], 'allow'],
    ['a question mark in the action', [allow('codedeploy:PutLifecycleEventHookExecutionStatu?', GROUP)], 'allow'],
    ['a star within the resource', [allow(PUT, 'arn:aws:codedeploy:*:111111111111:deploymentgroup:App/*')], 'allow'],
    ['a star in another place', [allow(PUT, 'arn:aws:codedeploy:*:111111111111:deploymentgroup:Other/*')], 'deny'],
    ['another service', [allow('lambda:*', '*')], 'deny'],
    ['no statement', [], 'deny'],
    ['NotAction of another', [{ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }], 'allow'],
    ['NotAction of this', [{ Effect: 'Allow', NotAction: 'codedeploy:*', Resource: '*' }], 'deny'],
    ['NotResource of another', [{ Effect: 'Allow', Action: '*', NotResource: 'arn:x' }], 'allow'],
    ['NotResource of this', [{ Effect: 'Allow', Action: '*', NotResource: GROUP }], 'deny'],
    ['an explicit deny besides', [allow('*', '*'), deny('codedeploy:*', '*')], 'deny'],
    ['an explicit deny of something else', [allow('*', '*'), deny('s3:*', '*')], 'allow'],
  ])('%s', (_, statements, decision) => {
    expect(decide(role(statements), call()).decision).toBe(decision);
  });

  test('an action without a resource needs a statement for every resource', () => {
    expect(decide(role([allow('ec2:DescribeSubnets', '*')]), call('ec2:DescribeSubnets', '*')).decision).toBe('allow');
    expect(decide(role([allow('ec2:DescribeSubnets', 'arn:aws:ec2:::subnet/a')]), call('ec2:DescribeSubnets', '*')).decision).toBe('deny');
  });

  test('a denied call names the statement that is missing', () => {
    expect(decide(role([allow('s3:*', '*')]), call())).toEqual({
      principal: ROLE,
      action: PUT,
      resource: GROUP,
      decision: 'deny',
      reason: `no statement allows ${PUT} on ${GROUP}`,
      missingStatement: { Effect: 'Allow', Action: PUT, Resource: GROUP },
    });
  });

  test('an explicit deny names none, since none would help', () => {
    const decision = decide(role([allow('*', '*'), deny(PUT, '*')]), call());
    expect(decision).not.toHaveProperty('missingStatement');
    expect(decision.reason).toBe(`a statement denies ${PUT} on ${GROUP}`);
  });

  test('a document may hold one statement instead of a list', () => {
    expect(decide({ principal: ROLE, documents: [{ Statement: allow(PUT, '*') }], outside: [] }, call()).decision).toBe('allow');
  });
});

describe('decide: conditions', () => {
  const context = { 'aws:PrincipalAccount': '111111111111', 'aws:SourceArn': 'arn:aws:sns:us-east-1:1:topic', 'aws:TagKeys': ['team', 'cost'], 'cloudwatch:namespace': 'shop', 'aws:SourceVpc': null, secure: 'true' };

  test.each<[string, unknown, 'allow' | 'deny' | 'unknown']>([
    ['StringEquals that holds', { StringEquals: { 'cloudwatch:namespace': 'shop' } }, 'allow'],
    ['StringEquals, key in other case', { StringEquals: { 'CloudWatch:Namespace': ['x', 'shop'] } }, 'allow'],
    ['StringEquals that does not hold', { StringEquals: { 'cloudwatch:namespace': 'other' } }, 'deny'],
    ['StringNotEquals', { StringNotEquals: { 'cloudwatch:namespace': 'other' } }, 'allow'],
    ['StringEqualsIgnoreCase', { StringEqualsIgnoreCase: { 'cloudwatch:namespace': 'SHOP' } }, 'allow'],
    ['StringLike', { StringLike: { 'cloudwatch:namespace': 'sh*' } }, 'allow'],
    ['StringNotLike', { StringNotLike: { 'cloudwatch:namespace': 'sh*' } }, 'deny'],
    ['ArnLike', { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:1:top*' } }, 'allow'],
    ['ArnLike does not reach across a colon', { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:topic' } }, 'deny'],
    ['ArnEquals', { ArnEquals: { 'aws:SourceArn': 'arn:aws:sns:us-east-1:1:other' } }, 'deny'],
    ['Bool', { Bool: { secure: 'true' } }, 'allow'],
    ['Bool that does not hold', { Bool: { secure: false } }, 'deny'],
    ['Null of an absent key', { Null: { 'aws:SourceVpc': 'true' } }, 'allow'],
    ['Null of a key that is there', { Null: { 'cloudwatch:namespace': 'true' } }, 'deny'],
    ['StringEquals of an absent key', { StringEquals: { 'aws:SourceVpc': 'vpc-1' } }, 'deny'],
    ['StringEqualsIfExists of an absent key', { StringEqualsIfExists: { 'aws:SourceVpc': 'vpc-1' } }, 'allow'],
    ['StringEqualsIfExists of a key that is there', { StringEqualsIfExists: { 'cloudwatch:namespace': 'other' } }, 'deny'],
    ['ForAnyValue', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['cost', 'x'] } }, 'allow'],
    ['ForAllValues that holds', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['cost', 'team'] } }, 'allow'],
    ['ForAllValues that does not hold', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['cost'] } }, 'deny'],
    ['several operators, one of which does not hold', { Bool: { secure: 'true' }, StringEquals: { 'cloudwatch:namespace': 'x' } }, 'deny'],
    ['a policy variable', { StringEquals: { 'aws:PrincipalAccount': '${aws:PrincipalAccount}' } }, 'allow'],
    ['an unknown policy variable', { StringEquals: { 'aws:PrincipalAccount': '${aws:userid}' } }, 'unknown'],
    ['an unknown key', { StringEquals: { 'aws:SourceIp': '10.0.0.1' } }, 'unknown'],
    ['an operator that is not evaluated', { NumericLessThan: { secure: '1' } }, 'unknown'],
    ['an unknown key beside one that does not hold', { StringEquals: { 'aws:SourceIp': 'x', 'cloudwatch:namespace': 'x' } }, 'deny'],
  ])('%s', (_, condition, decision) => {
    expect(decide(role([allow(PUT, GROUP, condition)]), call(PUT, GROUP, context)).decision).toBe(decision);
  });

  test('an allow that is certain wins over one that is not', () => {
    expect(decide(role([allow(PUT, '*', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }), allow(PUT, GROUP)]), call()).decision).toBe('allow');
  });

  test('a deny that may apply makes the decision unknown, and says why', () => {
    const decision = decide(role([allow(PUT, '*'), deny('*', '*', { Bool: { 'aws:SecureTransport': 'false' } })]), call());
    expect(decision).toMatchObject({
      decision: 'unknown',
      reason: `a statement may deny ${PUT}: condition key aws:SecureTransport, whose value the rehearsal does not know`,
    });
  });
});

describe('decide: policies outside the template', () => {
  const BASIC = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
  const NETWORK = 'arn:aws-cn:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole';

  test('the basic policies of Lambda are known, so that they do not make a call unknown', () => {
    expect(decide(role([], { outside: [BASIC, NETWORK] }), call()).decision).toBe('deny');
  });

  test.each([
    [BASIC, 'logs:PutLogEvents', 'allow'],
    [BASIC, 'ec2:CreateNetworkInterface', 'deny'],
    [NETWORK, 'ec2:CreateNetworkInterface', 'allow'],
  ])('%s: %s is %s', (arn, action, decision) => {
    expect(decide(role([], { outside: [arn] }), call(action, '*')).decision).toBe(decision);
  });

  test('another managed policy may decide', () => {
    const decision = decide(role([], { outside: [BASIC, 'arn:aws:iam::aws:policy/PowerUserAccess'] }), call());
    expect(decision).toMatchObject({ decision: 'unknown', reason: 'managed policy arn:aws:iam::aws:policy/PowerUserAccess is not in the template and may decide' });
    expect(decision).not.toHaveProperty('missingStatement');
  });

  test('a statement of the template decides all the same', () => {
    const outside = ['arn:aws:iam::aws:policy/PowerUserAccess'];
    expect(decide(role([allow(PUT, GROUP)], { outside }), call()).decision).toBe('allow');
    expect(decide(role([deny(PUT, GROUP)], { outside }), call()).decision).toBe('deny');
  });
});

describe('decide: permissions boundary', () => {
  const boundary = (statements?: object[]): RolePolicies['boundary'] => ({ arn: 'arn:b', ...(statements === undefined ? {} : { document: { Statement: statements } }) });

  test.each<[string, RolePolicies['boundary'], 'allow' | 'deny' | 'unknown']>([
    ['that allows', boundary([allow('codedeploy:*', '*')]), 'allow'],
    ['that does not allow', boundary([allow('s3:*', '*')]), 'deny'],
    ['that is not in the template', boundary(), 'unknown'],
  ])('%s', (_, limit, decision) => {
    expect(decide(role([allow(PUT, GROUP)], { boundary: limit }), call()).decision).toBe(decision);
  });

  test('does not allow by itself', () => {
    expect(decide(role([], { boundary: boundary([allow('*', '*')]) }), call()).decision).toBe('deny');
  });

  test('is named where it denies, without a statement for the role', () => {
    const decision = decide(role([allow(PUT, GROUP)], { boundary: boundary([]) }), call());
    expect(decision.reason).toBe(`permissions boundary arn:b: no statement allows ${PUT} on ${GROUP}`);
    expect(decision).not.toHaveProperty('missingStatement');
  });
});

describe('decide: actions that a scenario takes away', () => {
  test('are denied as if the statement were missing', () => {
    expect(decide(role([allow('*', '*')]), call(), [PUT])).toMatchObject({
      decision: 'deny',
      reason: `the scenario takes ${PUT} away from the role`,
      missingStatement: { Effect: 'Allow', Action: PUT, Resource: GROUP },
    });
  });

  test('are denied even where a policy outside the template might allow them', () => {
    expect(decide(role([], { outside: ['arn:aws:iam::aws:policy/PowerUserAccess'] }), call(), ['codedeploy:*']).decision).toBe('deny');
  });

  test('leave other actions alone', () => {
    expect(decide(role([allow('*', '*')]), call('s3:GetObject', 'arn:x'), [PUT]).decision).toBe('allow');
  });
});
