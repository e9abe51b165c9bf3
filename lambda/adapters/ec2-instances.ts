import { ServiceFailure } from '../core/failures';
import type { InstanceFacts, InstanceReader } from '../core/server-gate/ports';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { EC2 } from './aws-endpoint';
import { ec2Query } from './ec2-query';
import type { XmlFields } from './xml';
import { fields, listed, text } from './xml';

const OPERATION = 'DescribeInstances';

/** Most that a page may have. */
const MAX_RESULTS = '1000';

/** The instances that are asked for fit into one; pages may come back short. */
const MAX_PAGES = 20;

/**
 * Asks by a filter: an instance that is gone is then left out, where a list of ids would be refused as a whole.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
 */
export function ec2Instances(call: AwsCall = awsCall(EC2)): InstanceReader {
  return {
    describe: async (ids, signal) => {
      const values = ids.map((id, index): [string, string] => [`Filter.1.Value.${index + 1}`, id]);
      const found: InstanceFacts[] = [];
      let token: string | undefined;
      for (let page = 1; page <= MAX_PAGES; page++) {
        const parameters = { 'Filter.1.Name': 'instance-id', ...Object.fromEntries(values), MaxResults: MAX_RESULTS, ...(token === undefined ? {} : { NextToken: token }) };
        const response = await ec2Query(call, OPERATION, parameters, signal);
        found.push(...instancesIn(response));
        token = text(response['nextToken']);
        if (token === undefined) {
          return found;
        }
      }
      throw new ServiceFailure(`${EC2.prefix}:${OPERATION}`, 'UnexpectedAnswer', `more than ${MAX_PAGES} pages`, false);
    },
  };
}

function instancesIn(response: XmlFields): readonly InstanceFacts[] {
  const reservations = listed(fields(response['reservationSet'])['item']);
  return reservations.flatMap((reservation) => listed(fields(fields(reservation)['instancesSet'])['item']).map((instance) => factsOf(fields(instance))));
}

function factsOf(instance: XmlFields): InstanceFacts {
  const zone = text(fields(instance['placement'])['availabilityZone']);
  const address = text(instance['privateIpAddress']) ?? ipv6Of(instance);
  return {
    id: text(instance['instanceId']) ?? '',
    state: text(fields(instance['instanceState'])['name']) ?? 'unknown',
    ...(zone === undefined ? {} : { zone }),
    ...(address === undefined ? {} : { address }),
  };
}

/** That of the instance itself; else the first one of its interfaces. */
function ipv6Of(instance: XmlFields): string | undefined {
  const interfaces = listed(fields(instance['networkInterfaceSet'])['item']);
  const addresses = interfaces.flatMap((each) => listed(fields(fields(each)['ipv6AddressesSet'])['item']).flatMap((address) => text(fields(address)['ipv6Address']) ?? []));
  return text(instance['ipv6Address']) ?? addresses[0];
}
