/** Target groups: whether an update makes another one of it, and which one a listener forwards to. */
import { identifier } from '../assembly/naming';
import { isObject, type JsonObject } from '../assembly/read-json';
import type { ResourceOutcome } from './custom-resources';
import { changedProperties } from './properties';

/** Properties whose change replaces a target group: `createOnlyProperties` of its resource schema. */
const REPLACING: readonly string[] = ['IpAddressType', 'Name', 'Port', 'Protocol', 'ProtocolVersion', 'TargetType', 'VpcId'];

/** The pieces of `.../targetgroup/NAME/ID`. */
const ARN = /^(.*:targetgroup\/)([^/]+)(\/)([0-9a-f]+)$/;

/** Whether an update between these properties replaces the target group. */
export function replaces(before: JsonObject, after: JsonObject): boolean {
  return changedProperties(before, after).some((name) => REPLACING.includes(name));
}

/** A name of the user's own is taken as long as the old one is there, which goes last. */
export function replacedTargetGroup({ physicalId, properties }: { readonly physicalId: string; readonly properties: JsonObject }, wanted: JsonObject): ResourceOutcome {
  if (!replaces(properties, wanted)) {
    return { status: 'SUCCESS', physicalId, data: {}, answer: {} };
  }
  const { Name } = wanted;
  return typeof Name === 'string' && Name === properties.Name
    ? { status: 'FAILED', reason: `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${Name} and update the stack again.` }
    : { status: 'SUCCESS', physicalId: successor(physicalId, typeof Name === 'string' ? Name : undefined), data: {}, answer: {} };
}

/** The ARN of the next one; its name is made up where the template gives none. */
function successor(arn: string, name: string | undefined): string {
  return arn.replace(ARN, (_whole, start: string, before: string, slash: string, id: string) => `${start}${name ?? before.replace(/[A-Z2-7]{12}$/, identifier.suffix(arn, 12))}${slash}${identifier.hex(arn, id.length)}`);
}

/** What `Fn::GetAtt` gives, by its ARN; undefined where the ARN does not tell. */
export function targetGroupAttribute(arn: string, name: string): string | undefined {
  switch (name) {
    case 'TargetGroupArn':
      return arn;
    case 'TargetGroupFullName':
      return arn.split(':').at(-1);
    case 'TargetGroupName':
      return arn.split('/')[1];
    default:
      return undefined;
  }
}

/** The one target group that a default action forwards to. */
export function targetOf(actions: unknown): string | undefined {
  const forward = (Array.isArray(actions) ? (actions as readonly unknown[]) : []).filter(isObject).find(({ Type }) => Type === 'forward');
  const groups = isObject(forward?.ForwardConfig) && Array.isArray(forward.ForwardConfig.TargetGroups) ? (forward.ForwardConfig.TargetGroups as readonly unknown[]) : [];
  const weighted = groups.filter(isObject).filter(({ Weight }) => Number(Weight ?? 1) > 0);
  const arn = forward?.TargetGroupArn ?? (weighted.length === 1 ? weighted[0]?.TargetGroupArn : undefined);
  return typeof arn === 'string' ? arn : undefined;
}
