/** Resource policies of functions, as the permissions of the template make them. */
import { matchesArn } from '../engine/iam-wildcards';
import type { Assembly } from './assembly';
import type { JsonObject } from './read-json';

/** A service that is about to invoke a function for one of its resources. */
export interface ServiceInvocation {
  /** Name and ARN of the function, without a qualifier. */
  readonly function: { readonly name: string; readonly arn: string };
  /** Such as `events.amazonaws.com`. */
  readonly service: string;
  readonly sourceArn: string;
  readonly account: string;
}

/** Whether a permission of the assembly lets a service invoke a function. @see https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html */
export function isInvocable(assembly: Assembly, invocation: ServiceInvocation): boolean {
  return assembly
    .resources('AWS::Lambda::Permission')
    .map((place) => assembly.properties(place))
    .some((permission) => lets(permission, invocation));
}

function lets({ FunctionName, Action, Principal, SourceArn, SourceAccount }: JsonObject, { function: { name, arn }, service, sourceArn, account }: ServiceInvocation): boolean {
  return (
    [name, arn].includes(String(FunctionName)) &&
    ['lambda:InvokeFunction', 'lambda:*', '*'].includes(String(Action)) &&
    [service, '*'].includes(String(Principal)) &&
    (SourceArn === undefined || matchesArn(String(SourceArn), sourceArn)) &&
    (SourceAccount === undefined || String(SourceAccount) === account)
  );
}
