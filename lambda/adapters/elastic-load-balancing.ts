import type { ListenerFacts, ListenerReader } from '../core/deployment/facts';
import { ServiceFailure } from '../core/failures';
import type { AwsAnswer, AwsCall } from './aws-call';
import { awsCall, serviceFailure } from './aws-call';
import { ELASTIC_LOAD_BALANCING } from './aws-endpoint';
import type { XmlFields } from './xml';
import { fields, listed, parseDocument, text } from './xml';

const OPERATION = 'DescribeListeners';
const API_VERSION = '2015-12-01';

/** A load balancer has 50 listeners at most, and a page 400 of them. More pages than this are no answer of the service. */
const MAX_PAGES = 10;

/** The only one of a forward takes everything, and is then told without a weight. */
const ALONE = 1;

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListeners.html */
export function elasticLoadBalancing(call: AwsCall = awsCall(ELASTIC_LOAD_BALANCING)): ListenerReader {
  return {
    listeners: async (loadBalancerArn, signal) => {
      const found: ListenerFacts[] = [];
      let marker: string | undefined;
      for (let page = 0; page < MAX_PAGES; page++) {
        const form = new URLSearchParams({ Action: OPERATION, LoadBalancerArn: loadBalancerArn, ...(marker === undefined ? {} : { Marker: marker }), Version: API_VERSION });
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        const result = resultIn(await call({ operation: OPERATION, path: '/', headers, body: form.toString() }, signal));
        if (result === undefined) {
          return undefined;
        }
        found.push(...members(result['Listeners']).map(listenerOf));
        marker = text(result['NextMarker']);
        if (marker === undefined) {
          return found;
        }
      }
      throw unexpected(`the answer goes on after ${MAX_PAGES} pages`);
    },
  };
}

/** Undefined where there is no such load balancer. */
function resultIn(answer: AwsAnswer): XmlFields | undefined {
  const root = parseDocument(ELASTIC_LOAD_BALANCING, OPERATION, answer);
  const { status } = answer;
  if (status < 200 || status >= 300) {
    const error = fields(fields(root['ErrorResponse'])['Error']);
    const code = text(error['Code']) ?? `HTTP ${status}`;
    if (code === 'LoadBalancerNotFound') {
      return undefined;
    }
    throw serviceFailure(ELASTIC_LOAD_BALANCING, OPERATION, { status, code, message: text(error['Message']) ?? 'no message' });
  }
  const response = root['DescribeListenersResponse'];
  if (response === undefined) {
    throw unexpected('the answer holds no listeners');
  }
  return fields(fields(response)['DescribeListenersResult']);
}

function listenerOf(listener: XmlFields): ListenerFacts {
  const port = Number(text(listener['Port']));
  const forward = members(listener['DefaultActions']).find((action) => text(action['Type']) === 'forward');
  if (forward === undefined) {
    return { port };
  }
  const weighted = members(fields(forward['ForwardConfig'])['TargetGroups']);
  const groups = weighted.length > 0 ? weighted : [forward];
  return { port, forwards: groups.map((group) => ({ arn: text(group['TargetGroupArn']) ?? '', weight: Number(text(group['Weight']) ?? ALONE) })) };
}

/** Worth another look: the next answer may be whole. */
const unexpected = (message: string): ServiceFailure => new ServiceFailure(`elasticloadbalancing:${OPERATION}`, 'UnexpectedAnswer', message, true);

const members = (list: unknown): readonly XmlFields[] => listed(fields(list)['member']).map(fields);
