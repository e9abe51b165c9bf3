/** A function of ours: role, log group and code, with the statements that it needs and no managed policy. */
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Duration } from 'aws-cdk-lib/core';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { Placement } from './placement';
import { plainText } from './plain-text';
import { networkInterfaces, writeLogs } from './statements';

export interface OwnFunctionProps {
  readonly description: string;
  readonly code: lambda.Code;
  readonly timeout: Duration;
  readonly memoryMiB: number;
  readonly runtime: lambda.Runtime;
  readonly logRetention: logs.RetentionDays;
  readonly environment: Record<string, string>;
  readonly statements: readonly iam.PolicyStatement[];
  readonly placement?: Placement;
}

export function ownFunction(scope: Construct, props: OwnFunctionProps): lambda.Function {
  const description = plainText(props.description);
  const role = new iam.Role(scope, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'), description });
  const logGroup = new logs.LogGroup(scope, 'Logs', { retention: props.logRetention, removalPolicy: RemovalPolicy.DESTROY });
  const network = props.placement === undefined ? [] : [networkInterfaces()];
  [writeLogs(logGroup.logGroupArn), ...props.statements, ...network].forEach((statement) => role.addToPrincipalPolicy(statement));

  return new lambda.Function(scope, 'Function', {
    description,
    code: props.code,
    handler: 'index.handler',
    runtime: props.runtime,
    timeout: props.timeout,
    memorySize: props.memoryMiB,
    role,
    logGroup,
    environment: props.environment,
    ...(props.placement === undefined
      ? {}
      : { vpc: props.placement.vpc, vpcSubnets: props.placement.subnets, securityGroups: [props.placement.securityGroup] }),
  });
}
