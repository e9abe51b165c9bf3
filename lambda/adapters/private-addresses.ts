/**
 * The private addresses of a load balancer, as its network interfaces show them. Their description, `ELB ` and the
 * balancer's full name, is what the service has written there ever since; it is not a documented promise.
 */
import { ENV } from '../../lib/model/hook-contract';
import { describeError, ServiceFailure, TransportFailure } from '../core/failures';
import type { Clock, Environment } from '../core/ports';
import { retrying } from '../core/retry';
import type { AddressResolver } from './address-resolver';
import { resolveByDns } from './address-resolver';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { EC2 } from './aws-endpoint';
import { systemRandom } from './clock';
import { ec2Query } from './ec2-query';
import { fields, listed, text } from './xml';

const OPERATION = 'DescribeNetworkInterfaces';

/** A load balancer that scales gets other interfaces. */
const KEPT_MS = 60_000;

/** A throttled look-up says nothing about what is checked; the time-out of the request ends all of them. */
const LOOKUP = { ms: 20_000, attempts: 4 } as const;

export interface PrivateAddressOptions {
  readonly environment: Environment;
  readonly clock: Clock;
  readonly call?: AwsCall;
  readonly resolve?: AddressResolver;
}

/** Hosts of the listeners resolve to the load balancer's private addresses, all others by DNS. */
export function resolveByInterfaces(options: PrivateAddressOptions): AddressResolver {
  const { environment, clock } = options;
  const call = options.call ?? awsCall(EC2);
  const byDns = options.resolve ?? resolveByDns;
  let kept: { readonly of: string; readonly until: number; readonly addresses: readonly string[] } | undefined;
  return async (hostname, signal) => {
    const loadBalancer = environment.variable(ENV.privateAddressesOf) ?? '';
    if (loadBalancer === '' || !listenerHosts(environment).includes(hostname)) {
      return byDns(hostname, signal);
    }
    if (kept === undefined || kept.of !== loadBalancer || clock.now() >= kept.until) {
      kept = { of: loadBalancer, addresses: await privateAddresses({ clock, call }, loadBalancer, signal), until: clock.now() + KEPT_MS };
    }
    return kept.addresses.map((address) => ({ address, family: 4 }));
  };
}

function listenerHosts(environment: Environment): readonly string[] {
  return [ENV.testUrl, ENV.productionUrl].flatMap((name) => URL.parse(environment.variable(name) ?? '')?.hostname ?? []);
}

async function privateAddresses({ clock, call }: { readonly clock: Clock; readonly call: AwsCall }, loadBalancer: string, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const bounds = { until: clock.now() + LOOKUP.ms, attempts: LOOKUP.attempts, signal };
    const addresses = await retrying({ clock, random: systemRandom }, bounds, (inner) => describeInterfaces(call, loadBalancer, inner));
    if (addresses.length === 0) {
      throw new TransportFailure('dns', `load balancer ${loadBalancer} has no network interface with a private address in this account and region`);
    }
    return addresses;
  } catch (error) {
    if (error instanceof ServiceFailure) {
      throw new TransportFailure('dns', `the private addresses of ${loadBalancer} could not be looked up: ${describeError(error)}`);
    }
    throw error;
  }
}

/** Addresses of the interfaces in use, over all pages. */
async function describeInterfaces(call: AwsCall, loadBalancer: string, signal: AbortSignal): Promise<readonly string[]> {
  const addresses: string[] = [];
  let token: string | undefined;
  do {
    const filters = { 'Filter.1.Name': 'description', 'Filter.1.Value.1': `ELB ${loadBalancer}`, 'Filter.2.Name': 'status', 'Filter.2.Value.1': 'in-use' };
    const response = await ec2Query(call, OPERATION, { ...filters, ...(token === undefined ? {} : { NextToken: token }) }, signal);
    const items = listed(fields(response['networkInterfaceSet'])['item']);
    addresses.push(...items.flatMap((item) => text(fields(item)['privateIpAddress']) ?? []));
    token = text(response['nextToken']);
  } while (token !== undefined);
  return addresses;
}
