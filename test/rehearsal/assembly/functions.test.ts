import { join } from 'node:path';

import type { ResourceReference } from '../../../lib/model/rollout';
import { Assembly } from '../../../rehearsal/assembly/assembly';
import { resolveFunction } from '../../../rehearsal/assembly/functions';
import type { ResolvedFunction } from '../../../rehearsal/assembly/functions';
import { collectPolicies } from '../../../rehearsal/assembly/policies';
import { readAssembly } from '../../../rehearsal/assembly/read-assembly';
import type { Stack } from '../../../rehearsal/assembly/stack';

const FIXTURES = join(__dirname, 'fixtures');

function read(fixture: string, id: string): { assembly: Assembly; stack: Stack } {
  const assembly = readAssembly(join(FIXTURES, fixture));
  return { assembly, stack: assembly.stacks.find((stack) => stack.id === id) as Stack };
}

function web(reference: ResourceReference): ResolvedFunction {
  const { assembly, stack } = read('web', 'EcsWeb');
  return resolveFunction(assembly, stack, reference);
}

describe('resolveFunction', () => {
  test('knows a function as the template deploys it', () => {
    const { spec, code } = web({ logicalId: 'Checks' });
    expect(spec).toEqual({
      name: 'web-checks',
      arn: 'arn:aws:lambda:eu-west-1:222222222222:function:web-checks',
      handler: 'index.handler',
      runtime: 'nodejs22.x',
      timeoutMs: 300_000,
      memoryMb: 512,
      environment: {
        TEST_URL: expect.stringMatching(/^http:\/\/internal-web-lb-\d{10}\.eu-west-1\.elb\.amazonaws\.com:8080$/),
        GROUP: 'arn:aws:codedeploy:eu-west-1:222222222222:deploymentgroup:Web-App/${literal}',
      },
      roleArn: 'arn:aws:iam::222222222222:role/checks-role',
      inVpc: true,
    });
    expect(code).toEqual({ directory: join(FIXTURES, 'web', 'asset.checks') });
  });

  test('has the defaults of Lambda, and gives inline code as a file', () => {
    const { spec, code, asynchronous } = web({ logicalId: 'Guardian' });
    expect(spec).toMatchObject({ timeoutMs: 3000, memoryMb: 128, inVpc: false, environment: {}, roleArn: 'arn:aws:iam::222222222222:role/elsewhere' });
    expect(code).toEqual({ inline: 'exports.handler = async () => {};', fileName: 'index.js' });
    expect(asynchronous).toEqual({ maximumRetryAttempts: 2, maximumEventAgeSeconds: 21600 });
  });

  test('knows its asynchronous invocation', () => {
    const guardian = web({ logicalId: 'Guardian' }).spec.arn;
    expect(web({ logicalId: 'Checks' }).asynchronous).toEqual({ maximumRetryAttempts: 0, maximumEventAgeSeconds: 60, onSuccess: guardian, onFailure: guardian });
  });

  test.each<[string, ResourceReference]>([
    ['its alias', { logicalId: 'Live' }],
    ['its name', { value: 'web-checks' }],
    ['its ARN', { value: 'arn:aws:lambda:eu-west-1:222222222222:function:web-checks' }],
    ['its qualified ARN', { value: 'arn:aws:lambda:eu-west-1:222222222222:function:web-checks:live' }],
    ['another stack', { logicalId: 'Checks', stack: 'EcsWeb' }],
  ])('is found by %s', (_, reference) => {
    expect(web(reference).spec.name).toBe('web-checks');
  });

  test('finds the asset of a nested stack of a stage', () => {
    const { assembly, stack } = read('staged', 'ProdWebInner');
    const { code, spec } = resolveFunction(assembly, stack, { logicalId: 'Function' });
    expect(code).toEqual({ directory: join(FIXTURES, 'staged', 'asset.checks') });
    expect(spec.environment).toEqual({ TOPIC: 'arn:aws:sns:us-east-1:111111111111:teal-topic' });
  });

  test.each<[string, ResourceReference, string]>([
    ['a zip file', { logicalId: 'Zipped' }, 'code of function EcsWeb/Zipped is a single file, and only directories can be rehearsed: '],
    ['a bucket of its own', { logicalId: 'Foreign' }, 'function EcsWeb/Foreign takes its code from S3 key "other.zip", which is no asset of the assembly; use lambda.Code.fromAsset with a directory'],
    ['an image', { logicalId: 'Image' }, 'function EcsWeb/Image is a container image, which a rehearsal cannot run; deploy its code as a directory asset to rehearse it'],
    ['elsewhere', { value: 'arn:aws:lambda:eu-west-1:222222222222:function:other' }, 'function arn:aws:lambda:eu-west-1:222222222222:function:other is not made in this assembly, so its code cannot be rehearsed; add the stack that makes it to the app'],
  ])('fails when the code is %s', (_, reference, message) => {
    expect(() => web(reference)).toThrow(message);
  });
});

