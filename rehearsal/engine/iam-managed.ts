/**
 * The managed policies of AWS that nearly every function has, so that a call which they do not allow is denied and not unknown.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaVPCAccessExecutionRole.html
 */
const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

const NETWORK = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

const DOCUMENTS: Readonly<Record<string, readonly string[]>> = {
  'service-role/AWSLambdaBasicExecutionRole': LOGS,
  'service-role/AWSLambdaVPCAccessExecutionRole': [...LOGS, ...NETWORK],
};

/** The document of a managed policy of AWS by its ARN; undefined where it is not known here. */
export function managedPolicy(arn: string): unknown {
  const name = /^arn:[^:]+:iam::aws:policy\/(.+)$/.exec(arn)?.[1] ?? '';
  const actions = Object.hasOwn(DOCUMENTS, name) ? DOCUMENTS[name] : undefined;
  return actions === undefined ? undefined : { Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] };
}
