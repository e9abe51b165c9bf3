import { isIPv4, isIPv6 } from 'net';

import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Token } from 'aws-cdk-lib/core';

/**
 * Who may reach the test listener of an internet-facing load balancer, and by which way a hook of ours does.
 *
 * An internal load balancer needs none: the hook is placed in its VPC, and one security group is let into the other.
 */
export class TestAccess {
  /**
   * These address ranges, and hooks that leave the load balancer's VPC through its NAT gateways, whose addresses must be among them.
   *
   * @param cidrs IPv4 or IPv6 ranges in CIDR notation, at least one
   */
  public static fromCidrs(...cidrs: string[]): TestAccess {
    if (cidrs.length === 0) {
      throw new Error("'fromCidrs' needs at least one range such as '203.0.113.10/32', got none; name the addresses of your NAT gateways");
    }
    cidrs.forEach(requireCidr);
    return new TestAccess('cidrs', cidrs);
  }

  /** Everybody. The new version can then be reached from the internet before it has been validated. */
  public static open(): TestAccess {
    return new TestAccess('open', ['0.0.0.0/0']);
  }

  /**
   * Hooks of ours only, from inside the load balancer's VPC: they connect to its private addresses, which they look up when they run.
   * Host header and TLS server name stay those of the request. That an internet-facing load balancer answers there is an assumption.
   */
  public static privateAddresses(): TestAccess {
    return new TestAccess('private', []);
  }

  private constructor(
    private readonly way: 'cidrs' | 'open' | 'private',
    private readonly cidrs: string[],
  ) {}

  /** @internal */
  public get _way(): 'cidrs' | 'open' | 'private' {
    return this.way;
  }

  /** @internal */
  public _peers(): ec2.IPeer[] {
    return this.cidrs.map((cidr) => (cidr.includes(':') ? ec2.Peer.ipv6(cidr) : ec2.Peer.ipv4(cidr)));
  }
}

function requireCidr(cidr: string): void {
  if (Token.isUnresolved(cidr)) {
    return;
  }
  const [address = '', bits = '', ...more] = cidr.split('/');
  const most = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  if (more.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > most) {
    throw new Error(`'fromCidrs' needs IPv4 or IPv6 ranges such as '203.0.113.10/32' or '2001:db8::/64', got '${cidr}'; write address and prefix length`);
  }
}
