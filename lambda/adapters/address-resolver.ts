import { lookup } from 'node:dns';
import { isIP } from 'node:net';

import { TransportFailure } from '../core/failures';
import type { Address } from './address-policy';

/** All addresses of a host, in the order in which they are to be tried. Rejects with `TransportFailure`. */
export type AddressResolver = (hostname: string, signal: AbortSignal) => Promise<readonly Address[]>;

type Lookup = (hostname: string) => Promise<readonly Address[]>;

/**
 * One look-up at a time. Nothing ends a look-up before the name server does, and Node makes two of them at once: further
 * attempts for a name that hangs would otherwise leave none for the report.
 */
export function oneAtATime(find: Lookup): AddressResolver {
  let busy: { readonly hostname: string; readonly found: Promise<readonly Address[]> } | undefined;
  return async (hostname, signal) => {
    if (isAddress(hostname)) {
      return [{ address: hostname, family: isIP(hostname) === 6 ? 6 : 4 }];
    }
    while (busy !== undefined && busy.hostname !== hostname) {
      await busy.found.catch(ignore);
      signal.throwIfAborted();
    }
    if (busy === undefined) {
      const found = find(hostname);
      busy = { hostname, found };
      const free = () => (busy = undefined);
      found.then(free, free);
    }
    return busy.found;
  };
}

/** The system's resolver. An IP address resolves to itself. */
export const resolveByDns: AddressResolver = oneAtATime(
  (hostname) =>
    new Promise((resolve, reject) => {
      lookup(hostname, { all: true }, (error, found) => {
        if (error !== null) {
          reject(new TransportFailure('dns', `${hostname} could not be resolved: ${error.code ?? error.message}`));
          return;
        }
        resolve(found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 })));
      });
    }),
);

export function isAddress(hostname: string): boolean {
  return isIP(hostname) !== 0;
}

function ignore(): void {}
