import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';

import type { AwsService } from '../../../lambda/adapters/aws-endpoint';
import { AUTO_SCALING, CLOUD_FORMATION, CLOUD_WATCH, CLOUD_WATCH_LOGS, CODE_BUILD, CODE_DEPLOY, EC2, ECS, ELASTIC_LOAD_BALANCING, endpointOf, EVENT_BRIDGE, LAMBDA, SECRETS_MANAGER, SSM, STEP_FUNCTIONS } from '../../../lambda/adapters/aws-endpoint';

interface Configuration {
  readonly region: string;
  readonly useFipsEndpoint: boolean;
  readonly useDualstackEndpoint: boolean;
}

/** The SDK's own client of each service knows better than we do. */
interface Client {
  readonly config: { readonly endpointProvider: (parameters: { Region: string; UseFIPS: boolean; UseDualStack: boolean }) => { readonly url: URL } };
}

const CLIENTS: readonly (readonly [AwsService, (configuration: Configuration) => Client])[] = [
  [CODE_DEPLOY, (configuration) => new CodeDeployClient(configuration)],
  [CLOUD_WATCH, (configuration) => new CloudWatchClient(configuration)],
  [EVENT_BRIDGE, (configuration) => new EventBridgeClient(configuration)],
  [CODE_BUILD, (configuration) => new CodeBuildClient(configuration)],
  [LAMBDA, (configuration) => new LambdaClient(configuration)],
  [EC2, (configuration) => new EC2Client(configuration)],
  [SSM, (configuration) => new SSMClient(configuration)],
  [SECRETS_MANAGER, (configuration) => new SecretsManagerClient(configuration)],
  [ECS, (configuration) => new ECSClient(configuration)],
  [CLOUD_FORMATION, (configuration) => new CloudFormationClient(configuration)],
  [ELASTIC_LOAD_BALANCING, (configuration) => new ElasticLoadBalancingV2Client(configuration)],
  [STEP_FUNCTIONS, (configuration) => new SFNClient(configuration)],
  [CLOUD_WATCH_LOGS, (configuration) => new CloudWatchLogsClient(configuration)],
];

describe.each(CLIENTS)('endpointOf $prefix', (service, client) => {
  test.each(['us-east-1', 'eu-central-1', 'ap-southeast-5', 'cn-north-1', 'us-gov-west-1', 'us-gov-east-1', 'us-iso-east-1', 'us-isob-east-1', 'eusc-de-east-1'])('in %s is the one of the SDK', (region) => {
    const { endpointProvider } = client({ region, useFipsEndpoint: false, useDualstackEndpoint: false }).config;
    expect(endpointOf(service, region, {}).href).toBe(endpointProvider({ Region: region, UseFIPS: false, UseDualStack: false }).url.href);
  });

  test.each([
    ['us-east-1', true, false],
    ['us-gov-west-1', true, false],
    ['us-gov-east-1', true, false],
    ['eu-central-1', false, true],
    ['cn-north-1', false, true],
  ])('in %s with FIPS %s and dual stack %s is the one of the SDK', (region, fips, dualStack) => {
    const { endpointProvider } = client({ region, useFipsEndpoint: fips, useDualstackEndpoint: dualStack }).config;
    const variables = { AWS_USE_FIPS_ENDPOINT: String(fips), AWS_USE_DUALSTACK_ENDPOINT: String(dualStack) };
    expect(endpointOf(service, region, variables).href).toBe(endpointProvider({ Region: region, UseFIPS: fips, UseDualStack: dualStack }).url.href);
  });
});

test.each([
  ['eu-central-1', false, 'https://autoscaling.eu-central-1.amazonaws.com/'],
  ['eu-central-1', true, 'https://autoscaling-fips.eu-central-1.amazonaws.com/'],
  ['cn-north-1', false, 'https://autoscaling.cn-north-1.amazonaws.com.cn/'],
  ['us-gov-west-1', true, 'https://autoscaling.us-gov-west-1.amazonaws.com/'],
  ['us-gov-east-1', true, 'https://autoscaling.us-gov-east-1.amazonaws.com/'],
  ['us-iso-east-1', false, 'https://autoscaling.us-iso-east-1.c2s.ic.gov/'],
  ['eusc-de-east-1', false, 'https://autoscaling.eusc-de-east-1.amazonaws.eu/'],
])('endpointOf autoscaling in %s with FIPS %s, as version 3.1169.0 of the SDK has it', (region, fips, url) => {
  expect(endpointOf(AUTO_SCALING, region, { AWS_USE_FIPS_ENDPOINT: String(fips) }).href).toBe(url);
});

test('an endpoint of Auto Scaling alone is named as the SDK names it', () => {
  expect(endpointOf(AUTO_SCALING, 'eu-central-1', { AWS_ENDPOINT_URL_AUTO_SCALING: 'http://127.0.0.1:1' }).href).toBe('http://127.0.0.1:1/');
});

describe('endpoints that the environment names', () => {
  const both = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_ENDPOINT_URL_CLOUDWATCH: 'http://127.0.0.1:2' };

  test.each([
    ['the service\'s own before the common one', CLOUD_WATCH, both, 'http://127.0.0.1:2/'],
    ['the common one for all others', CODE_DEPLOY, both, 'http://127.0.0.1:1/'],
    ['none where they are to be ignored', CODE_DEPLOY, { ...both, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, 'https://codedeploy.eu-central-1.amazonaws.com/'],
  ])('%s', (_, service, variables, url) => {
    expect(endpointOf(service, 'eu-central-1', variables).href).toBe(url);
  });
});
