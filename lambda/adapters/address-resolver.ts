import { lookup } from 'node:dns';
import { isIP } from 'node:net';

import { TransportFailure } from '../core/failures';
import type { Address } from './address-policy';

/** All addresses of a host, in the order in which they are to be tried. Rejects with `TransportFailure`. */
export type AddressResolver = (hostname: string, signal: AbortSignal) => Promise<readonly Address[]>;

/** The system's resolver. An IP address resolves to itself. */
export const resolveByDns: AddressResolver = (hostname) =>
  new Promise((resolve, reject) => {
    lookup(hostname, { all: true }, (error, found) => {
      if (error !== null) {
        reject(new TransportFailure('dns', `${hostname} could not be resolved: ${error.code ?? error.message}`));
        return;
      }
      resolve(found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 })));
    });
  });

export function isAddress(hostname: string): boolean {
  return isIP(hostname) !== 0;
}
