/**
 * Names of what rollouts of one set have each for themselves. Functions that the whole set shares learn from a deployment its group, and from that all the rest: no list of hundreds of
 * rollouts would fit into an environment.
 */

/** Ends the part of a group's name that all groups of a set share. `literalName` makes no name with it. */
const END_OF_SET = '.';

/** What the names of all groups of a set begin with, and no other group's of the application does. */
export const groupsOfSet = (set: string): string => `${set}${END_OF_SET}`;

/** Which rollout of the set a group is of; undefined where it is none of them. */
export const memberOf = (groups: string, group: string): string | undefined => (group.length > groups.length && group.startsWith(groups) ? group.slice(groups.length) : undefined);

/** Path of a rollout, for people. */
export const memberPath = (set: string, member: string): string => `${set}/${member}`;

/** Name of the verdict alarm of a group of a set. No name of an application holds a slash. */
export const verdictAlarmName = (application: string, group: string): string => `${application}/${group}`;
