import { ServiceFailure } from '../core/failures';
import type { InstanceFacts, InstanceReader } from '../core/server-gate/ports';
import type { AwsCall } from './aws-call';
import { awsCall, serviceFailure } from './aws-call';
import { EC2 } from './aws-endpoint';
import type { XmlFields } from './xml';
import { fields, listed, parseDocument, text } from './xml';

const OPERATION = 'DescribeInstances';
const API_VERSION = '2016-11-15';

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
        const response = await query(call, parameters, signal);
        found.push(...listed(fields(response['reservationSet'])['item']).flatMap((reservation) => listed(fields(fields(reservation)['instancesSet'])['item']).map((each) => factsOf(fields(each)))));
        token = text(response['nextToken']);
        if (token === undefined) {
          return found;
        }
      }
      throw new ServiceFailure(`${EC2.prefix}:${OPERATION}`, 'UnexpectedAnswer', `more than ${MAX_PAGES} pages`, false);
    },
  };
}

/** Rejects with `ServiceFailure`. */
async function query(call: AwsCall, parameters: Readonly<Record<string, string>>, signal: AbortSignal): Promise<XmlFields> {
  const form = new URLSearchParams({ Action: OPERATION, Version: API_VERSION, ...parameters });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await call({ operation: OPERATION, path: '/', headers, body: form.toString() }, signal);
  const { status } = answer;
  const root = parseDocument(EC2, OPERATION, answer);
  const response = root[`${OPERATION}Response`];
  if (status < 200 || status >= 300 || response === undefined) {
    const error = fields(listed(fields(fields(root['Response'])['Errors'])['Error'])[0]);
    throw serviceFailure(EC2, OPERATION, { status, code: text(error['Code']) ?? `HTTP ${status}`, message: text(error['Message']) ?? 'no message' });
  }
  return fields(response);
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