/** A function with inline code in a stack of its own. */
function odd(properties: object): () => ResolvedFunction {
  const { stack } = read('web', 'EcsWeb');
  const resource = { type: 'AWS::Lambda::Function', properties: { Runtime: 'nodejs24.x', Code: { ZipFile: '' }, ...properties }, metadata: {} };
  const own = { ...stack, template: { ...stack.template, resources: { Odd: resource } } };
  return () => resolveFunction(new Assembly('/', [own]), own, { logicalId: 'Odd' });
}

test('numbers that a template writes as text are read', () => {
  expect(odd({ Timeout: '60', MemorySize: '256' })().spec).toMatchObject({ timeoutMs: 60_000, memoryMb: 256 });
});

test.each<[string, object, string]>([
  ['runs neither JavaScript nor Python', { Runtime: 'java21' }, 'function EcsWeb/Odd has the runtime java21, and a rehearsal runs nodejs and python runtimes only'],
  ['has no runtime', { Runtime: undefined }, 'function EcsWeb/Odd has no runtime, and a rehearsal runs nodejs and python runtimes only'],
  ['has a time-out in words', { Timeout: 'long' }, 'Timeout of function EcsWeb/Odd must be a number from 1 to 900, got "long"; correct it in the app'],
  ['has a time-out below one', { Timeout: -5 }, 'Timeout of function EcsWeb/Odd must be a number from 1 to 900, got -5'],
  ['has no memory', { MemorySize: 0 }, 'MemorySize of function EcsWeb/Odd must be a number from 128 to 10240, got 0'],
])('fails when a function %s', (_, properties, message) => {
  expect(odd(properties)).toThrow(message);
});

describe('collectPolicies', () => {
  test('gathers inline, attached and managed policies, but none whose condition does not hold', () => {
    const { assembly } = read('web', 'EcsWeb');
    expect(collectPolicies(assembly, 'arn:aws:iam::222222222222:role/checks-role')).toEqual({
      principal: 'arn:aws:iam::222222222222:role/checks-role',
      documents: [
        { Statement: [{ Effect: 'Allow', Action: 'ec2:DescribeSubnets', Resource: '*' }] },
        { Statement: [{ Effect: 'Allow', Action: 'cloudwatch:SetAlarmState', Resource: 'arn:aws:cloudwatch:eu-west-1:222222222222:alarm:web-verdict' }] },
        { Statement: { Effect: 'Deny', Action: 's3:*', Resource: '*' } },
      ],
      outside: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
      boundary: { arn: 'arn:aws:iam::222222222222:policy/limits', document: undefined },
    });
  });

  test('knows nothing about a role that is made elsewhere', () => {
    const { assembly } = read('web', 'EcsWeb');
    expect(collectPolicies(assembly, 'arn:aws:iam::222222222222:role/elsewhere')).toEqual({
      principal: 'arn:aws:iam::222222222222:role/elsewhere',
      documents: [],
      outside: ['every policy of arn:aws:iam::222222222222:role/elsewhere'],
    });
  });
});
