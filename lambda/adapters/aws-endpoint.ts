import { partition } from '@aws-sdk/core/client';

/** A service as its endpoints and signatures name it. */
export interface AwsService {
  /** First label of the host name. */
  readonly host: string;
  /** Name in the scope of a signature. */
  readonly signingName: string;
  /** Name in permissions and in our failures. */
  readonly prefix: string;
  /** Suffix of `AWS_ENDPOINT_URL_...`. */
  readonly endpointVariable: string;
  /** In AWS GovCloud (US), or in one region of it, the ordinary endpoint is the FIPS one. */
  readonly plainFipsInGovCloud: boolean | 'us-gov-west-1';
  /** Partitions in which the ordinary endpoint is the dual-stack one. */
  readonly dualStackByItself?: readonly string[];
}

export const CODE_DEPLOY: AwsService = {
  host: 'codedeploy',
  signingName: 'codedeploy',
  prefix: 'codedeploy',
  endpointVariable: 'CODEDEPLOY',
  plainFipsInGovCloud: false,
};

export const CLOUD_WATCH: AwsService = {
  host: 'monitoring',
  signingName: 'monitoring',
  prefix: 'cloudwatch',
  endpointVariable: 'CLOUDWATCH',
  plainFipsInGovCloud: true,
};

export const EVENT_BRIDGE: AwsService = {
  host: 'events',
  signingName: 'events',
  prefix: 'events',
  endpointVariable: 'EVENTBRIDGE',
  plainFipsInGovCloud: true,
};

export const LAMBDA: AwsService = {
  host: 'lambda',
  signingName: 'lambda',
  prefix: 'lambda',
  endpointVariable: 'LAMBDA',
  plainFipsInGovCloud: false,
};

export const EC2: AwsService = {
  host: 'ec2',
  signingName: 'ec2',
  prefix: 'ec2',
  endpointVariable: 'EC2',
  plainFipsInGovCloud: true,
};

export const CODE_BUILD: AwsService = {
  host: 'codebuild',
  signingName: 'codebuild',
  prefix: 'codebuild',
  endpointVariable: 'CODEBUILD',
  plainFipsInGovCloud: false,
};

export const SSM: AwsService = {
  host: 'ssm',
  signingName: 'ssm',
  prefix: 'ssm',
  endpointVariable: 'SSM',
  plainFipsInGovCloud: true,
};

export const SNS: AwsService = {
  host: 'sns',
  signingName: 'sns',
  prefix: 'sns',
  endpointVariable: 'SNS',
  plainFipsInGovCloud: true,
};

export const SECRETS_MANAGER: AwsService = {
  host: 'secretsmanager',
  signingName: 'secretsmanager',
  prefix: 'secretsmanager',
  endpointVariable: 'SECRETS_MANAGER',
  plainFipsInGovCloud: false,
  dualStackByItself: ['aws', 'aws-cn', 'aws-us-gov'],
};

export const ECS: AwsService = {
  host: 'ecs',
  signingName: 'ecs',
  prefix: 'ecs',
  endpointVariable: 'ECS',
  plainFipsInGovCloud: false,
};

export const CLOUD_FORMATION: AwsService = {
  host: 'cloudformation',
  signingName: 'cloudformation',
  prefix: 'cloudformation',
  endpointVariable: 'CLOUDFORMATION',
  plainFipsInGovCloud: true,
};

export const ELASTIC_LOAD_BALANCING: AwsService = {
  host: 'elasticloadbalancing',
  signingName: 'elasticloadbalancing',
  prefix: 'elasticloadbalancing',
  endpointVariable: 'ELASTIC_LOAD_BALANCING_V2',
  plainFipsInGovCloud: true,
};

export const AUTO_SCALING: AwsService = {
  host: 'autoscaling',
  signingName: 'autoscaling',
  prefix: 'autoscaling',
  endpointVariable: 'AUTO_SCALING',
  plainFipsInGovCloud: true,
};

export const STEP_FUNCTIONS: AwsService = {
  host: 'states',
  signingName: 'states',
  prefix: 'states',
  endpointVariable: 'SFN',
  plainFipsInGovCloud: 'us-gov-west-1',
};

export const CLOUD_WATCH_LOGS: AwsService = {
  host: 'logs',
  signingName: 'logs',
  prefix: 'logs',
  endpointVariable: 'CLOUDWATCH_LOGS',
  plainFipsInGovCloud: true,
};

export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Where a service is reached: what the environment names, else the service's endpoint of the region.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function endpointOf(service: AwsService, region: string, variables: Variables): URL {
  const named = isTrue(variables['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'])
    ? undefined
    : variables[`AWS_ENDPOINT_URL_${service.endpointVariable}`] || variables['AWS_ENDPOINT_URL'];
  if (named !== undefined && named !== '') {
    return new URL(named);
  }
  const { name, dnsSuffix, dualStackDnsSuffix } = partition(region);
  const dualStack = isTrue(variables['AWS_USE_DUALSTACK_ENDPOINT']) && service.dualStackByItself?.includes(name) !== true;
  const plain = name === 'aws-us-gov' && !dualStack && (service.plainFipsInGovCloud === true || service.plainFipsInGovCloud === region);
  const fips = isTrue(variables['AWS_USE_FIPS_ENDPOINT']) && !plain ? '-fips' : '';
  return new URL(`https://${service.host}${fips}.${region}.${dualStack ? dualStackDnsSuffix : dnsSuffix}`);
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true';
}
