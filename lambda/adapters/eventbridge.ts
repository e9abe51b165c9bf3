import type { VerdictRecord } from '../../lib/model/hook-contract';
import { VERDICT_EVENT } from '../../lib/model/hook-contract';
import type { EventSink } from '../core/ports';
import type { AwsCall } from './aws-call';
import { awsCall, serviceFailure } from './aws-call';
import { EVENT_BRIDGE } from './aws-endpoint';
import type { JsonRpc } from './json-rpc';
import { jsonClient } from './json-rpc';

const RPC: JsonRpc = { service: EVENT_BRIDGE, version: '1.1', target: 'AWSEvents' };

interface PutEventsOutput {
  readonly FailedEntryCount?: number;
  readonly Entries?: readonly { readonly ErrorCode?: string; readonly ErrorMessage?: string }[];
}

/** How an event names what it is about. */
export interface EventKind {
  readonly source: string;
  readonly detailType: string;
}

export function eventBridge<Detail = VerdictRecord>(call: AwsCall = awsCall(EVENT_BRIDGE), { source, detailType }: EventKind = VERDICT_EVENT): EventSink<Detail> {
  const client = jsonClient(call, RPC);
  return {
    send: async (detail, signal) => {
      const Entries = [{ Source: source, DetailType: detailType, Detail: JSON.stringify(detail) }];
      const output: PutEventsOutput = await client('PutEvents', { Entries }, signal);
      if ((output.FailedEntryCount ?? 0) > 0) {
        const entry = output.Entries?.find(({ ErrorCode }) => ErrorCode !== undefined);
        const code = entry?.ErrorCode ?? 'FailedEntry';
        // The call itself was answered with 200; an entry's own fault carries the code of a service error.
        const status = code === 'InternalFailure' ? 500 : 400;
        throw serviceFailure(EVENT_BRIDGE, 'PutEvents', { status, code, message: entry?.ErrorMessage ?? 'the entry was not taken' });
      }
    },
  };
}
