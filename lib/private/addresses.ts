/** Hosts that a check may never ask: they are the handler itself or the metadata of where it runs. */
import { isIPv4, isIPv6 } from 'net';

export type RefusedKind = 'a loopback' | 'a link-local' | 'an unspecified';

/** What a host is, if it is one that is refused; the handler refuses the same after name resolution. */
export function refusedHost(host: string): RefusedKind | undefined {
  const bare = host.replace(/^\[|\]$/g, '').replace(/\.$/, '').toLowerCase();
  if (bare === 'localhost' || bare.endsWith('.localhost')) {
    return 'a loopback';
  }
  return isIPv4(bare) ? refusedIpv4(bare) : isIPv6(bare) ? refusedIpv6(bare) : undefined;
}

function refusedIpv4(address: string): RefusedKind | undefined {
  const [first, second] = address.split('.').map(Number);
  if (first === 127) {
    return 'a loopback';
  }
  if (first === 169 && second === 254) {
    return 'a link-local';
  }
  return first === 0 ? 'an unspecified' : undefined;
}

/** The URL parser has already written IPv6 addresses in their shortest form, mapped IPv4 addresses in hexadecimal. */
function refusedIpv6(address: string): RefusedKind | undefined {
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address);
  if (mapped !== null) {
    const [high, low] = [parseInt(mapped[1]!, 16), parseInt(mapped[2]!, 16)];
    return refusedIpv4([high >> 8, high & 255, low >> 8, low & 255].join('.'));
  }
  if (address === '::1') {
    return 'a loopback';
  }
  if (address === '::') {
    return 'an unspecified';
  }
  return /^fe[89ab]/.test(address) ? 'a link-local' : undefined;
}
