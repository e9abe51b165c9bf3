import type { CalendarReader } from '../core/checks/calendar-check';
import { ServiceFailure } from '../core/failures';
import type { OverrideStore, ParameterReader } from '../core/ports';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { SSM } from './aws-endpoint';
import type { JsonRpc } from './json-rpc';
import { jsonClient } from './json-rpc';

const RPC: JsonRpc = { service: SSM, version: '1.1', target: 'AmazonSSM' };

export function systemsManager(call: AwsCall = awsCall(SSM)): ParameterReader {
  const client = jsonClient(call, RPC);
  return {
    read: async (nameOrArn, signal) => {
      const { Parameter: parameter } = await client('GetParameter', { Name: nameOrArn, WithDecryption: true }, signal);
      const value = (parameter as { readonly Value?: unknown } | undefined)?.Value;
      if (typeof value !== 'string') {
        throw new ServiceFailure('ssm:GetParameter', 'NoValue', 'the answer holds no value', false);
      }
      return value;
    },
  };
}

export function changeCalendars(call: AwsCall = awsCall(SSM)): CalendarReader {
  const client = jsonClient(call, RPC);
  return {
    state: async (nameOrArn, signal) => {
      const { State: state, NextTransitionTime: next } = await client('GetCalendarState', { CalendarNames: [nameOrArn] }, signal);
      if (state !== 'OPEN' && state !== 'CLOSED') {
        throw new ServiceFailure('ssm:GetCalendarState', 'NoState', `the answer holds no state that is known, but ${JSON.stringify(state ?? null)}`, false);
      }
      return { state, ...(typeof next === 'string' && next !== '' ? { nextTransition: next } : {}) };
    },
  };
}

/** A parameter with its version and the time at which it was written, and how it is written. */
export function overrideStore(call: AwsCall = awsCall(SSM)): OverrideStore {
  const client = jsonClient(call, RPC);
  return {
    read: async (name, signal) => {
      const { Parameter: parameter } = await client('GetParameter', { Name: name }, signal);
      const { Value: value, Version: version, LastModifiedDate: seconds } = (parameter ?? {}) as Readonly<Record<string, unknown>>;
      if (typeof value !== 'string' || typeof version !== 'number' || typeof seconds !== 'number') {
        throw new ServiceFailure('ssm:GetParameter', 'NoValue', 'the answer lacks value, version or date', false);
      }
      return { value, version, modifiedAt: Math.round(seconds * 1_000) };
    },

    write: async (name, value, signal) => {
      const { Version: version } = await client('PutParameter', { Name: name, Value: value, Overwrite: true }, signal);
      if (typeof version !== 'number') {
        throw new ServiceFailure('ssm:PutParameter', 'NoVersion', 'the answer holds no version', false);
      }
      return version;
    },
  };
}
