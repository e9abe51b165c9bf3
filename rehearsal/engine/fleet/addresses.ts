/** Private addresses of the instances: made up, but each instance's own for as long as the rehearsal lasts. */
import type { Instance } from './fleet';

/** A subnet of 256 addresses keeps its first four, and its last one. */
const RESERVED_FIRST = 4;
const HOSTS_PER_SUBNET = 251;

/** Subnets below 10.64.0.0, where the load balancers' addresses begin. */
const MOST_INSTANCES = 64 * 256 * HOSTS_PER_SUBNET;

/** From 10.0.0.4 on, in the order in which the instances were added to the fleet. Undefined on premises, where EC2 knows no address. */
export function privateAddressOf({ index, platform }: Pick<Instance, 'index' | 'platform'>): string | undefined {
  if (platform !== 'ec2') {
    return undefined;
  }
  if (index >= MOST_INSTANCES) {
    throw new RangeError(`instance ${index} has no address: there are ${MOST_INSTANCES} in 10.0.0.0/10`);
  }
  const subnet = Math.floor(index / HOSTS_PER_SUBNET);
  return `10.${subnet >> 8}.${subnet & 255}.${RESERVED_FIRST + (index % HOSTS_PER_SUBNET)}`;
}
