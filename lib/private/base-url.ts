/** Base URLs that a user gives, where no rollout knows the listeners. */
import { Token } from 'aws-cdk-lib/core';

import type { _CheckContext, _CheckedListener } from '../checks/check';
import type { EcsNativeHookOptions } from '../hooks/ecs-native-hook';
import { refusedHost } from './addresses';

export interface BaseUrl {
  /** Without a trailing slash. */
  readonly url: string;
  readonly protocol: 'HTTP' | 'HTTPS';
  readonly port: number;
  /** Whether its host is written out, and not the name of a load balancer that only the deployment knows. */
  readonly literal: boolean;
}

export interface BaseUrls {
  readonly test?: BaseUrl;
  readonly production?: BaseUrl;
}

export function baseUrls({ baseUrl, productionUrl }: EcsNativeHookOptions): BaseUrls {
  return {
    ...(baseUrl === undefined ? {} : { test: parse('baseUrl', baseUrl) }),
    ...(productionUrl === undefined ? {} : { production: parse('productionUrl', productionUrl) }),
  };
}

/** The listeners that checks may ask, and what gives a hook those that it lacks. */
export function checkedListeners({ test, production }: BaseUrls): Omit<_CheckContext, 'values'> {
  const lacking = (option: string) => `of which the hook knows no address; set '${option}' of 'onEcsNative' to its base URL, or set 'target' of the check`;
  return {
    ...(test === undefined ? {} : { test: listener(test) }),
    ...(production === undefined ? {} : { production: listener(production) }),
    remedies: { test: lacking('baseUrl'), production: lacking('productionUrl') },
  };
}

const listener = ({ protocol, literal }: BaseUrl): _CheckedListener => ({ protocol, ownName: literal });

/** The host may be a deploy-time value; what it is asked by may not. */
function parse(prop: string, text: string): BaseUrl {
  const [, scheme, host, port] = /^(https?):\/\/([^/?#@\s]*?)(?::(\d+))?\/?$/.exec(text) ?? [];
  if (scheme === undefined || host === undefined || host === '') {
    throw new Error(`'${prop}' must be a base URL such as 'https://test.example.com:8443', without a path and a query, got '${text}'; checks bring the path`);
  }
  const literal = !Token.isUnresolved(host);
  if (literal && !URL.canParse(text)) {
    throw new Error(`'${prop}' is not a URL: '${text}'; write it such as 'https://test.example.com:8443'`);
  }
  const refused = literal ? refusedHost(host) : undefined;
  if (refused !== undefined) {
    throw new Error(`'${prop}' names ${refused} address, '${host}', which is the function itself or what it runs on; name the load balancer`);
  }
  const standard = scheme === 'https' ? 443 : 80;
  return { url: text.replace(/\/$/, ''), protocol: scheme === 'https' ? 'HTTPS' : 'HTTP', port: port === undefined ? standard : Number(port), literal };
}
