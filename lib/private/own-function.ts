/** A function of ours: role, log group and code, with the statements that it needs and no managed policy. */
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Duration } from 'aws-cdk-lib/core';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { plainText } from './plain-text';
import { networkInterfaces, writeLogs } from './statements';

/** Where a function runs. */
export interface FunctionPlace {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SubnetSelection;
  readonly securityGroup: ec2.ISecurityGroup;
  readonly otherSecurityGroups?: readonly ec2.ISecurityGroup[];
}

export interface OwnFunctionProps {
  /** For a function that something names before it is made. */
  readonly functionName?: string;
  readonly description: string;
  readonly code: lambda.Code;
  readonly timeout: Duration;
  readonly memoryMiB: number;
  readonly runtime: lambda.Runtime;
  readonly logRetention: logs.RetentionDays;
  readonly environment: Record<string, string>;
  readonly statements: readonly iam.PolicyStatement[];
  readonly placement?: FunctionPlace;
}

export function ownFunction(scope: Construct, props: OwnFunctionProps): lambda.Function {
  const description = plainText(props.description);
  const role = new iam.Role(scope, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'), description });
  const logGroup = new logs.LogGroup(scope, 'Logs', { retention: props.logRetention, removalPolicy: RemovalPolicy.DESTROY });
  const network = props.placement === undefined ? [] : [networkInterfaces()];
  [writeLogs(logGroup.logGroupArn), ...props.statements, ...network].forEach((statement) => role.addToPrincipalPolicy(statement));

  return new lambda.Function(scope, 'Function', {
    ...(props.functionName === undefined ? {} : { functionName: props.functionName }),
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
      : { vpc: props.placement.vpc, vpcSubnets: props.placement.subnets, securityGroups: [props.placement.securityGroup, ...(props.placement.otherSecurityGroups ?? [])] }),
  });
}
