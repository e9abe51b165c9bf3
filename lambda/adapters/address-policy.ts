/** Which addresses a hook may connect to. */
import { BlockList, isIPv4 } from 'node:net';

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Why an address must not be reached; undefined where it may. */
export type AddressPolicy = (address: string) => string | undefined;

/** Networks with the length of their prefix. */
type Networks = readonly (readonly [string, number])[];

/**
 * Networks behind which credentials or this process itself answer. IPv4 networks cover their IPv4-mapped form too;
 * translated ones (NAT64, SIIT, 6to4) are listed.
 */
const REFUSED: readonly { readonly why: string; readonly ipv4: Networks; readonly ipv6: Networks }[] = [
  { why: 'unspecified', ipv4: [['0.0.0.0', 8]], ipv6: [['::', 128], ['64:ff9b::', 104], ['64:ff9b:1::', 104]] },
  { why: 'loopback', ipv4: [['127.0.0.0', 8]], ipv6: [['::1', 128], ['::7f00:0', 104], ['64:ff9b::7f00:0', 104], ['64:ff9b:1::7f00:0', 104], ['::ffff:0:7f00:0', 104], ['2002:7f00::', 24]] },
  { why: 'link-local', ipv4: [['169.254.0.0', 16]], ipv6: [['fe80::', 10], ['::a9fe:0', 112], ['64:ff9b::a9fe:0', 112], ['64:ff9b:1::a9fe:0', 112], ['::ffff:0:a9fe:0', 112], ['2002:a9fe::', 32]] },
  { why: 'instance metadata', ipv4: [], ipv6: [['fd00:ec2::', 32]] },
];

const LISTS = REFUSED.map(({ why, ipv4, ipv6 }) => {
  const list = new BlockList();
  ipv4.forEach(([network, prefix]) => list.addSubnet(network, prefix, 'ipv4'));
  ipv6.forEach(([network, prefix]) => list.addSubnet(network, prefix, 'ipv6'));
  return { why, list };
});

export const refuseLocalAddresses: AddressPolicy = (address) => {
  // A zone says through which interface, not to whom.
  const bare = address.replace(/%.*$/, '');
  return LISTS.find(({ list }) => list.check(bare, isIPv4(bare) ? 'ipv4' : 'ipv6'))?.why;
};
