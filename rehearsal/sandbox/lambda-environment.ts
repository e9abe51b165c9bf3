/** The environment variables of a function: built from nothing, so that nothing of this machine's accounts can leak in. */
import path from 'node:path';

import type { FunctionSpec } from '../engine/ports';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface EnvironmentOptions {
  readonly region: string;
  readonly credentials: Credentials;
  /** Folder that is HOME and the temporary folder. */
  readonly home: string;
  readonly logStreamName: string;
  /** Added to all functions: endpoints, `NODE_PATH`. */
  readonly environment: Readonly<Record<string, string>>;
  /** PEM file of the certificate authority that signed the local servers' certificates. */
  readonly caFile?: string;
}

/** The names that Lambda reserves win over the template's, the template's over what is added to all functions. */
export function lambdaEnvironment(spec: FunctionSpec, options: EnvironmentOptions): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = options.credentials;
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'en_US.UTF-8',
    ...options.environment,
    ...(options.caFile === undefined ? {} : { NODE_EXTRA_CA_CERTS: options.caFile }),
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    TZ: 'UTC',
    ...spec.environment,
    HOME: options.home,
    TMPDIR: options.home,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: path.join(options.home, 'no-aws-config'),
    AWS_SHARED_CREDENTIALS_FILE: path.join(options.home, 'no-aws-credentials'),
    AWS_REGION: options.region,
    AWS_DEFAULT_REGION: options.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${spec.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: spec.version ?? '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${spec.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: options.logStreamName,
    LAMBDA_TASK_ROOT: spec.directory,
    _HANDLER: spec.handler,
  };
}
