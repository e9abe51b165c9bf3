/** How long the policies of a role are, which IAM limits for all inline policies of a role together. */

/**
 * Characters that the inline policies of a role may have, spaces between words not counted.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const MAX_INLINE_POLICY_CHARACTERS = 10_240;

/** Characters that a managed policy may have, counted likewise. */
export const MAX_MANAGED_POLICY_CHARACTERS = 6_144;

/** Managed policies that a role may have where nobody asked for more. */
export const MAX_MANAGED_POLICIES = 10;

/** Lengths of what is known when the stack is deployed, at the longest for the regions that there are. */
const PSEUDO_PARAMETERS: Readonly<Record<string, number>> = { 'AWS::Partition': 'aws-us-gov'.length, 'AWS::Region': 'ap-southeast-2'.length, 'AWS::AccountId': 12 };

/** A name or an ARN that CloudFormation makes, such as that of a log group with its stack's name in it. */
const OTHER_VALUE = 100;

/** Characters of a policy document that is resolved but for intrinsic functions; an estimate as far as those go. */
export const policyCharacters = (document: unknown): number => JSON.stringify(document, (_key, value: unknown) => standIn(value)).length;

/** Text of about the length that an intrinsic function comes to. */
function standIn(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const [[name, argument] = [''], ...others] = Object.entries(value) as [string, unknown][];
  if (others.length > 0) {
    return value;
  }
  if (name === 'Ref') {
    return 'x'.repeat(PSEUDO_PARAMETERS[String(argument)] ?? OTHER_VALUE);
  }
  if (name === 'Fn::Join') {
    const [separator, parts] = argument as [string, unknown[]];
    return parts.map(standIn).join(separator);
  }
  return name.startsWith('Fn::') ? 'x'.repeat(OTHER_VALUE) : value;
}
