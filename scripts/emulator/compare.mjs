/** A deployed stack against its template: what CloudFormation lists, and what the services say. Pure. */
import { isDeepStrictEqual } from 'node:util';

import { LOOK_UPS } from './look-ups.mjs';

/** What CloudFormation has to list for a template: each resource that the emulator supports, complete, and none besides. The others stand in its list without a name. */
export function listed({ created, leftOut }, summaries) {
  const byId = new Map(summaries.filter(({ LogicalResourceId }) => LogicalResourceId !== '').map((summary) => [summary.LogicalResourceId, summary]));
  return [
    ...created.flatMap(({ logicalId, type }) => {
      const { ResourceType = 'nothing', ResourceStatus = 'no status' } = byId.get(logicalId) ?? {};
      return ResourceType === type && ResourceStatus === 'CREATE_COMPLETE' ? [] : [`${logicalId} is to be a ${type} with CREATE_COMPLETE, listed is ${ResourceType} with ${ResourceStatus}`];
    }),
    ...leftOut.filter(({ logicalId }) => byId.has(logicalId)).map(({ logicalId, type }) => `${logicalId} was created, though the emulator is said not to support ${type}`),
    ...[...byId.keys()].filter((id) => ![...created, ...leftOut].some(({ logicalId }) => logicalId === id)).map((id) => `${id} is listed, and not in the template`),
  ];
}

/**
 * What references resolve to.
 * @param summaries the stack's resources as CloudFormation lists them
 */
export const knownOf = ({ created, leftOut }, summaries, pseudo) => ({
  ids: new Map(summaries.map(({ LogicalResourceId, PhysicalResourceId }) => [LogicalResourceId, PhysicalResourceId]).filter(([, id]) => id)),
  leftOut: new Set(leftOut.map(({ logicalId }) => logicalId)),
  types: new Map(created.map(({ logicalId, type }) => [logicalId, type])),
  descriptions: new Map(),
  pseudo,
});

/** Whether there is a way to look a resource of this type up, and whether its turn comes when the others are described. */
export const canLookUp = (type) => type in LOOK_UPS;
export const isLater = (type) => LOOK_UPS[type].later === true;

/** The calls that describe a resource. */
export const callsFor = (resource, known) => LOOK_UPS[resource.type].calls(resolved(resource, known));

/** What a service says of a resource; or why it says nothing, and whether the emulator is known for that. */
export function describe(resource, known, outcomes) {
  const { read, notShown = false } = LOOK_UPS[resource.type];
  const error = outcomes.find((outcome) => outcome.error !== undefined)?.error;
  const answers = outcomes.map(({ answer }) => answer);
  const description = error === undefined ? read(answers, resolved(resource, known)) : undefined;
  if (error !== undefined || (description === undefined && !notShown)) {
    return { problem: `${resource.logicalId}: ${error ?? 'its service knows nothing of it'}` };
  }
  if (description !== undefined && notShown) {
    return { problem: `${resource.logicalId}: the emulator shows it by now; compare it (scripts/emulator/look-ups.mjs)` };
  }
  return notShown ? { notShown } : { description };
}

/**
 * One resource as its service describes it.
 * @returns what is wrong with it, how many properties were compared, and those that the emulator is known not to hand on
 */
export function compare(resource, known) {
  const { same, notHandedOn = {} } = LOOK_UPS[resource.type];
  const description = known.descriptions.get(resource.logicalId);
  const values = ([property, path]) => ({ property, wanted: texts(resolved(resource, known).value(property)), actual: texts(at(description, path)) });
  const inTemplate = ([property]) => at(resource.properties, property) !== undefined;
  const stated = Object.entries(same).filter(inTemplate).map(values);
  const gaps = Object.entries(notHandedOn).filter(inTemplate).map(values);
  return {
    problems: [
      ...stated
        .filter(({ wanted, actual }) => !isDeepStrictEqual(wanted, actual))
        .map(({ property, wanted, actual }) => `${resource.logicalId}: ${property} is to be ${JSON.stringify(wanted)}, its service says ${JSON.stringify(actual)}`),
      ...gaps
        .filter(({ wanted, actual }) => isDeepStrictEqual(wanted, actual))
        .map(({ property }) => `${resource.logicalId}: the emulator hands ${property} on by now; compare it (scripts/emulator/look-ups.mjs)`),
    ],
    compared: stated.map(({ property }) => property),
    notHandedOn: gaps.map(({ property }) => property),
  };
}

function resolved({ logicalId, properties }, known) {
  return {
    id: known.ids.get(logicalId),
    value: (path) => resolve(at(properties, path), known),
  };
}

const at = (value, path) => path.split('.').reduce((inner, key) => inner?.[key], value);

/**
 * A value of the template as CloudFormation resolves it. What refers to a resource that the emulator leaves out is undefined, as it is for the emulator.
 * @throws Error for what it cannot resolve: a comparison that nothing is known about would be none
 */
export function resolve(value, known) {
  if (Array.isArray(value)) {
    return value.map((member) => resolve(member, known));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const [[name, argument] = [], ...others] = Object.entries(value);
  const intrinsic = others.length === 0 ? INTRINSICS[name] : undefined;
  if (intrinsic !== undefined) {
    return intrinsic(argument, known);
  }
  if (name?.startsWith('Fn::')) {
    throw new Error(`cannot resolve ${JSON.stringify(value)}`);
  }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, resolve(member, known)]).filter(([, member]) => member !== undefined));
}

const INTRINSICS = {
  Ref: (name, known) => {
    if (name in known.pseudo) {
      return known.pseudo[name];
    }
    if (!known.ids.has(name) && !known.leftOut.has(name)) {
      throw new Error(`cannot resolve a reference to ${name}`);
    }
    return known.ids.get(name);
  },
  'Fn::GetAtt': ([name, attribute], known) => {
    const path = LOOK_UPS[known.types.get(name)]?.attributes?.[attribute];
    // The id of a security group is asked for before anything is described.
    const found = attribute === 'GroupId' ? known.ids.get(name) : path && at(known.descriptions.get(name), path);
    if (found === undefined) {
      throw new Error(`cannot resolve attribute ${attribute} of ${name}`);
    }
    return found;
  },
  'Fn::Join': ([separator, members], known) => resolve(members, known).join(separator),
  'Fn::Select': ([index, members], known) => resolve(members, known)[index],
  'Fn::Split': ([separator, text], known) => resolve(text, known).split(separator),
  'Fn::Sub': (text, known) => text.replace(/\$\{([^}]+)\}/g, (_, name) => INTRINSICS.Ref(name, known)),
};

/** Numbers and booleans as text: services and templates do not agree on which is which. */
function texts(value) {
  if (Array.isArray(value)) {
    return value.map(texts);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, texts(member)]));
  }
  return value === undefined ? undefined : String(value);
}
