/** A stack under another template: what an edit of the app comes to, as `cdk synth` would write it. */
import { LIVE_LISTENER_RESOURCE_TYPE } from '../../lib/model/live-listener';
import type { PlacedResource } from '../assembly/assembly';
import { meant, pathOf } from '../assembly/meant';
import { isObject, type JsonObject } from '../assembly/read-json';
import type { Stack } from '../assembly/stack';
import { UserError } from '../report/user-error';
import type { TemplateChange } from '../scenario/scenario';
import { edited } from './edits';
import { LISTENER, SERVICE } from './stack-version';

/** Types whose changes a rehearsal plays. */
const CHANGEABLE: readonly string[] = [LISTENER, SERVICE];

/** What makes another listener of it, as far as a rehearsal is concerned: its clients would have to follow. */
const FIXED: readonly string[] = ['DefaultActions', 'LoadBalancerArn', 'Port', 'Protocol'];

/**
 * The stack after a change.
 * @param where how messages begin, such as the name of the scenario's file
 * @throws UserError where the template has no such resource, several, or one whose changes are not played
 */
export function changed(stack: Stack, change: TemplateChange, where: string): { readonly stack: Stack; readonly logicalId: string } {
  const { logicalId, resource } = resourceOf(stack, change, { where, types: CHANGEABLE });
  if (resource.type === LISTENER && FIXED.includes(propertyOf(change))) {
    throw new UserError(`${where}: a rehearsal plays no change of a listener's ${propertyOf(change)}; change another property, such as SslPolicy or Certificates`);
  }
  const after = withProperty(stack, logicalId, change);
  return { stack: resource.type === LISTENER ? withGuard(after, logicalId) : after, logicalId };
}

/** The resource that a change means. @param types those whose changes are played @throws UserError where it is none of them, or may be several */
export function resourceOf(stack: Stack, { resource: wanted }: TemplateChange, { where, types }: { readonly where: string; readonly types: readonly string[] }): PlacedResource {
  const all = Object.entries(stack.template.resources).map(([logicalId, resource]) => {
    const path = pathOf({ stack, logicalId, resource });
    return { stack, logicalId, resource, name: logicalId, ...(path === undefined ? {} : { path }) };
  });
  const playable = all.filter(({ resource: { type } }) => types.includes(type));
  const [found, ...others] = meant(playable, wanted);
  const ids = playable.map(({ logicalId }) => logicalId).join(', ');
  if (found === undefined) {
    const [other] = meant(all, wanted);
    const why = other === undefined ? `stack ${stack.path} has no resource "${wanted}"` : `${other.logicalId} is a ${other.resource.type}, whose changes a rehearsal does not play`;
    throw new UserError(`${where}: ${why}; it plays those of ${ids}`);
  }
  if (others.length > 0) {
    throw new UserError(`${where}: "${wanted}" may be ${[found, ...others].map(({ logicalId }) => logicalId).join(' or ')}; name one of them in full`);
  }
  return found;
}

/** Name of the property that a change is of. */
export const propertyOf = ({ property }: TemplateChange): string => property.split('.')[0] ?? '';

export function withProperty(stack: Stack, logicalId: string, { property, value }: TemplateChange): Stack {
  const [first = '', ...rest] = property.split('.');
  return edited(stack, logicalId, (properties) => ({ ...properties, [first]: replaced(properties[first], rest, value) }));
}

function replaced(before: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) {
    return value;
  }
  if (/^\d+$/.test(name)) {
    const list = Array.isArray(before) ? [...(before as unknown[])] : [];
    list[Number(name)] = replaced(list[Number(name)], rest, value);
    return list;
  }
  const object: JsonObject = isObject(before) ? before : {};
  return { ...object, [name]: replaced(object[name], rest, value) };
}

/** The guard of a listener has the listener's own properties: the constructs write them there. */
function withGuard(stack: Stack, listenerId: string): Stack {
  const { DefaultActions: actions, ...others } = stack.template.resources[listenerId]?.properties ?? {};
  const guards = Object.entries(stack.template.resources).filter(([id, { type }]) => type === LIVE_LISTENER_RESOURCE_TYPE && JSON.stringify(actions).includes(`"${id}"`));
  return guards.reduce((before, [id]) => edited(before, id, (properties) => ({ ...properties, Listener: others })), stack);
}
