import { VERDICT_LOG_KEY } from '../../lib/model/hook-contract';
import type { HookLogReader } from '../core/deployment/facts';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { CLOUD_WATCH_LOGS } from './aws-endpoint';
import type { JsonObject, JsonRpc } from './json-rpc';
import { jsonClient, objectOf, objects, parseObject } from './json-rpc';

const RPC: JsonRpc = { service: CLOUD_WATCH_LOGS, version: '1.1', target: 'Logs_20140328' };

/** A page may be empty though others follow; a log that is longer is given up. */
const MAX_PAGES = 5;
const MAX_EVENTS = 20;

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
export function cloudWatchLogs(call: AwsCall = awsCall(CLOUD_WATCH_LOGS)): HookLogReader {
  const client = jsonClient(call, RPC);
  return {
    reason: async ({ logGroup, deploymentId, event, since }, signal) => {
      const filterPattern = `{ $.${VERDICT_LOG_KEY}.deploymentId = "${deploymentId}" }`;
      const query = { logGroupName: logGroup, startTime: since, filterPattern, limit: MAX_EVENTS };
      const reasons: string[] = [];
      let token: unknown;
      for (let page = 1; page <= MAX_PAGES; page++) {
        const answer: JsonObject = await client('FilterLogEvents', { ...query, ...(token === undefined ? {} : { nextToken: token }) }, signal);
        reasons.push(...objects(answer['events']).flatMap(({ message }) => reasonIn(message, event)));
        token = answer['nextToken'];
        if (token === undefined) {
          break;
        }
      }
      return reasons.at(-1);
    },
  };
}

/** The reason of a verdict on this event, in the one structured line of a hook. */
function reasonIn(message: unknown, wanted: string): readonly string[] {
  const { event, reason } = objectOf(parseObject(String(message))?.[VERDICT_LOG_KEY]) ?? {};
  return event === wanted && typeof reason === 'string' ? [reason] : [];
}
