/** Identifiers as the services make them, drawn from the seed and from what they are for. */
import type { RandomFor } from './ports';

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const DIGITS = '0123456789';
const HEX = '0123456789abcdef';

function draw(random: RandomFor, identity: string, alphabet: string, length: number): string {
  return Array.from({ length }, (_, index) => alphabet[Math.floor(random(`${identity} ${index}`) * alphabet.length)]).join('');
}

/** `d-` and nine capitals or digits. */
export function deploymentId(random: RandomFor, number: number): string {
  return `d-${draw(random, `deployment ${number}`, UPPER, 9)}`;
}

/** Opaque to everybody but the service. */
export function hookExecutionId(random: RandomFor, deployment: string, event: string): string {
  return draw(random, `hook execution ${deployment} ${event}`, BASE64URL, 64);
}

export function taskSetId(random: RandomFor, identity: string): string {
  return `ecs-svc/${1 + Math.floor(random(`task set ${identity}`) * 9)}${draw(random, `task set ${identity}`, DIGITS, 18)}`;
}

/** A random UUID, as Lambda's request ids are. */
export function requestId(random: RandomFor, identity: string): string {
  const hex = draw(random, `request ${identity}`, HEX, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Id of a service deployment of ECS: 21 letters and digits. */
export function serviceDeploymentId(random: RandomFor, number: number): string {
  return draw(random, `service deployment ${number}`, BASE64URL.slice(0, 62), 21);
}

/** Id of a service revision of ECS: 19 digits, the first of which is not 0. */
export function serviceRevisionId(random: RandomFor, identity: string): string {
  return `${1 + Math.floor(random(`service revision ${identity}`) * 9)}${draw(random, `service revision ${identity}`, DIGITS, 18)}`;
}

/** Id of an EC2 instance: `i-` and 17 hexadecimal digits. */
export function instanceId(random: RandomFor, identity: string): string {
  return `i-${draw(random, `instance ${identity}`, HEX, 17)}`;
}
