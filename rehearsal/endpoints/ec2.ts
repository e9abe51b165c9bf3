/**
 * EC2: DescribeInstances, and DescribeNetworkInterfaces as far as finding the private addresses of a load balancer needs it.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html
 */
import type { Fleet } from '../engine/fleet/fleet';
import { ServiceError } from '../engine/ports';
import type { AwsPlace, AwsService } from './aws-service';
import { notModelled, uuidOf } from './aws-service';
import { describeInstances } from './ec2-instances';
import type { Fields } from './fields';

export const EC2_XMLNS = 'http://ec2.amazonaws.com/doc/2016-11-15/';

/** A load balancer with the addresses that the rehearsal made up for it. */
export interface LoadBalancerAddresses {
  /** Such as `app/web/50dc6c495c0c9188`. */
  readonly fullName: string;
  readonly privateAddresses: readonly string[];
}

/** What a real load balancer's interfaces have; other values match nothing. */
const FIXED_FILTERS: Readonly<Record<string, readonly string[]>> = {
  'interface-type': ['interface'],
  'requester-managed': ['true'],
  'requester-id': ['amazon-elb'],
  'attachment.instance-owner-id': ['amazon-elb'],
  status: ['in-use'],
};

interface Interface {
  readonly networkInterfaceId: string;
  readonly description: string;
  readonly privateIpAddress: string;
}

export function ec2Service(place: AwsPlace, loadBalancers: () => readonly LoadBalancerAddresses[], fleet?: Fleet): AwsService {
  return {
    name: 'ec2',
    operations: {
      DescribeInstances: (input, caller) => describeInstances(place, fleet, input, caller),
      DescribeNetworkInterfaces: (input, caller) => {
        caller.authorize('ec2:DescribeNetworkInterfaces', '*');
        const all = loadBalancers().flatMap(interfacesOf);
        return { networkInterfaceSet: all.filter(interfaceFilter(input)).map((each) => shape(place, each)) };
      },
    },
  };
}

function interfacesOf({ fullName, privateAddresses }: LoadBalancerAddresses): readonly Interface[] {
  return privateAddresses.map((privateIpAddress) => ({
    networkInterfaceId: `eni-${uuidOf(`${fullName}/${privateIpAddress}`).replaceAll('-', '').slice(0, 17)}`,
    description: `ELB ${fullName}`,
    privateIpAddress,
  }));
}

function interfaceFilter(input: Fields): (each: Interface) => boolean {
  const ids = input.strings('NetworkInterfaceId');
  const tests = (input.structures('Filter') ?? []).map((filter) => {
    const name = filter.string('Name') ?? '';
    const values = filter.strings('Value') ?? [];
    if (values.length === 0) {
      throw new ServiceError('InvalidParameterValue', `The filter '${name}' needs a value`);
    }
    return filterTest(name, values);
  });
  return (each) => (ids === undefined || ids.includes(each.networkInterfaceId)) && tests.every((test) => test(each));
}

function filterTest(name: string, values: readonly string[]): (each: Interface) => boolean {
  const fixed = FIXED_FILTERS[name];
  if (fixed !== undefined) {
    return () => values.some((value) => fixed.includes(value));
  }
  switch (name) {
    case 'description':
      return (each) => values.some((value) => wildcard(value).test(each.description));
    case 'private-ip-address':
    case 'addresses.private-ip-address':
      return (each) => values.includes(each.privateIpAddress);
    case 'network-interface-id':
      return (each) => values.includes(each.networkInterfaceId);
    default:
      throw notModelled(`DescribeNetworkInterfaces with the filter '${name}'`);
  }
}

/** Filter values may hold `*` and `?`. */
export function wildcard(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's');
}

function shape(place: AwsPlace, each: Interface): object {
  return {
    networkInterfaceId: each.networkInterfaceId,
    description: each.description,
    interfaceType: 'interface',
    ownerId: place.accountId,
    requesterId: 'amazon-elb',
    requesterManaged: true,
    status: 'in-use',
    sourceDestCheck: true,
    privateIpAddress: each.privateIpAddress,
    privateIpAddressesSet: [{ primary: true, privateIpAddress: each.privateIpAddress }],
  };
}
